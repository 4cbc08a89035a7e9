#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A night's runs of a kernel, held against those of the night before, for cron: prints
# nothing unless tonight's kernel is worse or nothing can be said of it.
#
# usage: nightly.sh KERNEL SEEDS SCENARIO... [-- OPTION...]	OPTION as labyrinth lab takes it
#
# In the folder where it is called: a folder of runs for each night, its .log, its
# comparison with the night before as .md, and history.db. Called again in the same
# night it goes on. "-- --on slurm --partition P" has a cluster do the runs; the
# folder is then one that all nodes have by the same path.
#
# Exits 0; 1 when tonight's kernel is worse; 2 for bad input, 3 when the harness broke.

set -euo pipefail

if (($# < 3)) || [[ ! $2 =~ ^[1-9][0-9]*$ ]] || [[ $3 == -- ]]; then
	sed -n 's/^# usage/usage/p' "$0" >&2
	exit 2
fi
LABYRINTH=${LABYRINTH:-$(command -v labyrinth || echo "$(dirname "$(readlink -f "$0")")/../../build/labyrinth")}
KERNEL=$1 SEEDS=$2 SCENARIOS=()
shift 2
while (($# > 0)) && [[ $1 != -- ]]; do
	SCENARIOS+=("$1")
	shift
done
shift $(($# > 0))

tonight=$(date +%F)
# The last night whose runs were finished.
last=
for mark in 20??-??-??.finished; do
	[[ ! -e $mark || ${mark%.finished} == "$tonight" ]] || last=${mark%.finished}
done

call=("$LABYRINTH" lab "${SCENARIOS[@]}" --kernel "$KERNEL" --seeds "$SEEDS" --out "$tonight" "$@")
if [[ -e $tonight/.cluster/plan.json ]]; then
	call=("$LABYRINTH" lab --attach "$tonight" --resume)
elif [[ -e $tonight/.set.json ]]; then
	call+=(--resume)
fi

code=0
"${call[@]}" >"$tonight.log" 2>&1 </dev/null || code=$?
if ((code == 2 || code == 3)); then
	echo "nightly.sh: labyrinth lab exited with $code; the last lines of $PWD/$tonight.log:" >&2
	tail -n 20 "$tonight.log" >&2
	exit "$code"
fi
"$LABYRINTH" history import "$tonight" --db history.db >>"$tonight.log" 2>&1
: >"$tonight.finished"
[[ -n $last ]] || exit 0

code=0
"$LABYRINTH" compare "$last" "$tonight" --format markdown -o "$tonight.md" >>"$tonight.log" 2>&1 || code=$?
case $code in
0 | 4) exit 0 ;;
1) cat "$tonight.md" ;;
*)
	echo "nightly.sh: $last and $tonight cannot be compared:" >&2
	tail -n 5 "$tonight.log" >&2
	;;
esac
exit "$code"
