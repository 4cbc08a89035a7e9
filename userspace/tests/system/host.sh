#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# system/host.sh - what can happen to the lab on a machine: kills, full disks,
# floods of output.
#
# shellcheck disable=SC2317  # functions are called through ok and exits

set -uo pipefail
# shellcheck source=userspace/tests/system/tap.bash
. "$(dirname "$0")/tap.bash"

cat >"$TMP/long.ini" <<END
[scenario]
claim = Runs until it is killed
[guest]
deadline = 600
[phase a]
context = task
shots = 10000000
expect = each ok > 0
END

# emulator_of LAB FOLDER: the pid of the lab's child, as soon as its guest loads
# the module.
emulator_of() {
	local i

	for ((i = 0; i < 900; i++)); do
		if grep -qs 'labyrinth: loading' "$2"/.*/console.log; then
			pgrep -P "$1" qemu-system
			return
		fi
		kill -0 "$1" 2>/dev/null || return
		sleep 0.2
	done
	return 1
}

start_long() {
	"$LABYRINTH" lab "$TMP/long.ini" --kernel "$KERNEL" --out "$1" >"$TMP/lab.out" 2>&1 &
	LAB=$!
}

# ---- kills -------------------------------------------------------------------

killed_emulator() {
	local emulator status=0

	start_long "$TMP/killed"
	emulator=$(emulator_of "$LAB" "$TMP/killed") || return
	kill -KILL "$emulator"
	wait "$LAB" || status=$?
	cat "$TMP/lab.out"
	((status == 3))
}

killed_lab() {
	local emulator i

	start_long "$TMP/left"
	emulator=$(emulator_of "$LAB" "$TMP/left") || return
	kill -KILL "$LAB"
	wait "$LAB" 2>/dev/null
	for ((i = 0; i < 100; i++)); do
		kill -0 "$emulator" 2>/dev/null || break
		sleep 0.1
	done
	! kill -0 "$emulator" 2>/dev/null && compgen -G "$TMP/left/.long*"
}

guest_runs() {
	"$LABYRINTH" lab --exec "$TOP/build/tests/flood" --kernel "$KERNEL" --out "$1" -- 1
}

# A run that is under way is not taken for a leftover.
living_lab() {
	local good=0

	start_long "$TMP/left"
	emulator_of "$LAB" "$TMP/left" >/dev/null || return
	guest_runs "$TMP/left" && compgen -G "$TMP/left/.long*" && kill -0 "$LAB" || good=1
	kill -INT "$LAB"
	wait "$LAB"
	return "$good"
}

ok "a killed emulator" killed_emulator
says "says what killed it" "QEMU was killed by signal 9 \(Killed\) while the guest ran, from outside"
ok "its console is kept" grep -q 'labyrinth: loading' "$TMP"/killed/long*/console.log
ok "a killed lab leaves a folder, and no emulator" killed_lab
ok "the next lab" guest_runs "$TMP/left"
ok "removed it" test -z "$(compgen -G "$TMP/left/.*.[0-9]*")"
ok "and not that of a lab that lives" living_lab

# ---- disks -------------------------------------------------------------------

# small SIZE COMMAND...: runs it with a file system of SIZE bytes at $TMP/small,
# in a private mount namespace.
small() {
	local size=$1
	shift
	mkdir -p "$TMP/small"
	# shellcheck disable=SC2016  # the inner shell's
	unshare "${USERNS[@]}" -m bash -c 'mount -t tmpfs -o size="$1" none "$2" && shift 2 && "$@"' - "$size" "$TMP/small" "$@"
}

lab_on_small() {
	exec "$LABYRINTH" lab smoke --kernel "$KERNEL" --out "$TMP/small/out"
}

# The disk becomes full while the guest runs.
filled_up() {
	lab_on_small &
	emulator_of $! "$TMP/small/out" >/dev/null || return
	dd if=/dev/zero of="$TMP/small/filler" bs=1M 2>/dev/null
	df --output=avail -k "$TMP/small" | tail -n 1
	wait $! && grep -q 'labyrinth: end of cells' "$TMP"/small/out/smoke-*/console.log &&
		test -s "$TMP"/small/out/smoke-*/results.json
}

two_on_small() {
	"$LABYRINTH" lab "$SHORT" --seeds 2 --jobs 2 --kernel "$KERNEL" --out "$TMP/small/out"
}

export -f lab_on_small filled_up emulator_of two_on_small
export LABYRINTH KERNEL TMP SHORT
USERNS=()
((EUID == 0)) || USERNS=(-r)
if small 1M true 2>/dev/null; then
	exits 2 "a disk that is too small" small 40M bash -c lab_on_small
	says "is refused with numbers" "a guest needs [0-9]+ MiB in .*small/out while it runs, where (39|40) MiB are free"
	ok "a disk that others fill up" small 120M bash -c filled_up
	exits 0 "a disk for one guest at a time" small 120M bash -c two_on_small
	says "says how many fit" "(119|120) MiB free, a guest needs [0-9]+: 1 at a time"
else
	ok "# SKIP no file system of one's own can be mounted here" true
fi

# ---- floods ------------------------------------------------------------------

flooded() {
	local lab blocks most=0

	"$LABYRINTH" lab --exec "$TOP/build/tests/flood" --kernel "$KERNEL" --out "$TMP/flood" -- 6 &
	lab=$!
	while kill -0 "$lab" 2>/dev/null; do
		blocks=$(du -k "$TMP"/flood/.exec*/console.log 2>/dev/null | cut -f 1)
		((${blocks:-0} <= most)) || most=$blocks
		sleep 0.5
	done
	echo "at most $most KiB"
	wait "$lab" && ((most > 0 && most < 6 << 10))
}

ok "a console that is flooded takes no more than it may" flooded
done_testing
