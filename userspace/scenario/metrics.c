// SPDX-License-Identifier: GPL-2.0-only
/* scenario/metrics.c - see scenario/metrics.h. */
#include "metrics.h"

#include <stddef.h>
#include <string.h>

#define COUNT(field)                                                   \
	static uint64_t count_##field(const struct lab_counts *counts) \
	{                                                              \
		return counts->field;                                  \
	}

COUNT(attempts)
COUNT(ok)
COUNT(injected)
COUNT(exhausted)
COUNT(refused)
COUNT(unattributed)
COUNT(violations)
COUNT(held)
COUNT(floored)
COUNT(contended)
COUNT(partial)
COUNT(interrupting)
COUNT(hits)
COUNT(died)
COUNT(fast)
COUNT(slow)
COUNT(reserve)
COUNT(other_zone)
COUNT(other_node)
COUNT(store)
COUNT(p50)
COUNT(p99)
COUNT(p999)
COUNT(max)
COUNT(stalls)
COUNT(kswapd)
COUNT(ooms)
COUNT(reports)
COUNT(announced)
COUNT(highatomic)
COUNT(grown)
COUNT(released)
COUNT(share)
COUNT(share_of)
COUNT(boost)
COUNT(victim_asked)
COUNT(victim_done)
COUNT(victim_wrong)
COUNT(victim_errors)
COUNT(victim_passes)
COUNT(victim_stuck)

static uint64_t count_elsewhere(const struct lab_counts *counts)
{
	return counts->hits < counts->injected ?
		       0 :
		       counts->hits - counts->injected;
}

static uint64_t count_victim_lost(const struct lab_counts *counts)
{
	return counts->victim_asked < counts->victim_done ?
		       0 :
		       counts->victim_asked - counts->victim_done;
}

static uint64_t whole_answered(const struct lab_counts *counts)
{
	return counts->ok + counts->exhausted;
}

uint64_t lab_counts_fired(const struct lab_counts *counts)
{
	if (counts->attempts < counts->refused)
		return 0;
	return counts->attempts - counts->refused;
}

/* The lower edge of a bucket, in sixteenths of min. */
static uint64_t step_of(unsigned int bucket)
{
	if (bucket < LAB_CLIFF_FINE)
		return bucket;
	return LAB_CLIFF_FINE +
	       (uint64_t)(bucket - LAB_CLIFF_FINE) * LAB_CLIFF_STEPS;
}

static uint64_t step_shallowest(const struct lab_counts *counts)
{
	unsigned int i = LAB_CLIFF_BUCKETS;

	while (i--)
		if (counts->cliff_exhausted[i])
			return step_of(i);
	return LAB_NOT_KNOWN;
}

/*
 * The cliff: searches downwards from the highest step for the first one at
 * which shots do not succeed as usual, that is, fewer succeed than fail and
 * fewer than half as many as one step higher. Failures alone are no sign: a
 * zone comes to rest at some level, often at the very edge, and all further
 * shots fail there.
 */
static uint64_t step_cliff(const struct lab_counts *counts)
{
	uint64_t cliff = LAB_NOT_KNOWN, above = 0;
	unsigned int i = LAB_CLIFF_BUCKETS;

	while (i--) {
		const uint64_t ok = counts->cliff_ok[i];
		const uint64_t missed = counts->cliff_exhausted[i];

		if (!ok && !missed)
			continue;
		if (!ok || (ok < missed && ok < above / 2))
			return cliff;
		cliff = step_of(i);
		above = ok;
	}
	/*
	 * No shot was at a lower step: it is the cliff only if shots failed at
	 * its edge.
	 */
	return step_shallowest(counts) == cliff ? cliff : LAB_NOT_KNOWN;
}

static uint64_t step_deepest(const struct lab_counts *counts)
{
	unsigned int i;

	for (i = 0; i < LAB_CLIFF_BUCKETS; i++)
		if (counts->cliff_ok[i])
			return step_of(i);
	return LAB_NOT_KNOWN;
}

