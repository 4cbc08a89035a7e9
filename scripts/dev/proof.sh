#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Runs the suite on kernels with one planted bug each, and on one without. The
# suite has to find each bug, and nothing in the kernel without one. See usage()
# below.

set -euo pipefail

HERE=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
SCRIPTS=${HERE%/*}
# shellcheck source=../runtime/lib.sh
. "$SCRIPTS/runtime/lib.sh"

readonly TOP=${SCRIPTS%/*}
readonly SPEC=${LABYRINTH_PROOF_KERNEL:-source:6.12}

usage() {
	cat <<-END
		usage: proof.sh [PLANT...]

		Tries the plants that are named, or all of them: plant.sh list. Exits 0 when
		each was found by the verdict that its file names, 1 when one was not, 3 when
		a guest did not run.

		LABYRINTH_PROOF_KERNEL=SPEC plants them in another kernel than $SPEC.
	END
}

case ${1:-} in
-h | --help) usage; exit ;;
-*) usage >&2; exit 2 ;;
esac

OUT=$(mktemp -d)
trap 'rm -rf "$OUT"' EXIT
PASSED=0
FAILED=0

# run NAME KERNEL [OPTION...]: prints the folders of the runs, whatever the
# verdicts.
run() {
	local status=0 name=$1 kernel=$2

	shift 2
	"$TOP/build/labyrinth" lab proof --kernel "$kernel" --out "$OUT/$name" "$@" >"$OUT/$name.log" 2>&1 || status=$?
	((status <= 1)) || { cat "$OUT/$name.log" >&2; die 3 "the lab broke on the kernel with $name planted"; }
	printf '%s\n' "$OUT/$name"/*/
}

# The oracles that failed, in one line; a broken promise also fails
# expectations.
objections() {
	sed -n 's/^  not ok [0-9]* \([a-z]*\)$/\1/p' "$1results.ktap" | paste -sd ' '
}

passed() {
	grep -q '^ok 1 ' "$1results.ktap"
}

# Requests that are refused too early break no promise: that only shows in a
# comparison with the kernel without a bug, and is claimed from five seeds on.
moved_cliffs() {
	[[ -e $OUT/unspoilt-seeds ]] ||
		run unspoilt-seeds "$("$SCRIPTS/runtime/kernel.sh" path "$SPEC")" --seeds 5 >/dev/null
	run "$1-seeds" "$2" --seeds 5 >/dev/null
	"$TOP/build/labyrinth" compare "$OUT/unspoilt-seeds" "$OUT/$1-seeds" --format markdown --all >"$OUT/$1.md" ||
		(($? == 1)) || die 3 "the runs of $1 cannot be compared"
	awk '/^### / { section = $2 } section == "worse" && / \| cliff \| /' "$OUT/$1.md" | wc -l
}

row() {
	local good=$1

	shift
	if ((good)); then ((++PASSED)); else ((++FAILED)); fi
	printf '%-11s %-10s %-8s %s\n' "$1" "$2" "$( ((good)) && echo caught || echo MISSED)" "$3"
}

prove() {
	local plant=$1 wanted kernel folder found moved good=0

	wanted=$("$HERE/plant.sh" verdict "$plant")
	kernel=$("$HERE/plant.sh" path "$plant" "$SPEC")
	folder=$(run "$plant" "$kernel")
	found=$(objections "$folder")
	case $wanted in
	none) ! passed "$folder" || good=1 ;;
	cliff)
		moved=$(moved_cliffs "$plant" "$kernel")
		((!moved)) || { good=1 found="${found:+$found, }cliff worse in $moved cells"; }
		;;
	*) [[ " $found " != *" $wanted "* ]] || good=1 ;;
	esac
	row "$good" "$plant" "$wanted" "${found:-nothing}"
}

mapfile -t plants < <(if (($#)); then printf '%s\n' "$@"; else "$HERE/plant.sh" list | cut -d ' ' -f 1; fi)
printf '%-11s %-10s %-8s %s\n' plant verdict '' 'what was seen'
for plant in "${plants[@]}"; do
	prove "$plant"
done
printf '%d passed, %d failed\n' "$PASSED" "$FAILED"
exit $((FAILED > 0))
