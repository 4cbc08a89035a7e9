/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * results/known.h - known issues: failures that somebody has looked into.
 *
 *	known_list.c	reads lists of them; scenarios/README.md has the format
 *	known.c		finds the verdicts of a run that one of them explains
 *
 * results.json never tells of them: what is known changes, what was found does
 * not. They are added to a copy, for whoever shows results.
 */
#ifndef LAB_KNOWN_H
#define LAB_KNOWN_H

#include <jansson.h>
#include <regex.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LAB_KNOWN_PROJECT "project" /* in place of a file: no more of them */

#define LAB_KNOWN_PATCHES 999 /* no patch level is higher: lab_version_key() */

/* Versions, both included, or a build. */
struct lab_known_kernels {
	char *build_id; /* its first digits; NULL: versions */
	int64_t from, to; /* as lab_version_key() */
};

struct lab_known_issue {
	char *name;
	char *what; /* a sentence */
	char *scenario, *verdict; /* names, or patterns of fnmatch(3) */
	char *cell; /* the same, for lab_cell_words(); NULL: not asked for */
	char *log; /* as written; NULL: not asked for */
	regex_t log_pattern;
	struct lab_known_kernels *kernels;
	size_t nkernels;
	char *kernel_words; /* the same, as written */
	char *link;
	char until[11]; /* the last day, YYYY-MM-DD; "": for ever */
};

struct lab_known {
	struct lab_known_issue *issue;
	size_t count;
};

/*
 * Reads the project's list, known-issues.list in the first folder of scenarios
 * that has one, and then files. False after messages, which name file and line.
 * Free it in either case.
 */
bool lab_known_load(struct lab_known *known, char *const *files, size_t n);
/* Reads one list from memory; path is for messages. */
bool lab_known_parse(struct lab_known *known, const char *path,
		     const char *text);
void lab_known_free(struct lab_known *known);

/*
 * The results with what is known of them, as a new reference: they share what
 * they have in common. A verdict that failed and is explained has the member
 * "known": { issue, what, link }, with "expired" when the last day is past.
 * "known_absent" lists the issues of this scenario and kernel that would show in
 * verdicts of which all held. today is "2026-11-27", in UTC.
 */
json_t *lab_known_mark(const json_t *results, const struct lab_known *known,
		       const char *today);
void lab_known_today(char today[11]);

/* The results as they were before; results that were not marked are that. */
const json_t *lab_known_unmarked(const json_t *results);

/* The issue that explains a verdict of marked results and counts, or NULL. */
const json_t *lab_known_of(const json_t *verdict);
/* Whether a run failed, and each verdict that did is explained. */
bool lab_known_all(const json_t *marked);

#endif /* LAB_KNOWN_H */
