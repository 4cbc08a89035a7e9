#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# system/vmcore.sh - the core of a guest that panicked or hung, read by drgn and
# crash, and that nothing else changes by it.
#
# Which task panicked can be asked where there is debug information with types:
#	LABYRINTH_TEST_KERNEL=stock:6.12 LABYRINTH_TEST_VMLINUX=FILE
# names the kernel and its vmlinux, which Debian has in linux-image-VERSION-dbg.
set -uo pipefail
# shellcheck source=userspace/tests/system/tap.bash
. "$(dirname "$0")/tap.bash"

# A program for the guest, with a name of its own, that has the kernel fail.
cat >"$TMP/culprit.c" <<'END2'
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>
int main(int argc, char **argv)
{
	/* The watchdog's NMI goes to the first CPU alone: hang that one. */
	cpu_set_t first = { { 1 } };
	int fd = open("/sys/kernel/debug/provoke-crash/DIRECT", O_WRONLY);
	const char *how = argc > 1 ? argv[1] : "";

	sched_setaffinity(0, sizeof(first), &first);
	prctl(PR_SET_NAME, "the-culprit");
	if (!strcmp(how, "nothing"))
		return 0;
	/* A vendor's kernel has no provoke-crash. */
	if (fd < 0 && !strcmp(how, "PANIC")) {
		fd = open("/proc/sysrq-trigger", O_WRONLY);
		how = "c";
	}
	return write(fd, how, strlen(how)) < 0;
}
END2
ok "a program for the guest" gcc -static -o "$TMP/culprit" "$TMP/culprit.c"

# Needs no debug information: an address that the kernel's page tables translate.
cat >"$TMP/banner.py" <<'END2'
import sys
banner = prog.read(int(sys.argv[1], 16), 14)
print(banner.decode())
END2
cat >"$TMP/task.py" <<'END2'
from drgn.helpers.linux.percpu import per_cpu
cpu = int(prog["panic_cpu"].counter)
task = per_cpu(prog["pcpu_hot"], cpu).current_task
print("panicked on CPU", cpu, "in", task.comm.string_().decode())
END2
printf 'bt\nexit\n' >"$TMP/bt"

# shellcheck disable=SC2317  # called through exits
lab() {
	"$LABYRINTH" lab --kernel "$KERNEL" --out "$TMP/results" "$@"
}

skip() {
	TESTS=$((TESTS + 1))
	echo "ok $TESTS - $1 # SKIP $2"
}

# shellcheck disable=SC2317  # called through ok
is_core() {
	[[ $(head -c 8 "$1") == 'KDUMP   ' ]] && grep -qa 'SYMBOL(swapper_pg_dir)=' "$1"
}

read_by_drgn() {
	if ! command -v drgn >/dev/null; then
		skip "$1: drgn reads it" "drgn is not installed (python3-drgn)"
		return
	fi
	exits 0 "$1: drgn reads it" drgn -q -c "$2" --no-default-symbols "$TMP/banner.py" \
		"$(nm "$VMLINUX" | awk '$3 == "linux_banner" { print $1 }')"
	says "$1: by the page tables of the kernel" '^Linux version '
}

# What has all types: the reduced information has those of a file's own only.
has_types() {
	[[ -n ${LABYRINTH_TEST_VMLINUX:-} ]]
}

task_by_drgn() {
	if ! command -v drgn >/dev/null || ! has_types; then
		skip "$1: drgn names the task" "needs drgn and LABYRINTH_TEST_VMLINUX"
		return
	fi
	exits 0 "$1: drgn knows the kernel" drgn -q -c "$2" -s "$VMLINUX" "$TMP/task.py"
	says "$1: and the task" '^panicked on CPU [0-9]+ in the-culprit'
}

task_by_crash() {
	if ! command -v "${CRASH:-crash}" >/dev/null || ! has_types; then
		skip "$1: crash names the task" "needs crash and LABYRINTH_TEST_VMLINUX"
		return
	fi
	# What an older crash says of a kernel whose structures it does not know.
	if "${CRASH:-crash}" -s -i "$TMP/bt" "$VMLINUX" "$2" </dev/null 2>&1 |
		grep -q 'invalid structure member offset'; then
		skip "$1: crash names the task" "$("${CRASH:-crash}" --version | awk 'NF { print; exit }') does not know this kernel"
		return
	fi
	exits 0 "$1: crash reads it" "${CRASH:-crash}" -s -i "$TMP/bt" "$VMLINUX" "$2"
	says "$1: and says who panicked" '^PID: .* COMMAND: "the-culprit"'
}

