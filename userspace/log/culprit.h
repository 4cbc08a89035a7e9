/* SPDX-License-Identifier: GPL-2.0-only */
/* log/culprit.h - who asked, from where, in which context: read off the trace. */
#ifndef LAB_CULPRIT_H
#define LAB_CULPRIT_H

#include "kernel_report.h"

enum lab_ran_in {
	LAB_IN_UNKNOWN, /* no trace, or one that is cut too early */
	LAB_IN_TASK,
	LAB_IN_SOFTIRQ,
	LAB_IN_HARDIRQ,
	LAB_IN_INTERRUPT, /* one of the two: the trace does not say which */
	LAB_IN_NMI,
	LAB_IN_COUNT
};

struct lab_culprit {
	enum lab_ran_in context;
	bool by_comm; /* the trace does not say it, the task's name does */
	int caller; /* frame: the first outside the allocators; -1: none */
	bool start_cut; /* no allocator is seen above it: it may be another's */
	int driver; /* frame: the first outside helpers and core code; -1 */
	const char *slab; /* "SLAB", "SLUB", or that it is one; NULL: neither */
	bool page_frag; /* through the cache of page fragments: order 0 */
	bool reclaims; /* its task reclaims: PF_MEMALLOC, in task context */
	const char *subsystem; /* in words; NULL: none known */
	const char *kprobe; /* it ran in a probe's handler; NULL */
};

struct lab_culprit lab_culprit_of(const struct lab_kernel_report *report);

extern const char *const lab_ran_in_words[LAB_IN_COUNT];

#endif /* LAB_CULPRIT_H */
