/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * compare/compare.h - compares two sets of runs.
 *
 *	extract.c  takes from a run what comparing needs; cache.c stores it
 *	gather.c   from extracts to samples: one number per seed
 *	rank.c     what two samples show by the order of their values
 *	stats.c    what they show by means and spread
 *	cliff.c    where success ends
 *	refill.c   how long refills of per-CPU lists take
 *	judge.c    a verdict for each metric; judge.h names its parts
 *	decided.c  whether more seeds are needed
 *	text.c ... the forms of a comparison; table.c lists them
 *
 * There are three kinds of metrics. Numbers that rules determine are compared
 * exactly. Outcomes of shots are compared given the state that the shots met.
 * All other numbers are chaotic: they differ between seeds and between memory
 * layouts, and are compared as samples with one value per seed.
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

/* Defaults. */
#define LAB_THRESHOLD 0.05 /* smaller differences count as none */
#define LAB_ALPHA 0.01 /* chance of a false claim in a comparison */

enum lab_side { LAB_A, LAB_B, LAB_SIDES };

/* The value at this offset in a sample; tables of metrics store offsets. */
double lab_sample_value(const struct lab_sample *sample, size_t offset);

struct lab_cell_side {
	struct lab_sample *sample;
	size_t count;
	uint64_t violations, held, unattributed;
	uint64_t victim_wrong, victim_stuck;
	bool busy; /* a shot failed, or did not take the fast path */
	bool time_shared; /* lab_time_shared() */
	char *refusal; /* reason of the last run in which it was refused, or NULL */
	size_t refused; /* runs in which it was */
};

struct lab_cell_pair {
	char *phase;
	char *where; /* "scarce: task, pages, order 0, GFP_ATOMIC, node any" */
	char *context, *api;
	unsigned int order;
	size_t cliff; /* index into the scenario's cliffs */
	struct lab_cell_side side[LAB_SIDES];
};

/*
 * A cliff is common to all phases of a scenario with the same context, order
 * and so on.
 */
struct lab_cliff_pair {
	char *where;
	char *context, *api;
	char *gfp;
	unsigned int order;
	struct lab_cliff sum[LAB_SIDES];
	struct lab_cliff_seen *seen[LAB_SIDES];
	size_t count[LAB_SIDES];
	/* whether runs gave it over usable pages, or over all free ones */
	bool over_usable[LAB_SIDES], over_free[LAB_SIDES];
	struct lab_cliff now; /* of the run that is being read */
	bool met; /* there were shots in that run */
};

/* An expectation or an oracle, on both sides. */
struct lab_claim_pair {
	char *name;
	bool exact; /* does not depend on chance */
	size_t failed[LAB_SIDES], ran[LAB_SIDES];
};

/* What must be equal for results to be comparable; as text for messages. */
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
	uint64_t *seed[LAB_SIDES]; /* of each run, in the order of the samples */
	json_t *index[3]; /* indices by name, of cells, cliffs and claims */
	json_t *ran[LAB_SIDES]; /* fingerprints of runs, and in deterministic mode seeds */
};

struct lab_set {
	const char *where;
	char *release, *build_id, *program;
	size_t runs, broken;
};

enum lab_kind { LAB_EXACTLY, LAB_CONDITIONAL, LAB_CHAOTIC, LAB_KINDS };

/* The worst first. */
enum lab_judgement {
	LAB_WORSE,
	LAB_BETTER,
	LAB_CANNOT_TELL,
	LAB_NOT_COMPARABLE,
	LAB_SAME,
	LAB_JUDGEMENTS
};

/* What a metric measures; the most important first. */
enum lab_quantity { LAB_NUMBER, LAB_RUNS, LAB_STEP, LAB_RATE, LAB_LATENCY };

/* The comparison of one metric, of one cell or of a group of cells. */
struct lab_finding {
	enum lab_kind kind;
	enum lab_quantity quantity;
	const char *metric;
	const char *scenario, *where, *context;
	const char *api; /* NULL: not of a cell */
	unsigned int order;
	const char *unit;
	double value[LAB_SIDES];
	size_t seeds[LAB_SIDES];
	/* b - a: of rates and steps; (b - a) / a of latencies. */
	struct lab_estimate change;
	double p; /* corrected for the number of tests; NaN: none */
	/*
	 * For rates: logarithm of the factor by which the odds of failing grew.
	 */
	struct lab_estimate odds;
	size_t cells; /* for a group: number of cells that the values are means of */
	size_t group; /* number, from 1 on, of the group that it was tested in */
	/*
	 * With this number of seeds, the smallest change that is found in 9 of
	 * 10 comparisons; and the number of seeds per side that would make
	 * effect that change. 0: not known.
	 */
	double detectable, effect;
	size_t more;
	enum lab_judgement judgement;
	bool real; /* there is a difference, of any size */
	char *words; /* the reason or a remark; or NULL */
};

struct lab_group_test; /* pooled.c */

struct lab_comparison {
	struct lab_set set[LAB_SIDES];
	struct lab_scenario_pair *scenario;
	size_t scenarios;
	char **note;
	size_t notes;
	char **kept; /* texts that findings point to, freed at the end */
	size_t nkept;
	const char *profile; /* path of a profile that replaces A; or NULL */
	double threshold, alpha;
	struct lab_finding *row; /* the worst first */
	size_t rows;
	struct lab_group_test *group;
	size_t groups;
	double tests; /* number of tests that share alpha: groups and claims */
	size_t count[LAB_JUDGEMENTS];
};

/* Adds the runs of a folder to a side. False after a message. */
bool lab_gather(struct lab_comparison *comparison, enum lab_side side,
		const char *where);
/* Adds one run; the caller keeps what it passed. */
bool lab_gather_run(struct lab_comparison *comparison, enum lab_side side,
		    const struct lab_run *run);

/*
 * Whether runs were made under the same conditions; if not, the first
 * difference.
 */
bool lab_conditions_agree(const struct lab_conditions *a,
			  const struct lab_conditions *b, char *why,
			  size_t size);

void lab_judge(struct lab_comparison *comparison);

/*
 * Alternative to two sides: judges B by the fixed numbers of an acceptance
 * profile, in place of A. False after messages.
 */
bool lab_judge_by_profile(struct lab_comparison *comparison, const char *path);

/*
 * For the parts of judging: adds a copy of a finding; sorts all of them at the
 * end.
 */
void lab_finding_add(struct lab_comparison *comparison,
		     const struct lab_finding *finding);
void lab_findings_sort(struct lab_comparison *comparison);

/* The worst of all rows. */
enum lab_judgement lab_judgement(const struct lab_comparison *comparison);
extern const char *const lab_judgement_words[LAB_JUDGEMENTS];
extern const char *const lab_kind_words[LAB_KINDS];

/* A form: a file in this folder and a row in table.c. */
struct lab_compare_form {
	const char *name;
	void (*write)(const struct lab_comparison *comparison, FILE *to,
		      bool all);
};

extern const struct lab_compare_form *const lab_compare_forms[];

__attribute__((format(printf, 2, 3))) void
lab_compare_note(struct lab_comparison *comparison, const char *format, ...);
/* Takes ownership of a text, which is freed with the comparison. */
void lab_compare_keep(struct lab_comparison *comparison, char *text);
void lab_comparison_free(struct lab_comparison *comparison);

#endif /* LAB_COMPARE_H */
