// SPDX-License-Identifier: GPL-2.0-only
/*
 * compare/exact.c - numbers that do not depend on chance: they are equal or
 * not.
 */
#include <math.h>
#include <string.h>

#include "lib/alloc.h"
#include "judge.h"

/* Numbers of a cell that are 0 on a correct kernel. */
static const struct fault {
	const char *name;
	size_t offset; /* of a uint64_t in struct lab_cell_side */
} faults[] = {
	{ "violations", offsetof(struct lab_cell_side, violations) },
	{ "held", offsetof(struct lab_cell_side, held) },
	{ "unattributed", offsetof(struct lab_cell_side, unattributed) },
	{ "victim_wrong", offsetof(struct lab_cell_side, victim_wrong) },
	{ "victim_stuck", offsetof(struct lab_cell_side, victim_stuck) },
};

#define FAULTS (sizeof(faults) / sizeof(faults[0]))

void lab_judge_faults(struct lab_comparison *comparison,
		      const struct lab_scenario_pair *scenario,
		      const struct lab_cell_pair *cell)
{
	size_t i, side;

	for (i = 0; i < FAULTS; i++) {
		struct lab_finding f =
			lab_finding_of_cell(scenario, cell, faults[i].name);

		f.quantity = LAB_NUMBER;
		for (side = 0; side < LAB_SIDES; side++)
			f.value[side] =
				*(const uint64_t *)((const char *)&cell
							    ->side[side] +
						    faults[i].offset);
		if (!f.value[LAB_A] && !f.value[LAB_B])
			continue;
		if (!f.value[LAB_A] || !f.value[LAB_B]) {
			f.judgement = f.value[LAB_A] ? LAB_BETTER : LAB_WORSE;
		} else {
			f.judgement = LAB_CANNOT_TELL;
			f.words = xstrdup("broken on both sides");
		}
		f.real = f.value[LAB_A] != f.value[LAB_B];
		lab_finding_add(comparison, &f);
	}
}

#define FEW_MORE 0.01 /* of the shortest latency may differ between runs */

/*
 * The lowest and the highest value that the shortest latency has over the runs.
 */
static struct lab_estimate quickest(const struct lab_cell_side *side)
{
	struct lab_estimate quickest = { NAN, INFINITY, 0 };
	size_t i;

	for (i = 0; i < side->count; i++) {
		if (isnan(side->sample[i].min))
			return quickest;
		quickest.low = fmin(quickest.low, side->sample[i].min);
		quickest.high = fmax(quickest.high, side->sample[i].min);
	}
	if (side->count)
		quickest.value = quickest.low;
	return quickest;
}

/*
 * When instructions are counted and there is no shortage, every shot on the
 * fast path takes the same number of instructions, except for a few that vary
 * between runs. The lowest values of the runs are compared. A difference is
 * claimed if it exceeds the threshold for every pair of runs of the two sides.
 */
void lab_judge_min(struct lab_comparison *comparison,
		   const struct lab_scenario_pair *scenario,
		   const struct lab_cell_pair *cell)
{
	const struct lab_estimate a = quickest(&cell->side[LAB_A]);
	const struct lab_estimate b = quickest(&cell->side[LAB_B]);
	struct lab_finding f = lab_finding_of_cell(scenario, cell, "min");

	if (strcmp(f.unit, "instructions") || cell->side[LAB_A].busy ||
	    cell->side[LAB_B].busy)
		return;
	if (!(a.value > 0) || isnan(b.value))
		return;
	f.quantity = LAB_LATENCY;
	f.value[LAB_A] = a.value;
	f.value[LAB_B] = b.value;
	f.change.value = b.value / a.value - 1;
	f.change.low = b.low / a.high - 1;
	f.change.high = b.high / a.low - 1;
	f.real = f.change.low > FEW_MORE || f.change.high < -FEW_MORE;
	if (f.change.low > 0 && f.change.low >= comparison->threshold)
		f.judgement = LAB_WORSE;
	else if (f.change.high < 0 && -f.change.high >= comparison->threshold)
		f.judgement = LAB_BETTER;
	else if (f.change.low <= -comparison->threshold ||
		 f.change.high >= comparison->threshold)
		f.judgement = LAB_CANNOT_TELL;
	/* A difference of 0 is none, whatever the threshold. */
	if (f.change.low == 0 && f.change.high == 0)
		f.judgement = LAB_SAME;
	lab_finding_add(comparison, &f);
}
