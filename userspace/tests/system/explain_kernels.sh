#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# system/explain_kernels.sh - the scenario made from a report fails on a kernel
# with the rule that refused the request, and passes on a kernel without it.
set -uo pipefail
# shellcheck source=userspace/tests/system/tap.bash
. "$(dirname "$0")/tap.bash"

OLD=stock:5.10
NEW=${LABYRINTH_TEST_KERNEL:-source:6.12}
DATA=$TOP/userspace/tests/data

# asked REPORT: runs its scenario on a kernel before the change, and on one with
# it.
asked() {
	local name
	name=$(basename "$1" .log)

	exits 0 "$name is explained" "$LABYRINTH" explain "$1" --scenario "$TMP/$name.ini"
	exits 1 "$OLD refuses it" "$LABYRINTH" lab "$TMP/$name.ini" --kernel "$OLD" --out "$TMP/old"
	says "in the phase that asks" "FAIL ask: each (deepest|highatomic_share)"
	exits 0 "$NEW serves it" "$LABYRINTH" lab "$TMP/$name.ini" --kernel "$NEW" --out "$TMP/new"
}

# Order 0 and the blocks of the reserve: mm/page_alloc.c, rmqueue_buddy(),
# 281dd25c1a01.
asked "$DATA/reports/14-x86-4.8-all-highatomic.log"
# The limit of the reserve in a small zone: mm/page_alloc.c,
# reserve_highatomic_pageblock(), d68e39fc45f7 and 9cd20f3fe045.
asked "$DATA/reports/41-6.x-small-zone-reserve-excerpt.log"

done_testing
