#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# system/victims.sh - victims in scenarios: a disk in a guest of the lab's kernel,
# twice the same; what it counted is in results, summary and page; two cards in a
# guest of an unmodified kernel; a driver that does not survive; what is not there is
# a skip with its reason.
# shellcheck disable=SC2317  # functions are called through ok
set -uo pipefail
# shellcheck source=userspace/tests/system/tap.bash
. "$(dirname "$0")/tap.bash"

STOCK=stock:6.12

# scenario VICTIM LINE...: of one phase with that victim and these lines.
scenario() {
	printf '[scenario]\nclaim = A victim is told errors at most\n[guest]\nmemory = 128M\n'
	printf '[phase failing]\nshots = 200\ncontext = softirq_tasklet\nvictim = %s\n' "$1"
	shift
	printf '%s\n' "$@"
}

# of VICTIM'S KEY in the first cell of the only run in FOLDER
counted() {
	python3 -c '
import glob, json, sys
(path,) = glob.glob(sys.argv[1] + "/*/results.json")
print(json.load(open(path))["cells"][0]["victim"][sys.argv[2]])
' "$1" "$2"
}

INJECTED=("inject = kprobe" "inject.system = Y" "inject.probability = 30")

scenario virtio_blk+ext4 "${INJECTED[@]}" "victim.passes = 2" \
	"expect = each victim_done > 0" "expect = each victim_wrong == 0" \
	"expect = each victim_stuck == 0" "expect = each elsewhere > 0" >"$TMP/disk.ini"
exits 0 "a disk beside shots" "$LABYRINTH" lab "$TMP/disk.ini" --kernel "$KERNEL" --out "$TMP/a"
says "is in the summary" '^  victim virtio_blk\+ext4, softirq_tasklet order 0:$'
says "with what it did" '^       asked [1-9][0-9]*, done [1-9][0-9]*, lost 0, wrong 0, errors 0, well again after [1-9]'
grep -o 'fingerprint .*' "$OUT" >"$TMP/first"
exits 0 "again" "$LABYRINTH" lab "$TMP/disk.ini" --kernel "$KERNEL" --out "$TMP/b"
ok "is the same, bit for bit" grep -qF "$(cat "$TMP/first")" "$OUT"
ok "it is in the results" test "$(counted "$TMP/a" asked)" -gt 0
exits 0 "a page" "$LABYRINTH" report "$TMP"/a/disk-* -o "$TMP/page.html"
ok "has its table" grep -q '<td>virtio_blk+ext4</td>' "$TMP/page.html"

scenario virtio_blk "expect = each victim_done == 0" "expect = each victim_stuck > 0" \
	"expect = each victim_passes == 0" >"$TMP/fails.ini"
exits 1 "expectations of a victim can fail" "$LABYRINTH" lab "$TMP/fails.ini" --kernel "$KERNEL" --out "$TMP/c"
says "of what was done" 'FAIL failing: each victim_done == 0'
says "of what is not stuck" 'victim_stuck was 0'
says "of its passes" 'victim_passes was 1'

# With no object for a completion that is put aside, the ring says that it was dropped.
scenario io_uring "inject = failslab" "inject.probability = 100" "expect = each victim_lost > 0" \
	"expect = each victim_errors > 0" "expect = each victim_wrong == 0" \
	"expect = each victim_stuck == 0" >"$TMP/errors.ini"
exits 0 "a service that reports errors" "$LABYRINTH" lab "$TMP/errors.ini" --kernel source:6.12 --out "$TMP/i"
says "has them counted" 'lost [1-9][0-9]*, wrong 0, errors [1-9][0-9]* \(ENOBUFS\), well again'

scenario e1000e "expect = each victim_done > 0" >"$TMP/none.ini"
exits 4 "a kernel without the driver" "$LABYRINTH" lab "$TMP/none.ini" --kernel source:6.12 --out "$TMP/d"
says "is a skip that says so" 'this kernel has no such driver'

# A QEMU that was built without the device.
mkdir "$TMP/bin"
cat >"$TMP/bin/qemu-system-x86_64" <<END
#!/bin/bash
[[ "\$*" != *virtio-blk-pci* ]] ||
	{ echo "qemu: -device virtio-blk-pci: 'virtio-blk-pci' is not a valid device model name" >&2; exit 1; }
exec $(command -v qemu-system-x86_64) "\$@"
END
chmod +x "$TMP/bin/qemu-system-x86_64"
exits 4 "a QEMU without the device" env PATH="$TMP/bin:$PATH" \
	"$LABYRINTH" lab "$TMP/disk.ini" --kernel "$KERNEL" --out "$TMP/e"
says "is a skip that says so" 'has not the devices of victim virtio_blk: .*is not a valid device model name'

exits 2 "on this machine" "$LABYRINTH" run --on-this-machine --inject-system-wide "$TMP/disk.ini"
says "it is refused" 'disk\.ini:5: \[phase failing\]: victim virtio_blk is for guests'
scenario e1000z "expect = each ok > 0" >"$TMP/unknown.ini"
exits 2 "an unknown victim" "$LABYRINTH" lab "$TMP/unknown.ini" --kernel "$KERNEL"
says "is refused with those that there are" 'unknown\.ini:8: victim: no victim .e1000z.; there are e1000e, '

# The module's injector, on a kernel as it is shipped.
scenario e1000e+vlan "${INJECTED[@]}" "expect = each victim_done > 0" \
	"expect = each victim_wrong == 0" "expect = each victim_stuck == 0" >"$TMP/cards.ini"
exits 0 "two cards beside shots" "$LABYRINTH" lab "$TMP/cards.ini" --kernel "$STOCK" --out "$TMP/f"
grep -o 'fingerprint .*' "$OUT" >"$TMP/first"
exits 0 "again" "$LABYRINTH" lab "$TMP/cards.ini" --kernel "$STOCK" --out "$TMP/g"
ok "are the same, bit for bit" grep -qF "$(cat "$TMP/first")" "$OUT"

# drivers/net/ethernet/intel/e100.c, e100_rx_clean(): see explore.sh.
scenario e100 "inject = kprobe" "inject.system = Y" "inject.probability = 100" \
	"expect = each victim_wrong == 0" >"$TMP/crash.ini"
exits 1 "a driver that does not survive" "$LABYRINTH" lab "$TMP/crash.ini" --kernel "$STOCK" --out "$TMP/h"
says "ends the run" 'FAIL ending'
says "with its own panic" 'Kernel panic - not syncing'

done_testing
