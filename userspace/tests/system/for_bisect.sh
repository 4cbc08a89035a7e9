#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# system/for_bisect.sh - labyrinth lab --for-bisect tells git bisect run what it
# knows of a commit, and never takes a mistake for a bad one.
#
# shellcheck disable=SC2317  # functions are called through exits
set -uo pipefail
# shellcheck source=userspace/tests/system/tap.bash
. "$(dirname "$0")/tap.bash"
# shellcheck source=userspace/tests/system/standin.bash
. "$(dirname "$0")/standin.bash"

standin_make || exit 1
for word in plain ballast no-build resets; do
	standin "$TMP/$word" "$word"
done

lab() {
	"$STANDIN" lab "$TMP/t.ini" --out "$TMP/runs" "$@"
}

exits 0 "a good one" lab --for-bisect --kernel "$TMP/plain"
exits 1 "a bad one" lab --for-bisect --kernel "$TMP/ballast"
says "which was told by a verdict" 'FAIL plenty: each ok == 8000'
exits 125 "one that does not build" lab --for-bisect --kernel "$TMP/no-build"
exits 125 "one that does not boot" lab --for-bisect --kernel "$TMP/resets"
exits 1 "which fails otherwise" lab --kernel "$TMP/resets"
exits 130 "a kernel that is none" lab --for-bisect --kernel "$TMP/none"
exits 130 "a scenario that is none" "$STANDIN" lab none --for-bisect --kernel "$TMP/plain"
exits 130 "no scenario" "$STANDIN" lab --for-bisect
exits 130 "an option that is none, before it" lab --nothing --for-bisect
exits 130 "what it does not go with" lab --for-bisect --on slurm
says "says so" '--for-bisect takes scenarios'
chmod -x "$STANDIN_DIR/scripts/runtime/kernel.sh"
exits 131 "a harness that is broken" lab --for-bisect --kernel "$TMP/plain"
chmod +x "$STANDIN_DIR/scripts/runtime/kernel.sh"

# The last one is bad, and one on the way to it does not build.
standin_repo "$TMP/repo" plain no-build plain ballast
cd "$TMP/repo" || exit 1
ok "git begins" git bisect start main main~3
exits 0 "git runs it" git bisect run "$STANDIN" lab "$TMP/t.ini" --out "$TMP/runs" --kernel . --for-bisect
says "git finds the commit" 'commit 4, ballast|is the first bad commit'
ok "it is that one" test "$(git rev-parse refs/bisect/bad)" = "$(git rev-parse main)"
ok "one was skipped, or not needed" test "$(git for-each-ref 'refs/bisect/skip-*' | wc -l)" -le 1
done_testing
