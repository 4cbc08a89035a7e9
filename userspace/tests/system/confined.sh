#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# system/confined.sh - guests run where a machine offers less than usual: the
# checkout cannot be written to, there is no /dev/shm and no HOME; two labs
# prepare the same guest at the same time; and a kernel that allows less than
# guests need is no kernel that fails.
#
# shellcheck disable=SC2016,SC2317  # inner shells expand; functions are called through ok and exits

set -uo pipefail
# shellcheck source=userspace/tests/system/tap.bash
. "$(dirname "$0")/tap.bash"

STOCK=${LABYRINTH_TEST_STOCK:-stock:6.12}

lab() {
	"$LABYRINTH" lab "$SHORT" --kernel "$KERNEL" "$@"
}

fingerprint() {
	sed -n 's/.*"fingerprint": "\(.*\)".*/\1/p' "$1"/short-*/host.json
}

# confined COMMAND...: in a mount namespace of its own, in which the checkout is
# read-only and /dev/shm is not there.
confined() {
	env -u HOME TOP="$TOP" unshare --mount bash -c '
		set -e
		mount --bind "$TOP" "$TOP"
		mount -o remount,bind,ro "$TOP"
		mount -t tmpfs -o mode=755 none /dev/shm
		mount -o remount,ro /dev/shm
		cd "$TOP"
		! touch build/written 2>/dev/null
		! touch /dev/shm/written 2>/dev/null
		exec "$@"' confined "$@"
}

# Of the bundles, which are found by the checkout they were made by.
forget_guest() {
	local bundle

	bundle=$("$TOP/scripts/runtime/guest.sh" "$KERNEL") && rm -f "$bundle/ready"
}

# two_at_once: two labs, both of which find that the guest is yet to be made.
two_at_once() {
	local first status=0

	forget_guest || return
	lab --out "$TMP/one" &
	first=$!
	lab --out "$TMP/two" || status=$?
	wait "$first" && return "$status"
}

exits 0 "as usual" lab --out "$TMP/usual"
if ((EUID == 0)) && confined true 2>/dev/null; then
	exits 0 "a read-only checkout, no /dev/shm, no HOME" confined \
		"$LABYRINTH" lab "$SHORT" --kernel "$KERNEL" --out "$TMP/confined"
	ok "the results are the same" \
		test "$(fingerprint "$TMP/usual")" = "$(fingerprint "$TMP/confined")"
	exits 2 "results in a checkout that is read-only" confined \
		"$LABYRINTH" lab "$SHORT" --kernel "$KERNEL"
	says "says where it cannot write" "cannot write to $TOP/results"
else
	ok "# SKIP mounting takes root and CAP_SYS_ADMIN" true
fi
exits 0 "two labs at once make one guest" two_at_once
ok "and have the same results" test "$(fingerprint "$TMP/one")" = "$(fingerprint "$TMP/two")"

# booted_with PARAMETER...: the distribution's kernel, which has these.
booted_with() {
	"$LABYRINTH" lab "$SHORT" --kernel "$STOCK" --append "$*" --out "$TMP/append"
}

exits 4 "a kernel that takes only signed modules" booted_with module.sig_enforce=1
says "says what to do" 'signed with a key.*--module-key'
exits 4 "a kernel that is locked down" booted_with lockdown=integrity
says "says why" 'this kernel is locked down: .*boot without lockdown='
says "fails in nothing" ' 0 failed'
done_testing
