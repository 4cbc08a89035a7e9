#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Measures the costs of measuring and the start of a guest, against the
# project's own limits. See usage() below.

set -euo pipefail

HERE=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
SCRIPTS=${HERE%/*}
# shellcheck source=../runtime/lib.sh
. "$SCRIPTS/runtime/lib.sh"

readonly TOP=${SCRIPTS%/*}
readonly ROUNDS=3

usage() {
	cat <<-END
		usage: bench.sh [KERNEL]

		Prints what was measured, in guests with KERNEL (source:6.12), beside its
		limit. Exits 0 when all is within limits, 1 when something is not, 3 when
		something could not be measured.

		LABYRINTH_BENCH_LIBRARY=1 runs the whole library as well, which takes minutes.
	END
}

case ${1:-} in
-h | --help) usage; exit ;;
-*) usage >&2; exit 2 ;;
esac
(($# <= 1)) || { usage >&2; exit 2; }
readonly KERNEL=${1:-source:6.12}

OUT=$(mktemp -d)
trap 'rm -rf "$OUT"' EXIT
OVER=0

# row WHAT VALUE UNIT [LIMIT]
row() {
	local verdict=ok

	if (($# < 4)); then
		printf '%-52s %8s %s\n' "$1" "$2" "$3"
		return
	fi
	if awk "BEGIN { exit !($2 > $4) }"; then
		verdict=OVER
		OVER=1
	fi
	printf '%-52s %8s %-8s limit %s %s\n' "$1" "$2" "$3" "$4" "$verdict"
}

# The minimum of some rounds: other load on the machine only adds time.
seconds_to_first_shot() {
	local mode=$1 round

	for ((round = 0; round < ROUNDS; round++)); do
		rm -rf "$OUT/start"
		"$TOP/build/labyrinth" lab smoke --mode "$mode" --kernel "$KERNEL" \
			--out "$OUT/start" >"$OUT/log" 2>&1 || {
			cat "$OUT/log" >&2
			die 3 "smoke did not run"
		}
		sed -n 's/.*"seconds_to_first_shot": *\([0-9.]*\).*/\1/p' "$OUT"/start/*/host.json
	done | sort -n | head -n 1
}

# The verdict of the command does not matter here.
seconds_of() {
	local status=0 seconds

	rm -rf "$OUT/whole"
	TIMEFORMAT=%R
	seconds=$({ time "$TOP/build/labyrinth" lab "$1" --kernel "$KERNEL" --out "$OUT/whole" \
		>"$OUT/log" 2>&1 || status=$?; ((status <= 1 || status == 4)) || echo broke; } 2>&1)
	[[ $seconds != *broke* ]] || {
		cat "$OUT/log" >&2
		die 3 "$1 did not run"
	}
	printf '%s\n' "$seconds"
}

BUNDLE=$("$SCRIPTS/runtime/guest.sh" "$KERNEL")

"$TOP/build/labyrinth" lab --kernel "$KERNEL" --cpus 4 --out "$OUT/bench" \
	--exec "$TOP/build/tests/bench" >"$OUT/cost" || die 3 "the bench did not run"
while read -r kind name bare measured percent; do
	from="(${bare%.*} to ${measured%.*} instructions)"
	case $kind in
	histogram) row "$name, with histograms $from" "$percent" "% more" 15 ;;
	events) row "$name, with the event ring $from" "$percent" "% more" 35 ;;
	oracle) row "oracle $name $from" "$percent" "% more" ;;
	look) row "a look before a shot, in its $name $from" "$percent" "% more" ;;
	scaling) row "a shot while $name CPUs fire, in turns of the emulator" "$bare" instructions ;;
	memory) row "memory of a run, its $name" "$bare" bytes ;;
	esac
done <"$OUT/cost"
row "QEMU's start to the first shot, fast" "$(seconds_to_first_shot fast)" s 3
row "QEMU's start to the first shot, deterministic" "$(seconds_to_first_shot deterministic)" s 5
row "smoke, from call to verdict" "$(seconds_of smoke)" s 15
row "the scenario default, from call to verdict" "$(seconds_of default)" s 60
# Takes some minutes: only on request.
if [[ -n ${LABYRINTH_BENCH_LIBRARY:-} ]]; then
	row "the whole library, two guests at once" "$(seconds_of all)" s 1800
fi
row "initramfs, compressed" \
	"$(gzip -9 <"$BUNDLE/initramfs" | wc -c | awk '{ printf "%.2f", $1 / 1048576 }')" MiB 8

# report ROW A B: time, and size of the report.
report() {
	local seconds mib

	read -r seconds mib < <("$TESTS/measure" "$TOP/build/labyrinth" report "$2" "$3" \
		--output "$OUT/page.html")
	row "report, $1" "$seconds" s 3
	row "    its page" "$(stat -c %s "$OUT/page.html" | awk '{ printf "%.2f", $1 / 1048576 }')" MiB 2
}

readonly TESTS=$TOP/build/tests
report "a run of default and itself" "$OUT/whole" "$OUT/whole"

# Comparing: with synthetic runs, because only their number matters.
"$TESTS/synthesize" "$OUT/ten-a" 10 cells=300
"$TESTS/synthesize" "$OUT/ten-b" 10 cells=300 build=2 release=6.13.0
report "two sets of 10 runs of 600 cells" "$OUT/ten-a" "$OUT/ten-b"
"$TESTS/synthesize" "$OUT/a" 30 cells=5000
"$TESTS/synthesize" "$OUT/b" 30 cells=5000 build=2
# With an empty cache, so that every run is read.
compare() {
	XDG_CACHE_HOME=$OUT/cache "$TESTS/measure" "$TOP/build/labyrinth" compare "$OUT/a" "$OUT/b"
}
read -r seconds mib < <(compare)
row "compare, two sets of 10,000 cells x 30 seeds, unread" "$seconds" s
row "    its memory" "$mib" MiB
row "    the results that it reads" "$(du -sm "$OUT/a" "$OUT/b" | awk '{ sum += $1 } END { print sum }')" MiB
read -r seconds mib < <(compare)
row "compare, the same again" "$seconds" s 2
row "    its memory" "$mib" MiB 200
"$TESTS/fill_history" "$OUT/history.db" 100000
read -r seconds mib < <("$TESTS/measure" "$TOP/build/labyrinth" history --db "$OUT/history.db")
row "history, 100,000 runs, all of a scenario's series" "$seconds" s 0.2
row "    its memory" "$mib" MiB
exit "$OVER"
