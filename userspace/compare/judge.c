// SPDX-License-Identifier: GPL-2.0-only
/* compare/judge.c - a verdict on each metric of each cell. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/alloc.h"
#include "judge.h"

static void not_comparable(struct lab_comparison *comparison,
			   const struct lab_scenario_pair *scenario,
			   const struct lab_cell_pair *cell, char *words)
{
	struct lab_finding f = {
		.metric = cell ? "cell" : "scenario",
		.scenario = scenario->name,
		.where = cell ? cell->where : scenario->name,
		.context = cell ? cell->context : "",
		.unit = "",
		.seeds = { scenario->runs[LAB_A], scenario->runs[LAB_B] },
		.p = NAN,
		.judgement = LAB_NOT_COMPARABLE,
		.words = words,
	};

	lab_finding_add(comparison, &f);
}

/*
 * True if a cell was not fired on a side; refused on both sides is no
 * difference.
 */
static bool judge_absence(struct lab_comparison *comparison,
			  const struct lab_scenario_pair *scenario,
			  const struct lab_cell_pair *cell)
{
	const struct lab_cell_side *a = &cell->side[LAB_A];
	const struct lab_cell_side *b = &cell->side[LAB_B];

	if (a->count && b->count)
		return false;
	if (a->refused && b->refused)
		return true;
	if (a->refusal || b->refusal)
		not_comparable(comparison, scenario, cell,
			       xasprintf("refused in %s: %s",
					 a->refusal ? "A" : "B",
					 a->refusal ? a->refusal : b->refusal));
	else
		not_comparable(comparison, scenario, cell,
			       xasprintf("not fired in %s",
					 a->count ? "B" : "A"));
	return true;
}

static void judge_scenario(struct lab_comparison *comparison,
			   struct lab_scenario_pair *scenario)
{
	char why[160];
	size_t i;

	for (i = 0; i < LAB_SIDES; i++)
		if (!scenario->runs[i]) {
			not_comparable(comparison, scenario, NULL,
				       xasprintf("%s has no run of it",
						 i == LAB_A ? "A" : "B"));
			return;
		}
	if (!lab_conditions_agree(&scenario->conditions[LAB_A],
				  &scenario->conditions[LAB_B], why,
				  sizeof(why))) {
		not_comparable(comparison, scenario, NULL, xstrdup(why));
		return;
	}
	for (i = 0; i < scenario->claims; i++)
		lab_judge_claim(comparison, scenario, &scenario->claim[i]);
	for (i = 0; i < scenario->cliffs; i++)
		lab_judge_cliff(comparison, scenario, &scenario->cliff[i]);
	for (i = 0; i < scenario->cells; i++) {
		struct lab_cell_pair *cell = &scenario->cell[i];

		if (judge_absence(comparison, scenario, cell))
			continue;
		lab_judge_faults(comparison, scenario, cell);
		lab_judge_min(comparison, scenario, cell);
		lab_judge_seeds(comparison, scenario, cell);
	}
	lab_judge_refills(comparison, scenario);
}

static void note_same_kernel(struct lab_comparison *comparison)
{
	const char *a = comparison->set[LAB_A].build_id;
	const char *b = comparison->set[LAB_B].build_id;

	if (a && b && *a && !strcmp(a, b))
		lab_compare_note(
			comparison,
			"both sides are of the same kernel: what differs is chance, or was measured otherwise");
}

/* What is small there is no news of a kernel. */
static void note_real_machine(struct lab_comparison *comparison)
{
	size_t i;

	for (i = 0; i < comparison->scenarios; i++) {
		const char *mode =
			comparison->scenario[i].conditions[LAB_B].mode;

		if (!mode || strcmp(mode, "this machine"))
			continue;
		lab_compare_note(
			comparison,
			"runs of a real machine: latencies are nanoseconds with interrupts and other work in them, and nothing repeats; only what differs by more than two sets of runs of one kernel on this machine is of the kernel (labyrinth report shows how much that is)");
		return;
	}
}

void lab_judge(struct lab_comparison *comparison)
{
	size_t i;

	for (i = 0; i < comparison->scenarios; i++)
		judge_scenario(comparison, &comparison->scenario[i]);
	note_same_kernel(comparison);
	note_real_machine(comparison);
	lab_decide_seeds(comparison);
	lab_findings_sort(comparison);
}
