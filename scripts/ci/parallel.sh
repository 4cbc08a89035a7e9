#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Scenarios with many seeds by GNU parallel: on this machine, or on others by
# PARALLEL="--sshloginfile FILE" where OUT and labyrinth have the same path.
#
# usage: parallel.sh OUT SEEDS SCENARIO... [-- OPTION...]	OPTION as labyrinth lab takes it
#
# Exits with the gravest verdict. Called again with the same OUT, scenarios and options,
# and as many seeds or more, it repeats what the harness broke, and runs what was not
# run; verdicts are final.

set -euo pipefail

if (($# < 3)) || [[ ! $2 =~ ^[1-9][0-9]*$ ]]; then
	sed -n 's/^# usage/usage/p' "$0" >&2
	exit 2
fi
command -v parallel >/dev/null || { echo "parallel.sh: apt-get install parallel" >&2; exit 2; }
LABYRINTH=${LABYRINTH:-$(command -v labyrinth || echo "$(dirname "$(readlink -f "$0")")/../../build/labyrinth")}
OUT=$1 SEEDS=$2 SCENARIOS=()
shift 2
while (($# > 0)) && [[ $1 != -- ]]; do
	SCENARIOS+=("$1")
	shift
done
shift $(($# > 0))
export LABYRINTH OUT
mkdir -p "$OUT/codes"

# The joblog knows jobs by number: more seeds come after those that were, and the
# rest has to be what it was.
printf '%q\n' "${SCENARIOS[@]}" -- "$@" >"$OUT/call.now"
if [[ -e $OUT/call ]] && ! cmp -s "$OUT/call" "$OUT/call.now"; then
	echo "parallel.sh: $OUT is of other scenarios or options ($OUT/call): name another folder" >&2
	exit 2
fi

# one SCENARIO SEED OPTION...: fails only where the harness broke, so that
# --resume-failed repeats no verdict.
one() {
	local scenario=$1 seed=$2 code=0
	shift 2

	"$LABYRINTH" lab "$scenario" --seed "$seed" --jobs 1 --out "$OUT" "$@" || code=$?
	echo "$code" >"$OUT/codes/$(basename "$scenario" .ini)-$seed"
	((code != 3))
}
export -f one

# What boots is made once, and not by each of the first that run.
"$LABYRINTH" lab "${SCENARIOS[@]}" "$@" --on slurm --plan >"$OUT/plan.txt"
mv "$OUT/call.now" "$OUT/call"
parallel --joblog "$OUT/joblog" --resume-failed --group --quote one '{2}' '{1}' "$@" \
	:::: <(seq "$SEEDS") ::: "${SCENARIOS[@]}" >>"$OUT/log.txt" 2>&1 || true

# The gravest: 3, 2, 1, 0, 4.
for code in 3 2 1 0 4; do
	! grep -qxF "$code" "$OUT"/codes/* || exit "$code"
done
