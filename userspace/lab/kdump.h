/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lab/kdump.h - a core in the compressed format of kdump, which makedumpfile
 * defined (diskdump_mod.h) and QEMU writes (include/sysemu/dump.h). crash and drgn
 * read it.
 */
#ifndef LAB_KDUMP_H
#define LAB_KDUMP_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The text VMCOREINFO as the kernel has it in its memory
 * (kernel/vmcore_info.c, crash_save_vmcoreinfo_init()), malloc()ed; NULL when no
 * page of the core is one.
 */
char *lab_kdump_find_vmcoreinfo(int fd);

/* Register CR4 of the first x86 CPU; false when the core does not tell. */
bool lab_kdump_cr4(int fd, uint64_t *cr4);

/*
 * Adds the text VMCOREINFO, which QEMU knows of few kernels, and the names that
 * follow from it. It begins with OSRELEASE=; machine is what uname -m says there.
 * 0 or a negative errno.
 */
int lab_kdump_add_vmcoreinfo(int fd, const char *text, const char *machine);

#endif /* LAB_KDUMP_H */
