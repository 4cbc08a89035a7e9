/* SPDX-License-Identifier: GPL-2.0-only */
/* compare/rank.h - what two samples show by the order of their values. */
#ifndef LAB_RANK_H
#define LAB_RANK_H

#include <stddef.h>

/* An estimate with its confidence interval. */
struct lab_estimate {
	double value, low, high;
};

/*
 * The two-sided p of Mann and Whitney's test: whether one sample tends to
 * larger values than the other.
 *
 * Exact, with mid-ranks for ties, by counting the assignments of ranks: up to
 * LAB_EXACT values on each side, and beyond that if one side is small. With
 * more than 40 values in all and 20 on each side, a p above LAB_ORDINARY_P
 * decides nothing and is that of the normal approximation.
 *
 * Otherwise by random permutations, with a fixed seed: the same samples give
 * the same p. It stops after LAB_DEALT_AS_FAR permutations that are at least as
 * extreme (Besag and Clifford 1991), which makes the standard error a tenth of
 * p, or after LAB_DEALS permutations; the lowest such p is 1 / (LAB_DEALS + 1).
 */
#define LAB_EXACT 60
#define LAB_ORDINARY_P 0.2
#define LAB_DEALS 99999
#define LAB_DEALT_AS_FAR 100
double lab_mann_whitney(const double *a, size_t n, const double *b, size_t m);

/* The lowest p that samples of these sizes can have. */
double lab_least_p(size_t n, size_t m);

/*
 * Hodges and Lehmann's shift from a to b: the median of all differences, with
 * the confidence interval that belongs to the test above. alpha 0.01: 99 %. The
 * interval is infinite if the samples are too small. room: n * m doubles.
 */
struct lab_estimate lab_shift(const double *a, size_t n, const double *b,
			      size_t m, double alpha, double *room);

#endif /* LAB_RANK_H */
