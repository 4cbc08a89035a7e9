#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# system/planted.sh - explore finds the defects that are planted in a driver,
# names their sites, and finds nothing in the same driver without defects.
#
# With LABYRINTH_EXPLORE=1 all eight defects and all faults of the driver
# without defects; otherwise one defect, and the first request of each of the
# ten sites without.
# shellcheck disable=SC2317  # functions are called through ok
set -uo pipefail
# shellcheck source=userspace/tests/system/tap.bash
. "$(dirname "$0")/tap.bash"

# Only guests of a test build have the driver.
export LABYRINTH_BUSTED=1

explore() {
	"$LABYRINTH" explore "$@" --kernel "$KERNEL" --out "$TMP"
}

# says_of VERDICT FUNCTION: the table has this worst verdict for the site in the
# function.
says_of() {
	says "$2: $1" "^  ($1) .* $2 \[planted\]"
}

if [[ -z ${LABYRINTH_EXPLORE:-} ]]; then
	exits 1 "data of another parcel" explore planted --site planted_corrupt \
		--occurrence 1
	says_of corrupt planted_corrupt
	says "confirmed alone, twice" 'alone in a boot, twice: the same bytes'
	exits 0 "the right driver" explore planted-right --occurrences first --no-starve \
		--site '[planted]'
	says "tells its caller of each request that it cannot do without" ' 9 reported( |$)'
	exits 2 "a site that is not there" explore planted-right --site planted_nothing
	says "is named" "planted-right has no site 'planted_nothing'; --profile shows its sites"
	# What is known by now is not done again.
	exits 0 "the right driver without two requests" explore planted-right --occurrences first --no-starve \
		--site '[planted]' --pairs
	# How many there are follows from which requests find their slab empty.
	says "tells its caller of each pair as well" ' (1[0-9]|[2-9][0-9]) reported( |$)'
	done_testing
fi

exits 1 "the driver with defects" explore planted --occurrences first --no-starve
says_of leak planted_leak
# Without the allocator's own checks its lists are circular after that.
says_of 'hung|crashed|warned|corrupt' planted_double_free
says_of crashed planted_null_used
says_of 'hung|warned' planted_lock_kept
says_of warned planted_sleep
says_of stuck planted_ring_receive
says_of corrupt planted_corrupt
says_of leak planted_refcount
ok "each finding that is no leak was seen alone twice, with the same bytes" \
	awk '/^  [a-z]+: / { other = /^  (hung|crashed|warned|corrupt|stuck): /; found += other }
	     other && /alone in a boot, twice: the same bytes/ { same++ }
	     END { print found + 0 " findings, " same + 0 " of them twice with the same bytes"
		   exit !(found >= 6 && same == found) }' "$OUT"
exits 0 "the right driver, each of whose sites is starved as well" explore planted-right
done_testing
