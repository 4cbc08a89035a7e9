/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * compare/judge.h - the parts of judging, by the kind of a number.
 *
 *	findings.c	what was found, kept and sorted
 *	exact.c		what chance has no part in
 *	judge_cliff.c	what is compared given the state that shots met
 *	seeds.c		what is compared as samples of seeds
 *
 * Each part adds findings. Those of seeds have no verdict before
 * lab_decide_seeds() has seen all of them.
 */
#ifndef LAB_JUDGE_H
#define LAB_JUDGE_H

#include "compare.h"

/* A finding of a cell, filled in but for what was found. */
struct lab_finding lab_finding_of_cell(const struct lab_scenario_pair *scenario,
				       const struct lab_cell_pair *cell,
				       const char *metric);

void lab_judge_faults(struct lab_comparison *comparison,
		      const struct lab_scenario_pair *scenario,
		      const struct lab_cell_pair *cell);
void lab_judge_min(struct lab_comparison *comparison,
		   const struct lab_scenario_pair *scenario,
		   const struct lab_cell_pair *cell);

void lab_judge_cliff(struct lab_comparison *comparison,
		     const struct lab_scenario_pair *scenario,
		     struct lab_cliff_pair *pair);

void lab_judge_claim(struct lab_comparison *comparison,
		     const struct lab_scenario_pair *scenario,
		     const struct lab_claim_pair *claim);
void lab_judge_seeds(struct lab_comparison *comparison,
		     const struct lab_scenario_pair *scenario,
		     const struct lab_cell_pair *cell);
void lab_decide_seeds(struct lab_comparison *comparison);

#endif /* LAB_JUDGE_H */