exits 1 "a panic" lab --vmcore --exec "$TMP/culprit" -- PANIC
says "says where the core is" "core .*/exec-culprit/vmcore, [0-9.]+ MiB"
core=$TMP/results/exec-culprit/vmcore
VMLINUX=${LABYRINTH_TEST_VMLINUX:-$("$TOP/scripts/runtime/kernel.sh" path "$KERNEL" 2>/dev/null)/vmlinux}
ok "it is one" is_core "$core"
read_by_drgn "a panic" "$core"
task_by_drgn "a panic" "$core"
task_by_crash "a panic" "$core"
ok "nothing that is half written" test -z "$(find "$TMP/results" -name '*.part')"
rm -rf "$TMP/results"

if [[ $KERNEL == source:* ]]; then
	exits 1 "a hang" lab --vmcore --mode fast --deadline 1 --exec "$TMP/culprit" -- HARDLOCKUP
	ok "leaves one too" is_core "$core"
	read_by_drgn "a hang" "$core"
	rm -rf "$TMP/results"
	# Nobody sends the NMI: the emulator is released from its lockstep.
	exits 3 "a guest that does not end" lab --vmcore --host-deadline 15 --exec "$TMP/culprit" -- HARDLOCKUP
	ok "leaves one as well" is_core "$core"
	rm -rf "$TMP/results"
fi

exits 0 "a program that does no harm" lab --vmcore --exec "$TMP/culprit" -- nothing
ok "leaves nothing" test -z "$(ls -A "$TMP/results")"

# A run of a scenario: its memory is used up, and the kernel is told to panic then.
cat >"$TMP/oom.ini" <<'END2'
[scenario]
claim = Nothing runs out of memory
[guest]
cpus = 2
nodes = 1
memory = 256M
append = sysctl.vm.panic_on_oom=2 sysctl.vm.overcommit_memory=1
[phase scarce]
context = task
shots = 40
pressure = stress-ng
pressure.stressor = vm
pressure.options = --vm-bytes 600M --vm-populate --vm-keep
expect = each ok > 0
END2
exits 1 "a run without a core" lab "$TMP/oom.ini"
run=$(echo "$TMP"/results/oom-*)
before=$(sha256sum <"$run/results.json")
ok "has none" test ! -e "$run/vmcore"
exits 0 "the run again, with one" "$LABYRINTH" reproduce "$run" --vmcore
says "is the same" "^SAME: "
ok "leaves it in the folder of the run" is_core "$run/vmcore"
exits 1 "a run with a core" lab --vmcore "$TMP/oom.ini"
ok "gives the same results" test "$before" = "$(sha256sum <"$run/results.json")"
ok "in the same place" test "$(echo "$TMP"/results/oom-*)" = "$run"
exits 1 "a run without, of the same" lab "$TMP/oom.ini"
ok "keeps the core that is there" is_core "$run/vmcore"

# A disk that becomes full while the guest runs.
mkdir "$TMP/small"
if mount -t tmpfs -o size=420M none "$TMP/small" 2>/dev/null; then
	(
		while [[ -z $(find "$TMP/small" -name console.log -size +0) ]]; do
			sleep 0.2
		done
		fallocate -l 416M "$TMP/small/filler" || dd if=/dev/zero of="$TMP/small/filler" bs=1M
		truncate -s -2M "$TMP/small/filler"
	) >/dev/null 2>&1 &
	exits 1 "a disk that becomes full" "$LABYRINTH" lab --kernel "$KERNEL" --out "$TMP/small" --vmcore "$TMP/oom.ini"
	wait
	says "is told of" "no core was kept: "
	ok "leaves no half core" test -z "$(find "$TMP/small" -name '*vmcore*')"
	ok "and the run" test -n "$(find "$TMP/small" -name results.json)"
	umount "$TMP/small"
else
	skip "a disk that becomes full" "needs root, to mount a tmpfs"
fi

cat >"$TMP/old" <<'END2'
#!/bin/sh
echo "QEMU emulator version 8.1.0"
END2
chmod +x "$TMP/old"
LABYRINTH_QEMU=$TMP/old exits 2 "a QEMU that writes no such core" lab --vmcore "$TMP/oom.ini"
says "says which does" "QEMU 8.1.0 writes no core .*: that takes 8.2 or newer"
done_testing
