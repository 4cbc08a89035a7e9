#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# system/deterministic.sh - the same scenario twice gives the same bytes;
# another seed does not.
set -uo pipefail
# shellcheck source=userspace/tests/system/tap.bash
. "$(dirname "$0")/tap.bash"

# Differences would show first when memory runs out. At the same time, so that
# they disturb each other as much as possible.
for run in a b; do
	"$LABYRINTH" lab default --kernel "$KERNEL" --out "$TMP/$run" >"$TMP/$run.out" 2>&1 &
done
wait -n
FIRST=$?
wait -n
ok "the default scenario passes, twice at once" test "$FIRST$?" = 00
ok "with memory that really ran out" grep -q scarce "$TMP/a.out"
ok "and the results are the same bytes" cmp "$TMP"/a/*/results.json "$TMP"/b/*/results.json
PRINTED=$(sed -n 's/^ *fingerprint //p' "$TMP/a.out")
COUNTED=$(sha256sum "$TMP"/a/*/results.json | cut -d ' ' -f 1)
ok "the fingerprint is the SHA-256 of the file" test "$PRINTED" = "$COUNTED"
for file in results.json host.json results.ktap console.log; do
	ok "$file is there" test -s "$(echo "$TMP"/a/*/"$file")"
done
ok "nothing else is" test "$(find "$TMP"/a/* -mindepth 1 | wc -l)" = 4
ok "it is equal to the reference" grep -q 'counts [0-9a-f]*, equal to the reference' "$TMP/a.out"
exits 0 "which an export gives" \
	"$LABYRINTH" export "$TMP"/a/*/ --format reference -o "$TMP/reference"
ok "and nothing else is in it" cmp "$TMP/reference" "$TOP/scenarios/default.reference"
ok "README shows its SHA-256" \
	grep -q "counts $(sha256sum <"$TMP/reference" | cut -d ' ' -f 1), equal" "$TOP/README.md"

SOURCE=$("$TOP/scripts/runtime/kernel.sh" source source:6.12)
ok "the kernel's own parser takes the KTAP" \
	python3 "$SOURCE/tools/testing/kunit/kunit.py" parse "$(echo "$TMP"/a/*/results.ktap)"
# Before 6.15 no request is legal in an NMI: expectations of it are skipped.
says "and finds all of it passed" "Testing complete. Ran [0-9]+ tests: passed: [0-9]+(, skipped: [0-9]+)?$"
# The parser must be able to fail.
sed -e 's/  ok 4 /  not ok 4 /; s/^ok 1/not ok 1/' "$TMP"/a/*/results.ktap >"$TMP/failing.ktap"
exits 1 "a failure in it is seen" \
	python3 "$SOURCE/tools/testing/kunit/kunit.py" parse "$TMP/failing.ktap"

# A set that was killed after one run, and in which the harness broke another
# run.
# shellcheck disable=SC2317  # called through exits
short() {
	"$LABYRINTH" lab "$SHORT" --kernel "$KERNEL" "$@"
}
exits 0 "a set of runs" short --seeds 3 --out "$TMP/set"
cp -r "$TMP/set" "$TMP/whole"

# Otherwise several seeds would be only one sample.
ok "another seed is another sample" \
	python3 - "$TMP"/set/short-*-s[12]-*/results.json <<'END'
import json, sys
a, b = ([c["latency"] for c in json.load(open(path))["cells"] if c["ok"]] for path in sys.argv[1:])
same = sum(x == y for x, y in zip(a, b))
print(same, "of", len(a), "cells have the same latencies with both seeds")
sys.exit(same == len(a))
END
mkdir "$TMP/again"
cp -r "$TMP"/set/short-*-s1-* "$TMP/again"
exits 0 "a run says the same again" short --out "$TMP/again"
ok "and takes the place of its equal" test "$(find "$TMP/again" -mindepth 1 -maxdepth 1 -type d | wc -l)" = 1

python3 - "$TMP/set/.set.json" <<'END'
import json, sys
set = json.load(open(sys.argv[1]))
set["runs"] = [run for run in set["runs"] if run["seed"] != 2]
for run in set["runs"]:
    run["exit"] = 3 if run["seed"] == 3 else run["exit"]
json.dump(set, open(sys.argv[1], "w"))
END
rm -r "$TMP"/set/short-*-s2-*
DONE=$(echo "$TMP"/set/short-*-s1-*)
touch "$DONE/mark"
exits 0 "is gone on with" short --seeds 3 --out "$TMP/set" --resume
says "what was done is kept" "labyrinth: 1 of 3 runs are kept"
says "and part of the table" "^  short +1  pass"
ok "it was not run again" test -e "$DONE/mark"
rm "$DONE/mark"
ok "and then it is as if it had not been interrupted" diff -r -x host.json -x .set.json "$TMP/set" "$TMP/whole"
exits 2 "another set is refused" "$LABYRINTH" lab default --kernel "$KERNEL" --seeds 2 --out "$TMP/set" --resume
says "and each difference named" "seeds was 3, and is 2"
says "down to the scenarios" "the scenario default was not part of it"
exits 2 "a folder that is no set" short --out "$TMP" --resume

