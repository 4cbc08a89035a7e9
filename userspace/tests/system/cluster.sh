#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# system/cluster.sh - runs for a cluster: what is planned, and what is refused.
# Needs no cluster; slurm.sh has one.
set -uo pipefail
# shellcheck source=userspace/tests/system/tap.bash
. "$(dirname "$0")/tap.bash"

cat >"$TMP/small.ini" <<END
[scenario]
claim = There is a page
takes = 7s
[guest]
memory = 128M
[phase plenty]
context = task
shots = 40
expect = each ok > 0
END
lab=("$LABYRINTH" lab "$TMP/small.ini" --kernel "$KERNEL" --on slurm)

exits 0 "a plan" "${lab[@]}" smoke --seed 5 --seeds 3 --plan --out "$TMP/runs"
says "has bundle, scenario, seed, memory, seconds" "^[0-9a-f]{12}  small +5 +832 +7  takes$"
says "adds up" "^6 runs of $KERNEL, QEMU [0-9.]+: 39 s expected"
ok "has a line for each run" test "$(grep -cE '^[0-9a-f]{12}  (small|smoke) +[567] ' "$OUT")" = 6
ok "writes nothing" test ! -e "$TMP/runs"

# Three earlier runs of this scenario, and one of another kernel.
for seconds in 20 30 90; do
	mkdir -p "$TMP/earlier/small-6.12-s$seconds-deterministic-0"
	cat >"$TMP/earlier/small-6.12-s$seconds-deterministic-0/host.json" <<-END
		{ "kernel": "$KERNEL", "scenario": "$(realpath "$TMP/small.ini")", "seconds": $seconds.25 }
	END
done
mkdir "$TMP/earlier/small-6.1-s1-deterministic-0"
sed "s|$KERNEL|another|; s|90|1|" "$TMP/earlier/small-6.12-s90-deterministic-0/host.json" \
	>"$TMP/earlier/small-6.1-s1-deterministic-0/host.json"
exits 0 "a plan after earlier runs" "${lab[@]}" --plan --out "$TMP/earlier"
says "expects their median" "^[0-9a-f]{12}  small +1 +832 +30  earlier runs$"

exits 2 "an unknown cluster" "$LABYRINTH" lab smoke --on frob
says "names those that there are" "--on takes slurm, not 'frob'"
exits 2 "a plan on this machine" "$LABYRINTH" lab smoke --plan
says "says what is missing" "take --on slurm"
exits 2 "no folder" "$LABYRINTH" lab smoke --on slurm
says "says which it is" "--on takes --out: a folder that this machine and all nodes have"
exits 2 "a program" "$LABYRINTH" lab --exec "$LABYRINTH" --on slurm --out "$TMP/runs"
exits 2 "as many seeds as it takes" "$LABYRINTH" lab smoke --on slurm --out "$TMP/runs" --until-decided "$TMP"
exits 2 "a partition that is no name" "$LABYRINTH" lab smoke --on slurm --out "$TMP/runs" --partition "a b"
exits 2 "no nodes" "$LABYRINTH" lab smoke --on slurm --out "$TMP/runs" --nodes-max 0
exits 2 "nothing to attach to" "$LABYRINTH" lab --attach "$TMP"
says "says which folder it takes" "plan.json: .*; --attach takes the folder that --out"
exits 2 "a folder that is not there" "$LABYRINTH" lab --attach "$TMP/none"
mkdir -p "$TMP/bad/.cluster"
echo '{}' >"$TMP/bad/.cluster/plan.json"
exits 2 "a plan that is none" "$LABYRINTH" lab --attach "$TMP/bad"
says "says of which schema it is to be" "is not of the schema labyrinth-cluster/1"
# ---- other commands -----------------------------------------------------------

explore=("$LABYRINTH" explore veth --kernel "$KERNEL" --on slurm)
exits 0 "a plan of an exploration" "${explore[@]}" --plan --out "$TMP/explored"
says "has the boot of the profile" "^[0-9a-f]{12}  veth +1 +[0-9]+ +[0-9]+  deadline$"
says "says what else there will be" "^which sites there are says the profile"
ok "writes nothing" test ! -e "$TMP/explored"
exits 2 "one request" "${explore[@]}" --out "$TMP/explored" --site 12 --occurrence 1
says "is for this machine" "--occurrence is for guests on this machine"
exits 2 "an exploration without a folder" "${explore[@]}"
exits 2 "an exploration to attach to that is not there" "$LABYRINTH" explore --attach "$TMP/none"
exits 2 "nodes of no cluster" "$LABYRINTH" explore veth --nodes-max 2

printf 'stock:6.1\nstock:6.12\nstock:7.3\n' >"$TMP/list"
bisect=("$LABYRINTH" bisect --kernels "$TMP/list" "$TMP/small.ini" --on slurm)
exits 0 "a plan of a bisection" "${bisect[@]}" --plan --seeds 2
says "has a line for each run of a kernel" "^- +small +2 +832 +7  takes$"
says "says how many kernels there may be" "^2 candidates: kernels are tried one after the other, at most 1$"
ok "writes nothing" test ! -e "$PWD/bisect-small"
exits 2 "a bisection without a folder" "${bisect[@]}"

mkdir -p "$TMP/command/.cluster"
echo '{"command": ["bisect", "smoke"], "folder": "/"}' >"$TMP/command/.cluster/command.json"
exits 2 "the folder of another command" "$LABYRINTH" explore --attach "$TMP/command"
says "says which" "is of labyrinth bisect: labyrinth bisect --attach $TMP/command"
exits 2 "goes on with the command line" "$LABYRINTH" bisect --attach "$TMP/command"
says "as it was given" "--good and --bad are needed"

exits 2 "both" "$LABYRINTH" lab smoke --on slurm --attach "$TMP"
exits 2 "an entry of nothing" "$LABYRINTH" lab smoke --entry 1
done_testing
