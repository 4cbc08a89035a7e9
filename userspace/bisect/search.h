/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * bisect/search.h - which candidate to try next, and what is known so far.
 *
 * It knows nothing of kernels. Candidates are numbered from 0, the oldest
 * first. What comes before number 0 is good, and the last is bad: the culprit is
 * the first bad one. Candidates that cannot be tested are skipped.
 */
#ifndef LAB_SEARCH_H
#define LAB_SEARCH_H

#include <stdbool.h>
#include <stddef.h>

enum lab_searched { LAB_UNTRIED, LAB_GOOD, LAB_BAD, LAB_UNTESTABLE };

extern const char *const lab_search_words[]; /* ended by NULL */

struct lab_search {
	size_t count; /* 1 or more */
	enum lab_searched *outcome;
};

/* The candidates of which one is the culprit: from first to last. */
void lab_search_left(const struct lab_search *search, size_t *first,
		     size_t *last);

/*
 * The candidate to try next: of those left, the one in the middle, or the one
 * nearest to the middle that was not skipped. False when no trial can make fewer
 * of them.
 */
bool lab_search_next(const struct lab_search *search, size_t *next);

/* Trials that so many candidates need at most when none is skipped. */
size_t lab_search_trials(size_t count);

#endif /* LAB_SEARCH_H */
