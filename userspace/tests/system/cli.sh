#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# system/cli.sh - bad input: a helpful message, exit code 2, no files left.
set -uo pipefail
# shellcheck source=userspace/tests/system/tap.bash
. "$(dirname "$0")/tap.bash"

cat >"$TMP/bad.ini" <<END
[scenario]
claim = c
[phase a]
shotz = 5
order = 99
expect = each success == 100%
[fase b]
END

exits 2 "no command" "$LABYRINTH"
exits 2 "unknown command" "$LABYRINTH" frobnicate
says "names the commands" "there are lab, run, .*compare, .*list, .*doctor"
exits 0 "help" "$LABYRINTH" --help
for command in lab run recover compare bisect report explain reproduce shrink why export history map list doctor; do
	exits 0 "help of $command" "$LABYRINTH" "$command" --help
	says "shows the usage of $command" "^usage: labyrinth $command"
done
exits 2 "lab without a scenario" "$LABYRINTH" lab
exits 2 "unknown option" "$LABYRINTH" lab smoke --frob
exits 2 "seed that is none" "$LABYRINTH" lab smoke --seed x
says "says what a seed is" "--seed takes a number"
exits 2 "negative seed" "$LABYRINTH" lab smoke --seed -1
exits 2 "unknown mode" "$LABYRINTH" lab smoke --mode turbo
says "names the modes" "deterministic, fast, kvm"
cat >"$TMP/demand.ini" <<END
[scenario]
claim = c
[phase a]
pressure = slab
pressure.size = 300M
expect = each attempts > 0
[phase b]
pressure = slab
slab.size = 300M
slab.kind = reclaimable
expect = each attempts > 0
[phase c]
pressure = anon numa
numa.size = 8M 300M
expect = each attempts > 0
END
exits 2 "more than the guest has" "$LABYRINTH" lab "$TMP/demand.ini"
says "of what cannot be reclaimed" 'demand.ini:5: pressure.size: phase "a" demands 300M .* up to 85M, or'
says "of each worker, swept" 'demand.ini:14: numa.size: phase "c\[numa.size=300M\]" demands 600M .* up to 128M'
ok "and of nothing else" bash -c "! grep -q 'phase \"b\"' $OUT"
exits 2 "until decided against nothing" "$LABYRINTH" lab smoke --until-decided "$TMP/none"
says "names it" "none: No such file"
exits 2 "until decided, of so many seeds" "$LABYRINTH" lab smoke --seeds 3 --until-decided "$TMP"
says "names what takes its place" "takes --max-seeds"
exits 2 "effect that is none" "$LABYRINTH" lab smoke --until-decided "$TMP" --effect 5%%
exits 2 "kernel parameter of the lab's own" "$LABYRINTH" lab smoke --append "mem=64M console=tty0"
says "says why" '--append: "console" is not to be set: the lab reads'
exits 2 "no such CPU" "$LABYRINTH" lab smoke --cpu frob
says "QEMU names it" "smoke: QEMU .* does not take this guest, cpu frob: .*'frob'"
exits 2 "a guest for no program" "$LABYRINTH" lab smoke --guest smoke
says "says what it is for" "--guest says whose guest a program gets: it takes --exec"
exits 2 "no such guest" "$LABYRINTH" lab --exec "$LABYRINTH" --guest nowhere
exits 2 "no such board" "$LABYRINTH" lab smoke --machine frob
says "QEMU names it too" 'machine frob: .*"frob"'
exits 2 "board without what the lab needs" "$LABYRINTH" lab smoke --machine microvm
says "says what it lacks" "No 'PCI' bus"
exits 2 "no such scenario" "$LABYRINTH" lab nowhere
exits 2 "bad scenario" "$LABYRINTH" lab "$TMP/bad.ini"
says "unknown key: file and line" "bad.ini:4: .*shotz"
says "did you mean" "shots"
says "bad value: file and line" "bad.ini:5: order"
says "unknown section: file and line" "bad.ini:7: "
exits 2 "no such kernel" "$LABYRINTH" lab smoke --kernel "$TMP/none"
says "says what a kernel can be" "source:"
printf '[issue x]\nwhat = y\nkernels = six\n' >"$TMP/known.list"
exits 2 "known issues that are wrong" "$LABYRINTH" lab smoke --known "$TMP/known.list"
says "file and line of a value" 'known.list:3: kernels: "six"; allowed: 6.1'
says "and of what is missing" 'known.list:1: .issue x. has no "until"'
exits 2 "no such list" "$LABYRINTH" export "$TMP" --format ktap --known "$TMP/none.list"
says "names it" "none.list: cannot be read: No such file"
exits 2 "missing QEMU" env LABYRINTH_QEMU=/nonexistent/qemu "$LABYRINTH" lab smoke
says "says what to install" "LABYRINTH_QEMU|make setup"
exits 2 "resume without a folder" "$LABYRINTH" lab smoke --resume
says "says what it takes" "the folder that --out names"
exits 2 "output that cannot be written" "$LABYRINTH" lab smoke --kernel "$KERNEL" --out /proc/nowhere
exits 2 "run without --on-this-machine" "$LABYRINTH" run smoke
says "says what to do instead" "labyrinth lab smoke"
exits 2 "run without the module, or without root" "$LABYRINTH" run smoke --on-this-machine --out "$TMP/out.d"
says "says that the module is not loaded" "module is not loaded|needs root"
exits 2 "floor that is none" "$LABYRINTH" run smoke --on-this-machine --memory-floor lots
says "says what a floor is" "--memory-floor: "
exits 0 "dry run of several" "$LABYRINTH" run smoke default --dry-run
says "says what each would do" "^default, on this machine, is going to"
exits 2 "unknown list" "$LABYRINTH" list everything
exits 0 "list of contexts" "$LABYRINTH" list contexts
says "says why they cannot be used here" "not loaded|no permission"
says "says what code in a context may not do" "^  raw_spin_lock +holds a raw spinlock: may not sleep"
exits 0 "list of apis" "$LABYRINTH" list apis
says "says what is called" "^  exact +alloc_pages_exact\(\)"
exits 0 "list of oracles" "$LABYRINTH" list oracles
for oracle in zeroed exclusive leak counters baseline levels payload attribution settings processes log reports; do
	says "says what $oracle claims" "^  $oracle +[a-z_]+ .* .*"
