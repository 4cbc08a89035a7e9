#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# system/full_disk.sh - disks that are full, of a machine that scenarios are run on and
# of a cluster's node and folder: results are there whole or not at all, and those
# that were there stay. The lab's own disk is in host.sh.
# shellcheck disable=SC2317  # functions are called through ok and exits
set -uo pipefail
# shellcheck source=userspace/tests/system/tap.bash
. "$(dirname "$0")/tap.bash"

LAVA=$TOP/scripts/packaging/lava

cat >"$TMP/brief.ini" <<'END_OF'
[scenario]
claim = There is a page
[guest]
cpus = 1
memory = 96M
[phase plenty]
context = task hardirq_hrtimer
shots = 40
expect = each ok > 0
END_OF

# ---- a machine: a device of LAVA's, whose first process is a script ----------------

cat >"$TMP/script" <<'END_OF'
export LABYRINTH_SCENARIOS=/labyrinth/scenarios
insmod /labyrinth/labyrinth.ko
mkdir /out
run() {
	labyrinth run brief --on-this-machine --memory-floor=64M --swap-floor=0 --out /out 2>&1
	echo "exit code $?"
}
disk() {
	echo "== $1"
	umount /out 2>/dev/null
	mount -t tmpfs -o "size=$2" tmpfs /out
}
sums() {
	ls -A /out | sed 's/^/there is /'
	sha256sum /out/*/results.json
	for file in /out/*/results.json; do
		labyrinth export "$file" --format summary >/dev/null && echo "whole $file"
	done
}
disk small 8M
run
sums
disk filled 24M
(while ! grep -q . /out/.*/journal.jsonl; do :; done 2>/dev/null; dd if=/dev/zero of=/out/filler bs=64k 2>/dev/null) &
run
wait
sums
disk second 21M
run
sums
dd if=/dev/zero of=/out/filler bs=64k count=16 2>/dev/null
echo "== second-run"
run
sums
# Without quota or a place that can reserve, a limit of files is as good as an end.
echo "== cut"
umount /out
mount -t ramfs ramfs /out
(
	trap '' XFSZ
	ulimit -f 8
	run
)
sums
echo "== end"
END_OF

machine() {
	local root=$TMP/root

	"$LAVA/job.sh" qemu "$KERNEL" "$TMP/job" "$TMP/brief.ini" || return
	mkdir "$root"
	{
		sed '/^# What LAVA waits for/,$d' "$LAVA/device-init.sh"
		cat "$TMP/script"
		echo poweroff -f
	} >"$root/script"
	chmod +x "$root/script"
	(cd "$root" && find . | cpio --quiet -o -H newc) | gzip -n >"$TMP/script.cpio.gz"
	cat "$TMP/job/ramdisk.cpio.gz" "$TMP/script.cpio.gz" >"$TMP/ramdisk"
	timeout 300 qemu-system-x86_64 -accel tcg -m 512 -nodefaults -display none -no-reboot -serial stdio \
		-kernel "$TMP/job/kernel" -initrd "$TMP/ramdisk" -append "console=ttyS0 quiet rdinit=/script panic=1" \
		</dev/null | tr -d '\r' >"$TMP/console"
	grep -q '^== end' "$TMP/console"
}

# of NAME: what was printed after "== NAME".
of() {
	sed -n "/^== $1$/,/^== /p" "$TMP/console" | sed '1d; /^== /d'
}

ok "a machine" machine
ok "its disk has too little room" of small
says "is refused before it begins" "a run takes up to 16 MiB in /out: No space left on device; name another folder with --out"
says "as bad input" "^exit code 2$"
ok "and nothing is there" test "$(of small | grep -c '^there is')" = 0
ok "its disk is filled up by others while it runs" of filled
says "is no matter to it" "^exit code 0$"
says "results are whole" "^whole /out/brief-"
ok "and beside them is nothing but what filled it" test "$(of filled | grep -c '^there is')" = 2
ok "a second run has no room" of second-run
says "is refused" "^exit code 2$"
ok "the first stays as it was" diff <(of second | grep -E '^([0-9a-f]{64}|whole)') <(of second-run | grep -E '^([0-9a-f]{64}|whole)')
ok "and there was one" test "$(of second | grep -c '^whole')" = 1
ok "records cannot be written" of cut
says "it is told of" "not all records of the run could be written: File too large"
says "and nothing is said of the kernel" "^exit code 3$"
ok "and nothing is there" test "$(of cut | grep -c '^there is')" = 0

