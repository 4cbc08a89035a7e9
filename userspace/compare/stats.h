/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * compare/stats.h - what may be claimed of two samples.
 *
 * A sample is a number per seed. Shots of one run are no sample: they meet the
 * same state one after the other, and thousands of them may say no more than
 * one would.
 */
#ifndef LAB_STATS_H
#define LAB_STATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An estimate and the interval it is in, at the level that was asked for. */
struct lab_estimate {
	double value, low, high;
};

/*
 * Mann and Whitney's test of whether one sample tends to larger values than
 * the other: the two-sided p. Exact, ties included, up to LAB_EXACT values in
 * all, approximated beyond.
 */
#define LAB_EXACT 24
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

/* A rate of n trials in Wilson's interval; z: the quantile that it reaches. */
struct lab_estimate lab_wilson(double rate, double n, double z);

/* What the rate of each seed says of a kernel's. */
struct lab_rate {
	double rate; /* the mean over seeds */
	double trials; /* independent ones that would vary as seeds do */
	size_t seeds;
};

struct lab_rate lab_rate(const double *rates, const double *shots, size_t n);

/*
 * b - a in Newcombe's interval. With seeds that are too few to tell how they
 * vary, all that is known is that it lies between -1 and 1.
 */
struct lab_estimate lab_newcombe(const struct lab_rate *a,
				 const struct lab_rate *b, double alpha);

/* Fisher's exact test of k of n against l of m: the two-sided p. */
double lab_fisher(unsigned int k, unsigned int n, unsigned int l,
		  unsigned int m);

/* Benjamini and Hochberg: turns each p into the least rate of false claims. */
void lab_benjamini_hochberg(double *p, size_t n);

/*
 * How many seeds more on each side would make an interval of half this width,
 * when there are n now: it narrows with the root of their number.
 */
#define LAB_MANY_SEEDS 1000 /* so many or more are not worth counting */
size_t lab_seeds_more(size_t n, double half_width, double wanted);

/* The same for p to become alpha, if what is seen stays what it is. */
size_t lab_seeds_to_claim(size_t n, double p, double alpha);

#endif /* LAB_STATS_H */
