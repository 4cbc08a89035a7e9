/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * history/history.h - runs over time, in an SQLite database.
 *
 *	db.c      opens it, and migrates older ones
 *	add.c     stores values of a run; removes old runs
 *	order.c   branches of kernels, and which kernel follows which
 *	trend.c   reads series of values
 *	steps.c   where values change their level; scores.c is its test
 *	status.h  how kernels stand: the latest verdict of each scenario
 *	claims.c  which of these steps are reported, and their causes
 *	ack.c     steps that people acknowledged
 *	text.c html.c json.c   the forms of trends; table.c lists them
 *
 * A run is added in one transaction: it is stored completely or not at all,
 * even if the process is killed. Writers wait for each other.
 */
#ifndef LAB_HISTORY_H
#define LAB_HISTORY_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "results/load.h"

struct lab_known;
struct lab_status;

struct lab_history {
	sqlite3 *db;
	const char *path;
	sqlite3_stmt *add_run, *add_kernel, *add_series, *find_series,
		*add_sample, *find_run, *add_failure;
	char *counted; /* the release whose ancestors were counted last */
	int64_t ancestors;
};

/* False after a message. create: if it does not exist. */
bool lab_history_open(struct lab_history *history, const char *path,
		      bool create);
void lab_history_close(struct lab_history *history);
/* Executes SQL. False after a message with the database's reason. */
bool lab_history_do(struct lab_history *history, const char *sql);
bool lab_history_failed(const struct lab_history *history, const char *what);

enum lab_added { LAB_ADDED, LAB_KNOWN, LAB_NOT_ADDED };

/* Facts about a run that its results do not contain. */
struct lab_origin {
	int64_t when; /* of the run, seconds since 1970 */
	const char *branch; /* of its kernel; NULL: derived from the release */
	const char *tree; /* a git tree that may have its commit; or NULL */
	const struct lab_known *known; /* issues that may explain it; or NULL */
};

/* LAB_NOT_ADDED after a message. */
enum lab_added lab_history_add(struct lab_history *history,
			       const struct lab_run *run,
			       const struct lab_origin *origin);

/* How many ancestors the commit of a release has in a tree; 0: not known. */
int64_t lab_ancestors(const char *tree, const char *release);
/* Whether git(1) finds a repository in a folder. */
bool lab_is_tree(const char *folder);

/*
 * Removes runs older than a moment, in seconds since 1970. Returns how many, or
 * -1 after a message.
 */
int64_t lab_history_prune(struct lab_history *history, int64_t before);

/* A query. Patterns are those of a shell; NULL matches everything. */
struct lab_looked_for {
	const char *scenario, *where, *metric, *kernel, *branch;
	bool cells; /* the series of cells, not only those of phases */
	size_t last; /* runs */
	double threshold; /* smaller steps are not reported */
	double alpha; /* chance of a step in a series without any, and share of false steps */
};

/* A kernel build that was tested. */
struct lab_tested {
	int64_t id; /* in the database */
	char *release, *build_id, *branch;
	int64_t first; /* when it was first tested */
	int64_t ancestors; /* of its commit; 0: not known */
	size_t place; /* in the order of order.c */
};

/* A run. */
struct lab_point {
	int64_t when;
	double value;
	size_t kernel; /* index in the trends' */
};

/*
 * A kernel: the median of its runs. Runs of one build are not independent,
 * because they share its memory layout.
 */
struct lab_trend_level {
	size_t kernel;
	int64_t when; /* its first run */
	double value;
	size_t runs;
};

/* A step of a series. */
struct lab_jump {
	size_t at; /* index of the first level after it */
	size_t low, high; /* it may be at any of these levels as well */
	double before, after; /* medians of the two sides */
	double p; /* corrected for all places of the series */
	double q; /* corrected also for the number of series */
	bool worse;
	bool doubtful; /* q exceeds alpha: with so many series, chance produces such steps */
	char *acknowledged; /* the reason; NULL: it was not acknowledged */
	size_t cause; /* index in the trends'; none of a doubtful one */
};

