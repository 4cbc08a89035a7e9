/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * scenario/boot_memory.h - what the kernel's parameters leave of a guest's memory.
 */
#ifndef LAB_BOOT_MEMORY_H
#define LAB_BOOT_MEMORY_H

#include <stddef.h>
#include <stdint.h>

#include "boot.h"

/*
 * Bytes that a kernel can give, of a guest that has so many: without what mem=
 * hides, and what hugepages= and crashkernel= put aside. A CMA area is not left
 * out, as processes may have its pages.
 */
uint64_t lab_boot_memory(const struct lab_boot_options *boot, uint64_t memory);

/*
 * Whether a guest of so many bytes can run so: 0, or -EINVAL with what is left
 * and what has to be in why[].
 */
int lab_boot_fits(const struct lab_boot_options *boot, uint64_t memory,
		  char *why, size_t size);

#endif /* LAB_BOOT_MEMORY_H */
