#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Labyrinth under kselftest: loads the module if it is not loaded, fires
# scenarios on this machine and prints KTAP, a test a scenario.
#
# usage: labyrinth.sh [OPTION...] [SCENARIO...]
#
# Options are those of "labyrinth run", a word each: --memory-floor=64M. Without a scenario it is smoke and
# inject: the latter is skipped unless --inject-system-wide says that requests
# of others may be made to fail.

readonly PASS=0 FAIL=1 USAGE=2 SKIP=4

HERE=$(dirname "$(readlink -f "$0")")
LABYRINTH=$HERE/labyrinth
MODULE=$HERE/module/labyrinth.ko
export LABYRINTH_SCENARIOS="$HERE/scenarios"

skip_all() {
	echo "1..0 # SKIP $*"
	exit $SKIP
}

# Unloading is a test as well: a module that is still used has leaked.
unload() {
	[ -n "$LOADED" ] || return 0
	LOADED=
	rmmod labyrinth
}

# The runner's time may be up: what is running puts back its settings first.
# shellcheck disable=SC2317  # called by the trap
clean_up() {
	status=$?
	# timeout(1) signals the whole group, after it has signalled this.
	trap '' INT TERM HUP
	trap - EXIT
	if [ -n "$RUN" ]; then
		kill "$RUN" 2>/dev/null
		wait "$RUN"
	fi
	unload
	rm -rf "$OUT"
	exit "$status"
}

load() {
	LOADED=
	[ ! -e /dev/labyrinth ] || return 0
	[ -e "$MODULE" ] || skip_all "the module was not built: no kernel to build it against"
	insmod "$MODULE" || skip_all "the module does not load: built against another kernel?"
	LOADED=1
}

# One that is good and was refused all the same was refused by this machine.
refused() {
	"$LABYRINTH" run "$@" --dry-run >/dev/null 2>&1
}

# Prints the KTAP of a run below that of all, and its line for it.
fire() {
	number=$1 name=$2
	shift 2

	rm -rf "$OUT/results"
	"$LABYRINTH" run "$name" --on-this-machine --out "$OUT/results" "$@" >"$OUT/said" 2>&1 &
	RUN=$!
	wait $RUN
	status=$?
	RUN=
	sed -e '1,2d' -e '/^\(not \)\?ok /d' "$OUT"/results/*/results.ktap 2>/dev/null
	case $status in
	"$PASS") echo "ok $number $name" ;;
	"$SKIP") echo "ok $number $name # SKIP nothing could be asked of this kernel" ;;
	*)
		if [ $status = $USAGE ] && refused "$name" "$@"; then
			echo "ok $number $name # SKIP $(sed -n 's/^labyrinth: //p' "$OUT/said" | tail -n 1)"
			status=$SKIP
		else
			sed 's/^/# /' "$OUT/said"
			echo "not ok $number $name # exit=$status"
			status=$FAIL
		fi
		;;
	esac
	return $status
}

RUN='' options='' scenarios=''
for word in "$@"; do
	case $word in
	-*) options="$options $word" ;;
	*) scenarios="$scenarios $word" ;;
	esac
done

echo "KTAP version 1"
[ "$(id -u)" = 0 ] || skip_all "needs root"
OUT=$(mktemp -d) || exit $FAIL
trap clean_up EXIT
trap 'exit 143' INT TERM HUP
load

# shellcheck disable=SC2086  # both are lists
set -- ${scenarios:-smoke inject}
echo "1..$(($# + 1))"
number=0 failed=0 passed=0
for name in "$@"; do
	number=$((number + 1))
	# shellcheck disable=SC2086
	fire $number "$name" $options
	case $? in
	"$PASS") passed=1 ;;
	"$SKIP") ;;
	*) failed=1 ;;
	esac
done

number=$((number + 1))
if [ -z "$LOADED" ]; then
	echo "ok $number unload # SKIP it was loaded before"
elif unload; then
	echo "ok $number unload"
else
	echo "not ok $number unload"
	failed=1
fi
[ $failed = 0 ] || exit $FAIL
[ $passed = 1 ] || exit $SKIP
exit $PASS
