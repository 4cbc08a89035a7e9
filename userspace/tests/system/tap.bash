# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# tests/tap.bash - TAP for tests in shell. To be sourced.
#
#	ok NAME COMMAND...		passes when the command succeeds
#	exits STATUS NAME COMMAND...	passes when it exits so; output in $OUT
#	says NAME PATTERN		the last output matches an extended regex
#	done_testing
#
# $SHORT is a scenario for tests to which it does not matter what a guest does.

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
# shellcheck disable=SC2034  # for those who source this
LABYRINTH=$TOP/build/labyrinth
# shellcheck disable=SC2034
KERNEL=${LABYRINTH_TEST_KERNEL:-source:6.12}
TMP=$(mktemp -d)
trap 'rm -rf "$TMP"' EXIT
OUT=$TMP/out
TESTS=0
FAILED=0
SHORT=$TMP/short.ini
cat >"$SHORT" <<'END'
[scenario]
claim = There is a page
[guest]
memory = 128M
[phase plenty]
context = task hardirq_hrtimer
shots = 100
expect = each ok > 0
END

report() {
	local good=$1 name=$2

	TESTS=$((TESTS + 1))
	if ((good == 0)); then
		echo "ok $TESTS - $name"
		return
	fi
	FAILED=$((FAILED + 1))
	echo "not ok $TESTS - $name"
	# To stderr, which prove does not keep to itself.
	{
		echo "# ${0##*/}, $TESTS - $name:"
		[[ ! -s $OUT ]] || sed 's/^/# /' "$OUT" | tail -n 30
	} >&2
}

ok() {
	local name=$1 status=0
	shift

	# Not into $OUT, which the command may be about to read.
	"$@" >"$TMP/out.new" 2>&1 || status=$?
	mv "$TMP/out.new" "$OUT"
	report "$status" "$name"
}

exits() {
	local want=$1 name=$2 status=0
	shift 2

	"$@" >"$TMP/out.new" 2>&1 </dev/null || status=$?
	mv "$TMP/out.new" "$OUT"
	((status == want)) || echo "exited with $status, not $want" >>"$OUT"
	report $((status != want)) "$name"
}

says() {
	local status=0

	grep -Eq -- "$2" "$OUT" || status=1
	((status == 0)) || echo "not there: $2" >>"$OUT"
	report "$status" "$1"
}

done_testing() {
	echo "1..$TESTS"
	exit $((FAILED > 0))
}
