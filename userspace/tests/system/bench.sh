#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# system/bench.sh - what measuring costs is what it was when it was kept, in counts
# that are the same on every machine; and what costs more is seen.
set -uo pipefail
# shellcheck source=userspace/tests/system/tap.bash
. "$(dirname "$0")/tap.bash"

BENCH=$TOP/scripts/dev/bench.sh
KEPT=$TOP/scripts/dev/bench.reference
LESS=$TMP/less.reference

exits 0 "says what it does" "$BENCH" --help
exits 2 "an unknown option" "$BENCH" --everything
exits 2 "a reference that is not there" env LABYRINTH_BENCH_REFERENCE="$TMP/none" "$BENCH"
says "says how to make one" 'bench.sh --keep makes it'

# A reference in which one count is a tenth less: then that one is too much, and no
# other is.
awk -F '\t' -v OFS='\t' '$1 == "task, with histograms" { $2 = int($2 * 0.9) } { print }' \
	"$KEPT" >"$LESS"
exits 1 "what costs a tenth more is an error" \
	env LABYRINTH_BENCH_REFERENCE="$LESS" "$BENCH" --counts "$KERNEL"
says "that names what it is" '^task, with histograms +[0-9]+ instructions +x 1\.[01][0-9] +MORE$'
says "by instructions" '^hardirq_hrtimer, with the event ring +[0-9]+ instructions +x [01]\.[0-9]+ +ok$'
says "by guest time" '^guest time to the first shot of smoke +[0-9]+ ms +x [01]\.[0-9]+ +ok$'
says "by bytes" '^memory of a run, its counts +[0-9]+ bytes +x [01]\.[0-9]+ +ok$'
ok "all others are within limits and what they were" \
	test "$(grep -cE ' (MORE|OVER)$' "$OUT")" = 1

done_testing
