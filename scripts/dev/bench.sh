#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Measures the costs of measuring and the start of a guest, against the project's own
# limits and against what was measured before. See usage() below.

set -euo pipefail

HERE=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
SCRIPTS=${HERE%/*}
# shellcheck source=../runtime/lib.sh
. "$SCRIPTS/runtime/lib.sh"

readonly TOP=${SCRIPTS%/*} TESTS=${SCRIPTS%/*}/build/tests
readonly ROUNDS=3
# What a count may exceed its reference by, in percent: what other code around it moves.
readonly SLACK=2

usage() {
	cat <<-END
		usage: bench.sh [--counts] [--keep] [KERNEL]

		Prints what was measured, in guests with KERNEL (source:6.12), beside its limit
		and as a multiple of the reference, which was measured once and kept:
		scripts/dev/bench.reference, or the file that LABYRINTH_BENCH_REFERENCE names.
		Times are divided by the speed of the machine, that of a loop of 2^25 steps, so
		that a slower machine is none that became slower. Counts of instructions, guest
		time and bytes are the same on every machine: one that is $SLACK % above the
		reference, of a kernel of the same release, is an error, as is what is above its
		limit.

		  --counts  only what is the same on every machine and takes few seconds
		  --keep    writes what was measured to the reference

		Exits 0 when nothing is too much, 1 when something is, 2 for bad input, 3 when
		something could not be measured.

		LABYRINTH_BENCH_LIBRARY=1 runs the whole library as well, which takes minutes.
	END
}

COUNTS=
KEEP=
while (($#)); do
	case $1 in
	-h | --help) usage; exit ;;
	--counts) COUNTS=1 ;;
	--keep) KEEP=1 ;;
	-*) usage >&2; exit 2 ;;
	*) break ;;
	esac
	shift
done
(($# <= 1)) || { usage >&2; exit 2; }
[[ -z $COUNTS || -z $KEEP ]] || die 2 "--keep takes all that is measured: leave --counts out"
readonly KERNEL=${1:-source:6.12} COUNTS KEEP
readonly REFERENCE=${LABYRINTH_BENCH_REFERENCE:-$HERE/bench.reference}
[[ -n $KEEP || -r $REFERENCE ]] ||
	die 2 "cannot read $REFERENCE: scripts/dev/bench.sh --keep makes it"

OUT=$(mktemp -d)
trap 'rm -rf "$OUT"' EXIT
OVER=0
: >"$OUT/measured"

# reference WHAT: what it was then, or nothing.
reference() {
	[[ ! -r $REFERENCE ]] || awk -F '\t' -v what="$1" '$1 == what { print $2 }' "$REFERENCE"
}

is_more() {
	awk "BEGIN { exit !($1 > $2) }"
}

# times_reference WHAT VALUE UNIT: as a multiple of the reference, or nothing.
times_reference() {
	local kept speed=1

	kept=$(reference "$1")
	[[ -n $kept ]] || return 0
	[[ $3 != s ]] || speed=$(awk "BEGIN { print $SPEED / $(reference speed) }")
	awk "BEGIN { if ($kept > 0) printf \"%.2f\", $2 / $kept / $speed }"
}

# row WHAT VALUE UNIT [LIMIT]
row() {
	local times verdict='' limit=''

	printf '%s\t%s\t%s\n' "$1" "$2" "$3" >>"$OUT/measured"
	times=$(times_reference "$1" "$2" "$3")
	if [[ -n ${4:-} ]]; then
		limit="limit $4"
		verdict=ok
		is_more "$2" "$4" && verdict=OVER
	fi
	if [[ -n $times && -n $SAME_RELEASE && $3 =~ ^(instructions|bytes|ms)$ ]]; then
		[[ -n $verdict ]] || verdict=ok
		is_more "$times" "1 + $SLACK / 100" && verdict=MORE
	fi
	[[ $verdict == "" || $verdict == ok ]] || OVER=1
	printf '%-58s %9s %-12s %-11s %-6s %s\n' "$1" "$2" "$3" "$limit" "${times:+x $times}" "$verdict" |
		sed 's/ *$//'
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
	done | sort -n | awk 'NR == 1 { printf "%.2f", $1 }'
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

# Guest time until the first shot of the run in $OUT/whole: the same on every machine.
boot_ms() {
	awk -F '[][ ]+' '/labyrinth: cell 1:/ { printf "%d", $2 * 1000; exit }' "$OUT"/whole/*/console.log
}