/* clang-format off */
#define SHOTS(field, meaning) \
	{ .name = #field, .help = (meaning), .unit = LAB_UNIT_SHOTS, \
	  .count = count_##field }
#define NUMBER_AS(metric, field, meaning) \
	{ .name = metric, .help = (meaning), .unit = LAB_UNIT_NUMBER, \
	  .count = count_##field }
#define NUMBER(field, meaning) NUMBER_AS(#field, field, meaning)
#define STEP(metric, meaning) \
	{ .name = #metric, .help = (meaning), .unit = LAB_UNIT_STEP, \
	  .count = step_##metric }
#define RATE(metric, meaning, part_of, all, words) \
	{ .name = metric, .help = (meaning), .unit = LAB_UNIT_RATE, \
	  .count = (part_of), .whole = (all), .of = (words) }
/* clang-format on */

const struct lab_metric lab_metrics[] = {
	NUMBER(attempts, "shots fired"),
	SHOTS(ok, "shots that got their page"),
	SHOTS(injected, "shots that the injector failed"),
	SHOTS(exhausted, "shots that the kernel had no page for"),
	SHOTS(refused, "shots that were not legal or not supported there"),
	SHOTS(unattributed, "exhausted shots that may have been injected"),
	SHOTS(violations, "pages that an oracle objected to"),
	SHOTS(held, "blocks that were not given back at the end"),
	RATE("success", "ok of ok + exhausted, in percent", count_ok,
	     whole_answered, "ok + exhausted"),
	RATE("injection", "injected of attempts - refused, in percent",
	     count_injected, lab_counts_fired, "attempts - refused"),
	SHOTS(floored,
	      "shots refused because the machine had too little free memory"),
	SHOTS(contended, "shots of nolock refused because a lock was held"),
	SHOTS(partial, "bulk shots that got fewer pages than they asked for"),
	SHOTS(interrupting,
	      "shots that a nested part fired while one of an outer part was in flight, or an NMI while a request was"),
	NUMBER(hits,
	       "failures that the injector counted, of the whole machine"),
	NUMBER(elsewhere,
	       "hits that were no shots: requests of the victim, or of others"),
	NUMBER(died, "cells whose pressure was killed"),
	SHOTS(fast, "ok, with the preferred zone above low"),
	SHOTS(slow, "ok, with the preferred zone above min"),
	SHOTS(reserve, "ok, with the preferred zone at or below min"),
	SHOTS(other_zone, "ok, from another zone of the preferred node"),
	SHOTS(other_node, "ok, from another node"),
	SHOTS(store, "ok, without a request: a slab, a fragment, a pool"),
	STEP(cliff,
	     "the lowest step, downwards from the top, that shots succeed at as usual: more than fail there, or at least half as many as one step higher"),
	STEP(deepest, "the lowest step that a shot succeeded at"),
	STEP(shallowest, "the highest step that a shot failed at"),
	NUMBER(p50,
	       "latency that half of the shots had at most: in instructions in deterministic mode, else ns; of a sum that of the slowest cell, as for the next three"),
	NUMBER(p99, "latency that 99 of 100 had at most"),
	NUMBER(p999, "latency that 999 of 1000 had at most"),
	NUMBER(max, "the longest latency"),
	NUMBER(stalls, "direct reclaims and compactions of the whole machine"),
	NUMBER(kswapd, "times that kswapd set to work"),
	NUMBER(ooms, "processes that the OOM killer took"),
	NUMBER(reports,
	       "requests whose failure the kernel reported in its log"),
	NUMBER(announced, "injected failures that it told of there"),
	NUMBER(highatomic,
	       "pages in the highatomic reserve of all zones afterwards"),
	NUMBER_AS("highatomic_grown", grown, "pages that it grew by"),
	NUMBER_AS("highatomic_released", released, "pages that it shrank by"),
	RATE("highatomic_share",
	     "its part of the zone that it has the most of, in percent",
	     count_share, count_share_of, "the zone"),
	NUMBER(boost,
	       "pages by which watermarks are boosted afterwards, in the zone that has most"),
	NUMBER(victim_asked,
	       "units of work that the victim was to do while requests failed and memory was short"),
	NUMBER(victim_done, "of these, done and verified"),
	NUMBER(victim_lost, "of these, not done"),
	NUMBER(victim_wrong,
	       "units whose data came back with other bytes, at any time"),
	NUMBER(victim_errors,
	       "calls of the victim that reported an error meanwhile"),
	NUMBER(victim_passes,
	       "passes afterwards, with nothing failing, until one lost nothing; of a sum that of the slowest cell"),
	NUMBER(victim_stuck,
	       "cells whose victim was not well again after that, in 30 s, or could not be ended"),
	{},
};

/* Names that scenarios of earlier versions have. */
static const struct {
	const char *before, *name;
} renamed[] = {
	{ "slowest", "max" },
};

const struct lab_metric *lab_metric_find(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(renamed) / sizeof(renamed[0]); i++)
		if (!strcmp(name, renamed[i].before))
			name = renamed[i].name;
	for (i = 0; lab_metrics[i].name; i++)
		if (!strcmp(name, lab_metrics[i].name))
			return &lab_metrics[i];
	return NULL;
}

struct sum {
	size_t offset;
	bool largest; /* else added up */
};

#define ADDED(field)                                      \
	{                                                 \
		offsetof(struct lab_counts, field), false \
	}
#define LARGEST(field)                                   \
	{                                                \
		offsetof(struct lab_counts, field), true \
	}

static const struct sum sums[] = {
	ADDED(attempts),
	ADDED(ok),
	ADDED(injected),
	ADDED(exhausted),
	ADDED(refused),
	ADDED(unattributed),
	ADDED(violations),
	ADDED(held),
	ADDED(floored),
	ADDED(partial),
	ADDED(interrupting),
	ADDED(hits),
	ADDED(died),
	ADDED(fast),
	ADDED(slow),
	ADDED(reserve),
	ADDED(other_zone),
	ADDED(other_node),
	ADDED(store),
	LARGEST(p50),
	LARGEST(p99),
	LARGEST(p999),
	LARGEST(max),
	ADDED(stalls),
	ADDED(kswapd),
	ADDED(ooms),
	ADDED(reports),
	ADDED(announced),
	LARGEST(highatomic),
	ADDED(grown),
	ADDED(released),
	LARGEST(boost),
	ADDED(contended),
	ADDED(apart),
	ADDED(victim_asked),
	ADDED(victim_done),
	ADDED(victim_wrong),
	ADDED(victim_errors),
	LARGEST(victim_passes),
	ADDED(victim_stuck),
};

static uint64_t *field_of(struct lab_counts *counts, const struct sum *sum)
{
	return (uint64_t *)((char *)counts + sum->offset);
}

static void add_levels(struct lab_counts *sum, const struct lab_counts *one)
{
	unsigned int i;

	for (i = 0; i < one->nlevels; i++) {
		sum->level[i].probability = one->level[i].probability;
		sum->level[i].trials += one->level[i].trials;
		sum->level[i].injected += one->level[i].injected;
	}
	if (sum->nlevels < one->nlevels)
		sum->nlevels = one->nlevels;
}

uint64_t lab_counts_cliff_from(const struct lab_counts *counts)
{
	const uint64_t cliff = step_cliff(counts);
	uint64_t from = cliff;
	unsigned int i;

	for (i = 0; i < LAB_CLIFF_BUCKETS && step_of(i) < cliff; i++)
		if (counts->cliff_ok[i] || counts->cliff_exhausted[i])
			from = step_of(i + 1);
	return from;
}

uint64_t lab_counts_shallowest(const struct lab_counts *counts)
{
	return step_shallowest(counts);
}

void lab_counts_add(struct lab_counts *sum, const struct lab_counts *one)
{
	struct lab_counts more = *one;
	size_t i;

	for (i = 0; i < sizeof(sums) / sizeof(*sums); i++) {
		uint64_t *to = field_of(sum, &sums[i]);
		const uint64_t from = *field_of(&more, &sums[i]);

		if (!sums[i].largest)
			*to += from;
		else if (*to < from)
			*to = from;
	}
	for (i = 0; i < LAB_CLIFF_BUCKETS; i++) {
		sum->cliff_ok[i] += one->cliff_ok[i];
		sum->cliff_exhausted[i] += one->cliff_exhausted[i];
	}
	/* a/b > c/d, without dividing: pages of a zone are far below 2^32. */
	if (!sum->share_of ||
	    one->share * sum->share_of > sum->share * one->share_of) {
		sum->share = one->share;
		sum->share_of = one->share_of;
	}
	add_levels(sum, one);
}
