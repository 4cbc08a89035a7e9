#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# system/bisect.sh - bisect finds the kernel that does not boot, goes on after
# SIGKILL, says a range where it cannot say one, refuses ends that are none, and
# leaves repositories alone. bisect_commits.sh does so with kernels that are built.
#
# shellcheck disable=SC2317  # functions are called through exits
set -uo pipefail
# shellcheck source=userspace/tests/system/tap.bash
. "$(dirname "$0")/tap.bash"
# shellcheck source=userspace/tests/system/standin.bash
. "$(dirname "$0")/standin.bash"

standin_make || exit 1

bisect() {
	"$STANDIN" bisect "$@" "$TMP/t.ini"
}

repo=$TMP/repo
state() {
	git -C "$repo" for-each-ref
	git -C "$repo" status --porcelain
	find "$repo" | sort
}
standin_repo "$repo" plain no-build resets
before=$(state)

exits 2 "no scenario" "$STANDIN" bisect --good main~1 --bad main
says "says so" 'SCENARIO is needed'
exits 2 "one end" bisect --good main
says "says so" '--good and --bad are needed'
exits 2 "no such commit" bisect --good nowhere --bad main --repo "$repo" --out "$TMP/none"
says "names it" "'nowhere' is no commit of the git repository"
exits 2 "the wrong way round" bisect --good main --bad main~2 --repo "$repo" --out "$TMP/none"
says "says what is meant" 'no ancestor of'
exits 2 "both of verdict and metric" bisect --good main~1 --bad main --verdict success --metric p50
exits 2 "fewer seeds at most than at least" bisect --good main~1 --bad main --metric p50 --seeds 5 --max-seeds 4
ok "nothing is made for bad input" test ! -e "$TMP/none"
exits 2 "GOOD that does not build" bisect --good main~1 --bad main --repo "$repo" --out "$TMP/b0"
says "says so" 'GOOD cannot be an end: .* does not build'
ok "what was said of the build is kept" grep -q 'error: it does not build' "$TMP"/b0/logs/*.log

# One commit that does not build, beside the one that does not boot.
exits 1 "two that cannot be told apart" bisect --good main~2 --bad main --repo "$repo" \
	--boot-failure bad --out "$TMP/b1"
says "says how many" '^one of 2, which cannot be told apart'
says "names the one that does not build" '  [0-9a-f]{12} commit 2, no-build'
says "and the one that does not boot" '  [0-9a-f]{12} commit 3, resets'
says "accuses none" '^skipped:'
says "both sides were confirmed" '^  last     [0-9a-f]{12} commit 3, resets'
ok "the repository is as it was" test "$before" = "$(state)"

# A list, killed while GOOD is built, and when GOOD is done.
standin "$TMP/one" plain
standin "$TMP/two" resets
printf '%s\n' '# the oldest first' "$TMP/one" "$TMP/two" >"$TMP/list"
# killed_at PATTERN FILE: when that is in the file.
killed_at() {
	local pid

	"$STANDIN" bisect --kernels "$TMP/list" --boot-failure bad --out "$TMP/b2" \
		"$TMP/t.ini" >"$OUT" 2>&1 &
	pid=$!
	while kill -0 "$pid" 2>/dev/null && ! grep -q "$1" "$2"; do
		sleep 0.1
	done
	kill -KILL "$pid"
	wait "$pid" 2>/dev/null
}
: >"$TMP/builds"
STANDIN_SLOW=2 killed_at plain "$TMP/builds"
killed_at 'BAD is confirmed' "$OUT"
says "waits for the build that goes on" 'waits for another bisection in .*/b2, or for what it has started'
ok "the state is whole" python3 -c 'import json,sys; json.load(open(sys.argv[1]))' "$TMP/b2/bisect.json"
exits 2 "another bisection in that folder" bisect --kernels "$TMP/list" --out "$TMP/b2"
says "says so" 'is of another bisection'
exits 0 "goes on" bisect --kernels "$TMP/list" --boot-failure bad --out "$TMP/b2"
says "says that it does" 'goes on with what'
says "the culprit" "^culprit: $TMP/two"
says "why" 'bad: does not boot'
says "what BAD says" '^  BAD      '
says "counts builds apart" '^0 of 1 candidates were built for the search, and 4 times'
ok "does not try GOOD again" test "$(grep -c 'GOOD is confirmed' "$OUT")" = 0
: >"$TMP/builds"
exits 0 "tries nothing again when all is known" bisect --kernels "$TMP/list" \
	--boot-failure bad --out "$TMP/b2" --format json
ok "builds nothing" test ! -s "$TMP/builds"
done_testing