BUNDLE=$("$SCRIPTS/runtime/guest.sh" "$KERNEL")
seconds_of smoke >"$OUT/log"
RELEASE=$(sed -n 's/^ *"release": *"\(.*\)".*/\1/p' "$OUT"/whole/*/results.json | head -n 1)
SAME_RELEASE=
[[ $(reference kernel) != "$RELEASE" ]] || SAME_RELEASE=1
SPEED=
[[ -n $COUNTS ]] || SPEED=$("$TESTS/speed")
printf 'kernel\t%s\nspeed\t%s\ts\n' "$RELEASE" "$SPEED" >>"$OUT/measured"
printf 'kernel %s%s' "$RELEASE" "${SPEED:+, $SPEED s for 2^25 steps}"
if [[ -r $REFERENCE ]]; then
	printf '; reference: kernel %s, %s s' "$(reference kernel)" "$(reference speed)"
	[[ -n $SAME_RELEASE ]] || printf ': counts of another release are not judged'
fi
printf '\n'
row "guest time to the first shot of smoke" "$(boot_ms)" ms

"$TOP/build/labyrinth" lab --kernel "$KERNEL" --cpus 4 --out "$OUT/bench" \
	--exec "$TESTS/bench" ${COUNTS:+-- brief} >"$OUT/cost" || die 3 "the bench did not run"
while read -r kind name bare measured percent; do
	case $kind in
	histogram)
		row "$name, bare" "${bare%.*}" instructions
		row "$name, with histograms" "${measured%.*}" instructions
		row "$name, with histograms, more" "$percent" % 15
		;;
	events)
		row "$name, with the event ring" "${measured%.*}" instructions
		row "$name, with the event ring, more" "$percent" % 35
		;;
	oracle)
		row "oracle $name" "${measured%.*}" instructions
		row "oracle $name, more" "$percent" %
		;;
	look)
		row "with a look before each shot: its $name" "${measured%.*}" instructions
		row "with a look before each shot: its $name, more" "$percent" %
		;;
	scaling) row "a shot while $name CPUs fire, in turns of the emulator" "${bare%.*}" instructions ;;
	memory) row "memory of a run, its $name" "$bare" bytes ;;
	esac
done <"$OUT/cost"
[[ -z $COUNTS ]] || exit "$OVER"
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
	row "report, $1: its page" "$(stat -c %s "$OUT/page.html" | awk '{ printf "%.2f", $1 / 1048576 }')" MiB 2
}

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
row "compare, unread, two sets of 10,000 cells x 30 seeds" "$seconds" s
row "compare, unread: its memory" "$mib" MiB
row "compare, unread: the results that it reads" "$(du -sm "$OUT/a" "$OUT/b" | awk '{ sum += $1 } END { print sum }')" MiB
read -r seconds mib < <(compare)
row "compare, the same again" "$seconds" s 2
row "compare, the same again: its memory" "$mib" MiB 200
"$TESTS/fill_history" "$OUT/history.db" 100000
read -r seconds mib < <("$TESTS/measure" "$TOP/build/labyrinth" history --db "$OUT/history.db")
row "history, 100,000 runs, all of a scenario's series" "$seconds" s 0.2
row "history: its memory" "$mib" MiB
if [[ -n $KEEP ]]; then
	{
		echo "# SPDX-License-Identifier: GPL-2.0-only"
		echo "# Made by scripts/dev/bench.sh --keep on an idle machine: what, value, unit."
		sort "$OUT/measured"
	} >"$REFERENCE.part"
	mv "$REFERENCE.part" "$REFERENCE"
	echo "written: $REFERENCE"
fi
exit "$OVER"
