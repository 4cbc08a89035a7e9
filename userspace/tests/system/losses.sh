#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# system/losses.sh - processes of a run that the kernel kills are a finding: the
# run fails, unless the phase expects it, and all other results are recorded.
set -uo pipefail
# shellcheck source=userspace/tests/system/tap.bash
. "$(dirname "$0")/tap.bash"

# The competing allocators take the memory that a worker near its level leaves,
# and that worker is the largest process. With one seed in five the worker
# reaches its level nevertheless: the test uses the first seed with which it
# does not.
cat >"$TMP/taken.ini" <<END
[scenario]
claim = c
[guest]
memory = 128M
[phase *]
context = task
shots = 100
[phase before]
expect = each success == 100%
[phase taken]
pressure = numa anon
numa.how = fight
numa.size = 32M
anon.target = 1.05min
#log = oom
expect = each held == 0
[phase after]
expect = each success == 100%
END
sed 's/^#log/log/' "$TMP/taken.ini" >"$TMP/expected.ini"

# shellcheck disable=SC2317  # called through exits
lab() {
	"$LABYRINTH" lab "$TMP/$1.ini" --seed "$SEED" --kernel "$KERNEL" --out "$TMP/results"
}

# With the exit code of the first run in which a process was killed before its
# shots.
# shellcheck disable=SC2317  # called through exits
lab_until_loss() {
	local status

	for SEED in {1..8}; do
		rm -rf "$TMP/results/$1"*
		lab "$1"
		status=$?
		! grep -q 'of anon was killed by signal 9.*, before the shots of' "$TMP/results/$1"*/results.json || return "$status"
	done
	echo "no process was lost with seeds 1 to 8"
	return 99
}

exits 1 "a worker that the OOM killer takes fails the run" lab_until_loss taken
says "with process, signal, phase and log" \
	'worker [01] of anon was killed by signal 9 .Killed., before the shots of taken: task order 0; the log: Out of memory: Killed process'
exits 0 "the results are whole" "$LABYRINTH" export --format csv "$TMP"/results/taken*
says "the phase before is there" ',before,task,pages,0,[^,]*,any,200,200,0,0,0,'
says "nothing was fired in it" ',taken,task,pages,0,[^,]*,any,200,0,0,0,200,'
says "the one after it was fired" ',after,task,pages,0,[^,]*,any,200,200,0,0,0,'
ok "an export has it" grep -q 'found: worker . of anon was killed' "$TMP"/results/taken*/results.ktap

exits 0 "where a phase expects it, it does not fail" lab_until_loss expected
ok "and is told of" grep -q 'was killed by signal 9.*, before the shots' "$TMP"/results/expected*/results.json

done_testing
