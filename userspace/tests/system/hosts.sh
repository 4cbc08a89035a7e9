#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# system/hosts.sh - the two commands of README on bare machines: Debian 12 and 13,
# each in a folder of its own in which there is git, make and a C compiler, and
# nothing else. Takes hours and 12 GB each, as everything is fetched and built.
#
#	LABYRINTH_TEST_HOSTS="trixie"		these releases of Debian
#	LABYRINTH_TEST_COMMANDS="run"		make run alone
#	LABYRINTH_TEST_SCENARIO=smoke		what make run runs
# shellcheck disable=SC2317  # functions are called through ok and exits
set -uo pipefail
# shellcheck source=userspace/tests/system/tap.bash
. "$(dirname "$0")/tap.bash"
SCRIPTS=$TOP/scripts
# shellcheck source=scripts/runtime/lib.sh
. "$SCRIPTS/runtime/lib.sh"
# shellcheck source=scripts/kernel/apt-root.sh
. "$SCRIPTS/kernel/apt-root.sh"
# shellcheck source=scripts/packaging/own_debian.bash
. "$SCRIPTS/packaging/own_debian.bash"

read -ra SUITES <<<"${LABYRINTH_TEST_HOSTS:-bookworm trixie}"
read -ra COMMANDS <<<"${LABYRINTH_TEST_COMMANDS:-run test}"

((EUID == 0)) || { echo "1..0 # SKIP a Debian of its own needs root"; exit 0; }
# Folders of a size: /tmp may be a small file system.
HOSTS=$(mktemp -d "$(cache_dir)/hosts.XXXXXX")
trap 'rm -rf --one-file-system "$HOSTS" "$TMP"' EXIT

# A clone has what is committed, and no file that only this machine has.
clone() {
	git clone -q "$TOP" "$1/srv/labyrinth"
}

makes() {
	# shellcheck disable=SC2016  # expanded there
	in_debian "$1" sh -c 'cd /srv/labyrinth && make "$@"' sh "${@:2}" 2>&1 | tee "$HOSTS/log" | tail -n 60
	return "${PIPESTATUS[0]}"
}

for suite in "${SUITES[@]}"; do
	root=$HOSTS/$suite
	exits 0 "$suite: a bare Debian" own_debian "$suite" "$root" git,make,gcc
	[[ -d $root/srv ]] || continue
	ok "$suite: has a clone of what is committed" clone "$root"
	for command in "${COMMANDS[@]}"; do
		begin=$SECONDS
		case $command in
		run)
			exits 0 "$suite: make run" makes "$root" run \
				"SCENARIO=${LABYRINTH_TEST_SCENARIO:-default}"
			says "$suite: it ends in a verdict" 'pass: [0-9]+ checks held, 0 failed'
			;;
		test)
			exits 0 "$suite: make test" makes "$root" test
			says "$suite: all tests pass" '^All tests successful'
			;;
		esac
		echo "# $suite: make $command took $(((SECONDS - begin) / 60)) min"
		[[ ! -s $HOSTS/log ]] || sed 's/^/# /' "$HOSTS/log" | tail -n 8
	done
	rm -rf --one-file-system "$root"
done
done_testing
