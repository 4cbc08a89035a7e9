#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# system/shrink.sh - shrink leaves of a scenario what its failure needs, from a
# run and from a file, and nothing more.
set -uo pipefail
# shellcheck source=userspace/tests/system/tap.bash
. "$(dirname "$0")/tap.bash"

KERNEL=${KERNEL:-source:6.12}

# Only what is injected fails, in whatever context and order.
cat >"$TMP/never.ini" <<END
[scenario]
claim = Nothing is ever made to fail
[guest]
nodes = 1
memory = 128M
[phase plenty]
context = task nested
shots = 50
expect = each success == 100%
[phase injected]
context = task rcu softirq_tasklet hardirq_hrtimer
order = 0-1
shots = 64
inject = fail_page_alloc
inject.probability = 100
expect = total attempts > 0
expect = total injected == 0
END

has() {
	ok "$1" grep -qE "$2" "$TMP/less.ini"
}

# Outside of its comment.
hasnt() {
	ok "$1" test "$(grep -v '^#' "$TMP/less.ini" | grep -cE "$2")" = 0
}

exits 1 "a scenario that fails" "$LABYRINTH" lab "$TMP/never.ini" --kernel "$KERNEL" --out "$TMP/runs"
run=$(echo "$TMP"/runs/never-*)
exits 0 "shrunk from its run" "$LABYRINTH" shrink "$run" --runs 60 --jobs 2 -o "$TMP/less.ini"
says "names the verdict" "never, seed 1: injected: total injected == 0: injected was"
says "says how to run it" "the least: labyrinth lab .*less.ini --kernel $KERNEL --seed 1"
has "keeps the injector" '^inject = fail_page_alloc'
has "keeps the expectation" '^expect = total injected == 0'
has "one shot" '^shots = 1$'
has "one context" '^context = [a-z_]+$'
has "one CPU" '^cpus = 1$'
has "says what was taken away" '^#   \[phase plenty\]'
has "says that the rest is needed" 'What is left is needed'
hasnt "drops the other phase" 'plenty'
hasnt "drops the other expectation" 'attempts'
hasnt "drops orders" '^order'
exits 1 "what is left fails" "$LABYRINTH" lab "$TMP/less.ini" --kernel "$KERNEL" --out "$TMP/runs"
says "in the same way" "total injected == 0"

exits 0 "ends after as many runs as it may" "$LABYRINTH" shrink "$TMP/never.ini" --kernel "$KERNEL" --runs 2 --jobs 1 -o "$TMP/less.ini"
says "says that it did" "not all was tried"
has "in the file as well" '^# Not all was tried: it ended after'

exits 4 "a verdict that does not fail" "$LABYRINTH" shrink "$TMP/never.ini" --kernel "$KERNEL" --verdict success -o "$TMP/none.ini"
says "says that there is none" 'no verdict of never that fails has "success" in its name'
ok "writes nothing" test ! -e "$TMP/none.ini"

sed -i 's/shots = 50/shots = 51/' "$TMP/never.ini"
exits 2 "a scenario that has changed" "$LABYRINTH" shrink "$run" -o "$TMP/none.ini"
says "says what to name instead" "has changed since .*: what is there now can be run with --kernel"
done_testing
