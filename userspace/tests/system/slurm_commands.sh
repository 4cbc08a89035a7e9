#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# system/slurm_commands.sh - commands that decide by what came of some guests which
# others they need, with guests of a cluster: an exploration, a bisection and mutants
# find what they find on one machine, though a node, the controller and the command die.
#
# usage: slurm_commands.sh [explore] [bisect] [nightly] [mutants]	these parts alone
# shellcheck disable=SC2317  # functions are called through ok and wait_until
set -uo pipefail
# shellcheck source=userspace/tests/system/tap.bash
. "$(dirname "$0")/tap.bash"
# shellcheck source=userspace/tests/system/slurm_cluster.bash
. "$(dirname "$0")/slurm_cluster.bash"

export LABYRINTH_NODE_CACHE=$TMP/cache
# Only guests of a test build have the driver.
export LABYRINTH_BUSTED=1

has_done() {
	(($(find "$1/.cluster/results" -name '*.json' | wc -l) >= $2))
}

# has_jobs FOLDER N: so many arrays were submitted.
has_jobs() {
	(($(grep -c '^[0-9]' "$1/.cluster/jobs") >= $2))
}

# The nodes whose guest runs.
busy_nodes() {
	pgrep -af 'qemu-system' | grep -oE "$TMP/cache/n[1-4]/" | grep -oE 'n[1-4]' | sort -u
}

is_busy() {
	[[ -n $(busy_nodes) ]]
}

# facts FOLDER FILE: what does not say where it was found, or how long it took.
facts() {
	sed "s,$1,OUT,; /_seconds\"/d; /^[0-9]* of [0-9]* candidates were/d" "$2"
}

# part NAME: whether it is to be run.
part() {
	[[ -z $PARTS || " $PARTS " == *" $1 "* ]]
}
PARTS="$*"

ok "a cluster of four nodes" cluster_start

