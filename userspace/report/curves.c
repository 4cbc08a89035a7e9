// SPDX-License-Identifier: GPL-2.0-only
/* report/curves.c - sums of cells as rows and curves. */
#include <stdlib.h>
#include <string.h>

#include "lib/json.h"
#include "lib/alloc.h"
#include "report.h"
#include "labyrinth.h"

static const json_t *cells_of(const json_t *results)
{
	return json_object_get(results, "cells");
}

bool lab_cell_matches(const json_t *cell, const struct lab_filter *filter)
{
	if (filter->phase && !lab_is(cell, "phase", filter->phase))
		return false;
	if (filter->context && !lab_is(cell, "context", filter->context))
		return false;
	return filter->order < 0 ||
	       lab_number(cell, "order") == (uint64_t)filter->order;
}

struct lab_sum lab_cells_sum(const json_t *results,
			     const struct lab_filter *filter)
{
	struct lab_sum sum = {};
	json_t *cell;
	size_t i;

	json_array_foreach(cells_of(results), i, cell) {
		if (!lab_cell_matches(cell, filter))
			continue;
		sum.cells++;
		sum.refusals += json_object_get(cell, "refusal") ? 1 : 0;
		sum.attempts += lab_number(cell, "attempts");
		sum.ok += lab_number(cell, "ok");
		sum.injected += lab_number(cell, "injected");
		sum.exhausted += lab_number(cell, "exhausted");
		sum.refused += lab_number(cell, "refused");
	}
	return sum;
}

static void add_value(struct lab_values *values, const char *name)
{
	size_t i;

	for (i = 0; i < values->count; i++)
		if (!strcmp(values->name[i], name))
			return;
	values->name = xgrow(values->name, values->count);
	values->name[values->count++] = name;
}

struct lab_values lab_cells_values(const json_t *results, const char *key)
{
	struct lab_values values = {};
	json_t *cell;
	size_t i;

	json_array_foreach(cells_of(results), i, cell)
		add_value(&values, lab_text(cell, key));
	return values;
}

static uint64_t exhausted_in(const json_t *results, const char *phase)
{
	const struct lab_filter filter = { .phase = phase, .order = -1 };

	return lab_cells_sum(results, &filter).exhausted;
}

struct lab_values lab_cells_scarce(const json_t *results)
{
	struct lab_values phases = lab_cells_values(results, "phase");
	uint64_t *most = xcheck(calloc(phases.count + 1, sizeof(*most)));
	size_t i, j, n = 0;

	/* Insertion sort: there are few of them. */
	for (i = 0; i < phases.count; i++) {
		const char *name = phases.name[i];
		const uint64_t exhausted = exhausted_in(results, name);

		if (!exhausted)
			continue;
		for (j = n++; j && most[j - 1] < exhausted; j--) {
			phases.name[j] = phases.name[j - 1];
			most[j] = most[j - 1];
		}
		phases.name[j] = name;
		most[j] = exhausted;
	}
	phases.count = n;
	free(most);
	return phases;
}

struct lab_values lab_cells_contexts(const json_t *results)
{
	struct lab_values all = lab_cells_values(results, "context");
	struct lab_values sorted = {};
	size_t i, failed;

	for (failed = 1; failed + 1; failed--) {
		for (i = 0; i < all.count; i++) {
			const struct lab_filter filter = {
				.context = all.name[i], .order = -1
			};

			if (!lab_cells_sum(results, &filter).exhausted ==
			    !failed)
				add_value(&sorted, all.name[i]);
		}
	}
	free(all.name);
	return sorted;
}

struct cliff {
	uint64_t ok[LAB_CLIFF_BUCKETS], exhausted[LAB_CLIFF_BUCKETS];
};

static void sum_cliff(const json_t *results, const struct lab_filter *filter,
		      struct cliff *cliff)
{
	json_t *cell, *row;
	size_t i, j;

	memset(cliff, 0, sizeof(*cliff));
	json_array_foreach(cells_of(results), i, cell) {
		if (!lab_cell_matches(cell, filter))
			continue;
		json_array_foreach(json_object_get(cell, "cliff"), j, row) {
			const uint64_t step =
				json_integer_value(json_array_get(row, 0));

			if (step >= LAB_CLIFF_BUCKETS)
				continue;
			cliff->ok[step] +=
				json_integer_value(json_array_get(row, 1));
			cliff->exhausted[step] +=
				json_integer_value(json_array_get(row, 2));
		}
	}
}

/*
 * The lower end of a step, in min watermarks; see LAB_CLIFF_STEPS in the UAPI
 * header.
 */
static double step_at(size_t step)
{
	if (step < LAB_CLIFF_FINE)
		return (double)step / LAB_CLIFF_STEPS;
	return LAB_CLIFF_FINE / LAB_CLIFF_STEPS + step - LAB_CLIFF_FINE;
}

static void add_point(struct lab_curve *curve, double x, double y)
{
	curve->at = xgrow(curve->at, curve->n);
	curve->at[curve->n][0] = x;
	curve->at[curve->n][1] = y;
	curve->n++;
}

void lab_curve_cliff(const json_t *results, const struct lab_filter *filter,
		     struct lab_curve *curve)
{
	struct cliff cliff;
	size_t i;

	sum_cliff(results, filter, &cliff);
	for (i = 0; i < LAB_CLIFF_BUCKETS; i++) {
		const uint64_t shots = cliff.ok[i] + cliff.exhausted[i];

		if (shots)
			add_point(curve, step_at(i),
				  100.0 * cliff.ok[i] / shots);
	}
}

bool lab_cliff_edge(const json_t *results, const struct lab_filter *filter,
		    struct lab_edge *edge)
{
	struct cliff cliff;
	bool kept = false;
	size_t i = LAB_CLIFF_BUCKETS;

	sum_cliff(results, filter, &cliff);
	/*
	 * Downwards from the highest step to the first one at which most shots
	 * fail.
	 */
	while (i--) {
		if (!(cliff.ok[i] + cliff.exhausted[i]))
			continue;
		edge->lost = i;
		if (cliff.ok[i] < cliff.exhausted[i])
			return kept;
		edge->kept = i;
		kept = true;
	}
	return false;
}

struct bucket {
	uint64_t from, shots;
};

static int by_from(const void *a, const void *b)
{
	const struct bucket *one = a, *other = b;

	return (one->from > other->from) - (one->from < other->from);
}

/* The share of shots that took longer than each value, from 1 downwards. */
void lab_curve_latency(const json_t *results, const struct lab_filter *filter,
		       struct lab_curve *curve)
{
	struct bucket *bucket = NULL;
	uint64_t total = 0, longer;
	json_t *cell, *row;
	size_t i, j, n = 0;

	json_array_foreach(cells_of(results), i, cell) {
		const json_t *histogram = json_object_get(
			json_object_get(cell, "latency"), "histogram");

		if (!lab_cell_matches(cell, filter))
			continue;
		json_array_foreach(histogram, j, row) {
			bucket = xgrow(bucket, n);
			bucket[n].from =
				json_integer_value(json_array_get(row, 0));
			bucket[n].shots =
				json_integer_value(json_array_get(row, 1));
			total += bucket[n++].shots;
		}
	}
	if (n)
		qsort(bucket, n, sizeof(*bucket), by_from);
	longer = total;
	for (i = 0; i < n; i++) {
		/* 0 cannot be drawn on a logarithmic axis. */
		if (bucket[i].from &&
		    (!i || bucket[i].from != bucket[i - 1].from))
			add_point(curve, bucket[i].from,
				  (double)longer / total);
		longer -= bucket[i].shots;
	}
	free(bucket);
}
