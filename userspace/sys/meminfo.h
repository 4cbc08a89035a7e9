/* SPDX-License-Identifier: GPL-2.0-only */
/* sys/meminfo.h - memory of the machine, and of this process. */
#ifndef LAB_MEMINFO_H
#define LAB_MEMINFO_H

#include <stdint.h>

/* The value of the line @name, "MemAvailable", in bytes; 0 when there is none. */
uint64_t lab_meminfo(const char *name);

/*
 * The pages of memory that this process has for itself: those that are resident
 * and no other process shares, by /proc/self/statm. 0 when they cannot be read.
 */
uint64_t lab_own_pages(void);

#endif /* LAB_MEMINFO_H */
