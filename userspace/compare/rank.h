/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * compare/rank.h - what may be claimed of two samples by the order of their
 * values alone.
 */
#ifndef LAB_RANK_H
#define LAB_RANK_H

#include <stddef.h>

/* An estimate and the interval it is in, at the level that was asked for. */
struct lab_estimate {
	double value, low, high;
};

/*
 * Mann and Whitney's test of whether one sample tends to larger values than
 * the other: the two-sided p.
 *
 * Exact, with mid-ranks for ties, by counting the ways in which the ranks could
 * have been dealt: up to LAB_EXACT values on each side, and beyond where one
 * side is small. With more than 40 values and 20 on each side, a p above
 * LAB_ORDINARY_P decides nothing and is the normal approximation's.
 *
 * Beyond, by dealing the ranks at random, with a fixed seed: the same samples
 * have the same p. It ends at LAB_DEALT_AS_FAR deals that are as far apart
 * (Besag and Clifford 1991), which makes the standard error of p a tenth of it,
 * or after LAB_DEALS; the least such p is 1 / (LAB_DEALS + 1).
 */
#define LAB_EXACT 60
#define LAB_ORDINARY_P 0.2
#define LAB_DEALS 99999
#define LAB_DEALT_AS_FAR 100
double lab_mann_whitney(const double *a, size_t n, const double *b, size_t m);

/* The least p that samples of these sizes can have. */
double lab_least_p(size_t n, size_t m);

/*
 * Hodges and Lehmann's shift from a to b: the median of all differences, in
 * the interval that belongs to the test above. alpha 0.01: at 99 %. Infinite
 * when the samples are too small for any. room: n * m doubles.
 */
struct lab_estimate lab_shift(const double *a, size_t n, const double *b,
			      size_t m, double alpha, double *room);

#endif /* LAB_RANK_H */
