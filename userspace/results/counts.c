// SPDX-License-Identifier: GPL-2.0-only
/*
 * results/counts.c - see results/counts.h.
 *
 * What a journal lacks counts as 0: it is of a run that ended before, and that
 * is a verdict of its own.
 */
#include <stddef.h>
#include <string.h>

#include "counts.h"
#include "lib/json.h"

struct place {
	const char *object; /* of the cell, or NULL: the cell itself */
	const char *key;
	size_t offset;
};

#define AT(object, key, field)                                  \
	{                                                       \
		object, key, offsetof(struct lab_counts, field) \
	}

static const struct place places[] = {
	AT(NULL, "attempts", attempts),
	AT(NULL, "ok", ok),
	AT(NULL, "injected", injected),
	AT(NULL, "exhausted", exhausted),
	AT(NULL, "refused", refused),
	AT(NULL, "unattributed", unattributed),
	AT(NULL, "held", held),
	AT(NULL, "floored", floored),
	AT(NULL, "contended", contended),
	AT(NULL, "partial", partial),
	AT(NULL, "interrupting", interrupting),
	AT(NULL, "injector_hits", hits),
	AT("passage", "fast", fast),
	AT("passage", "slow", slow),
	AT("passage", "reserve", reserve),
	AT("passage", "other_zone", other_zone),
	AT("passage", "other_node", other_node),
	AT("passage", "store", store),
	AT("latency", "p50", p50),
	AT("latency", "p99", p99),
	AT("latency", "p999", p999),
	AT("latency", "max", max),
	AT("kernel_counted", "stalls", stalls),
	AT("kernel_counted", "kswapd", kswapd),
	AT("kernel_counted", "ooms", ooms),
	AT("log", "reports", reports),
	AT("log", "announced", announced),
	AT("highatomic", "after", highatomic),
	AT("highatomic", "share", share),
	AT("highatomic", "share_of", share_of),
	AT(NULL, "boost", boost),
	AT("victim", "asked", victim_asked),
	AT("victim", "done", victim_done),
	AT("victim", "wrong", victim_wrong),
	AT("victim", "errors", victim_errors),
	AT("victim", "passes", victim_passes),
	AT("victim", "stuck", victim_stuck),
};

static void count_cliff(const json_t *cell, struct lab_counts *counts)
{
	json_t *step;
	size_t i;

	json_array_foreach(json_object_get(cell, "cliff"), i, step) {
		const json_int_t bucket =
			json_integer_value(json_array_get(step, 0));

		if (bucket < 0 || bucket >= LAB_CLIFF_BUCKETS)
			continue;
		counts->cliff_ok[bucket] =
			json_integer_value(json_array_get(step, 1));
		counts->cliff_exhausted[bucket] =
			json_integer_value(json_array_get(step, 2));
	}
}

static void count_apart(const json_t *cell, struct lab_counts *counts)
{
	const json_t *apart = json_object_get(cell, "apart");

	counts->apart =
		lab_number(apart, "ok") + lab_number(apart, "exhausted");
}

static void count_reserve(const json_t *cell, struct lab_counts *counts)
{
	const uint64_t before =
		lab_number(json_object_get(cell, "highatomic"), "before");

	if (counts->highatomic > before)
		counts->grown = counts->highatomic - before;
	else
		counts->released = before - counts->highatomic;
}

static void count_levels(const json_t *cell, struct lab_counts *counts)
{
	json_t *level;
	size_t i;

	json_array_foreach(json_object_get(cell, "levels"), i, level) {
		if (counts->nlevels == LAB_MAX_LEVELS)
			return;
		counts->level[counts->nlevels++] = (struct lab_at_level){
			.probability = lab_number(level, "probability_bp"),
			.trials = lab_number(level, "attempts") -
				  lab_number(level, "refused"),
			.injected = lab_number(level, "injected"),
		};
	}
}

void lab_counts_of(const json_t *cell, struct lab_counts *counts)
{
	const struct place *place = places;
	json_t *oracle;
	size_t i;

	memset(counts, 0, sizeof(*counts));
	for (i = 0; i < sizeof(places) / sizeof(*places); i++, place++) {
		const json_t *object =
			place->object ? json_object_get(cell, place->object) :
					cell;

		*(uint64_t *)((char *)counts + place->offset) =
			lab_number(object, place->key);
	}
	json_array_foreach(json_object_get(cell, "oracles"), i, oracle)
		counts->violations += lab_number(oracle, "violations");
	counts->died = json_is_true(json_object_get(cell, "pressure_died"));
	count_cliff(cell, counts);
	count_apart(cell, counts);
	count_reserve(cell, counts);
	count_levels(cell, counts);
}