# ---- a node of a cluster, and its folder ---------------------------------------------

# Slurm that takes jobs and runs none: entries are run here.
mkdir "$TMP/fake"
printf '#!/bin/sh\necho 1\n' >"$TMP/fake/sbatch"
printf '#!/bin/sh\n' | tee "$TMP/fake/squeue" >"$TMP/fake/scancel"
printf '#!/bin/sh\necho "lab*|n1|idle"\n' >"$TMP/fake/sinfo"
printf '#!/bin/sh\necho "MaxArraySize = 1001"\n' >"$TMP/fake/scontrol"
chmod +x "$TMP"/fake/*
export LABYRINTH KERNEL TMP
PATH=$TMP/fake:$PATH

entry() {
	LABYRINTH_NODE_CACHE=$TMP/cache SLURMD_NODENAME=n1 SLURM_ARRAY_JOB_ID=1 "$LABYRINTH" lab --attach "$1" --entry "$2"
}
export -f entry

# The folder gets a disk of its own when the plan is in it; the first entry is run,
# the disk is filled, and the second is run. Then there is room again.
folder_full() {
	local out=$TMP/disk/runs

	mount -t tmpfs none "$TMP/disk" &&
		"$LABYRINTH" lab "$TMP/brief.ini" --kernel "$KERNEL" --seeds 2 --on slurm --out "$out" --detach || return
	entry "$out" 0 || return
	find "$out" -name results.json -exec sha256sum {} + | sort >"$TMP/before"
	mount -o "remount,size=$(($(du -k "$TMP/disk" | tail -n 1 | cut -f1) + 64))k" none "$TMP/disk"
	dd if=/dev/zero of="$TMP/disk/filler" bs=4k 2>/dev/null
	entry "$out" 1
	echo "full: exit code $?"
	find "$out/.cluster/incoming" "$out/.cluster/results" -mindepth 1 -printf "full: has %f\n"
	find "$out" -name '*.part' | sed 's/^/full: part /'
	find "$out" -name results.json -exec sha256sum {} + | sort | diff "$TMP/before" - && echo "full: the first stays"
	rm "$TMP/disk/filler"
	mount -o remount,size=1g none "$TMP/disk"
	entry "$out" 1
	echo "room: exit code $?"
	find "$out" -maxdepth 2 -name results.json | sed 's/^/room: /'
}

node_full() {
	local out=$TMP/runs2

	"$LABYRINTH" lab "$TMP/brief.ini" --kernel "$KERNEL" --on slurm --out "$out" --detach &&
		mkdir -p "$TMP/cache2" && mount -t tmpfs -o size=3m,mode=755 none "$TMP/cache2" || return
	LABYRINTH_NODE_CACHE=$TMP/cache2 SLURMD_NODENAME=n1 SLURM_ARRAY_JOB_ID=1 "$LABYRINTH" lab --attach "$out" --entry 0
	echo "node: exit code $?"
	ls -A "$TMP"/cache2/n1/bundles "$TMP"/cache2/n1/runs
	cat "$out"/.cluster/attempts/*
}

export -f folder_full node_full
USERNS=()
((EUID == 0)) || USERNS=(-r)
mkdir -p "$TMP/disk"
if unshare "${USERNS[@]}" -m mount -t tmpfs none "$TMP/disk" 2>/dev/null; then
	exits 0 "a cluster's folder is full" unshare "${USERNS[@]}" -m bash -c folder_full
	says "the entry breaks, and says nothing of the kernel" "^full: exit code 3$"
	says "with the reason" "No space left on device"
	cp "$OUT" "$TMP/all"
	ok "one result is there, and none by half" test "$(grep -cE '^full: (has [0-9]|part)' "$TMP/all")" = 1
	cp "$TMP/all" "$OUT"
	says "what was finished stays" "^full: the first stays$"
	says "with room again it is run" "^room: exit code 0$"
	ok "and both are there" test "$(grep -c '^room: .*results.json' "$TMP/all")" = 2
	exits 0 "a node's disk is full" unshare "${USERNS[@]}" -m bash -c node_full
	says "its entry breaks" "^node: exit code 3$"
	says "with the reason, for the one who follows" '"why": ?"cannot copy what boots to .*: No space left on device"'
else
	ok "# SKIP no file system of one's own can be mounted here" true
fi
done_testing
