/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * compare/stats.h - what samples show that have one value per seed.
 *
 * The shots of one run are not independent samples: each meets almost the state
 * that the one before left, and thousands of them may say no more than one.
 */
#ifndef LAB_STATS_H
#define LAB_STATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rank.h"

/* What is needed of a sample to compare its mean. */
struct lab_mean {
	double value;
	double variance; /* of a single value */
	double n;
};

struct lab_mean lab_mean(const double *values, size_t n);

/* n is at least 1. The values may have any order. */
double lab_median(const double *values, size_t n);

/*
 * b - a by Welch's t test, with Satterthwaite's degrees of freedom. least:
 * lower bound for the variance of each side, for samples that are equal by
 * chance; 0: none. p (may be NULL): two-sided, of no difference. With one value
 * on each side: infinite bounds, p 1.
 */
struct lab_estimate lab_welch(const struct lab_mean *a,
			      const struct lab_mean *b, double least,
			      double alpha, double *p);

/* The mean of values, by Student's t test. For paired values. */
struct lab_estimate lab_student(const struct lab_mean *mean, double least,
				double alpha, double *p);

/*
 * b - a of rates with one value per seed, each from 0 to 1.
 *
 * Welch's interval, after one more seed was added to each side, half of whose
 * shots failed: seeds may fail completely even if none did yet, so the variance
 * must not be 0. The interval contains the true difference in as many of 100
 * samples as its level says; with one seed on a side it is -1 to 1.
 */
struct lab_estimate lab_rate_change(const double *a, size_t n, const double *b,
				    size_t m, double alpha);

/*
 * With fewer seeds no rate is called equal: if a share of all seeds (the
 * threshold) fails completely, none of these few may be among them.
 */
size_t lab_rate_floor(double threshold, double alpha);

/* Fisher's exact test of k of n against l of m: the two-sided p. */
double lab_fisher(unsigned int k, unsigned int n, unsigned int l,
		  unsigned int m);

/*
 * Benjamini and Hochberg: replaces each p by the lowest rate of false claims at
 * which it is claimed.
 */
void lab_benjamini_hochberg(double *p, size_t n);

/*
 * Holm: replaces each p by the lowest chance of any false claim at which it is
 * claimed, however the tests depend on each other.
 */
void lab_holm(double *p, size_t n);

/*
 * Tarone: the number of tests that share alpha, if these are the lowest p that
 * each test can have. Tests whose lowest p is above alpha divided by that
 * number cannot be passed and do not count. At least 1.
 */
size_t lab_tarone(const double *least, size_t n, double alpha);

/*
 * The smallest effect that is found in 9 of 10 comparisons with n seeds on each
 * side. half_width: of the interval at 1 - alpha now. The bound has to exceed
 * threshold, at the level of one of that many tests.
 */
double lab_detectable(double half_width, size_t n, double threshold,
		      double alpha, double tests);

/*
 * The number of seeds on each side with which that is no larger than an effect.
 */
#define LAB_MANY_SEEDS 1000 /* not computed beyond */
size_t lab_seeds_for(double effect, double half_width, size_t n,
		     double threshold, double alpha, double tests);

#endif /* LAB_STATS_H */
