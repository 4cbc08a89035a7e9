/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sys/vmstat.h - event counters of /proc/vmstat, of the whole machine since
 * boot.
 */
#ifndef LAB_VMSTAT_H
#define LAB_VMSTAT_H

#include <stdint.h>

struct lab_vmstat {
	int64_t allocated; /* pages: pgalloc_* of all zones */
	int64_t stalls; /* direct reclaims and compactions */
	int64_t kswapd; /* wake-ups of kswapd that made it scan */
	int64_t ooms; /* processes that the OOM killer took */
};

/* Does not allocate memory. 0 or a negative errno. */
int lab_vmstat_read(struct lab_vmstat *vmstat);

#endif /* LAB_VMSTAT_H */
