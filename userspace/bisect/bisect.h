/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * bisect/bisect.h - the kernel from which on something is worse.
 *
 *	search.c   which candidate is tried next
 *	tree.c     candidates that are commits, and the private work tree
 *	list.c     candidates that a file lists
 *	trial.c    builds a candidate and runs the scenario on it
 *	judge.c    whether a candidate is good or bad; judge_metric.c of a metric
 *	confirm.c  whether the culprit and what comes before it differ by chance
 *	state.c    the state file, with which a bisection goes on
 *	bisect.c   the ends, the search, the culprit once more
 *	report.c   what was found, as text and JSON
 *
 * A candidate is an object of JSON, as it stands in the state file and in the
 * report:
 *	kernel    commit, or kernel as labyrinth lab takes it
 *	subject   of the commit; author: only when asked for
 *	merge     true: the commit has several parents
 *	outcome   of lab_search_words
 *	why       what was found, or why it was not tested
 *	stage     build or boot: where a candidate failed that cannot be tested
 *	seeds     so many were run of each scenario, or were to be
 *	undecided true: more seeds may tell
 *	runs      folders of its runs
 *	failed, of  of the culprit and what comes before it: so many of the runs
 *		  that confirm them failed
 *	chance    of the culprit: that they differ by so much without a cause
 *	build_seconds, run_seconds
 */
#ifndef LAB_BISECT_H
#define LAB_BISECT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "lab/jobs.h"
#include "search.h"

#define LAB_BISECT_SCHEMA "labyrinth-bisect/1"

/* Who runs scenarios elsewhere than on this machine. */
struct lab_bisect_elsewhere {
	void *arg;
	/*
	 * lab_jobs_run() of a plan whose bundle and QEMU are there; *left: it does
	 * not wait for runs, and they may be done later.
	 */
	int (*run)(void *arg, const struct lab_plan *plan, uint64_t first,
		   uint64_t seeds, bool *left);
	/*
	 * lab_kernel_build() of the plan's kernel, whose result this machine sees by
	 * the same path; NULL: kernels are built here.
	 */
	int (*build)(void *arg, const struct lab_plan *plan, const char *log);
};

struct lab_bisect {
	/* What is asked for. */
	struct lab_plan plan; /* its kernel and its out are not used */
	uint64_t seeds; /* of each candidate; of a metric, the least of them */
	uint64_t most; /* seeds of a candidate, of a metric */
	uint64_t jobs;
	const char *good, *bad; /* NULL: the first and the last of the list */
	const char *repo; /* of which they are revisions, unless there is: */
	const char *kernels; /* a file with kernels, a line each */
	const char *variant; /* "+debug" and the like, behind a tree; or "" */
	const char *verdict; /* part of its name, or NULL: any */
	const char *metric, *where; /* compared instead of verdicts, or NULL */
	double threshold; /* as of a comparison: 0.05 */
	/* where BAD does not boot: a kernel is bad when it does not, either */
	bool boot_failure_is_bad;
	bool author;
	char folder[3000]; /* state, work tree, runs */
	const struct lab_bisect_elsewhere *elsewhere; /* NULL: on this machine */

	/* What is known. */
	json_t *state;
	struct lab_known known; /* none: a known failure is a failure */
	bool resumed;
	bool left; /* runs elsewhere go on, and nobody waits for them */
	int lock;
};

/* Results of a bisection whose state is complete. */
enum lab_bisected { LAB_CULPRIT, LAB_SEVERAL, LAB_NOT_CONFIRMED };

/*
 * Bisects. LAB_PASS with a culprit that was confirmed; LAB_FAIL when several are
 * left, or the culprit was not confirmed: of both there is a report. LAB_USAGE
 * when an end is not what it was said to be, else LAB_HARNESS, after a message or
 * with bisect->left; the state is kept.
 */
int lab_bisect(struct lab_bisect *bisect);
void lab_bisect_free(struct lab_bisect *bisect);

/* What comes of a complete state. */
enum lab_bisected lab_bisect_result(const json_t *state);
/* The candidates of which one is the culprit: from first to last. */
void lab_bisect_left(const json_t *state, size_t *first, size_t *last);

/* state.c: false after a message. */
bool lab_bisect_open(struct lab_bisect *bisect);
bool lab_bisect_save(const struct lab_bisect *bisect);

/*
 * tree.c and list.c: the member good and the members candidates of a new state.
 * False after a message.
 */
bool lab_bisect_commits(struct lab_bisect *bisect);
bool lab_bisect_list(struct lab_bisect *bisect);
/* Checks a commit out in the private work tree: false after a message. */
bool lab_bisect_checkout(const struct lab_bisect *bisect, const char *commit);

/*
 * trial.c: builds a kernel, and makes what is booted. 0, LAB_FAIL when it cannot
 * be built, or the module against it, else an exit code. log: what is said of the
 * build goes there as well; or NULL.
 */
int lab_bisect_make(struct lab_plan *plan, const char *log);
/*
 * trial.c: builds a candidate and runs the scenarios with so many seeds from
 * first on. 0: it has runs, or it has the outcome skipped or bad; else an exit
 * code.
 */
int lab_bisect_try(struct lab_bisect *bisect, json_t *candidate,
		   const char *folder, uint64_t first, uint64_t seeds);

/*
 * judge.c: decides which verdict is sought, by the runs of both ends, and what a
 * metric is compared with. False after a message: an end is not what it was said
 * to be.
 */
bool lab_bisect_aim(struct lab_bisect *bisect);
/* Whether BAD was found to be bad. False after a message. */
bool lab_bisect_aimed(const struct lab_bisect *bisect);
/*
 * Gives a candidate that has runs an outcome, by those of a good one, which is
 * not looked at for a verdict. look: the number of times that it was judged, this
 * one included, with more seeds each time.
 */
void lab_bisect_judge(const struct lab_bisect *bisect, const json_t *good,
		      json_t *candidate, unsigned int look);
/* Marks a candidate as the one that a metric of others is compared with. */
void lab_bisect_compared_with(json_t *candidate);
/* judge_metric.c: lab_bisect_judge() of a metric. */
void lab_bisect_judge_metric(const struct lab_bisect *bisect,
			     const json_t *good, json_t *candidate,
			     unsigned int look);

/* confirm.c: the seeds of each side that confirm a culprit of a verdict. */
uint64_t lab_bisect_again(const struct lab_bisect *bisect);
/*
 * Of the runs that confirm it: gives both sides the members failed and of, and
 * the culprit the member chance.
 */
void lab_bisect_count(const struct lab_bisect *bisect, json_t *before,
		      json_t *culprit);
/* judge.c: whether a run fails in what is sought. */
bool lab_bisect_run_fails(const struct lab_bisect *bisect, const char *path);

/* report.c */
void lab_bisect_text(const json_t *state, FILE *to);
void lab_bisect_json(const json_t *state, FILE *to);

#endif /* LAB_BISECT_H */
