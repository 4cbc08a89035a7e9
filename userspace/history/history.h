/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * history/history.h - runs over time, in an SQLite database.
 *
 *	db.c      opens it, and brings older ones up to date
 *	add.c     takes of a run what is worth keeping, and gives room back
 *	trend.c   a series of values, and where it stepped
 *	text.c html.c json.c   the forms of trends; table.c lists them
 *
 * A run is one transaction: it is there whole or not at all, whoever is killed
 * when. Writers wait for each other.
 */
#ifndef LAB_HISTORY_H
#define LAB_HISTORY_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "results/load.h"

struct lab_history {
	sqlite3 *db;
	const char *path;
	sqlite3_stmt *add_run, *add_kernel, *add_series, *find_series,
		*add_sample;
};

/* False after a message. create: when there is none yet. */
bool lab_history_open(struct lab_history *history, const char *path,
		      bool create);
void lab_history_close(struct lab_history *history);
/* False after a message that says what was tried. */
bool lab_history_do(struct lab_history *history, const char *sql);
bool lab_history_failed(const struct lab_history *history, const char *what);

enum lab_added { LAB_ADDED, LAB_KNOWN, LAB_NOT_ADDED };

/* when: seconds since 1970. LAB_NOT_ADDED after a message. */
enum lab_added lab_history_add(struct lab_history *history,
			       const struct lab_run *run, int64_t when);

/* Removes runs from before a moment; how many, or -1 after a message. */
int64_t lab_history_prune(struct lab_history *history, int64_t before);

/* What is looked for: patterns of a shell; NULL: any. */
struct lab_looked_for {
	const char *scenario, *where, *metric, *kernel;
	bool cells; /* the series of cells, not only those of phases */
	size_t last; /* runs */
	double threshold, alpha;
};

struct lab_point {
	int64_t when;
	double value;
	size_t kernel; /* index in the trend's */
};

/* Where a series left one level for another. */
struct lab_jump {
	size_t at; /* the first point behind it */
	double before, after; /* medians of the two sides */
	double p;
};

struct lab_tested {
	int64_t id; /* in the database */
	char *release, *build_id;
};

struct lab_trend {
	char *scenario, *shape, *where, *metric, *unit;
	struct lab_point *point; /* the oldest first */
	size_t points;
	struct lab_jump *jump;
	size_t jumps;
};

struct lab_trends {
	struct lab_trend *trend;
	size_t count;
	struct lab_tested *kernel;
	size_t kernels;
	size_t runs; /* in the database */
	size_t left_out; /* latencies that did not step, and were not asked for */
};

/* False after a message. */
bool lab_history_trends(struct lab_history *history,
			const struct lab_looked_for *looked_for,
			struct lab_trends *trends);
void lab_trends_free(struct lab_trends *trends);

/* Finds the jumps of a trend: at changes of the kernel only. */
void lab_trend_split(struct lab_trend *trend, double threshold, double alpha);

/* A form: a file in this folder and a row in table.c. */
struct lab_history_form {
	const char *name;
	void (*write)(const struct lab_trends *trends, FILE *to);
};

extern const struct lab_history_form *const lab_history_forms[];

/*
 * For the forms: one value a kernel, the median of its runs, in the order in
 * which kernels were first tested. How many there are.
 */
struct lab_trend_level {
	size_t kernel;
	int64_t when; /* its first run */
	double value;
	size_t runs;
};

size_t lab_trend_levels(const struct lab_trend *trend,
			struct lab_trend_level **levels);
void lab_trend_value(const struct lab_trend *trend, double value, char *words,
		     size_t size);
/* "+7.1 points", "+18.9 %" */
void lab_jump_words(const struct lab_trend *trend, const struct lab_jump *jump,
		    char *words, size_t size);
void lab_date_words(int64_t when, char *words, size_t size);

#endif /* LAB_HISTORY_H */
