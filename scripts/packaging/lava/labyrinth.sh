#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What labyrinth.yaml runs on a device of a LAVA lab: the scenarios, then
# lava-test-case for each verdict. On a machine without these commands it
# prints what it would have reported.
#
# usage: labyrinth.sh [-k KERNEL] [-s SEED] [-m MODE] [-o DIR] SCENARIO...

set -euo pipefail

HERE=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
SCRIPTS=${HERE%/packaging/lava}
# shellcheck source=../../runtime/lib.sh
. "$SCRIPTS/runtime/lib.sh"

readonly TOP=${SCRIPTS%/*}
KERNEL=source:6.12
SEED=1
MODE=deterministic
OUT=
while getopts k:s:m:o: option; do
	case $option in
	k) KERNEL=$OPTARG ;;
	s) SEED=$OPTARG ;;
	m) MODE=$OPTARG ;;
	o) OUT=$OPTARG ;;
	*) die 2 "usage: labyrinth.sh [-k KERNEL] [-s SEED] [-m MODE] [-o DIR] SCENARIO..." ;;
	esac
done
shift $((OPTIND - 1))
(($# > 0)) || die 2 "no scenario; build/labyrinth list scenarios names them"
if [[ -z $OUT ]]; then
	OUT=$(mktemp -d)
	trap 'rm -rf "$OUT"' EXIT
fi
mkdir -p "$OUT"

# lava ARG...: the dispatcher's command, or what would have been called.
lava() {
	if command -v "$1" >/dev/null; then
		"$@"
	else
		printf '%s\n' "$*"
	fi
}

# Words of exports are plain: letters, digits, and what numbers are made of.
report() {
	local line words

	"$TOP/build/labyrinth" export "$1" --format lava -o "$OUT/report"
	while IFS= read -r line; do
		read -ra words <<<"$line"
		lava "${words[@]}"
	done <"$OUT/report"
	rm "$OUT/report"
}

[[ -x $TOP/build/labyrinth ]] || {
	"$SCRIPTS/setup.sh"
	make -C "$TOP" --no-print-directory all
}

# A run that ended without results is a case too, or nobody would miss it.
STATUS=0
for scenario in "$@"; do
	before=$(ls "$OUT")
	code=0
	"$TOP/build/labyrinth" lab "$scenario" --kernel "$KERNEL" --seed "$SEED" --mode "$MODE" --out "$OUT" || code=$?
	((code == 0 || code == 4 || STATUS != 0)) || STATUS=$code
	run=$(comm -13 <(printf '%s\n' "$before") <(ls "$OUT"))
	if [[ -n $run ]]; then
		report "$OUT/$run"
	else
		lava lava-test-case "${scenario//[^A-Za-z0-9_-]/-}" --result unknown
	fi
done
exit "$STATUS"
