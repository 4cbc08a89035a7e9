#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# system/explore.sh - sites of a victim on an unmodified kernel: the same twice;
# a driver that crashes is found, confirmed and named; so for a program of
# somebody's own that uses the devices of a victim.
# shellcheck disable=SC2317  # functions are called through ok
set -uo pipefail
# shellcheck source=userspace/tests/system/tap.bash
. "$(dirname "$0")/tap.bash"

STOCK=stock:6.12

found() {
	python3 -c '
import json, sys
found = json.load(open(sys.argv[1]))
'"$1" "$2"
}

# same_profile VICTIM: in the folders a and b.
same_profile() {
	cmp <(found 'print(json.dumps(found["profile"], sort_keys=True))' "$TMP/a/explore-$1-stock-6.12/explore.json") \
		<(found 'print(json.dumps(found["profile"], sort_keys=True))' "$TMP/b/explore-$1-stock-6.12/explore.json")
}

# profile VICTIM FOLDER
profile() {
	"$LABYRINTH" explore "$1" --kernel "$STOCK" --profile --out "$TMP/$2"
}

LABYRINTH_BOOT_ALWAYS=1 exits 0 "a profile" profile e1000e a
says "has the driver's sites" ' softirq +cache .*\[e1000e\]'
exits 0 "again" profile e1000e b
ok "is the same, request by request" same_profile e1000e
# The second guest of a kind is saved and loaded: lab/snapshot.h.
SNAPSHOTS=$("$TOP/scripts/runtime/guest.sh" "$STOCK")/snapshots
SAVED=(e1000e)
[[ -z ${LABYRINTH_EXPLORE:-} ]] || SAVED+=(vmxnet3)
for victim in "${SAVED[@]}"; do
	[[ -e $TMP/a/explore-$victim-stock-6.12 ]] ||
		LABYRINTH_BOOT_ALWAYS=1 exits 0 "$victim" profile "$victim" a
	profile "$victim" c >/dev/null 2>&1
	rm -rf "$TMP/b/explore-$victim-stock-6.12"
	touch "$TMP/before"
	exits 0 "$victim in a guest that is loaded" profile "$victim" b
	# Loading marks it as used.
	ok "it was" test -n "$(find "$SNAPSHOTS" -type f ! -name '*.*' -newer "$TMP/before")"
	ok "is the same as in one that boots" same_profile "$victim"
done

# The driver uses a buffer that it did not get
# (drivers/net/ethernet/intel/e100.c, e100_rx_clean()), as seen in 6.12.95. The
# test fails with a kernel in which that is fixed.
exits 1 "a driver that does not survive" "$LABYRINTH" explore e100 --kernel "$STOCK" \
	--site 'e100_rx_alloc_skb' --occurrences first --out "$TMP/a"
says "is named" '^  crashed: e100_'
says "confirmed alone, twice" 'alone in a boot, twice: the same bytes'
says "with the command that repeats it" 'again: labyrinth explore e100 '
exits 1 "an exploration goes on where it was" "$LABYRINTH" explore e100 --kernel "$STOCK" \
	--site 'e100_rx_alloc_skb' --occurrences first --out "$TMP/a"
ok "and boots nothing for what is known" test "$(find "$TMP/a" -name 'boot-*' | wc -l)" = 0

# A static program that checks its own work, with arguments.
exits 0 "a program's requests fail" "$LABYRINTH" explore --devices e1000e --kernel "$STOCK" \
	--site e1000e_set_rx_mode --occurrences first --no-starve --out "$TMP/a" "program:$TOP/build/tests/frames" 32
says "in the driver that it uses" '^  served +task +kmalloc .* e1000e_set_rx_mode \[e1000e\]'
says "with no verdict but these" '^  [0-9]+ served( [0-9]+ degraded)?( [0-9]+ not tried)?$'
exits 3 "a program whose work is lost without any fault" "$LABYRINTH" explore --devices e1000e --kernel "$STOCK" \
	--out "$TMP/a" "program:$TOP/build/tests/frames" 0
says "is refused, with its own words" 'where two cards are'

done_testing
