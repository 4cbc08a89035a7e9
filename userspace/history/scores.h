/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * history/scores.h - whether the first values of a series differ in level
 * from the others: a two-sample test by normal scores of ranks.
 *
 * Scores depend on ranks alone, so an outlier weighs no more than the largest
 * value does, and no assumption is made about how values are distributed. They
 * lose little power where values are normal, which Mann and Whitney's do more.
 * Scores are rounded to a grid, so that their permutation distribution can be
 * computed exactly, with ties: 99 equal values and an odd one have p = 0.02
 * wherever the odd one lies, not what a normal approximation makes of it.
 */
#ifndef LAB_SCORES_H
#define LAB_SCORES_H

#include <stddef.h>
#include <stdint.h>

#define LAB_SCORE_GRID 8 /* levels of a score for each standard deviation */

/* The score of each of n values, in grid levels; equal values share theirs. */
void lab_scores(const double *values, size_t n, int16_t *scores);

/*
 * The two-sided p of the first m of n scores, 0 < m < n, under all
 * permutations: exact, or where both sides are large and few values equal, by
 * a normal approximation that is corrected for skewness.
 */
double lab_scores_p(const int16_t *scores, size_t n, size_t m);

#endif /* LAB_SCORES_H */
