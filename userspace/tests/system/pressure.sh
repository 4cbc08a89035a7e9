#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# system/pressure.sh - every pressure reaches its level and releases everything,
# in a guest of 512 MiB; with LABYRINTH_LEVELS=1, as in "make levels", in one of
# 4 GiB, and twice, with the same bytes.
#
# Most is checked by verdicts: levels (requested and reached), baseline (the
# free memory of before is free again), settings, payload. This script chooses
# the pressures and checks that each did something. Fragmented memory comes
# last: shots of large blocks leave blocks in the highatomic reserve, which are
# free but which reclaim does not count, so that on 6.1 the page cache does not
# reach its level any more.
set -uo pipefail
# shellcheck source=userspace/tests/system/tap.bash
. "$(dirname "$0")/tap.bash"

MEMORY=256M RUNS=1 FAILS="expect = total exhausted > 0"
# With more memory, compaction makes blocks as fast as they are requested.
[[ -z ${LABYRINTH_LEVELS:-} ]] || MEMORY=2G RUNS=2 FAILS=

cat >"$TMP/levels.ini" <<END
[scenario]
claim = Every pressure reaches its level and lets go
[guest]
memory = $MEMORY
deadline = 20m
[phase *]
context = hardirq_hrtimer
shots = 2000
min-free = 8M
expect = each ok > 0
[phase anon]
pressure = anon
pressure.target = 1.5min
[phase anon-one-node]
pressure = anon
pressure.node = 1
pressure.target = 3min
[phase held]
pressure = swap anon
swap.size = 32M
anon.hold = level
anon.target = 2min
[phase ballast]
pressure = ballast
pressure.target = 0.5min
[phase pinned]
pressure = pinned
pressure.how = locked registered
[phase net]
pressure = net
[phase slab]
pressure = slab
pressure.kind = reclaimable unreclaimable
pressure.size = 4M
[phase numa]
pressure = numa
pressure.how = ping-pong fight
pressure.size = 1M
[phase memcg]
pressure = memcg
pressure.shooter = Y
[phase cpuset]
pressure = cpuset
pressure.node = 1
[phase hotplug]
cpu = 0
pressure = hotplug
pressure.cpu = 1
[phase stress-ng]
pressure = stress-ng
pressure.stressor = brk
pressure.settle = 200ms
[phase sweep]
pressure = ballast anon
anon.target = 2.5min
ballast.target = 1.5min
ballast.to = 0.2min
gfp = GFP_ATOMIC|__GFP_THISNODE|__GFP_NOWARN
node = 0-1
shots = 4000
hold = 512
expect = total exhausted > 0
[phase pagecache]
pressure = pagecache
pressure.target = 2min
[phase pagecache-dirty]
pressure = pagecache
pressure.dirty = 50%
pressure.dirty-ratio = 40
pressure.busy = Y
[phase several]
pressure = ballast anon net
anon.target = 3min
ballast.target = 1.8min
[phase fragment]
order = 4
pressure = fragment
pressure.order = 4
pressure.index = 50%
[phase fragment-pinned]
order = 3
pressure = fragment
pressure.index = 100%
hold = 1000
pressure.pinned = Y
$FAILS
END
# shellcheck disable=SC2317  # called through exits
levels() {
	"$LABYRINTH" lab "$TMP/levels.ini" --kernel "$KERNEL" --out "$1"
}

# did DRIVER KEY: the sum of KEY over its records is not 0.
did() {
	# shellcheck disable=SC2016  # awk's $0
	ok "$1: $2" awk -v driver="\"driver\": \"$1\"" -v key="\"$2\": " '
		/^  \{/ { is = 0 }
		index($0, driver) { is = 1 }
		is && (at = index($0, key)) { sum += substr($0, at + length(key)) }
		END { exit !sum }' "$RESULTS"
}

exits 0 "every pressure reaches its level and lets go" levels "$TMP/a"
grep -E '^ +FAIL' -A1 "$OUT" | sed 's/^/# /'
RESULTS=$(echo "$TMP"/a/*/results.json)
ok "each said so" test "$(grep -c '"asked": ' "$RESULTS")" -ge 12
did net verified
did numa pages
did hotplug went
did hotplug came
did pagecache written
did ballast looks
did stress-ng operations
if ((RUNS == 2)); then
	exits 0 "and again" levels "$TMP/b"
	ok "with the same bytes" cmp "$RESULTS" "$TMP"/b/*/results.json
fi

done_testing
