/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * compare/judge.h - the parts of judging, by the kind of a metric.
 *
 *	findings.c	stores and sorts findings
 *	exact.c		metrics that do not depend on chance
 *	refill.c	latencies of refills, which hardly depend on chance
 *	judge_cliff.c	outcomes given the state that the shots met
 *	seeds.c		metrics that are compared as samples, one value per seed
 *	pooled.c	the same for groups of cells, which change together
 *
 * Each part adds findings. Those of seeds.c have no verdict until
 * lab_decide_seeds() has seen all of them: groups are tested first, then the
 * cells of groups that differ.
 */
#ifndef LAB_JUDGE_H
#define LAB_JUDGE_H

#include "compare.h"

/* A finding of a cell with all members but the result. */
struct lab_finding lab_finding_of_cell(const struct lab_scenario_pair *scenario,
				       const struct lab_cell_pair *cell,
				       const char *metric);

void lab_judge_faults(struct lab_comparison *comparison,
		      const struct lab_scenario_pair *scenario,
		      const struct lab_cell_pair *cell);
void lab_judge_min(struct lab_comparison *comparison,
		   const struct lab_scenario_pair *scenario,
		   const struct lab_cell_pair *cell);

/* Of all cells of a scenario: adds a finding for each interface and order. */
void lab_judge_refills(struct lab_comparison *comparison,
		       const struct lab_scenario_pair *scenario);

void lab_judge_cliff(struct lab_comparison *comparison,
		     const struct lab_scenario_pair *scenario,
		     struct lab_cliff_pair *pair);

/* A metric that is compared over seeds. */
struct lab_seed_metric {
	const char *name;
	enum lab_kind kind;
	enum lab_quantity quantity;
	size_t offset; /* of a double in struct lab_sample */
};

/* The values of a metric in a cell on both sides, one per seed. */
struct lab_values {
	double *of[LAB_SIDES];
	size_t count[LAB_SIDES];
};

/* A metric of one interface and order, over all contexts and phases. */
struct lab_group_test {
	const struct lab_scenario_pair *scenario;
	const struct lab_seed_metric *metric;
	const char *api, *unit;
	unsigned int order;
	size_t tests; /* number of its cells with a p */
	double least_p; /* the lowest of them */
	/* Cells that have a value in every run, and not the same in all: */
	size_t cells;
	double **value; /* for each cell: scaled values of the runs of A, then of B */
	double attainable; /* the lowest p that the test could have given */
	double p; /* of the test that nothing differs; corrected by lab_decide_seeds() */
};

/* The scale for comparing: rates unchanged, latencies by their logarithms. */
double lab_seed_metric_scale(const struct lab_seed_metric *metric,
			     double value);

/* The number of the group of a metric of a cell, from 1 on. */
size_t lab_group_of(struct lab_comparison *comparison,
		    const struct lab_scenario_pair *scenario,
		    const struct lab_cell_pair *cell,
		    const struct lab_seed_metric *metric);
/*
 * Adds the values of a cell, not all equal; p: of the test of this cell alone.
 */
void lab_group_add(struct lab_group_test *group,
		   const struct lab_values *values, double p);
/* Tests all groups, and adds a finding for each that has several cells. */
void lab_judge_groups(struct lab_comparison *comparison);
void lab_groups_free(struct lab_comparison *comparison);

/*
 * The smallest change that may be claimed of a finding: see compare/pooled.c.
 */
double lab_threshold_of(const struct lab_comparison *comparison,
			const struct lab_finding *finding);

/*
 * The number of seeds on each side for finding effect in 9 of 10 comparisons.
 * If too little is known for that, the lowest number that could show more.
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
