#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What --on slurm costs: a run on a cluster of one node on this machine against one
# of --jobs 1, and a plan whatever it has; what gathering many results takes in seconds
# and memory; and a model of larger clusters made of these.

set -uo pipefail
# shellcheck source=userspace/tests/system/tap.bash
. "$(dirname "$0")/../../userspace/tests/system/tap.bash"
# shellcheck source=userspace/tests/system/slurm_cluster.bash
. "$TOP/userspace/tests/system/slurm_cluster.bash"

usage() {
	cat <<-END
		usage: cluster_cost.sh [RUNS [MOST [SCENARIO]]]

		  RUNS      of a plan on each side (10), 2 or more; 0: only gathering is
		            measured
		  MOST      results that are gathered at most (100000), 10 or more
		  SCENARIO  that is run; a small one of seconds otherwise, of which what a
		            cluster costs is the largest part
	END
}

case ${1-} in
--help) usage && exit ;;
esac
RUNS=${1:-10} MOST=${2:-100000}
if (($# > 3)) || [[ ! $RUNS =~ ^(0|[2-9]|[1-9][0-9]+)$ || ! $MOST =~ ^[1-9][0-9]+$ ]]; then
	usage >&2
	exit 2
fi
export LABYRINTH_NODE_CACHE=$TMP/cache
CLUSTER_NODES=1

cluster_scenario "$TMP/small.ini"
lab=("$LABYRINTH" lab "${3:-$TMP/small.ini}" --kernel "$KERNEL")
small=("$LABYRINTH" lab "$TMP/small.ini" --kernel "$KERNEL")

now() {
	date +%s.%N
}

# took COMMAND...: its seconds
took() {
	local from
	from=$(now)
	"$@" >"$TMP/took.out" 2>&1 || { cat "$TMP/took.out" >&2; exit 3; }
	awk -v from="$from" -v to="$(now)" 'BEGIN { printf "%.3f\n", to - from }'
}

# ---- a run -------------------------------------------------------------------

# on_each_side N NAME: "SIDE N SECONDS" of N runs here, and of a plan of them.
on_each_side() {
	echo "local $1 $(took "${lab[@]}" --seeds "$1" --jobs 1 --out "$TMP/local-$2")"
	echo "remote $1 $(took "${lab[@]}" --seeds "$1" --on slurm --out "$TMP/remote-$2")"
}

# Sets LOCAL, REMOTE: seconds of one more run; FIXED: those of a plan beside its runs. By
# turns, as others use the machine too: one run, RUNS of them, and one. The first two
# guests of a machine boot, and the others are loaded where the second one was saved
# (userspace/lab/snapshot.h): they come before.
measure_runs() {
	local first

	"${lab[@]}" --seed 1000 --seeds 2 --jobs 1 --out "$TMP/first" >/dev/null
	first=$(took "${lab[@]}" --seed 1000 --seeds 2 --on slurm --out "$TMP/warm")
	printf 'the first two runs of a node, whose guests boot: %.2f s as a plan\n' "$first"
	{
		on_each_side 1 before
		on_each_side "$RUNS" all
		on_each_side 1 after
	} >"$TMP/sides"
	read -r LOCAL REMOTE FIXED < <(awk -v n="$RUNS" '
		$2 == 1 { one[$1] += $3 / 2 }
		$2 != 1 { all[$1] = $3 }
		END {
			for (side in all)
				run[side] = (all[side] - one[side]) / (n - 1)
			print run["local"], run["remote"],
				one["remote"] - run["remote"] - one["local"] + run["local"]
		}' "$TMP/sides")
	printf 'one run: %s s with --jobs 1, %s s as a plan; %d runs: %s s and %s s\n' \
		"$(mean_of local 1)" "$(mean_of remote 1)" "$RUNS" "$(mean_of local "$RUNS")" "$(mean_of remote "$RUNS")"
	printf 'one more run: %.2f s with --jobs 1, %.2f s on a node: %+.2f s, %+.1f %%\n' "$LOCAL" "$REMOTE" \
		"$(awk "BEGIN { print $REMOTE - $LOCAL }")" "$(awk "BEGIN { print 100 * ($REMOTE / $LOCAL - 1) }")"
	printf 'a plan, whatever it has: %+.2f s\n' "$FIXED"
}

# mean_of SIDE N
mean_of() {
	awk -v side="$1" -v n="$2" '$1 == side && $2 == n { sum += $3; i++ } END { printf "%.2f", sum / i }' "$TMP/sides"
}

# seconds_of N: of so many tasks that do nothing.
seconds_of() {
	local from

	from=$(now)
	sbatch --array="0-$(($1 - 1))" --mem=10 --output=/dev/null --wrap 'exec true' >/dev/null
	while [[ -n $(squeue --noheader) ]]; do
		sleep 0.1
	done
	awk -v from="$from" -v to="$(now)" 'BEGIN { print to - from }'
}

# Sets DISPATCH: tasks that the controller starts and ends in a second where enough
# CPUs are free. On a node with one CPU a task waits until Slurm has ended the other.
measure_dispatch() {
	local one many n=16

	one=$(seconds_of 8)
	node_kill n1
	controller_stop
	CLUSTER_CPUS=$n
	cluster_config >"$SLURM_CONF"
	controller_start
	wait_until 30 scontrol ping
	node_start n1
	wait_until 60 nodes_are_idle
	many=$(seconds_of $n)
	DISPATCH=$(awk -v n="$n" -v took="$many" 'BEGIN { print n / took }')
	printf 'tasks that do nothing: %.2f s each on one CPU, %.1f a second on %d CPUs\n' \
		"$(awk "BEGIN { print $one / 8 }")" "$DISPATCH" "$n"
}

# ---- gathering -----------------------------------------------------------------

# Tools of a cluster that has all tasks running, for results that are put there.
fake_tools() {
	mkdir -p "$TMP/fake"
	printf '#!/bin/sh\necho 1\n' >"$TMP/fake/sbatch"
	# shellcheck disable=SC2016  # for the script
	printf '#!/bin/sh\nseq 0 $((FAKE_TASKS - 1)) | sed "s/.*/0|&|RUNNING|None/"\n' >"$TMP/fake/squeue"
	printf '#!/bin/sh\necho "lab*|n1|idle"\n' >"$TMP/fake/sinfo"
	printf '#!/bin/sh\necho "MaxArraySize = 1000001"\n' >"$TMP/fake/scontrol"
	printf '#!/bin/sh\n' >"$TMP/fake/scancel"
	chmod +x "$TMP"/fake/*
}

# gather N: prints seconds, those of a CPU, and MiB of attaching to a plan whose N results appear.
gather() {
	rm -rf "$TMP/many"
	PATH=$TMP/fake:$PATH FAKE_TASKS=$1 "${small[@]}" --seeds "$1" --on slurm --out "$TMP/many" --detach \
		>/dev/null 2>&1
	PATH=$TMP/fake:$PATH FAKE_TASKS=$1 python3 - "$1" "$TMP/many" "$TMP"/first-small/small-* "$LABYRINTH" <<-'END'
		import json, os, resource, shutil, subprocess, sys, time
		n, out, run, program = int(sys.argv[1]), *sys.argv[2:]
		files = os.listdir(run)
		with open(run + "/host.json") as file:
		    fingerprint = json.load(file)["fingerprint"]
		os.mkdir(out + "/.cluster/ready")
		for i in range(n):
		    folder = "small-s%d" % i
		    os.mkdir(out + "/" + folder)
		    # A file has 65,000 names at most.
		    for name in files:
		        source = "%s/small-s%d/%s" % (out, i - i % 10000, name)
		        if i % 10000:
		            os.link(source, out + "/" + folder + "/" + name)
		        else:
		            shutil.copy(run + "/" + name, source)
		    with open(out + "/.cluster/ready/%d.json" % i, "w") as file:
		        json.dump({"schema": "labyrinth-cluster-run/1", "scenario": "small", "seed": i + 1,
		                   "exit": 0, "folder": folder, "fingerprint": fingerprint, "node": "n1", "attempt": "%d.1.0" % i,
		                   "row": {"name": "small", "seed": i + 1, "verdict": "pass", "seconds": 1.0,
		                           "broken": [], "held": 20, "failed": 0, "skipped": 0}}, file)
		with open(out + ".out", "w") as to:
		    process = subprocess.Popen([program, "lab", "--attach", out], stdout=to, stderr=to)
		    time.sleep(3)
		    from_ = time.time()
		    os.rename(out + "/.cluster/ready", out + "/.cluster/results")
		    most = 0
		    while process.poll() is None:
		        with open("/proc/%d/status" % process.pid) as status:
		            most = max([most] + [int(line.split()[1]) for line in status if line.startswith("VmHWM")])
		        time.sleep(0.05)
		    code = process.returncode
		took = time.time() - from_
		with open(out + ".out") as file:
		    rows = sum(line.startswith("  small  ") for line in file)
		if code or rows != n:
		    sys.exit("gathering %d: exit %d, %d rows" % (n, code, rows))
		used = resource.getrusage(resource.RUSAGE_CHILDREN)
		print("%.2f %.2f %.1f" % (took, used.ru_utime + used.ru_stime, most / 1024))
	END
}

measure_gathering() {
	local n seconds cpu memory

	fake_tools
	"${small[@]}" --out "$TMP/first-small" >/dev/null
	for ((n = MOST < 1000 ? MOST : MOST / 1000; n <= MOST; n *= 10)); do
		read -r seconds cpu memory < <(gather "$n") || exit 3
		printf 'gathering %6d runs: %7.2f s, %.2f s of a CPU, %.2f ms each, %.1f MiB of memory at most\n' \
			"$n" "$seconds" "$cpu" \
			"$(awk "BEGIN { print 1000 * $cpu / $n }")" "$memory"
		# Of a machine that does nothing else.
		GATHER=$(awk "BEGIN { print $cpu / $n }")
	done
}

# ---- larger clusters ---------------------------------------------------------------

# Runs of the measured length, one at a time on each CPU of a node; nothing but what
# was measured here: no file server, no network, no other users.
model() {
	awk -v run="$LOCAL" -v fixed="$FIXED" -v over="$(awk "BEGIN { print $REMOTE - $LOCAL }")" -v dispatch="$DISPATCH" \
		-v gather="$GATHER" '
		function max(a, b) { return a > b ? a : b }
		BEGIN {
			runs = 100000; cpus = 16
			print "\na model, not a measurement: " runs " runs on nodes of " cpus " CPUs"
			print "| nodes | runs | starting | gathering | all | of the ideal | limited by |"
			print "|---|---|---|---|---|---|---|"
			for (nodes = 1; nodes <= 1000; nodes *= 10) {
				work = runs * (run + (over > 0 ? over : 0)) / nodes / cpus
				start = runs / dispatch; collect = runs * gather
				all = max(work, max(start, collect)) + run + max(fixed, 0)
				by = max(start, collect) <= work ? "runs" : collect <= start ? "starting" : "gathering"
				printf "| %d | %.0f s | %.0f s | %.0f s | %.0f s | %.0f %% | %s |\n", nodes, work,
					start, collect, all, 100 * runs * run / nodes / cpus / all, by
			}
		}'
}

if ((RUNS == 0)); then
	measure_gathering
	exit
fi
cluster_start || { cat "$CLUSTER"/log/*.out >&2; exit 3; }
measure_runs
measure_dispatch
measure_gathering
model
