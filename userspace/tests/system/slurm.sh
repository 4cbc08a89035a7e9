#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# system/slurm.sh - runs on a cluster of Slurm, of which nodes, runs, the controller
# and the submitting process die: every run is there once, and is what a run on one
# machine is. LABYRINTH_TEST_RUNS says how many there are (40).
# shellcheck disable=SC2317  # functions are called through ok and wait_until
set -uo pipefail
# shellcheck source=userspace/tests/system/tap.bash
. "$(dirname "$0")/tap.bash"
# shellcheck source=userspace/tests/system/slurm_cluster.bash
. "$(dirname "$0")/slurm_cluster.bash"

RUNS=${LABYRINTH_TEST_RUNS:-40}
export LABYRINTH_NODE_CACHE=$TMP/cache

cluster_scenario "$TMP/small.ini"

# Arrays and not functions: the process of what is begun with & is the program's.
lab=("$LABYRINTH" lab "$TMP/small.ini" --kernel "$KERNEL")
attach=("$LABYRINTH" lab --attach)

done_in() {
	find "$1/.cluster/results" -name '*.json' | wc -l
}

has_done() {
	(($(done_in "$1") >= $2))
}

# "SEED FINGERPRINT" of each folder of a run.
fingerprints() {
	local run

	for run in "$1"/small-*; do
		printf '%s %s\n' "$(sed -E 's/.*-s([0-9]+)-.*/\1/' <<<"$run")" \
			"$(sha256sum <"$run/results.json" | cut -d' ' -f1)"
	done | sort -n
}

# The emulator of a node, a pattern, is known by the folder its guest works in.
emulator_of() {
	pgrep -f "qemu-system.*$TMP/cache/$1/" | head -n 1 | grep .
}

kill_emulator_of() {
	local pid
	pid=$(emulator_of "$1") && kill -KILL "$pid"
}

# The attempt that broke on a node, as ENTRY.JOB.RESTART.
broken_on() {
	grep -l "\"node\": *\"$1\".*the run broke" "$TMP"/runs/.cluster/attempts/* |
		sed 's,.*/,,' | head -n 1 | grep .
}

ok "a cluster of four nodes" cluster_start

exits 0 "the runs on this machine" "${lab[@]}" --seeds "$RUNS" --out "$TMP/serial"

# ---- one plan, whose parts die -----------------------------------------------

"${lab[@]}" --seeds "$RUNS" --on slurm --out "$TMP/runs" >"$TMP/first.out" 2>&1 </dev/null &
first=$!
ok "some runs are done" wait_until 600 has_done "$TMP/runs" 4
ok "arrays are cut at MaxArraySize" test "$(wc -l <"$TMP/runs/.cluster/jobs")" = $(((RUNS + 16) / 17))
ok "a run is killed" wait_until 60 kill_emulator_of n3
ok "it is told of" wait_until 60 broken_on n3
entry=$(broken_on n3 | cut -d. -f1)
ok "a node dies" node_kill n2
kill -KILL "$first"
wait "$first" 2>/dev/null
ok "the submitting process is killed" test ! -d "/proc/$first"
before=$(done_in "$TMP/runs")
ok "others run" wait_until 120 emulator_of 'n[14]'
controller_stop
"${attach[@]}" "$TMP/runs" >"$TMP/second.out" 2>&1 </dev/null &
second=$!
ok "runs end without a controller" wait_until 120 has_done "$TMP/runs" $((before + 1))
controller_start
exits 2 "two do not follow one plan" "${attach[@]}" "$TMP/runs"
says "says so" "another labyrinth follows the runs in"
wait "$second"
code=$?
cp "$TMP/second.out" "$OUT"
ok "all of it passes in the end" test "$code" = 0
cp "$TMP/second.out" "$OUT"
says "has a table" "^  scenario +seed  verdict"
ok "has a line for each run" test "$(grep -cE '^  small +[0-9]+  pass ' "$TMP/second.out")" = "$RUNS"
fingerprints "$TMP/serial" >"$TMP/serial.txt"
fingerprints "$TMP/runs" >"$TMP/runs.txt"
ok "each is there once, and what it is on one machine" diff "$TMP/serial.txt" "$TMP/runs.txt"
ok "there are so many" test "$(wc -l <"$TMP/runs.txt")" = "$RUNS"
ok "the killed run was made on another node" grep -qE '"node": "n[124]"' "$TMP/runs/.cluster/results/$entry.json"
ok "nothing is half there" test -z "$(ls -A "$TMP/runs/.cluster/incoming")"
for node in n1 n3 n4; do
	ok "$node has one copy of what boots" \
		test "$(find "$TMP/cache/$node/bundles" -mindepth 1 -maxdepth 1 -type d | wc -l)" = 1
done
exits 0 "once more, all being done" "${attach[@]}" "$TMP/runs"
says "says so" "^labyrinth: $RUNS of $RUNS runs are done"
exits 0 "a run on this machine goes on with the folder" "${lab[@]}" --seeds "$RUNS" --out "$TMP/runs" --resume
says "keeps all" "^labyrinth: $RUNS of $RUNS runs are kept"
exits 2 "another plan in the same folder" "${lab[@]}" --on slurm --out "$TMP/runs"
says "says what to do" "give it another --out"
node_start n2
wait_until 60 nodes_are_idle

