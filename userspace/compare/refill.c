// SPDX-License-Identifier: GPL-2.0-only
/*
 * compare/refill.c - how long refills of per-CPU lists take.
 *
 * When instructions are counted, a refill takes as many as its code and the
 * free lists make it take; the free lists, which differ between cells and
 * seeds, account for less than a tenth. That is too much for comparing single
 * cells of single seeds, and little beside what a change of the code costs. So
 * all cells of an interface and an order are taken together, over contexts,
 * phases and seeds. A difference is claimed if the ranges of the two kernels
 * are apart by more than the threshold.
 */
#include <math.h>
#include <string.h>

#include "lib/alloc.h"
#include "judge.h"

/*
 * Values on each side. If they are exchangeable, ranges of eight and eight are
 * apart by chance in 2 of 12,870 comparisons.
 */
#define REFILL_VALUES 8

struct range {
	double low, high;
	size_t values, cells;
};

static bool same_kind(const struct lab_cell_pair *a,
		      const struct lab_cell_pair *b)
{
	return a->order == b->order && !strcmp(a->api, b->api);
}

static void add_cell(struct range *range, const struct lab_cell_side *side)
{
	const size_t before = range->values;
	size_t i;

	for (i = 0; i < side->count; i++) {
		const double refill = side->sample[i].refill;

		if (isnan(refill))
			continue;
		range->low = fmin(range->low, refill);
		range->high = fmax(range->high, refill);
		range->values++;
	}
	range->cells += range->values > before;
}

/* Of all cells that are of the same interface and order as the first one. */
static struct range range_of(const struct lab_scenario_pair *scenario,
			     size_t first, enum lab_side side)
{
	struct range range = { .low = INFINITY, .high = 0 };
	size_t i;

	for (i = first; i < scenario->cells; i++)
		if (same_kind(&scenario->cell[i], &scenario->cell[first]))
			add_cell(&range, &scenario->cell[i].side[side]);
	return range;
}

static enum lab_judgement judgement_of(const struct lab_estimate *change,
				       double threshold)
{
	if (change->low > 0 && change->low >= threshold)
		return LAB_WORSE;
	if (change->high < 0 && -change->high >= threshold)
		return LAB_BETTER;
	if (change->low > -threshold && change->high < threshold)
		return LAB_SAME;
	return LAB_CANNOT_TELL;
}

/* By which factor the values of one kernel differ. */
static double widest(const struct range *a, const struct range *b)
{
	return fmax(a->high / a->low, b->high / b->low);
}

static void judge_refills(struct lab_comparison *comparison,
			  const struct lab_scenario_pair *scenario,
			  size_t first)
{
	const struct lab_cell_pair *cell = &scenario->cell[first];
	const struct range a = range_of(scenario, first, LAB_A);
	const struct range b = range_of(scenario, first, LAB_B);
	struct lab_finding f = lab_finding_of_cell(scenario, cell, "refill");
	char *where;

	if (a.values < REFILL_VALUES || b.values < REFILL_VALUES)
		return;
	where = xasprintf("%s, order %u: all %zu cells that refill", cell->api,
			  cell->order, a.cells < b.cells ? a.cells : b.cells);
	lab_compare_keep(comparison, where);
	f.kind = LAB_CONDITIONAL;
	f.quantity = LAB_LATENCY;
	f.where = where;
	f.context = "";
	f.api = NULL;
	f.seeds[LAB_A] = scenario->runs[LAB_A];
	f.seeds[LAB_B] = scenario->runs[LAB_B];
	f.value[LAB_A] = sqrt(a.low * a.high);
	f.value[LAB_B] = sqrt(b.low * b.high);
	f.change.value = f.value[LAB_B] / f.value[LAB_A] - 1;
	f.change.low = b.low / a.high - 1;
	f.change.high = b.high / a.low - 1;
	f.real = f.change.low > 0 || f.change.high < 0;
	f.judgement = judgement_of(&f.change, comparison->threshold);
	f.detectable = widest(&a, &b) * (1 + comparison->threshold) - 1;
	/* Undecided groups are those that more seeds would decide. */
	if (f.judgement != LAB_CANNOT_TELL)
		f.cells = a.cells < b.cells ? a.cells : b.cells;
	lab_finding_add(comparison, &f);
}

void lab_judge_refills(struct lab_comparison *comparison,
		       const struct lab_scenario_pair *scenario)
{
	size_t i, j;

	for (i = 0; i < scenario->cells; i++) {
		for (j = 0; j < i &&
			    !same_kind(&scenario->cell[j], &scenario->cell[i]);
		     j++)
			;
		if (j == i)
			judge_refills(comparison, scenario, i);
	}
}
