/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * compare/compare.h - two sets of runs, and what may be said of them.
 *
 *	extract.c  from a run to what comparing needs of it; cache.c keeps that
 *	gather.c   from extracts to samples: a number per seed
 *	rank.c     what may be claimed of two samples by their order alone
 *	stats.c    and by their means and spread
 *	cliff.c    where success ends
 *	judge.c    a verdict on each of their metrics; judge.h names its parts
 *	decided.c  whether more seeds are needed
 *	text.c ... the forms that a comparison takes; table.c lists them
 *
 * Metrics are of three kinds, because a run's numbers are. What rules fix is
 * compared as it is; what became of shots is compared given the state that
 * they met; and what is left is chaotic, differs from seed to seed and from
 * layout to layout, and is compared as samples of seeds are.
 */
#ifndef LAB_COMPARE_H
#define LAB_COMPARE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "results/load.h"
#include "run/record.h"
#include "cliff.h"
#include "extract.h"
#include "rank.h"
#include "stats.h"

/* Unless others are asked for. */
#define LAB_THRESHOLD 0.05 /* differences that are smaller are none */
#define LAB_ALPHA 0.01 /* of comparisons that claim what is not so */

enum lab_side { LAB_A, LAB_B, LAB_SIDES };

/* By the offset of one of them: tables of metrics have it. */
double lab_sample_value(const struct lab_sample *sample, size_t offset);

struct lab_cell_side {
	struct lab_sample *sample;
	size_t count;
	uint64_t violations, held, unattributed;
	bool busy; /* a shot failed, or took more than the fast way */
	bool time_shared; /* lab_time_shared() */
	char *refusal; /* of the last run that was refused, or NULL */
	size_t refused; /* runs */
};

struct lab_cell_pair {
	char *phase;
	char *where; /* "scarce: task, pages, order 0, GFP_ATOMIC, node any" */
	char *context, *api;
	unsigned int order;
	size_t cliff; /* which of the scenario's */
	struct lab_cell_side side[LAB_SIDES];
};

/* What the phases of a scenario have in common: a context, order and so on. */
struct lab_cliff_pair {
	char *where;
	char *context, *api;
	char *gfp;
	unsigned int order;
	struct lab_cliff sum[LAB_SIDES];
	struct lab_cliff_seen *seen[LAB_SIDES];
	size_t count[LAB_SIDES];
	/* A run's cliff is over usable pages, or over all free ones. */
	bool over_usable[LAB_SIDES], over_free[LAB_SIDES];
	struct lab_cliff now; /* of the run that is being gathered */
	bool met; /* in that run */
};

/* An expectation or an oracle. */
struct lab_claim_pair {
	char *name;
	bool exact; /* no chance is in it */
	size_t failed[LAB_SIDES], ran[LAB_SIDES];
};

/* What must be equal for results to be comparable, and the words for it. */
struct lab_conditions {
	char *mode, *qemu, *scenario_sha256, *unit, *boot;
	uint64_t cpus, nodes, memory, icount_shift;
};

struct lab_scenario_pair {
	char *name;
	size_t runs[LAB_SIDES];
	struct lab_conditions conditions[LAB_SIDES];
	struct lab_cell_pair *cell;
	size_t cells;
	struct lab_cliff_pair *cliff;
	size_t cliffs;
	struct lab_claim_pair *claim;
	size_t claims;
	uint64_t *seed[LAB_SIDES]; /* of each run, in the order of samples */
	json_t *index[3]; /* where a name is, of each of the three */
	json_t *ran[LAB_SIDES]; /* fingerprints, and seeds in deterministic mode */
};

struct lab_set {
	const char *where;
	char *release, *build_id, *program;
	size_t runs, broken;
};

enum lab_kind { LAB_EXACTLY, LAB_CONDITIONAL, LAB_CHAOTIC, LAB_KINDS };

