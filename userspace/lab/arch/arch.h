/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lab/arch/arch.h - what guests of an architecture are made of.
 *
 * An architecture is a file here, its row in table.c, and a file of its name in
 * scripts/kernel/arch/ for building what the guest runs.
 */
#ifndef LAB_ARCH_H
#define LAB_ARCH_H

#include <stdbool.h>

struct lab_arch {
	const char *name; /* after the slash of "--kernel source:6.12/NAME" */
	const char *emulator; /* QEMU's program */
	const char *package; /* of Debian, that has it */
	const char *machine, *cpu; /* QEMU's -machine, and -cpu unless KVM */
	const char *console; /* the kernel's name of the serial port */
	/* More for the kernel's command line, and a blank; or "". */
	const char *append;
	/*
	 * Whether there are I/O ports, one of which the module tells of a panic.
	 * Where there are none the console alone tells of it.
	 */
	bool has_ports;
	/* Whether its guests are saved when they have booted: lab/snapshot.h. */
	bool saves;
	/*
	 * What the emulated watchdog does: with an NMI the kernel says where it
	 * hangs, and panics. QEMU's -action watchdog=.
	 */
	const char *watchdog_action;
	/*
	 * Writes a file for "-option-rom" that arms the watchdog before the kernel
	 * is loaded, for a number of seconds of guest time from 1 to 2000. 0, or a
	 * negative errno. NULL: there is no firmware that would execute one, and a
	 * kernel that does not boot is found by the host's time alone.
	 */
	int (*write_boot_rom)(const char *path, unsigned int seconds);
};

extern const struct lab_arch lab_arch_x86_64, lab_arch_arm64;

extern const struct lab_arch *const lab_archs[]; /* ended by NULL */

/* By name; NULL where there is none of it. */
const struct lab_arch *lab_arch_find(const char *name);

/*
 * The architecture of a kernel as --kernel takes it: what follows the last
 * slash of "source:..." or "stock:...", x86_64 for anything else. A name that is
 * none is refused by scripts/runtime/kernel.sh, in the same words as the rest.
 */
const struct lab_arch *lab_arch_of_kernel(const char *kernel);

#endif /* LAB_ARCH_H */
