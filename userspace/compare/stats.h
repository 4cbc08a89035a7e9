/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * compare/stats.h - what may be claimed of numbers that are one per seed.
 *
 * Shots of one run are no sample: they meet the same state one after the
 * other, and thousands of them may say no more than one would.
 */
#ifndef LAB_STATS_H
#define LAB_STATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rank.h"

/* A sample, as far as its mean is concerned. */
struct lab_mean {
	double value;
	double variance; /* of a value */
	double n;
};

struct lab_mean lab_mean(const double *values, size_t n);

/* Of n values, at least one, in any order. */
double lab_median(const double *values, size_t n);

/*
 * b - a by Welch's t, its freedom after Satterthwaite. least: variance that
 * either side has at least, for samples that are equal by chance; 0: none.
 * p (may be NULL): two-sided, that there is no difference. With one value on
 * each side nothing is known: no bounds, p 1.
 */
struct lab_estimate lab_welch(const struct lab_mean *a,
			      const struct lab_mean *b, double least,
			      double alpha, double *p);

/* The mean of values, by Student's t. Of what is paired. */
struct lab_estimate lab_student(const struct lab_mean *mean, double least,
				double alpha, double *p);

/*
 * b - a of rates that are one per seed, each from 0 to 1.
 *
 * Welch's interval, after one more seed has been added to each side, half of
 * which failed wholly: where seeds fail wholly, and none did yet, their
 * variance is not 0. It holds the difference in as many of 100 samples as it
 * says; with one seed on a side it is -1 to 1.
 */
struct lab_estimate lab_rate_change(const double *a, size_t n, const double *b,
				    size_t m, double alpha);

/*
 * Below so many seeds no rate is the same: what befalls a part of all seeds
 * (the threshold), and that part fails wholly, may have missed all of these.
 */
size_t lab_rate_floor(double threshold, double alpha);

/* Fisher's exact test of k of n against l of m: the two-sided p. */
double lab_fisher(unsigned int k, unsigned int n, unsigned int l,
		  unsigned int m);

/* Benjamini and Hochberg: turns each p into the least rate of false claims. */
void lab_benjamini_hochberg(double *p, size_t n);

/*
 * Holm: turns each p into the least chance of any false claim, whatever the p
 * have to do with one another.
 */
void lab_holm(double *p, size_t n);

/*
 * Tarone: among how many tests alpha has to be shared, when these are the least
 * p that each of them can have. Those above alpha / that cannot pass and do
 * not count. From 1 on.
 */
size_t lab_tarone(const double *least, size_t n, double alpha);

/*
 * The least effect that is found in 9 of 10 comparisons, when half the width
 * of the interval at 1 - alpha is what it is, with n seeds a side, and a bound
 * has to be beyond the threshold at the level of one of so many tests.
 */
double lab_detectable(double half_width, size_t n, double threshold,
		      double alpha, double tests);

/* Seeds on each side for that to be no more than an effect. */
#define LAB_MANY_SEEDS 1000 /* so many or more are not worth counting */
size_t lab_seeds_for(double effect, double half_width, size_t n,
		     double threshold, double alpha, double tests);

#endif /* LAB_STATS_H */
