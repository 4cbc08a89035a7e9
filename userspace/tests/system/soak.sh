#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# system/soak.sh - the module in a kernel with debugging checks: whatever is
# called, killed or unloaded, KASAN, lockdep, DEBUG_ATOMIC_SLEEP, debug objects
# and kmemleak report nothing. A short form, and the long form of "make soak",
# which also kills 10,000 runs and loads the module 1000 times in a kernel
# without these checks, which is faster.
set -uo pipefail
# shellcheck source=userspace/tests/system/tap.bash
. "$(dirname "$0")/tap.bash"

CHECKED=$KERNEL+debug
if [[ -n ${LABYRINTH_SOAK:-} ]]; then
	SEEDS=20 CALLS=500000 CYCLES=500 LOADS=50
else
	SEEDS=1 CALLS=5000 CYCLES=30 LOADS=5
fi

# program KERNEL NAME ARGS...: not deterministic, which is faster; nothing is
# measured.
# shellcheck disable=SC2317  # called through exits
program() {
	local kernel=$1 name=$2
	shift 2

	"$LABYRINTH" lab --kernel "$kernel" --mode fast --deadline 900 --out "$TMP/results" \
		--exec "$TOP/build/tests/$name" -- "$@"
}

# Number of places in the module that KCOV can see.
places() {
	objdump -dr "$("$TOP/scripts/runtime/guest.sh" "$CHECKED")/module/labyrinth.ko" |
		grep -c 'R_X86_64_[A-Z0-9]*[[:space:]]*__sanitizer_cov_trace_pc'
}

for ((seed = 1; seed <= SEEDS; seed++)); do
	exits 0 "no call does harm, seed $seed" program "$CHECKED" ioctl_fuzz "$CALLS" "$seed"
	says "nor was it found to" 'calls [0-9]+ .* findings 0$'
	sed -n 's/^\(selfcheck:\|calls\) /# &/p' "$OUT"
done
says "the kernel checked itself" '^selfcheck: lockdep kmemleak debug-objects kcov log$'
COVERED=$(sed -n 's/.* covered \([0-9]*\) .*/\1/p' "$OUT")
echo "# covered: ${COVERED:-0} of $(places) places, those that only interrupts come by included"
ok "the calls came far" test "${COVERED:-0}" -ge 200

# lives KERNEL CYCLES LOADS
lives() {
	exits 0 "runs that are killed leave nothing on $1, nor does the module" \
		program "$1" lifecycle "$2" "$3"
	sed -n 's/^\(cycles\|loads\) /# &/p' "$OUT"
	says "all of it was seen" '^[1-9][0-9]* passed, 0 failed$'
}

lives "$CHECKED" "$CYCLES" "$LOADS"
[[ -z ${LABYRINTH_SOAK:-} ]] || lives "$KERNEL" 10000 1000

done_testing
