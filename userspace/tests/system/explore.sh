#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# system/explore.sh - sites of a victim on an unmodified kernel: ten of a card's
# receive path fail and are served.
#
# With LABYRINTH_EXPLORE=1 also: the sites are the same twice; a driver that crashes
# is found, confirmed and named; so for a program of somebody's own that uses the
# devices of a victim.
# shellcheck disable=SC2317  # functions are called through ok
set -uo pipefail
# shellcheck source=userspace/tests/system/tap.bash
. "$(dirname "$0")/tap.bash"
# shellcheck source=userspace/tests/system/profiles.bash
. "$(dirname "$0")/profiles.bash"

if [[ -z ${LABYRINTH_EXPLORE:-} ]]; then
	exits 0 "ten sites of a card's receive path" "$LABYRINTH" explore e1000e --kernel "$STOCK" \
		--site 'e1000e_poll' --occurrences first --no-starve --most 10 --out "$TMP"
	says "in softirq, on a kernel as it is shipped" '^  served +softirq .*'
	says "each has a verdict, and none fails" \
		'^  ([0-9] not-reached )?([0-9] reported )?([0-9] degraded )?([5-9]|10) served [0-9]+ not tried$'
	ok "ten were tried" test "$(sed -nE 's/ [0-9]+ not tried$//p' "$OUT" |
		grep -oE '[0-9]+ [a-z-]+' | awk '{ sum += $1 } END { print sum }')" = 10
	done_testing
fi

LABYRINTH_BOOT_ALWAYS=1 profile e1000e booted
says "has the driver's sites" ' softirq +cache .*\[e1000e\]'
profile e1000e again
ok "again: the same, request by request" same e1000e booted again
# The second guest of a kind is saved and loaded: lab/snapshot.h.
SNAPSHOTS=$("$TOP/scripts/runtime/guest.sh" "$STOCK")/snapshots
SAVED=(e1000e)
[[ -z ${LABYRINTH_EXPLORE:-} ]] || SAVED+=(vmxnet3)
for victim in "${SAVED[@]}"; do
	[[ -e $TMP/booted/explore-$victim-${STOCK/:/-} ]] || LABYRINTH_BOOT_ALWAYS=1 profile "$victim" booted
	profile "$victim" saved
	touch "$TMP/before"
	profile "$victim" loaded
	# Loading marks it as used.
	ok "$victim: in a guest that is loaded" test -n "$(find "$SNAPSHOTS" -type f ! -name '*.*' -newer "$TMP/before")"
	ok "$victim: the same as in one that boots" same "$victim" booted loaded
done

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