/* The gravest first. */
enum lab_judgement {
	LAB_WORSE,
	LAB_BETTER,
	LAB_CANNOT_TELL,
	LAB_NOT_COMPARABLE,
	LAB_SAME,
	LAB_JUDGEMENTS
};

/* What it is a number of; what weighs most comes first. */
enum lab_quantity { LAB_NUMBER, LAB_RUNS, LAB_STEP, LAB_RATE, LAB_LATENCY };

/* One metric of one cell, or of a group of cells, compared. */
struct lab_finding {
	enum lab_kind kind;
	enum lab_quantity quantity;
	const char *metric;
	const char *scenario, *where, *context;
	const char *api; /* NULL: it is of no cell */
	unsigned int order;
	const char *unit;
	double value[LAB_SIDES];
	size_t seeds[LAB_SIDES];
	/* b - a: of rates and steps; (b - a) / a of latencies. */
	struct lab_estimate change;
	double p; /* corrected for all that was tested; NaN: none */
	/* Of rates: by which factor the odds of failing grew, as a logarithm. */
	struct lab_estimate odds;
	size_t cells; /* of a group: how many its numbers are the means of */
	size_t group; /* in which it was tested: in the comparison, from 1 on */
	/*
	 * At these seeds the least change that is found in 9 of 10
	 * comparisons, and how many more a side would make an effect that
	 * small a one that is; 0: not known.
	 */
	double detectable, effect;
	size_t more;
	enum lab_judgement judgement;
	bool real; /* there is a difference, however small */
	char *words; /* why, or what else is to be known; or NULL */
};

struct lab_group_test; /* pooled.c */

struct lab_comparison {
	struct lab_set set[LAB_SIDES];
	struct lab_scenario_pair *scenario;
	size_t scenarios;
	char **note;
	size_t notes;
	char **kept; /* texts that findings point to */
	size_t nkept;
	const char *profile; /* its path, in place of A; or NULL */
	double threshold, alpha;
	struct lab_finding *row; /* the gravest first */
	size_t rows;
	struct lab_group_test *group;
	size_t groups;
	double tests; /* that alpha is shared by: groups, and claims */
	size_t count[LAB_JUDGEMENTS];
};

/* Adds the runs of a folder. False after a message. */
bool lab_gather(struct lab_comparison *comparison, enum lab_side side,
		const char *where);
/* Adds one; takes nothing. */
bool lab_gather_run(struct lab_comparison *comparison, enum lab_side side,
		    const struct lab_run *run);

/* Whether runs were made alike; false and the first thing that differs. */
bool lab_conditions_agree(const struct lab_conditions *a,
			  const struct lab_conditions *b, char *why,
			  size_t size);

void lab_judge(struct lab_comparison *comparison);

/*
 * Instead: B by the fixed numbers of an acceptance profile, which take the
 * place of A. False after messages.
 */
bool lab_judge_by_profile(struct lab_comparison *comparison, const char *path);

/* For those who judge: adds a copy; and at the end puts the gravest first. */
void lab_finding_add(struct lab_comparison *comparison,
		     const struct lab_finding *finding);
void lab_findings_sort(struct lab_comparison *comparison);

/* The gravest of all rows. */
enum lab_judgement lab_judgement(const struct lab_comparison *comparison);
extern const char *const lab_judgement_words[LAB_JUDGEMENTS];
extern const char *const lab_kind_words[LAB_KINDS];

/* A form of it: a file in this folder and a row in table.c. */
struct lab_compare_form {
	const char *name;
	void (*write)(const struct lab_comparison *comparison, FILE *to,
		      bool all);
};

extern const struct lab_compare_form *const lab_compare_forms[];

__attribute__((format(printf, 2, 3))) void
lab_compare_note(struct lab_comparison *comparison, const char *format, ...);
/* Takes a text, and frees it with the rest. */
void lab_compare_keep(struct lab_comparison *comparison, char *text);
void lab_comparison_free(struct lab_comparison *comparison);

#endif /* LAB_COMPARE_H */
