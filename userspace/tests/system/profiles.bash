# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# system/profiles.bash - profiles of victims on an unmodified kernel, for tests of
# explore. To be sourced after tap.bash.
#
#	profile VICTIM [FOLDER]		passes when there is one; kept in $TMP/FOLDER (1)
#	profile_of VICTIM FOLDER	prints it: all that its first boot found
#	same VICTIM FOLDER...		whether it is the same in each folder
#	passes VICTIM FUNCTION...	whether each function is in the stack of some site
#	three VICTIM FUNCTION...	takes it three times, which are the same, and passes

STOCK=stock:6.12

profile() {
	exits 0 "$1: its sites" "$LABYRINTH" explore "$1" --kernel "$STOCK" --profile \
		--out "$TMP/${2:-1}"
}

profile_of() {
	python3 -c '
import json, sys
print(json.dumps(json.load(open(sys.argv[1]))["profile"], sort_keys=True))
' "$TMP/$2/explore-$1-${STOCK/:/-}/explore.json"
}

same() {
	local victim=$1 first=$2 folder
	shift 2

	profile_of "$victim" "$first" >"$TMP/first" || return
	for folder; do
		profile_of "$victim" "$folder" >"$TMP/other" && cmp "$TMP/first" "$TMP/other" || return
	done
}

passes() {
	local victim=$1 function
	shift

	for function; do
		profile_of "$victim" 1 | grep -Eq "(\"|\\\\n)$function\+0x" ||
			{ echo "no site has $function"; return 1; }
	done
}

three() {
	local folder

	for folder in 1 2 3; do
		profile "$1" "$folder"
	done
	ok "$1: three times the same, request by request" same "$1" 1 2 3
	ok "$1: passes ${*:2}" passes "$@"
}