test_explore() {
	# ---- an exploration, whose parts die --------------------------------------------

	right=("$LABYRINTH" explore planted-right --kernel "$KERNEL" --occurrences first --no-starve --batch 3
		--site '[planted]')
	name=explore-planted-right-${KERNEL//:/-}
	folder=$TMP/cluster-right/$name

	exits 0 "an exploration on this machine" "${right[@]}" --jobs 1 --out "$TMP/serial"
	"${right[@]}" --on slurm --out "$TMP/cluster-right" >"$TMP/first.out" 2>&1 </dev/null &
	first=$!
	ok "its profile is made by a node" wait_until 200 has_done "$folder" 1
	ok "its trials are an array" wait_until 60 has_jobs "$folder" 2
	ok "nodes have guests" wait_until 60 is_busy
	dies=$(busy_nodes | head -n 1)
	ok "a node with a guest dies" node_kill "$dies"
	kill -KILL "$first"
	wait "$first" 2>/dev/null
	controller_stop
	ok "the command and the controller are gone" test ! -d "/proc/$first"
	ok "nothing is written that is not whole" test ! -e "$folder/explore.json"
	controller_start
	exits 0 "goes on" "$LABYRINTH" explore --attach "$folder"
	says "says what it found" '^planted-right on '
	ok "what it found is that of one machine, byte by byte" \
		cmp "$TMP/serial/$name/explore.json" "$folder/explore.json"
	boots=$(find "$folder/.cluster/boots" -name '*.json' | wc -l)
	ok "each boot is there once" test "$(find "$folder/.cluster/results" -name '*.json' | wc -l)" = "$boots"
	ok "no boot was asked for in vain" test "$boots" -le 12
	ok "the dead node has done nothing after" wait_until 1 test -z "$(busy_nodes)"
	node_start "$dies"
	wait_until 60 nodes_are_idle
	exits 0 "a local one goes on with the folder" "${right[@]}" --out "$TMP/cluster-right"
	ok "and boots nothing" test "$(find "$folder" -name 'boot-*' | wc -l)" = 0
	exits 0 "it compares with that of one machine" "$LABYRINTH" compare "$TMP/serial/$name" "$folder"
	says "as the same" 'sites are the same'

	# ---- a victim with devices ---------------------------------------------------

	local cards=("$LABYRINTH" explore e1000e --kernel stock:6.12 --profile)

	exits 0 "the profile of cards on this machine" "${cards[@]}" --out "$TMP/serial"
	exits 0 "and on a node" "${cards[@]}" --on slurm --out "$TMP/cards"
	ok "which has the same machine: each request is the same" \
		cmp "$TMP"/{serial,cards}/explore-e1000e-stock-6.12/explore.json

	# ---- findings, detached ------------------------------------------------------------

	defect=("$LABYRINTH" explore planted --kernel "$KERNEL" --occurrences first --no-starve --site planted_corrupt)
	name=explore-planted-${KERNEL//:/-}
	folder=$TMP/cluster-defect/$name

	exits 1 "a defect on this machine" "${defect[@]}" --jobs 1 --out "$TMP/serial"
	exits 0 "detached" "${defect[@]}" --on slurm --out "$TMP/cluster-defect" --detach
	says "says how to go on" "1 boots are submitted; labyrinth explore --attach .* follows them"
	exits 1 "attached" "$LABYRINTH" explore --attach "$folder"
	says "finds the defect" 'corrupt +.* planted_corrupt \[planted\]'
	says "confirmed by two boots" 'alone in a boot, twice: the same bytes'
	ok "what it found is that of one machine, byte by byte" \
		cmp "$TMP/serial/$name/explore.json" "$folder/explore.json"
	# The profile, one of many, and two alone: what confirms another is no copy of it.
	ok "by four boots" test "$(find "$folder/.cluster/results" -name '*.json' | wc -l)" = 4
	exits 2 "another kernel in the folder" env -u LABYRINTH_BUSTED \
		"$LABYRINTH" lab --attach "$folder"
	says "says whose it is" 'is of labyrinth explore'

	# ---- cancelled -----------------------------------------------------------------------

	folder=$TMP/cancelled/$name
	other=$(sbatch --parsable --job-name=other --mem=100 --output=/dev/null --wrap 'exec sleep 600')
	"${defect[@]}" --on slurm --out "$TMP/cancelled" >"$TMP/cancelled.out" 2>&1 </dev/null &
	first=$!
	ok "another exploration begins" wait_until 60 test -s "$folder/.cluster/jobs"
	job=$(cut -d' ' -f1 "$folder/.cluster/jobs" | grep -m 1 '^[0-9]')
	kill -INT "$first"
	wait "$first"
	code=$?
	ok "exits as one that was interrupted" test "$code" = 3
	cp "$TMP/cancelled.out" "$OUT"
	says "says how to go on" "boots are done, the others are cancelled; labyrinth explore --attach .* goes on"
	ok "its jobs end" wait_until 60 bash -c "test -z \"\$(squeue -h -j $job)\""
	ok "no other job does" test -n "$(squeue --noheader --jobs="$other")"
	scancel "$other"
}

test_bisect() {
	# ---- a bisection -----------------------------------------------------------------------

	unset LABYRINTH_BUSTED
	# 1040 and 1000 instructions on 6.1, 1184 and 1152 on 6.12.
	cat >"$TMP/t.ini" <<-END
		[scenario]
		claim = A request takes less than that
		takes = 3s
		[guest]
		cpus = 1
		nodes = 1
		memory = 128M
		[phase plenty]
		context = task hardirq_hrtimer
		shots = 40
		expect = each p50 < 1100
	END
	printf 'stock:6.1\nstock:6.12\nstock:7.3\n' >"$TMP/list"
	bisect=("$LABYRINTH" bisect --kernels "$TMP/list" "$TMP/t.ini")

	exits 0 "a bisection on this machine" "${bisect[@]}" --out "$TMP/bisected" -o "$TMP/bisected.txt"
	"${bisect[@]}" --on slurm --build-cpus 1 --out "$TMP/bisect" >"$TMP/bisect.out" 2>&1 </dev/null &
	first=$!
	ok "it has tried GOOD" wait_until 300 grep -q '"seeds"' "$TMP/bisect/bisect.json"
	ok "a step is submitted" wait_until 120 test -s "$TMP/bisect/runs/2/.cluster/jobs"
	kill -KILL "$first"
	wait "$first" 2>/dev/null
	ok "it is killed" test ! -d "/proc/$first"
	controller_stop
	controller_start
	exits 0 "goes on" "$LABYRINTH" bisect --attach "$TMP/bisect"
	says "names the culprit" '^culprit: stock:6.12'
	sed -n '/^sought:/,$p' "$OUT" >"$TMP/bisect.txt"
	ok "the report is that of one machine" \
		diff <(facts "$TMP/bisected" "$TMP/bisected.txt") <(facts "$TMP/bisect" "$TMP/bisect.txt")
	ok "so is the state" \
		diff <(facts "$TMP/bisected" "$TMP/bisected/bisect.json") <(facts "$TMP/bisect" "$TMP/bisect/bisect.json")
	ok "the step that was submitted is done once" test "$(grep -c '^[0-9]' "$TMP/bisect/runs/2/.cluster/jobs")" = 1
	ok "seeds of a step are an array" grep -qE '^[0-9]+ 0 0-4$' "$TMP/bisect/runs/1-again/.cluster/jobs"
	exits 2 "its step alone" "$LABYRINTH" lab --attach "$TMP/bisect/runs/2"
	says "says what goes on" "labyrinth bisect --attach $TMP/bisect\$"
	for step in 0 1 2 0-again 1-again; do
		ok "the kernel of step $step was made ready by a job" \
			grep -q '"exit": 0' "$TMP/bisect/runs/$step/.cluster/build/.cluster/results/0.json"
	done
}

test_nightly() {
	local nightly=(env LABYRINTH="$LABYRINTH" "$TOP/scripts/ci/nightly.sh" "$KERNEL" 2 "$TMP/small.ini" --
		--on slurm --nodes-max 3)

	unset LABYRINTH_BUSTED
	cluster_scenario "$TMP/small.ini"
	mkdir "$TMP/nights"
	cd "$TMP/nights" || return
	exits 0 "a night" "${nightly[@]}"
	ok "says nothing" test ! -s "$OUT"
	ok "has its runs done by the cluster" test -s "$(echo 20??-??-??)/.cluster/jobs"
	for name in 20??-??-??*; do
		mv "$name" "2024-02-28${name#20??-??-??}"
	done
	exits 0 "the next night" "${nightly[@]}"
	ok "is held against the one before" test -s "$(date +%F).md"
	exits 0 "which is over when it is called again" "${nightly[@]}"
	ok "and runs nothing" grep -q '2 of 2 runs are done' "$(date +%F).log"
	cd "$TOP" || return
}

# mutant_verdicts DIR: what results say but how long it took.
mutant_verdicts() {
	grep -hv '_seconds"' "$1"/results/*.json
}

test_mutants() {
	# The first keeps the reserve from atomic requests, which this scenario does not
	# see; the second wakes nobody, which it does.
	local mutants=("$TOP/scripts/dev/mutants.sh" --kernel "$KERNEL" --scenarios kswapd-wake --library fast --seeds 1
		--only mm/page_alloc.c:__zone_watermark_ok:negate:2 --only mm/page_alloc.c:wake_all_kswapds:lost-wake-up:1)
	local out=$TMP/mutants job

	unset LABYRINTH_BUSTED
	exits 2 "mutants in a partition that is not there" \
		"${mutants[@]}" --out "$TMP/mutants-nowhere" --on slurm --partition nowhere
	says "are refused as the lab does" "there is no 'nowhere' with nodes; \"sinfo\" shows"
	ok "before anything is built" eval "! grep -q building '$OUT'"
	other=$(sbatch --parsable --job-name=other --mem=100 --output=/dev/null --wrap 'exec sleep 3000')
	"${mutants[@]}" --out "$out" --on slurm --nodes-max 3 >"$TMP/mutants.out" 2>&1 </dev/null &
	first=$!
	ok "a mutant is built and submitted" wait_until 600 eval "test -s '$out'/runs/*/.plan-1/.cluster/jobs"
	job=$(cut -d' ' -f1 "$out"/runs/*/.plan-1/.cluster/jobs | grep -m 1 '^[0-9]')
	kill -TERM "$first"
	wait "$first"
	code=$?
	cp "$TMP/mutants.out" "$OUT"
	ok "exits as one that was interrupted" test "$code" = 130
	ok "its jobs end" wait_until 60 bash -c "test -z \"\$(squeue -h -j $job)\""
	ok "no other job does" test -n "$(squeue --noheader --jobs="$other")"
	scancel "$other"
	exits 0 "goes on" "${mutants[@]}" --out "$out" --on slurm --nodes-max 3
	says "one survives" '^1/2 .*: survived$'
	says "one is killed" '^2/2 .*: killed: kswapd-wake: expectation short: total kswapd > 0'
	ok "nothing is left of plans" test -z "$(find "$out"/{base,runs} -type d -name '.plan-*')"
	exits 0 "the same mutants on this machine" "${mutants[@]}" --out "$TMP/mutants-serial"
	ok "have the same verdicts" diff <(mutant_verdicts "$TMP/mutants-serial") <(mutant_verdicts "$out")
	ok "and runs of the same bytes" \
		test "$(cat "$out"/runs/*/*/*/results.json | sha256sum)" = \
		"$(cat "$TMP"/mutants-serial/runs/*/*/*/results.json | sha256sum)"
}

! part explore || test_explore
! part bisect || test_bisect
! part nightly || test_nightly
! part mutants || test_mutants
done_testing
