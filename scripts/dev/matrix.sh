#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Tests the module on all supported kernels: builds it without a warning, runs
# its tests in guests, and scenarios. See usage() below.
#
# A column is a function cell_NAME KERNEL, whose exit status is the result, and
# a row of COLUMNS.

set -euo pipefail

HERE=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
SCRIPTS=${HERE%/*}
# shellcheck source=../runtime/lib.sh
. "$SCRIPTS/runtime/lib.sh"

readonly TOP=${SCRIPTS%/*}
readonly LABYRINTH=$TOP/build/labyrinth
readonly KERNELS=(source:5.10 source:6.1 source:6.12 source:6.12+rt source:6.12+tiny source:6.12+clang+signed source:7.3
	stock:5.10 stock:6.1 stock:6.12 stock:7.3 stock:6.12-rt stock:6.12-cloud)
readonly COLUMNS='
module    builds without a warning of gcc (W=1) or sparse
tests     every test of the module passes, in guests
smoke     the scenario smoke passes
default   the scenario default passes
kprobe    the scenario inject-kprobe passes
shapes    so do shapes-movablecore and shapes-nosmp, guests that are booted in other ways
'

usage() {
	cat <<-END
		usage: matrix.sh [KERNEL...]

		Prints a row for each kernel, of
		  ${KERNELS[*]}
		unless others are named, and in it:
	END
	printf '%s\n' "$COLUMNS" | sed -n 's/^./  &/p'
	cat <<-END
		Of another architecture (stock:6.12/arm64) the tests have to be built: make
		ARCH=arm64 arch-tests. make test-arm64 does all of that.

		Exits 0 when all passed, 1 when one failed. What was printed is kept in
		build/matrix/KERNEL-COLUMN.log.
	END
}

columns() {
	sed -n 's/^\([a-z]\+\) .*/\1/p' <<<"$COLUMNS"
}

cell_module() {
	LABYRINTH_CHECK_KERNEL=$1 "$HERE/check.sh" module
}

# tests_for KERNEL: the folder of the test programs for guests of it.
tests_for() {
	local arch=

	[[ $1 != source:*/* && $1 != stock:*/* ]] || arch=/${1##*/}
	printf '%s\n' "$TOP/build$arch/tests"
}

# The names of the programs that test the module in guests.
guest_tests() {
	grep -l guest_test.h "$TOP"/userspace/tests/guest/*_test.c | sed 's,.*/,,; s,\.c$,,'
}

# One of the tests needs the test build of the module (module/busted.c).
cell_tests() {
	local name busted bad=0

	while read -r name; do
		busted=
		[[ $name != oracle_test ]] || busted=1
		LABYRINTH_BUSTED=$busted "$LABYRINTH" lab --kernel "$1" --out "$OUT/results" \
			--exec "$(tests_for "$1")/$name" </dev/null || bad=1
	done < <(guest_tests)
	return "$bad"
}

cell_smoke() {
	"$LABYRINTH" lab smoke --kernel "$1" --out "$OUT/results"
}

cell_default() {
	"$LABYRINTH" lab default --kernel "$1" --out "$OUT/results"
}

cell_kprobe() {
	"$LABYRINTH" lab inject-kprobe --kernel "$1" --out "$OUT/results"
}

cell_shapes() {
	"$LABYRINTH" lab shapes-movablecore shapes-nosmp --jobs 1 --kernel "$1" --out "$OUT/results"
}

# cell COLUMN KERNEL: prints the result.
cell() {
	local log=$OUT/${2//[:\/]/-}-$1.log status=0

	"cell_$1" "$2" >"$log" 2>&1 </dev/null || status=$?
	case $status in
	0) printf ' %-9s' ok ;;
	4) printf ' %-9s' skip ;;
	*) printf ' %-9s' "FAIL($status)" ;;
	esac
	((status == 0 || status == 4))
}

row() {
	local column bad=0

	printf '%-18s' "$1"
	while read -r column; do
		[[ ! -t 2 ]] || printf '\r\033[K%s: %s' "$1" "$column" >&2
		cell "$column" "$1" || bad=1
	done < <(columns)
	printf '\n'
	return "$bad"
}

main() {
	local kernel name kernels=("$@") bad=0

	case ${1:-} in
	-h | --help) usage; return ;;
	esac
	((${#kernels[@]} > 0)) || kernels=("${KERNELS[@]}")
	while read -r name; do
		[[ -x $LABYRINTH && -x $TOP/build/tests/$name ]] ||
			die 2 "the program and its tests are not built; run make matrix"
	done < <(guest_tests)
	OUT=$TOP/build/matrix
	mkdir -p "$OUT"
	printf '%-18s' kernel
	columns | while read -r column; do printf ' %-9s' "$column"; done
	printf '\n'
	for kernel in "${kernels[@]}"; do
		row "$kernel" || bad=1
	done
	return "$bad"
}

main "$@"
