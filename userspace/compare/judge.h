/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * compare/judge.h - the parts of judging, by the kind of a number.
 *
 *	findings.c	what was found, kept and sorted
 *	exact.c		what chance has no part in
 *	judge_cliff.c	what is compared given the state that shots met
 *	seeds.c		what is compared as samples of seeds
 *	pooled.c	the same, of groups of cells: what moves together
 *
 * Each part adds findings. Those of seeds have no verdict before
 * lab_decide_seeds() has seen all of them: groups are tested first, then, in
 * those that differ, their cells.
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

/* What of a sample is compared over seeds. */
struct lab_seed_metric {
	const char *name;
	enum lab_kind kind;
	enum lab_quantity quantity;
	size_t offset; /* of a double in struct lab_sample */
};

/* The values that two sides have of a metric in a cell, one per seed. */
struct lab_values {
	double *of[LAB_SIDES];
	size_t count[LAB_SIDES];
};

/* A metric of an interface and an order, over contexts and phases. */
struct lab_group_test {
	const struct lab_scenario_pair *scenario;
	const struct lab_seed_metric *metric;
	const char *api, *unit;
	unsigned int order;
	size_t tests; /* its cells that have a p */
	double least_p; /* the least of these */
	/* Of the cells that have a value in every run, and not the same in all: */
	size_t cells;
	double **value; /* of each: scaled, of the runs of A, then of B */
	double attainable; /* the least p that it could have had */
	double p; /* that nothing differs; corrected after lab_decide_seeds() */
};

/* As it is compared: rates as they are, latencies by their logarithms. */
double lab_seed_metric_scale(const struct lab_seed_metric *metric,
			     double value);

/* Where a metric of a cell belongs; from 1 on. */
size_t lab_group_of(struct lab_comparison *comparison,
		    const struct lab_scenario_pair *scenario,
		    const struct lab_cell_pair *cell,
		    const struct lab_seed_metric *metric);
/* Adds a cell's, whose values are not all the same; p: of its own test. */
void lab_group_add(struct lab_group_test *group,
		   const struct lab_values *values, double p);
/* Tests all of them, and adds a finding for each that has several cells. */
void lab_judge_groups(struct lab_comparison *comparison);
void lab_groups_free(struct lab_comparison *comparison);

/* The least change that is claimed of a finding: see compare/pooled.c. */
double lab_threshold_of(const struct lab_comparison *comparison,
			const struct lab_finding *finding);

/*
 * Seeds on each side for an effect to be found in 9 of 10 comparisons; where
 * too little is known to say, the least number that could tell more.
 */
size_t lab_finding_seeds_for(const struct lab_comparison *comparison,
			     const struct lab_finding *finding, double effect);

void lab_judge_claim(struct lab_comparison *comparison,
		     const struct lab_scenario_pair *scenario,
		     const struct lab_claim_pair *claim);
void lab_judge_seeds(struct lab_comparison *comparison,
		     const struct lab_scenario_pair *scenario,
		     const struct lab_cell_pair *cell);
void lab_decide_seeds(struct lab_comparison *comparison);

#endif /* LAB_JUDGE_H */
