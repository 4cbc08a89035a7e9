// SPDX-License-Identifier: GPL-2.0-only
/* compare/exact.c - numbers that chance has no part in: they differ or not. */
#include <math.h>
#include <string.h>

#include "lib/alloc.h"
#include "judge.h"

/* Numbers of a cell that are 0 in a kernel that is right. */
static const struct fault {
	const char *name;
	size_t offset; /* of a uint64_t in struct lab_cell_side */
} faults[] = {
	{ "violations", offsetof(struct lab_cell_side, violations) },
	{ "held", offsetof(struct lab_cell_side, held) },
	{ "unattributed", offsetof(struct lab_cell_side, unattributed) },
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
		if (!f.value[LAB_A] || !f.value[LAB_B])
			f.judgement = f.value[LAB_A] ? LAB_BETTER : LAB_WORSE;
		else
			f.words = xstrdup("broken on both sides");
		f.real = f.value[LAB_A] != f.value[LAB_B];
		lab_finding_add(comparison, &f);
	}
}

/* The number that all runs agree on; NaN when they do not. */
static double agreed(const struct lab_cell_side *side)
{
	size_t i;

	for (i = 1; i < side->count; i++)
		if (side->sample[i].min != side->sample[0].min)
			return NAN;
	return side->count ? side->sample[0].min : NAN;
}

/*
 * Where nothing is short and instructions are counted, the fast way takes the
 * same number of them in every run: what it takes is the kernel's.
 */
void lab_judge_min(struct lab_comparison *comparison,
		   const struct lab_scenario_pair *scenario,
		   const struct lab_cell_pair *cell)
{
	struct lab_finding f = lab_finding_of_cell(scenario, cell, "min");

	if (strcmp(f.unit, "instructions") || cell->side[LAB_A].busy ||
	    cell->side[LAB_B].busy)
		return;
	f.quantity = LAB_LATENCY;
	f.value[LAB_A] = agreed(&cell->side[LAB_A]);
	f.value[LAB_B] = agreed(&cell->side[LAB_B]);
	if (!(f.value[LAB_A] > 0) || isnan(f.value[LAB_B]))
		return;
	f.change.value = f.value[LAB_B] / f.value[LAB_A] - 1;
	f.change.low = f.change.value;
	f.change.high = f.change.value;
	f.real = f.change.value != 0;
	if (fabs(f.change.value) >= comparison->threshold)
		f.judgement = f.change.value > 0 ? LAB_WORSE : LAB_BETTER;
	lab_finding_add(comparison, &f);
}
