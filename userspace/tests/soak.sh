#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# tests/soak.sh - the module in a kernel that checks itself: whatever is called,
# killed or unloaded, KASAN, lockdep, DEBUG_ATOMIC_SLEEP, debug objects and
# kmemleak find nothing. A short form, and the long one of "make soak".
set -uo pipefail
# shellcheck source=userspace/tests/tap.bash
. "$(dirname "$0")/tap.bash"

CHECKED=$KERNEL+debug
if [[ -n ${LABYRINTH_SOAK:-} ]]; then
	SEEDS=20 CALLS=500000 CYCLES=10000 LOADS=1000
else
	SEEDS=1 CALLS=5000 CYCLES=30 LOADS=5
fi

# program NAME ARGS...: fast, because nothing is measured.
# shellcheck disable=SC2317  # called through exits
program() {
	local name=$1
	shift

	"$LABYRINTH" lab --kernel "$CHECKED" --mode fast --deadline 900 --out "$TMP/results" \
		--exec "$TOP/build/tests/$name" -- "$@"
}

# What the module has of places that KCOV can see.
places() {
	objdump -dr "$("$TOP/scripts/guest.sh" "$CHECKED")/module/labyrinth.ko" |
		grep -c 'R_X86_64_[A-Z0-9]*[[:space:]]*__sanitizer_cov_trace_pc'
}

for ((seed = 1; seed <= SEEDS; seed++)); do
	exits 0 "no call does harm, seed $seed" program ioctl_fuzz "$CALLS" "$seed"
	says "nor was it found to" 'calls [0-9]+ .* findings 0$'
	sed -n 's/^\(selfcheck:\|calls\) /# &/p' "$OUT"
done
says "the kernel checked itself" '^selfcheck: lockdep kmemleak debug-objects kcov log$'
COVERED=$(sed -n 's/.* covered \([0-9]*\) .*/\1/p' "$OUT")
echo "# covered: ${COVERED:-0} of $(places) places, those that only interrupts come by included"
ok "the calls came far" test "${COVERED:-0}" -ge 200

exits 0 "runs that are killed leave nothing, nor does the module" program lifecycle "$CYCLES" "$LOADS"
sed -n 's/^\(cycles\|loads\) /# &/p' "$OUT"
says "all of it was seen" '^[1-9][0-9]* passed, 0 failed$'

done_testing
