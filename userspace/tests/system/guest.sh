#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# system/guest.sh - tests that run in guests: the module's tests, and guests
# that die.
set -uo pipefail
# shellcheck source=userspace/tests/system/tap.bash
. "$(dirname "$0")/tap.bash"

PROVOKE=/sys/kernel/debug/provoke-crash/DIRECT

# A program for the guest that makes the kernel fail, or waits.
cat >"$TMP/provoke.c" <<END
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
int main(int argc, char **argv)
{
	/* The watchdog's NMI goes to the first CPU alone: hang that one. */
	cpu_set_t first = { { 1 } };
	int fd = open("$PROVOKE", O_WRONLY);

	sched_setaffinity(0, sizeof(first), &first);
	if (argc < 2)
		for (;;)
			pause();
	if (write(1, "about to\\n", 9) != 9)
		return 1;
	if (!strcmp(argv[1], "abort"))
		abort();
	/* Time for somebody to read it. */
	usleep(10000);
	return write(fd, argv[1], strlen(argv[1])) < 0;
}
END

# shellcheck disable=SC2317  # called through exits
lab() {
	"$LABYRINTH" lab --kernel "$KERNEL" --out "$TMP/results" "$@"
}

mapfile -t sources < <(grep -l guest_test.h "$TOP"/userspace/tests/guest/*_test.c)
for source in "${sources[@]}"; do
	name=$(basename "$source" .c)
	# One of the tests needs the test build of the module (module/busted.c).
	busted=
	[[ $name != oracle_test ]] || busted=1
	LABYRINTH_BUSTED=$busted exits 0 "$name passes in a guest" \
		lab --exec "$TOP/build/tests/$name"
	says "and does something" '^# PASSED: ([1-9][0-9]*) / \1 tests passed'
	# Beside a highatomic reserve some cannot be decided; not all of them.
	[[ $name != ring_test ]] ||
		says "limits were seen" '^ok [0-9]+ limit\.[a-z_.]*is_where_the_rule_puts_it$'
	grep -E '^# +(FAIL|SKIP)|^not ok' "$OUT" | sed 's/^/# /' | uniq -c
done

ok "a program for the guest" gcc -static -o "$TMP/provoke" "$TMP/provoke.c"
exits 1 "a panic is a failure of the kernel" lab --exec "$TMP/provoke" -- PANIC
says "its line is shown" "Kernel panic - not syncing: dumptest"
says "what was printed before it is not lost" "about to"
exits 1 "an oops too" lab --exec "$TMP/provoke" -- BUG
says "with where it was" "lkdtm_BUG"
exits 1 "a warning in the log is one as well" lab --exec "$TMP/provoke" -- WARNING
says "though nobody else noticed" "the kernel's log, warning: WARNING: .*lkdtm_WARNING"
exits 0 "unless it is expected" lab --log warning --exec "$TMP/provoke" -- WARNING
exits 1 "a program that a signal ends fails" lab --exec "$TMP/provoke" -- abort
says "with the signal" 'what ran in the guest was killed by signal 6'
exits 2 "kinds of findings are known" lab --log wanring --exec "$TMP/provoke"
says "and suggested" 'did you mean "warning"'
exits 3 "no program, no verdict" lab --exec "$TOP/README.md"
exits 2 "a program that is not there" lab --exec "$TMP/none"
exits 2 "a guest of one CPU has no two nodes" lab --cpus 1 --exec "$TMP/provoke"
ok "nothing is left in the results" test -z "$(ls -A "$TMP/results")"

# What has to be in the log: a report of a genuine failure, none of an injected
# one.
exits 0 "the kernel reports what it should" lab log
says "and it was read" "[1-9][0-9]* checks held, 0 failed, 0 skipped"

# Deadlines in guest time: a program that does not end, a kernel that hangs.
exits 1 "a program that does not end is ended" lab --deadline 5 --exec "$TMP/provoke"
says "by the deadline in guest time" "deadline of 5 s of guest time passed"
# cpu_relax() in a loop is slow to emulate: this loop takes one second and not
# many.
exits 1 "a kernel that hangs is ended" \
	lab --mode fast --deadline 1 --exec "$TMP/provoke" -- HARDLOCKUP
says "by the watchdog" "the watchdog fired at the deadline of guest time"
says "which makes it say where" "lkdtm_HARDLOCKUP"
exits 3 "a guest that gets nowhere is ended" \
	lab --host-deadline 9 --exec "$TMP/provoke" -- HARDLOCKUP
says "by the host's deadline" "did not end within 9 s of the host's time"

# qemu_with FROM TO: a QEMU that gets the kernel's arguments with FROM replaced
# by TO.
qemu_with() {
	cat >"$TMP/qemu" <<END
#!/bin/bash
arguments=()
for argument; do
	arguments+=("\${argument/$1/$2}")
done
exec "${LABYRINTH_QEMU:-qemu-system-x86_64}" "\${arguments[@]}"
END
	chmod +x "$TMP/qemu"
}

# The root file system is on a disk that does not exist: the kernel waits for
# ever.
qemu_with 'console=ttyS0' 'console=ttyS0 rdinit=\/none root=\/dev\/none rootwait'
start=$SECONDS
LABYRINTH_QEMU=$TMP/qemu exits 1 "a kernel that hangs before init fails" \
	lab --exec "$TMP/provoke"
says "it did not boot" "did not boot: within 54 s of guest time: the watchdog fired"
says "and the console shows where it was" "start_kernel"
ok "within two minutes" test $((SECONDS - start)) -lt 120

# No driver for the serial port: the console stays empty.
qemu_with 'console=ttyS0' 'console=ttyS9 8250.nr_uarts=0'
LABYRINTH_QEMU=$TMP/qemu exits 1 "a panic that no console shows is the kernel's" \
	lab --exec "$TMP/provoke" -- PANIC
says "it is told by the module" "Kernel panic - not syncing: dumptest .told by the module"
LABYRINTH_QEMU=$TMP/qemu exits 0 "no console is no failure" lab "$SHORT"
ok "the log is skipped, with the reason" \
	grep -q 'the kernel wrote nothing to the serial port' "$TMP"/results/short*/results.json
rm -rf "$TMP"/results/short*

# KVM exists but does not work: this QEMU reports that at once.
cat >"$TMP/no-kvm" <<END
#!/bin/sh
[ "\$1" != --version ] || { echo "QEMU emulator version 10.0.0"; exit; }
echo "failed to initialize kvm" >&2
exit 1
END
chmod +x "$TMP/no-kvm"
LABYRINTH_QEMU=$TMP/no-kvm exits 4 "a KVM that does not work skips" lab smoke --mode kvm
says "and it is said what was found" "KVM does not work here: .*failed to initialize kvm"

done_testing
