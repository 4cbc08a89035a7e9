/* SPDX-License-Identifier: GPL-2.0-only */
/* lab/vmcoreinfo.h - what drgn and crash want to know of a kernel beforehand. */
#ifndef LAB_VMCOREINFO_H
#define LAB_VMCOREINFO_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Makes the text VMCOREINFO of an x86_64 kernel that keeps none in its memory
 * (no CONFIG_VMCORE_INFO), from its build folder: System.map and its release.
 * Guests boot with nokaslr, so that symbols are where they were linked. cr4 is
 * that register of a CPU. malloc()ed; NULL when the folder does not have both.
 */
char *lab_vmcoreinfo_make(const char *build, uint64_t cr4);

#endif /* LAB_VMCOREINFO_H */
