/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * scenario/metrics.h - what expectations can ask about: counted in one cell, or in the
 * sum of many.
 */
#ifndef LAB_METRICS_H
#define LAB_METRICS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <labyrinth.h>

#define LAB_MAX_LEVELS 32 /* of a schedule */

/* What was shot while the injector was at one level of its schedule. */
struct lab_at_level {
	uint64_t probability; /* ten thousandths */
	uint64_t trials, injected;
};

struct lab_counts {
	uint64_t attempts, ok, injected, exhausted, refused, unattributed;
	uint64_t violations; /* over all oracles */
	uint64_t held; /* blocks still held after RELEASE */
	uint64_t floored, contended, partial, interrupting, hits, died;
	uint64_t fast, slow, reserve, other_zone, other_node, store;

	uint64_t cliff_ok[LAB_CLIFF_BUCKETS];
	uint64_t cliff_exhausted[LAB_CLIFF_BUCKETS];
	uint64_t apart; /* shots that are in no bucket of it */

	/* In the unit of the mode; of a sum the largest. */
	uint64_t p50, p99, p999, max;

	/* By how much the kernel's own counters moved. */
	uint64_t stalls, kswapd, ooms;

	/* What it said in its log. */
	uint64_t reports, announced;

	/* The highatomic reserve, in pages. */
	uint64_t highatomic, grown, released;
	uint64_t share, share_of; /* of the zone with the most for its size */
	uint64_t boost; /* pages, of the zone that has most */

	/* What the victim did, in units of its work; see victim/victim.h. */
	uint64_t victim_asked, victim_done, victim_wrong, victim_errors;
	uint64_t victim_passes; /* until nothing was lost again */
	uint64_t victim_stuck; /* cells */

	struct lab_at_level level[LAB_MAX_LEVELS];
	unsigned int nlevels;
};

void lab_counts_add(struct lab_counts *sum, const struct lab_counts *one);

enum lab_metric_unit {
	LAB_UNIT_SHOTS, /* a whole number, of those fired */
	LAB_UNIT_NUMBER, /* a whole number */
	LAB_UNIT_RATE, /* percent */
	LAB_UNIT_STEP, /* sixteenths of the min watermark */
};

#define LAB_NOT_KNOWN UINT64_MAX

/*
 * @count: the number itself, or what a rate is a part of; LAB_NOT_KNOWN when
 *         what it asks about did not happen
 * @whole: for rates only, what it is a rate of
 * @of:    for rates only, the whole in words
 */
struct lab_metric {
	const char *name;
	const char *help;
	enum lab_metric_unit unit;
	uint64_t (*count)(const struct lab_counts *counts);
	uint64_t (*whole)(const struct lab_counts *counts);
	const char *of;
};

extern const struct lab_metric lab_metrics[]; /* ended by a row without a name */

/* By its name, or one that it had in an earlier version; NULL: there is none. */
const struct lab_metric *lab_metric_find(const char *name);

/* attempts - refused, never below 0: what could be injected. */
uint64_t lab_counts_fired(const struct lab_counts *counts);

/*
 * The lowest step at which the cliff may be: no shot was at those from there to
 * the cliff. LAB_NOT_KNOWN where the cliff is not known.
 */
uint64_t lab_counts_cliff_from(const struct lab_counts *counts);

/* The highest step at which a shot failed, in sixteenths of min, or LAB_NOT_KNOWN. */
uint64_t lab_counts_shallowest(const struct lab_counts *counts);

#endif /* LAB_METRICS_H */
