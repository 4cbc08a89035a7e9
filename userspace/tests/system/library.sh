#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# system/library.sh - scenarios that inherit, injection by schedule and by
# number, the table at the end; each expectation is also made to fail.
set -uo pipefail
# shellcheck source=userspace/tests/system/tap.bash
. "$(dirname "$0")/tap.bash"

mkdir "$TMP/base"
cat >"$TMP/base/small.ini" <<END
[guest]
memory = 96M
[phase *]
shots = 400
expect = each ok > 0
END

cat >"$TMP/holds.ini" <<END
[scenario]
claim = What is asked for happens
inherit = base/small.ini
[phase *]
context = task softirq_tasklet
expect = total exhausted == 0
[phase schedule]
inject = fail_page_alloc
inject.probability = 100
schedule = 0 100 0
expect = each injected binomial 1e-6
expect = total injected > 0
[phase slab]
api = kmem_cache
inject = failslab
inject.probability = 50
expect = each injected binomial 1e-6
[phase task]
context = task
inject = fail_nth
inject.nth = 2
expect = each injected == 0
[phase bound]
context = softirq_tasklet
cpu = 1
bind = 0
expect = each other_node == 0
END

# The same with the opposite expectations.
cat >"$TMP/fails.ini" <<END
[scenario]
claim = What is not asked for happens
inherit = base/small.ini
[phase schedule]
context = task
inject = fail_page_alloc
inject.probability = 100
schedule = 0 50
expect = each injected == 0
[phase slab]
like = schedule
inject = failslab
inject.probability = 100
schedule = 100 100
api = pages
expect = each injected > 0
[phase nth]
context = softirq_tasklet
inject = fail_nth
expect = each injected == 800
[phase bound]
context = task
cpu = 1
bind = 0
expect = each other_node == 0
END

exits 1 "a run of two, one of which fails" \
	"$LABYRINTH" lab "$TMP/holds.ini" "$TMP/fails.ini" --kernel "$KERNEL" --jobs 1 --out "$TMP/results"
says "table: the one that holds" '^  holds +1  pass +[0-9]+ +0 '
says "table: the one that fails" '^  fails +1  fail +[0-9]+ +4 '
says "a schedule that struck where nothing was to be injected" 'schedule: each injected == 0: .*injected was [1-9]'
says "failslab does not strike pages" 'slab: each injected > 0: .*injected was 0'
says "fail-nth does not strike softirqs" 'nth: each injected == 800: .*injected was 0'
says "the policy of a task holds for the task" 'FAIL bound: each other_node == 0'
# Named, in the folder of the first scenario.
mkdir "$TMP/first"
printf '[scenario]\nclaim = c\n[phase a]\nexpect = each ok > 0\n' >"$TMP/first/a.ini"
exits 2 "a list of regressions that is not there" \
	env LABYRINTH_SCENARIOS="$TMP/first" "$LABYRINTH" list coverage
says "names it" 'regressions\.list: cannot be read'

done_testing