done
exits 0 "all lists but the long ones" "$LABYRINTH" list
ok "the reason is given once" test "$(grep -cE 'none of these here: .*(not loaded|no permission)' "$OUT")" = 1
exits 0 "keys of a section" "$LABYRINTH" list keys pressure.anon
says "as a table" '^\| .pressure.target. \| 1.05min to 100min \| 1.5min \| yes \| '
exits 2 "keys of no section" "$LABYRINTH" list keys pressure.none
says "names those that have" "pressure.NAME"
exits 2 "a section of something else" "$LABYRINTH" list apis guest
for list in injectors pressures scenarios keys coverage; do
	exits 0 "list of $list" "$LABYRINTH" list "$list"
done
exits 2 "reproduce nothing" "$LABYRINTH" reproduce
exits 2 "reproduce what is not there" "$LABYRINTH" reproduce "$TMP/none"
says "names it" "$TMP/none: No such file"
exits 2 "why nothing" "$LABYRINTH" why
exits 2 "why what is not there" "$LABYRINTH" why "$TMP/nowhere"
exits 2 "why by no run" "$LABYRINTH" why "$TMP" --seeds 0
exits 2 "shrink nothing" "$LABYRINTH" shrink
exits 2 "shrink two" "$LABYRINTH" shrink smoke inject
exits 2 "shrink what is not there" "$LABYRINTH" shrink nowhere
says "looks where lab looks" "nowhere: no such scenario; looked in"
exits 2 "shrink a run that is none" "$LABYRINTH" shrink "$TMP/none.json"
exits 2 "shrink in no run" "$LABYRINTH" shrink smoke --runs 0
says "says how many there may be" "--runs takes a number from 1"
exits 2 "shrink for no kernel" "$LABYRINTH" shrink smoke --kernel "$TMP/none" -o "$TMP/less.ini"
ok "leaves nothing behind" test ! -e "$TMP/less.ini"
exits 2 "shrink into nowhere" "$LABYRINTH" shrink smoke -o "$TMP/none/less.ini"
exits 2 "unknown victim" "$LABYRINTH" explore e1000z
says "names those there are" "e1000e"
exits 2 "no victim" "$LABYRINTH" explore
exits 2 "occurrences of no kind" "$LABYRINTH" explore e1000e --occurrences some
says "says which there are" "few"
echo '{ "schema": "labyrinth-exploration/1" }' >"$TMP/a.json"
exits 2 "a victim that takes no words" "$LABYRINTH" explore e1000e:x
says "says so" "e1000e takes nothing"
exits 2 "a layer that is not there" "$LABYRINTH" explore veth+vlan+vxlan
says "names those there are" "no layer 'vxlan'; there are jumbo, vlan"
exits 2 "a layer without a name" "$LABYRINTH" explore veth+
exits 2 "a layer of a victim without a wire" "$LABYRINTH" explore planted+vlan
says "says so" "planted has no wire"
exits 2 "a program that is not there" "$LABYRINTH" explore "program:$TMP/none"
says "is named" "$TMP/none: No such file"
exits 2 "a program that needs libraries" "$LABYRINTH" explore "program:$BASH"
says "says how to link it" "link it with -static"
exits 2 "a program that is none" "$LABYRINTH" explore "program:$TOP/README.md"
says "is told" "no program for x86_64"
exits 2 "no program" "$LABYRINTH" explore program
exits 2 "an unknown stressor" "$LABYRINTH" explore stress-ng pipe nostressor
says "is named, with where they are listed" "no stressor 'nostressor'; stress-ng --stressors"
exits 2 "no number of operations" "$LABYRINTH" explore stress-ng pipe:many
exits 2 "an exploration and what is none" "$LABYRINTH" compare "$TMP/a.json" "$TMP"
says "is told" "$TMP is no exploration"
exits 0 "list of victims" "$LABYRINTH" list victims
says "says which driver each needs" "^  e1000e .*needs e1000e"
exits 0 "a map of this machine" "$LABYRINTH" map
says "has zones" "^  node [0-9]+ "
exits 2 "live without a terminal" "$LABYRINTH" map --live
says "says what it needs" "needs a terminal"
exits 2 "a moment of no run" "$LABYRINTH" map --at 1
# More groups of reports than are kept (LAB_GROUPS): every form says so.
for i in {1..520}; do
	printf '%s\n' "a: page allocation failure: order:0, mode:0x820(GFP_ATOMIC)" \
		"CPU: 0 PID: 1 Comm: a Not tainted 6.12.1 #1" "Call Trace:" " warn_alloc+0x1/0x2" " caller_$i+0x1/0x2"
done >"$TMP/many.log"
for format in text html markdown; do
	exits 0 "many groups as $format" "$LABYRINTH" explain --format "$format" "$TMP/many.log"
	says "with the number of those left out" "8 more reports are of further groups, which are not kept. 2600 lines, 520 reports\."
done
# A machine without any tool: each "no" says what to do.
exits 1 "doctor without QEMU and tools" env PATH=/nonexistent LABYRINTH_QEMU=/nonexistent/qemu "$LABYRINTH" doctor
says "names what is missing" "missing: gcc make .* cpio"
ok "a remedy below every no" test "$(grep -c '^  no' "$OUT")" = "$(grep -c '^ *-> ' "$OUT")"
exits 1 "doctor without room" env XDG_CACHE_HOME=/proc "$LABYRINTH" doctor
says "names the place" "/proc: .* 0.0 GiB free"
ok "nothing is left behind" test ! -e "$TMP/out.d"

done_testing
