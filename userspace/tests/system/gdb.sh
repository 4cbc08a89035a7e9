#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# system/gdb.sh - a run is made again up to a shot, and gdb stands there.
set -uo pipefail
# shellcheck source=userspace/tests/system/tap.bash
. "$(dirname "$0")/tap.bash"
# shellcheck source=userspace/tests/system/forge.bash
. "$(dirname "$0")/forge.bash"

command -v gdb >/dev/null || {
	ok "# SKIP there is no gdb: apt-get install gdb" true
	done_testing
}
KERNEL=${KERNEL:-source:6.12}

cat >"$TMP/small.ini" <<'END'
[scenario]
claim = There is a page
[guest]
memory = 128M
cpus = 2
[phase plenty]
context = softirq_tasklet nested
shots = 40
events = 200
expect = each ok > 0
END

# mi ARGUMENT...: frames of the CPU, the number of the shot, the end of the guest, by
# gdb's machine interface.
# shellcheck disable=SC2317  # by exits
mi() {
	python3 - "$LABYRINTH" reproduce "$@" <<-'END'
		import subprocess, sys
		gdb = subprocess.Popen(sys.argv[1:], text=True, bufsize=1, stdin=subprocess.PIPE,
		                       stdout=subprocess.PIPE)
		def until(word):
		    for line in gdb.stdout:
		        print(line, end="")
		        if line.startswith(word):
		            return
		    sys.exit(gdb.wait() or "no " + word)
		def do(command, word):
		    gdb.stdin.write(command + "\n")
		    until(word)
		until("(gdb)")
		do("1-stack-list-frames", "1^done")
		do("2-data-evaluate-expression number", "2^done")
		do("3-exec-continue", "*stopped")
		do("4-gdb-exit", "4^exit")
		sys.exit(gdb.wait())
	END
}

# of_run EXPRESSION: of the results of the run.
of_run() {
	python3 -c 'import json, sys
cells = json.load(open(sys.argv[1]))["cells"]
print(eval(sys.argv[2]))' "$run/results.json" "$1"
}

exits 0 "a run" "$LABYRINTH" lab "$TMP/small.ini" --kernel "$KERNEL" --out "$TMP/runs"
run=$(echo "$TMP"/runs/small-*)

exits 0 "stands before a shot" mi "$run" --gdb=mi --cell softirq --shot 17
says "which it is" '2\^done,value="17"'
says "in the module, in the function that fires" 'func="lab_fire"'
says "in its context" 'func="lab_tasklet_fire".*func="tasklet_action_common".*func="handle_softirqs"'
says "in the system call that asked for it" 'func="lab_ioctl".*func="__x64_sys_ioctl"'
says "goes on to the end of the guest" '^\*stopped,reason="signal-received",signal-name="SIGQUIT"'

event=$(of_run '"%d %d" % next((e[4], e[2]) for e in cells[-1]["events"] if e[0] == 1 and e[1] == 2 and e[2] > 3)')
exits 0 "stands at a clock of a nested part, on the second CPU" mi "$run" --gdb=mi --cell nested --cpu 1 --at "${event% *}"
says "before the shot of that clock" "2\\^done,value=\"${event#* }\""
says "shows what it interrupts" 'func="lab_nested_hard".*func="asm_sysvec_apic_timer_interrupt".*func="(lab_ioctl|start_secondary|ret_from_fork)"'
says "compared all cells before, and events" "compared with the run: $(of_run 'len(cells) - 1') cells, [1-9][0-9]* events"

forged 'cell = results["cells"][-1]; cell["oracles"][0].update(violations=1, culprit=20)
for event in cell["events"]: event[4] += 8 * (event[:3] == [0, 0, 8])'
exits 1 "before a finding, of a run in which a shot was at another time" mi "$TMP/forged" --gdb=mi --finding 1 --back 3
says "names it" "finding 1: oracle $(of_run 'cells[-1]["oracles"][0]["name"]'), first broken by shot 20"
says "says which shot is another one" "^  shot 8 of the cell: clock [0-9]+ in the run, [0-9]+ here"
forged 'results["cells"][0]["volley_ticks"] += 8'
exits 1 "a run of which a cell was another one" mi "$TMP/forged" --gdb=mi --cell nested --shot 0
says "says so" '^NOT THE SAME: '
says "names the cell" "^  plenty: $(of_run 'cells[0]["context"]'), "

wrong() {
	exits 2 "$1" "$LABYRINTH" reproduce "$run" "${@:3}"
	says "says why" "$2"
}
wrong "no point" "takes one of --shot, --at and --finding" --gdb --cell nested
wrong "two points" "takes one of --shot, --at and --finding" --gdb --cell nested --shot 1 --at 5
wrong "no cell" "which cell\? .*a part of one name" --gdb --shot 1
wrong "a cell that is not there" "'bulk': 0 cells" --gdb --cell bulk --shot 1
wrong "a name of several" "'plenty': [23] cells" --gdb --cell plenty --shot 1
wrong "a cell beyond the last" "--cell takes a number from 1 to" --gdb --cell 99 --shot 1
wrong "a shot beyond the last" "--shot takes a number from 0 to 39, not '40'" --gdb --cell nested --shot 40
wrong "before the first shot" "--back takes a number from 0 to 3, not '4'" --gdb --cell nested --shot 3 --back 4
wrong "a clock beyond the last" "the last request of this cell that was recorded is at clock" --gdb --cell nested --at 999999999999
wrong "a CPU that does not fire" "that CPU fires no shots" --gdb --cell nested --shot 1 --cpu 5
wrong "a part of a context that has none" "--part takes a number from 0 to 0" --gdb --cell softirq --shot 1 --part 1
wrong "a finding that is not there" "the run has 0 findings" --gdb --finding 1
wrong "a point without gdb" "go with --gdb" --cell nested --shot 1
wrong "another interface" "not 'tui'" --gdb=tui --cell nested --shot 1
wrong "a core too" "cannot be given with --gdb" --gdb --vmcore --cell nested --shot 1
LABYRINTH_GDB=/nowhere/gdb wrong "no gdb" "apt-get install gdb" --gdb --cell nested --shot 1
forged 'results["verdicts"][1].update(verdict="fail", kind="expectation"); results["verdict"] = "fail"'
run=$TMP/forged wrong "a finding of no single shot" "is of no single shot" --gdb --finding 1
forged 'results["cells"][1]["events"] = []'
run=$TMP/forged wrong "a clock without events" "the results have no clocks of this cell" --gdb --cell 2 --at 5
done_testing
