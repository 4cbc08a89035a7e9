#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# system/snapshot.sh - guests that are loaded where others have been saved do what
# guests do that boot: the same bytes come of it, also where memory runs out and
# several CPUs are busy, whatever the seed; and a snapshot that is damaged is none.
set -uo pipefail
# shellcheck source=userspace/tests/system/tap.bash
. "$(dirname "$0")/tap.bash"

# Everything in it depends on when CPUs take turns, and on each page. What is
# appended means nothing: no guest was ever booted so.
cat >"$TMP/turns.ini" <<END_OF_SCENARIO
[scenario]
claim = Turns of CPUs and the order of pages are the same
[guest]
cpus = 3
nodes = 1
memory = 96M
append = once=$$-$RANDOM
[phase scarce]
context = task hardirq_ipi
gfp = GFP_ATOMIC|__GFP_NOWARN
shots = 1500
hold = 1500
min-free = 4M
pressure = anon
pressure.target = 1.5 min
expect = each exhausted > 0
END_OF_SCENARIO

# shellcheck disable=SC2317  # called through exits
lab() {
	"$LABYRINTH" lab "$TMP/turns.ini" --kernel "$KERNEL" "$@"
}

# shellcheck disable=SC2317
boot() {
	LABYRINTH_BOOT_ALWAYS=1 lab "$@"
}

from_snapshot() {
	grep -l "\"from_snapshot\": $1" "$TMP/$2"/turns-*/host.json | wc -l
}

# same RUN RUN: all that is kept of them but what varies.
# shellcheck disable=SC2317
same() {
	diff -r -x host.json -x .set.json "$TMP/$1" "$TMP/$2"
}

SNAPSHOTS=$("$TOP/scripts/runtime/guest.sh" "$KERNEL")/snapshots
kept() {
	find "$SNAPSHOTS" -type f ! -name '*.*' -printf '%f\n'
}
mkdir -p "$SNAPSHOTS"
kept >"$TMP/before"

exits 0 "guests boot when that is asked for" boot --seeds 2 --out "$TMP/booted"
ok "memory runs out in them" grep -q exhausted "$OUT"
ok "none is loaded" test "$(from_snapshot true booted)" = 0
exits 0 "the first of its kind boots" lab --seed 1 --out "$TMP/first"
ok "it was not loaded" test "$(from_snapshot false first)" = 1
touch -d '1 hour ago' "$SNAPSHOTS/of-a-lab-that-was-killed.1.part"
exits 0 "the second is saved, and loaded" lab --seed 1 --out "$TMP/saved"
ok "from what was saved" test "$(from_snapshot true saved)" = 1
exits 0 "later ones are loaded" lab --seeds 2 --out "$TMP/loaded"
ok "all of them" test "$(from_snapshot true loaded)" = 2
ok "one that was saved is the same as one that was not" same first saved
ok "one that is loaded is the same as one that boots, by each seed, its console too" same booted loaded

NEW=$(kept | grep -vxFf "$TMP/before")
ok "there is one snapshot more" test "$(wc -w <<<"$NEW")" = 1
echo "# of $(stat -c %s "$SNAPSHOTS/$NEW" | numfmt --to=iec) for a guest of 96 MiB"
truncate -s 1M "$SNAPSHOTS/$NEW"
exits 0 "a snapshot that is cut is none: a guest boots and is saved" lab --seed 1 --out "$TMP/cut"
ok "anew" test "$(stat -c %s "$SNAPSHOTS/$NEW")" -gt $((4 << 20))
ok "and is the same" same first cut
head -c 30M /dev/urandom >"$SNAPSHOTS/$NEW"
exits 0 "nor is a file of something else" lab --seed 1 --out "$TMP/other"
ok "the guest is the same" same first other
exits 0 "a guest that leaves a core if it panics is the same guest" lab --seed 1 --vmcore --out "$TMP/core"
ok "which boots" same first core

# Guests of one lab that are saved at the same time: each writes its own file.
rm -f "$SNAPSHOTS/$NEW" "$SNAPSHOTS/$NEW.console"
exits 0 "two that are alike are saved at once" lab --seeds 2 --jobs 2 --out "$TMP/together"
ok "and are the same" same booted together
exits 0 "as is what is loaded from that" lab --seeds 2 --jobs 2 --out "$TMP/later"
ok "by each seed" same booted later

ok "nothing half written is left" test -z "$(find "$SNAPSHOTS" -name '*.part')"
rm -f "$SNAPSHOTS/$NEW" "$SNAPSHOTS/$NEW".*
done_testing
