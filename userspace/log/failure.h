/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * log/failure.h - a "page allocation failure" report, taken apart.
 *
 * Sizes are in KiB, as the report has them. It was written after the failure,
 * while others went on: its numbers are those of a moment later.
 */
#ifndef LAB_FAILURE_H
#define LAB_FAILURE_H

#include "log.h"

#define LAB_FAILURE_ZONES 32
#define LAB_FAILURE_ORDERS 16
#define LAB_FAILURE_RESERVES 8

struct lab_failure_zone {
	int node;
	char name[16];
	uint64_t free, min, low, high, boost, highatomic, managed, cma;
	uint64_t reserve[LAB_FAILURE_RESERVES]; /* pages, by the zone asked for */
	unsigned int reserves;
	uint64_t blocks[LAB_FAILURE_ORDERS]; /* free ones by order */
	unsigned int orders;
};

struct lab_failure {
	char comm[64]; /* whose context it was; of an interrupt, anybody's */
	unsigned int order;
	uint64_t mode;
	char words[256]; /* of the mode, the kernel's own */
	bool complete; /* down to the numbers of the zones */
	struct lab_failure_zone zone[LAB_FAILURE_ZONES];
	unsigned int zones;
};

/* False when the first line is not that of such a report. */
bool lab_failure_parse(const struct lab_log_line *lines, size_t n,
		       struct lab_failure *failure);

/* Whether the words of the mode have one of their parts. */
bool lab_failure_asked(const struct lab_failure *failure, const char *part);

/* What a request needs of a zone, by the rules of __zone_watermark_ok(). */
struct lab_failure_sum {
	uint64_t usable; /* KiB: free, less what this request may not have */
	uint64_t mark; /* KiB: it needs more than that */
	bool above; /* it has it */
	bool block; /* and there is a block of the order */
	const char *share; /* of min that must stay: "3/8 of min" */
};

struct lab_failure_sum lab_failure_weigh(const struct lab_failure *failure,
					 const struct lab_failure_zone *zone);

#endif /* LAB_FAILURE_H */