# ---- cancelled ----------------------------------------------------------------

other=$(sbatch --parsable --job-name=other --mem=100 --output=/dev/null --wrap 'exec sleep 600')
cp "$TMP/small.ini" "$TMP/second.ini"
"${lab[@]}" "$TMP/second.ini" --seeds 8 --on slurm --out "$TMP/cancelled" >"$TMP/cancelled.out" 2>&1 </dev/null &
first=$!
ok "another plan begins" wait_until 60 test -s "$TMP/cancelled/.cluster/jobs"
job=$(head -n 1 "$TMP/cancelled/.cluster/jobs" | cut -d' ' -f1)
ok "one of its jobs ends" wait_until 300 bash -c "test -z \"\$(squeue -h -j $job)\""
job=$(tail -n 1 "$TMP/cancelled/.cluster/jobs" | cut -d' ' -f1)
kill -INT "$first"
wait "$first"
code=$?
ok "exits as one that was interrupted" test "$code" = 3
cp "$TMP/cancelled.out" "$OUT"
says "says how to go on" "interrupted: .* of 16 runs are done, the others are cancelled; labyrinth lab --attach"
ok "the other one does too" wait_until 60 bash -c "test -z \"\$(squeue -h -j $job)\""
ok "no job of somebody else does" test -n "$(squeue --noheader --jobs="$other")"
scancel "$other"
exits 0 "goes on" "${attach[@]}" "$TMP/cancelled"
ok "has all of it" test "$(fingerprints "$TMP/cancelled" | wc -l)" = 8

# ---- detached, and a node with another QEMU ------------------------------------

qemu=$(command -v qemu-system-x86_64)
cat >"$TMP/qemu" <<END
#!/bin/sh
test "\$SLURMD_NODENAME-\$1" != n1---version || exec echo QEMU emulator version 9.9.9
exec $qemu "\$@"
END
chmod +x "$TMP/qemu"
export LABYRINTH_QEMU=$TMP/qemu
exits 0 "detached" "${lab[@]}" --seeds 6 --on slurm --out "$TMP/detached" --detach
says "says how to follow" "6 runs are submitted; labyrinth lab --attach .* follows them"
exits 0 "attached" "${attach[@]}" "$TMP/detached"
ok "has all of it, the same" diff <(head -n 6 "$TMP/serial.txt") <(fingerprints "$TMP/detached")
ok "none is of the node with another QEMU" test -z "$(grep -l '"node": "n1"' "$TMP"/detached/.cluster/results/*)"
cp "$TMP/detached/.cluster/unfit/n1" "$OUT"
says "says why" "QEMU 9.9.9, and runs of this plan are made by [0-9.]+: they are not mixed"

# ---- few nodes ------------------------------------------------------------------

unset LABYRINTH_QEMU
exits 0 "on two nodes at most" "${lab[@]}" --seeds 6 --on slurm --out "$TMP/few, 100%A & 'more'" --nodes-max 2
ok "runs on no more" test "$(sed -n 's/.*"node": "\(.*\)",/\1/p' "$TMP"/few*/.cluster/results/* | sort -u | wc -l)" -le 2
ok "its logs are there" test -n "$(ls -A "$TMP"/few*/.cluster/log)"

# ---- what breaks everywhere -------------------------------------------------------

cat >"$TMP/qemu" <<END
#!/bin/sh
test "\$1" != --version || exec $qemu --version
test -z "\$SLURMD_NODENAME" || exit 1
exec $qemu "\$@"
END
export LABYRINTH_QEMU=$TMP/qemu
exits 3 "an emulator that exits" "${lab[@]}" --on slurm --out "$TMP/broken"
says "says that it gave up" "small, seed 1: the harness broke 3 times"
ok "tried three nodes" test "$(sed 's/.*"node": *"\([^"]*\)".*/\1/' "$TMP"/broken/.cluster/attempts/* | sort -u | wc -l)" = 3
unset LABYRINTH_QEMU
exits 2 "a partition that is not there" "${lab[@]}" --on slurm --out "$TMP/nowhere" --partition nowhere
says "says how to find others" "there is no 'nowhere' with nodes; \"sinfo\" shows"
ok "has written nothing" test ! -e "$TMP/nowhere"
exits 0 "again, with --resume, when it is mended" "${attach[@]}" "$TMP/broken" --resume

# ---- kernels that a job builds ------------------------------------------------------

sed 's/96M/128M/' "$TMP/small.ini" >"$TMP/larger.ini"
build=("$LABYRINTH" lab "$TMP/larger.ini" --on slurm --build-cpus 1 --out "$TMP/built" --kernel)
exits 2 "a kernel that is none, to be built by a job" "${build[@]}" source:6.12-tiny
says "says why, by the node" "a series is two numbers"
exits 0 "one that is, in the same folder" "${build[@]}" stock:6.12
ok "was made ready by a job" grep -q '"kernel": "stock:6.12"' "$TMP/built/.cluster/build/.cluster/results/0.json"
done_testing
