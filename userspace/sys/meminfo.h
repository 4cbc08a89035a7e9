/* SPDX-License-Identifier: GPL-2.0-only */
/* sys/meminfo.h - /proc/meminfo. */
#ifndef LAB_MEMINFO_H
#define LAB_MEMINFO_H

#include <stdint.h>

/* The value of the line @name, "MemAvailable", in bytes; 0 when there is none. */
uint64_t lab_meminfo(const char *name);

#endif /* LAB_MEMINFO_H */
