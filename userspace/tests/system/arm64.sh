#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# system/arm64.sh - guests of another architecture: builds the module, runs its
# tests and some scenarios, and compares the bytes of two runs.
set -uo pipefail
# shellcheck source=userspace/tests/system/tap.bash
. "$(dirname "$0")/tap.bash"

KERNEL=${LABYRINTH_TEST_KERNEL:-stock:6.12/arm64}

exits 0 "the module, its tests and scenarios" "$TOP/scripts/dev/matrix.sh" "$KERNEL"
sed 's/^/# /' "$OUT"

fingerprint_of() {
	"$LABYRINTH" lab smoke --kernel "$KERNEL" --out "$1" | awk '$1 == "fingerprint" { print $2 }'
}
ONE=$(fingerprint_of "$TMP/one")
TWO=$(fingerprint_of "$TMP/two")
ok "the same bytes twice" test -n "$ONE" -a "$ONE" = "$TWO"

done_testing
