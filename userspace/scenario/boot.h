/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * scenario/boot.h - how a guest is booted: what is added to the kernel's command
 * line, and the CPU and the board that are emulated.
 */
#ifndef LAB_BOOT_H
#define LAB_BOOT_H

#include <stddef.h>

/*
 * Each "" where nothing was said. The kernel's own limit on x86 is 2048 bytes
 * (COMMAND_LINE_SIZE), of which the lab takes some 100.
 */
struct lab_boot_options {
	char append[1536];
	char cpu[256]; /* as QEMU's -cpu takes it */
	char machine[256]; /* as QEMU's -machine takes it */
};

/*
 * Set a member from a text, after a check. 0, or -EINVAL with what was found
 * and what is allowed in why[]: then nothing is set. Whether QEMU has such a CPU
 * and such a board is not known here: lab_qemu_takes() asks it.
 *
 * lab_boot_append() adds to what is there already.
 */
int lab_boot_append(struct lab_boot_options *boot, const char *text, char *why,
		    size_t size);
int lab_boot_cpu(struct lab_boot_options *boot, const char *text, char *why,
		 size_t size);
int lab_boot_machine(struct lab_boot_options *boot, const char *text, char *why,
		     size_t size);

#endif /* LAB_BOOT_H */
