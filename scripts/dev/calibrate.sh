#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Measures how often "labyrinth compare" claims a difference where there is
# none: runs one kernel in several memory layouts, and compares randomly drawn
# sets of these runs. See usage() below.

set -euo pipefail

HERE=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
SCRIPTS=${HERE%/*}
# shellcheck source=../runtime/lib.sh
. "$SCRIPTS/runtime/lib.sh"

readonly TOP=${SCRIPTS%/*}
readonly CALIBRATE=$TOP/build/tests/calibrate

usage() {
	cat <<-END
		usage: calibrate.sh [OPTION...]
		  --kernels "K..."    one source in several layouts, as lab --kernel names them;
		                      plant:NAME is source:6.12 with scripts/dev/plants/NAME,
		                      which is to change no behaviour: neutral, order,
		                      and neutral:2 to neutral:99
		                      (source:6.12, plant:order, plant:neutral and ten more
		                      of it; building each takes some minutes)
		  --scenarios "S..."  (all: every one that is not by-name; takes long)
		  --seeds N           of each scenario and kernel (10)
		  --sides "N..."      seeds a side of a comparison; with one kernel no more
		                      than half of --seeds (1 5)
		  --comparisons N     of each (200)
		  --out DIR           keeps the runs there, and takes those that are there
	END
}

KERNELS="source:6.12 plant:order plant:neutral$(printf ' plant:neutral:%d' {2..11})"
SCENARIOS=all
SEEDS=10
SIDES='1 5'
COMPARISONS=200
OUT=

while (($#)); do
	case $1 in
	-h | --help) usage; exit ;;
	esac
	(($# > 1)) || { usage >&2; exit 2; }
	case $1 in
	--kernels) KERNELS=$2 ;;
	--scenarios) SCENARIOS=$2 ;;
	--seeds) SEEDS=$2 ;;
	--sides) SIDES=$2 ;;
	--comparisons) COMPARISONS=$2 ;;
	--out) OUT=$2 ;;
	*) usage >&2; exit 2 ;;
	esac
	shift 2
done

if [[ -z $OUT ]]; then
	OUT=$(mktemp -d)
	trap 'rm -rf "$OUT"' EXIT
fi

kernel_of() {
	case $1 in
	plant:*) "$HERE/plant.sh" path "${1#plant:}" ;;
	*) printf '%s\n' "$1" ;;
	esac
}

# A failed verdict does not matter here; a broken lab does. Complete runs are
# not repeated: of the same scenarios and seeds.
run_kernel() {
	local folder=$2 status=0 marker
	local -a scenarios

	marker=$folder/.done-$SEEDS-$(sha256sum <<<"$SCENARIOS" | cut -c 1-12)
	[[ ! -e $marker ]] || return 0
	read -ra scenarios <<<"$SCENARIOS"
	"$TOP/build/labyrinth" lab "${scenarios[@]}" --kernel "$1" --seeds "$SEEDS" --out "$folder" || status=$?
	((status <= 1)) || die 3 "the lab broke on $1"
	: >"$marker"
}

read -ra kernels <<<"$KERNELS"
read -ra sides <<<"$SIDES"
sets=()
for kernel in "${kernels[@]}"; do
	folder=$OUT/${kernel//[^A-Za-z0-9.+-]/_}
	mkdir -p "$folder"
	path=$(kernel_of "$kernel")
	run_kernel "$path" "$folder"
	sets+=("$folder")
done
for n in "${sides[@]}"; do
	"$CALIBRATE" "$n" "$COMPARISONS" "${sets[@]}"
done