# A set whose lab is killed while a guest runs: what was complete is not touched.
KILLED=$TMP/killed
done_runs() {
	find "$KILLED" -mindepth 1 -maxdepth 1 -type d -name 'short-*' | wc -l
}
"$LABYRINTH" lab "$SHORT" --kernel "$KERNEL" --seeds 3 --jobs 1 --out "$KILLED" >"$TMP/killed.out" 2>&1 &
LAB=$!
# Until one is done and the next one has a folder to work in.
for ((tries = 0; tries < 2400; tries++)); do
	(($(done_runs) == 0)) || [[ -z $(find "$KILLED" -maxdepth 1 -name '.short-*') ]] || break
	kill -0 "$LAB" 2>/dev/null || break
	sleep 0.05
done
kill -KILL "$LAB"
wait "$LAB"
ok "a lab is killed in the middle of a set" test $? = 137
ok "after some of its runs" test "$(done_runs)" -gt 0 -a "$(done_runs)" -lt 3
ok "it leaves what it worked in" test -n "$(find "$KILLED" -maxdepth 1 -name '.short-*')"
cp -a "$KILLED" "$TMP/then"
rm -r "$TMP"/then/.[!.]*
KEPT=$(done_runs)
stamps() {
	(cd "$KILLED" && for run in "$TMP"/then/short-*; do find "${run##*/}" -exec stat -c '%n %i %y %z' {} +; done)
}
stamps >"$TMP/stamps"
exits 0 "it is gone on with" "$LABYRINTH" lab "$SHORT" --kernel "$KERNEL" --seeds 3 --out "$KILLED" --resume
says "what was complete is kept" "labyrinth: $KEPT of 3 runs are kept"
ok "nobody wrote to it" cmp "$TMP/stamps" <(stamps)
for run in "$TMP"/then/short-*; do
	ok "and each byte is as it was: ${run##*/}" diff -r "$run" "$KILLED/${run##*/}"
done
ok "all three are there, and nothing else" test "$(done_runs)" = 3 -a -z "$(find "$KILLED" -mindepth 1 -maxdepth 1 ! -name 'short-*' ! -name .set.json)"
ok "the same as without a kill" diff -r -x host.json "$TMP"/whole/short-*-s3-* "$KILLED"/short-*-s3-*

# What the harness broke, here by a deadline before a guest has booted, is
# repeated, and leaves nothing. A guest from a snapshot could be done by then.
LABYRINTH_BOOT_ALWAYS=1 exits 3 "a set that the harness breaks" \
	short --seeds 2 --host-deadline 1 --out "$TMP/broken"
exits 0 "is gone on with" short --seeds 2 --out "$TMP/broken" --resume
ok "in the place of what was broken" test "$(find "$TMP/broken" -mindepth 1 -maxdepth 1 -type d | wc -l)" = 2
ok "by what is whole" test "$(grep -l '"verdict": "broken"' "$TMP"/broken/*/results.json | wc -l)" = 0
exits 0 "a third time everything is kept" short --seeds 2 --out "$TMP/broken" --resume
says "and told of" "labyrinth: 2 of 2 runs are kept"

# What is known counts as it does now, not as it did then.
sed 's/expect = .*/expect = each ok < 0/' "$SHORT" >"$TMP/less.ini"
exits 1 "a set that fails" "$LABYRINTH" lab "$TMP/less.ini" --kernel "$KERNEL" --out "$TMP/less"
printf '[issue none]\nwhat = w\nscenario = less\nverdict = plenty: each ok < 0\nkernels = 5.10-99.0\nlink = https://example.org/\nuntil = never\n' >"$TMP/known.list"
exits 0 "passes when it is known" "$LABYRINTH" lab "$TMP/less.ini" --kernel "$KERNEL" --out "$TMP/less" --resume --known "$TMP/known.list"
says "and is kept" "labyrinth: 1 of 1 runs are kept"
exits 1 "and fails without that" "$LABYRINTH" lab "$TMP/less.ini" --kernel "$KERNEL" --out "$TMP/less" --resume

# A file that somebody edited names nothing outside of the folder.
mkdir "$TMP/outside"
cp -r "$TMP"/less/less-*/. "$TMP/outside"
sed -i 's,"folder": ".*","folder": "../outside",; s,"exit": 1,"exit": 3,' "$TMP/less/.set.json"
exits 1 "a set that names another folder" "$LABYRINTH" lab "$TMP/less.ini" --kernel "$KERNEL" --out "$TMP/less" --resume
ok "leaves that alone" test -e "$TMP/outside/results.json"

exits 0 "fast mode passes as well" short --mode fast --out "$TMP/fast"
says "and does not count instructions" "latencies in ns"

cat >"$TMP/wrong.ini" <<END
[scenario]
claim = what does not hold is seen not to
[phase injected]
inject = fail_page_alloc
inject.probability = 50
expect = each injected == 0
END
exits 1 "an expectation that does not hold fails" \
	"$LABYRINTH" lab "$TMP/wrong.ini" --kernel "$KERNEL" --out "$TMP/wrong"
says "and says what was found" "injected was [0-9]+"

done_testing
