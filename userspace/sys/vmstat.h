/* SPDX-License-Identifier: GPL-2.0-only */
/* sys/vmstat.h - what the kernel itself counts, in /proc/vmstat. */
#ifndef LAB_VMSTAT_H
#define LAB_VMSTAT_H

#include <stdint.h>

struct lab_vmstat {
	int64_t allocated; /* pages: pgalloc_* of all zones */
	int64_t stalls; /* direct reclaims and compactions */
	int64_t kswapd; /* times that a kswapd set to work */
	int64_t ooms; /* processes that the OOM killer took */
};

/* Reads into memory that was got beforehand. 0 or a negative errno. */
int lab_vmstat_read(struct lab_vmstat *vmstat);

#endif /* LAB_VMSTAT_H */
