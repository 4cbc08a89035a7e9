#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What a job of job.sh runs on the device: loads the module, fires scenarios on this
# machine, reports each verdict by lava-test-case, prints what is to be kept as
# artefacts, and puts everything back.
#
# usage: on-device.sh [-n TIMES] [-s SEED] [-o OPTION]... SCENARIO...
#	 on-device.sh -a
#
#  -n TIMES   each scenario is run so often with the same seed (2): what differs then
#             is the device, and not the kernel
#  -o OPTION  of "labyrinth run"
#  -a         after a reboot: says that the device came back, and puts back what a
#             run has left, if it has
#
# Lines that begin with "labyrinth-device: " are for collect.py, which tells from them
# what a device that was lost was doing. It needs what busybox has.

HERE=$(dirname "$(readlink -f "$0")")
LABYRINTH=$HERE/labyrinth
OUT=/tmp/labyrinth
export LABYRINTH_SCENARIOS="$HERE/scenarios"
TIMES=2 SEED=1 OPTIONS='' AFTER=''

usage() {
	sed -n 's/^# usage/usage/p' "$0" >&2
	exit 2
}

note() {
	echo "labyrinth-device: $*"
}

# lava ARG...: the command of the test shell, or what would have been called.
lava() {
	if command -v "$1" >/dev/null; then
		"$@" </dev/null
	else
		echo "$*"
	fi
}

report() {
	lava lava-test-case "$1" --result "$2"
}

passed_if() {
	name=$1
	shift

	if "$@"; then
		report "$name" pass
	else
		report "$name" fail
	fi
}

# load: 1 where nothing can be run, which says nothing of the kernel.
load() {
	LOADED=
	[ ! -e /dev/labyrinth ] || return 0
	insmod "$HERE/labyrinth.ko" || return
	LOADED=1
}

# The words of an export are plain, so that they can be split at blanks. The second
# and later runs of a scenario are sets of their own.
report_verdicts() {
	"$LABYRINTH" export "$1" --format lava >"$OUT/report" || return
	[ "$2" = 1 ] || sed -i "s/^lava-test-set start .*/&-$2/" "$OUT/report"
	while read -r line; do
		# shellcheck disable=SC2086  # words
		lava $line
	done <"$OUT/report"
	rm "$OUT/report"
}

# fire SCENARIO NUMBER: the kernel's messages of that time stay with the results.
fire() {
	place=$OUT/$1-$2

	mkdir -p "$place"
	note "begin $1 $2"
	sync
	# shellcheck disable=SC2086  # a list
	"$LABYRINTH" run "$1" --on-this-machine --seed "$SEED" --out "$place" $OPTIONS
	code=$?
	for run in "$place"/*/; do
		if [ -e "$run/results.json" ]; then
			dmesg >"$run/console.log"
			report_verdicts "$run" "$2"
		# Scenarios were checked where the job was made: it is this machine that is not fit.
		elif [ $code = 2 ] || [ $code = 4 ]; then
			report "$1-$2" skip
		else
			report "$1-$2" unknown
		fi
	done
	note "end $1 $2 $code"
}

# In the console, as that is what every device has; other lines may stand between.
# The journal is what results.json was made from, and as large.
print_artefacts() {
	rm -f "$OUT"/*/*/journal.jsonl
	tar -C "$OUT" -cf - . | gzip -9 >/tmp/artefacts.tar.gz
	note "artefacts $(sha256sum </tmp/artefacts.tar.gz | cut -d' ' -f1)"
	base64 /tmp/artefacts.tar.gz | sed 's/^/labyrinth-device: data /'
	note "artefacts-end"
}

while getopts n:s:o:a option; do
	case $option in
	n) TIMES=$OPTARG ;;
	s) SEED=$OPTARG ;;
	o) OPTIONS="$OPTIONS $OPTARG" ;;
	a) AFTER=1 ;;
	*) usage ;;
	esac
done
shift $((OPTIND - 1))

if [ -n "$AFTER" ]; then
	report rebooted pass
	passed_if recovered-after-reboot "$LABYRINTH" recover
	exit 0
fi
[ $# -gt 0 ] || usage

# Messages below an alert would stand in the middle of what LAVA reads. A panic is
# seen in any case, and all of them are in console.log.
dmesg -n 1
mkdir -p "$OUT"
note "plan $TIMES $*"
if load; then
	for name in "$@"; do
		number=1
		while [ "$number" -le "$TIMES" ]; do
			fire "$name" $number
			number=$((number + 1))
		done
	done
	passed_if recovered "$LABYRINTH" recover
	[ -z "$LOADED" ] || passed_if unloaded rmmod labyrinth
	print_artefacts
else
	note "unfit the module does not load"
	report loaded unknown
fi
# Verdicts are in the cases: the test shell itself has done its work.
exit 0
