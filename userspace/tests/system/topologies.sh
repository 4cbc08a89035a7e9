#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# system/topologies.sh - topology_test in guests with unusual nodes and zones.
# Each test also checks the topology that the guest reports: in a usual guest it
# would pass and show nothing.
set -uo pipefail
# shellcheck source=userspace/tests/system/tap.bash
. "$(dirname "$0")/tap.bash"

STOCK=${LABYRINTH_TEST_STOCK:-stock:6.12}

# in_guest KERNEL NAME PATTERN LINE...: the lines are for [guest].
in_guest() {
	local kernel=$1 name=$2 pattern=$3
	shift 3

	{
		printf '[scenario]\nclaim = c\n[guest]\n'
		printf '%s\n' "$@"
		printf '[phase a]\nexpect = each ok > 0\n'
	} >"$TMP/$name.ini"
	exits 0 "$name" "$LABYRINTH" lab --exec "$TOP/build/tests/topology_test" \
		--guest "$TMP/$name.ini" --kernel "$kernel"
	says "which it is" "$pattern"
	grep -E '^#.*(zones, up to|runs on|SKIP)' "$OUT" | sed 's/^# */# /'
}

in_guest "$KERNEL" "a node without memory" '[1-9][0-9]* runs on nodes' \
	'nodes = 3' 'cpus = 1 1 1' 'memory = 128M 0 128M'
in_guest "$KERNEL" "a node without CPUs" ' zones, up to node 1' \
	'nodes = 2' 'cpus = 2 0' 'memory = 192M'
in_guest "$KERNEL" "nodes without memory, and without CPUs" ' zones, up to node 3' \
	'nodes = 4' 'cpus = 1 1 0 0' 'memory = 128M 0 128M 128M'
in_guest "$KERNEL" "one node" ' zones, up to node 0' 'nodes = 1' 'cpus = 2' 'memory = 256M'
in_guest "$KERNEL" "one CPU" ' zones, up to node 0' 'nodes = 1' 'cpus = 1' 'memory = 256M'
in_guest "$KERNEL" "much of ZONE_MOVABLE" ' zones, up to node 1' \
	'nodes = 2' 'cpus = 1 1' 'memory = 192M' 'append = movablecore=240M'
in_guest "$KERNEL" "two zones in a node" ' zones, up to node 1' \
	'nodes = 2' 'cpus = 1 1' 'memory = 192M' 'machine = q35,max-ram-below-4g=128M'

# A policy of nodes without memory is refused by the kernel, which is no fault of
# anybody's.
cat >"$TMP/bind.ini" <<'END'
[scenario]
claim = c
[guest]
nodes = 3
cpus = 1 1 1
memory = 128M 0 128M
[phase none]
context = task
bind = 1
shots = 10
expect = each violations == 0
[phase some]
context = task
bind = 1-2
shots = 10
expect = each success == 100%
END
exits 0 "a memory policy of a node without memory" "$LABYRINTH" lab "$TMP/bind.ini" --kernel "$KERNEL" --out "$TMP/bind"
says "is refused with the reason" 'no node that bind names has memory'

# Neither is a node that a pressure is to act on and that has no memory.
cat >"$TMP/absent.ini" <<'END'
[scenario]
claim = c
[guest]
nodes = 3
cpus = 1 1 1
memory = 128M 0 128M
[phase *]
context = task
shots = 10
expect = each success == 100%
[phase anon]
pressure = anon
pressure.target = 2 min
pressure.node = 1
[phase ballast]
pressure = ballast
pressure.target = 2 min
pressure.node = 1
[phase cpuset]
pressure = cpuset
pressure.node = 1
[phase plenty]
END
exits 0 "pressures of a node without memory" "$LABYRINTH" lab "$TMP/absent.ini" --kernel "$KERNEL" --out "$TMP/absent"
says "are not put on, with the reason" 'the machine has no such node, or atomic requests get no memory of it'
ok "and these three phases are skipped" test "$(grep -c 'SKIP [abc][a-z]*: each' "$OUT")" = 3

# Of a zone that keeps more from memory of users than is asked for: its worker would
# be killed, by a kernel that does as it should.
cat >"$TMP/kept.ini" <<'END'
[scenario]
claim = c
[guest]
memory = 192M
append = movablecore=240M
[phase kept]
context = task
pressure = anon
pressure.target = 1.06 min
expect = each ok > 0
END
exits 4 "a level below what a zone keeps" "$LABYRINTH" lab "$TMP/kept.ini" --kernel "$KERNEL" --out "$TMP/kept"
says "is refused with the numbers" 'memory of users brings [A-Za-z0-9]+ of node 0 to [0-9]+ free pages at least, not [0-9]+: lowmem_reserve keeps'

# A kernel that is larger than the guest would hang or panic, and be blamed.
# guest_of MIB: writes a scenario for a guest of that.
guest_of() {
	printf '%s\n' '[scenario]' 'claim = c' '[guest]' 'nodes = 1' 'cpus = 1' "memory = ${1}M" \
		'[phase a]' 'context = task' 'shots = 10' 'expect = each ok > 0' >"$TMP/of-$1.ini"
}
guest_of 64
exits 2 "memory that does not hold the kernel" "$LABYRINTH" lab "$TMP/of-64.ini" --kernel "$STOCK" --out "$TMP/of"
says "is refused with the numbers" "the guest's memory, 64 MiB, does not hold this kernel, which ends at [0-9]+ MiB, .*; allowed: [0-9]+ MiB or more"
least=$(grep -oE 'allowed: [0-9]+' "$OUT")
guest_of "${least#allowed: }"
exits 0 "what is said to be enough is enough" "$LABYRINTH" lab "$TMP/of-${least#allowed: }.ini" --kernel "$STOCK" --out "$TMP/of"

# More nodes than are counted separately (LAB_MAX_NODES).
in_guest "$STOCK" "more nodes than are counted" ' zones, up to node (6[4-9]|[7-9][0-9])$' \
	'nodes = 1' 'cpus = 2' 'memory = 4G' 'append = numa=fake=80' 'deadline = 900'

# A node that is added later, and has only movable memory.
cat >"$TMP/qemu" <<'END'
#!/bin/bash
arguments=()
memory=
for argument; do
	[[ -z $memory ]] || argument+=,slots=2,maxmem=4G
	memory=
	[[ $argument != -m ]] || memory=1
	arguments+=("$argument")
done
if [[ -n ${arguments[1]:-} ]]; then
	arguments+=(-object memory-backend-ram,id=late,size=256M -numa node,nodeid=2
		-device pc-dimm,id=dimm,memdev=late,node=2)
fi
exec "$EMULATOR" "${arguments[@]}"
END
chmod +x "$TMP/qemu"
export EMULATOR=${LABYRINTH_QEMU:-qemu-system-x86_64}
LABYRINTH_QEMU=$TMP/qemu \
	in_guest "$STOCK" "a node whose memory is movable" 'OK +topology.of_a_node_that_has_but_movable_memory' \
	'nodes = 2' 'cpus = 1 1' 'memory = 256M' 'append = memhp_default_state=online_movable'
ok "it was not skipped" test "$(grep -c 'SKIP.*there is no such node' "$OUT")" = 0

done_testing