/*
 * A series of values of one branch. Branches are separate series, because none
 * follows another.
 */
struct lab_trend {
	int64_t series; /* in the database */
	size_t row; /* among all series */
	char *scenario, *shape, *branch, *where, *metric, *unit;
	struct lab_point *point; /* in the order of kernels, then of time */
	size_t points;
	struct lab_trend_level *level;
	size_t levels;
	struct lab_jump *jump;
	size_t jumps;
};

/* Steps of several series at the same kernel: one change of the kernel. */
struct lab_cause {
	const char *branch;
	/* It came after the kernel at this place in the order, up to the next. */
	size_t after, up_to;
	size_t kernel; /* first kernel at which its clearest step is */
	size_t worse, better, acknowledged; /* steps */
	size_t trend, jump; /* the clearest step */
};

struct lab_trends {
	struct lab_trend *trend;
	size_t count;
	struct lab_cause *cause; /* in the order of kernels */
	size_t causes;
	struct lab_tested *kernel;
	size_t kernels;
	size_t runs; /* in the database */
	size_t searched; /* series */
	size_t left_out; /* latency series without steps, which were not asked for */
	const struct lab_status *status; /* for a form that shows it; or NULL */
};

/* False after a message. */
bool lab_history_trends(struct lab_history *history,
			const struct lab_looked_for *looked_for,
			struct lab_trends *trends);
void lab_trends_free(struct lab_trends *trends);

/*
 * Gives each kernel its branch, unless it was imported with one, and its place
 * among all of them: by branch, version, commit ancestry where it is known of
 * every kernel of a version, and only then by when it was first tested. A
 * bisection that tests old kernels again moves none.
 */
void lab_order_kernels(struct lab_tested *kernel, size_t n);

/* Computes the levels of a trend, and sorts its points by kernel. */
void lab_trend_levels(struct lab_trend *trend, const struct lab_tested *kernel);

/* Finds the jumps of a trend from its levels. */
void lab_trend_split(struct lab_trend *trend, double threshold, double alpha);

/*
 * Computes q of each jump over all series, and marks those that are doubtful.
 */
void lab_trends_correct(struct lab_trends *trends, double alpha);

/* Merges jumps that are not doubtful into causes. */
void lab_trends_find_causes(struct lab_trends *trends);

/* Reads which steps were acknowledged. False after a message. */
bool lab_history_read_acks(struct lab_history *history,
			   struct lab_trends *trends);

/*
 * Acknowledges, with the reason why, all steps of these trends that may be at a
 * kernel, or withdraws that. kernel: a release, or the beginning of a build ID.
 * Returns how many steps, or -1 after a message.
 */
int64_t lab_history_acknowledge(struct lab_history *history,
				const struct lab_trends *trends,
				const char *kernel, int64_t when,
				const char *why);
int64_t lab_history_withdraw(struct lab_history *history,
			     const struct lab_trends *trends,
			     const char *kernel);

/*
 * A form: a file in this folder and a row in table.c. standing: it shows the
 * status of trends, which it needs.
 */
struct lab_history_form {
	const char *name;
	bool standing;
	void (*write)(const struct lab_trends *trends, FILE *to);
};

extern const struct lab_history_form *const lab_history_forms[];

/* For the forms. */
void lab_trend_value(const struct lab_trend *trend, double value, char *words,
		     size_t size);
/* "+7.1 points", "+18.9 %" */
void lab_jump_words(const struct lab_trend *trend, const struct lab_jump *jump,
		    char *words, size_t size);
/* "worse", "better" */
const char *lab_jump_direction(const struct lab_jump *jump);
void lab_date_words(int64_t when, char *words, size_t size);
/* The kernel at a level of a trend. */
const struct lab_tested *lab_trend_kernel(const struct lab_trends *trends,
					  const struct lab_trend *trend,
					  size_t level);
/* Are two consecutive trends of the same scenario, branch and machine? */
bool lab_trend_same_group(const struct lab_trend *a, const struct lab_trend *b);

#endif /* LAB_HISTORY_H */
