// SPDX-License-Identifier: GPL-2.0-only
/* compare/stats.c - see compare/stats.h. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>

#include "lib/alloc.h"
#include "stats.h"

#define ONE_ENDED 16 /* exponent: weight of rates near 0 or 1; even */
#define FOUND 0.9 /* of comparisons find a detectable effect */

/* ---- means ----------------------------------------------------------------- */

struct lab_mean lab_mean(const double *values, size_t n)
{
	struct lab_mean mean = { .n = n };

	if (n)
		mean.value = gsl_stats_mean(values, 1, n);
	if (n > 1)
		mean.variance = gsl_stats_variance_m(values, 1, n, mean.value);
	return mean;
}

double lab_median(const double *values, size_t n)
{
	double *sorted = xcheck(malloc(n * sizeof(*sorted))), result;

	memcpy(sorted, values, n * sizeof(*sorted));
	gsl_sort(sorted, 1, n);
	result = gsl_stats_median_from_sorted_data(sorted, 1, n);
	free(sorted);
	return result;
}

static const struct lab_estimate unknown = { .low = -INFINITY,
					     .high = INFINITY };

static struct lab_estimate by_t(double value, double error, double freedom,
				double alpha, double *p)
{
	const double half = error * gsl_cdf_tdist_Qinv(alpha / 2, freedom);

	if (p)
		*p = error > 0 ?
			     2 * gsl_cdf_tdist_Q(fabs(value) / error, freedom) :
		     value == 0 ? 1 :
				  0;
	return (struct lab_estimate){ value, value - half, value + half };
}

struct lab_estimate lab_student(const struct lab_mean *mean, double least,
				double alpha, double *p)
{
	struct lab_estimate none = unknown;

	if (mean->n > 1)
		return by_t(mean->value,
			    sqrt(fmax(mean->variance, least) / mean->n),
			    mean->n - 1, alpha, p);
	none.value = mean->value;
	if (p)
		*p = 1;
	return none;
}

/*
 * Satterthwaite's degrees of freedom. If both variances are 0: those of equal
 * variances.
 */
static double freedom_of(double one, double n, double other, double m)
{
	const double sum = one + other;

	if (sum <= 0)
		return n + m - 2;
	return sum * sum / (one * one / (n - 1) + other * other / (m - 1));
}

struct lab_estimate lab_welch(const struct lab_mean *a,
			      const struct lab_mean *b, double least,
			      double alpha, double *p)
{
	const double value = b->value - a->value;
	struct lab_estimate none = unknown;
	double one, other;

	if (a->n < 2 || b->n < 2) {
		none.value = value;
		if (p)
			*p = 1;
		return none;
	}
	one = fmax(a->variance, least) / a->n;
	other = fmax(b->variance, least) / b->n;
	return by_t(value, sqrt(one + other),
		    freedom_of(one, a->n, other, b->n), alpha, p);
}

/* ---- rates ----------------------------------------------------------------- */

/*
 * With part of one seed added, half of whose shots failed. It is a whole seed
 * if all shots of all seeds have the same outcome, and next to nothing if the
 * rates are equally far from 0 and 1.
 */
static struct lab_mean with_one_more(const double *rates, size_t n)
{
	const struct lab_mean seen = lab_mean(rates, n);
	const double more = pow(2 * seen.value - 1, ONE_ENDED);
	struct lab_mean mean = { .n = n + more };

	mean.value = (n * seen.value + more / 2) / (n + more);
	mean.variance =
		((n - 1) * seen.variance + n * pow(seen.value - mean.value, 2) +
		 more / 2 * (pow(mean.value, 2) + pow(1 - mean.value, 2))) /
		(n - 1 + more);
	return mean;
}

struct lab_estimate lab_rate_change(const double *a, size_t n, const double *b,
				    size_t m, double alpha)
{
	const struct lab_mean one = with_one_more(a, n);
	const struct lab_mean other = with_one_more(b, m);
	const double seen = gsl_stats_mean(b, 1, m) - gsl_stats_mean(a, 1, n);
	struct lab_estimate change = { seen, -1, 1 };
	struct lab_estimate shrunk;

	if (n < 2 || m < 2)
		return change;
	shrunk = lab_welch(&one, &other, 0, alpha, NULL);
	change.low = fmax(-1, shrunk.low);
	change.high = fmin(1, shrunk.high);
	/*
	 * The observed change is inside the interval, however much the added
	 * seed moves it.
	 */
	change.low = fmin(change.low, seen);
	change.high = fmax(change.high, seen);
	return change;
}

size_t lab_rate_floor(double threshold, double alpha)
{
	if (threshold <= 0)
		return LAB_MANY_SEEDS;
	if (threshold >= 1)
		return 1;
	return fmin(LAB_MANY_SEEDS, ceil(log(alpha) / log1p(-threshold)));
}

double lab_fisher(unsigned int k, unsigned int n, unsigned int l,
		  unsigned int m)
{
	const unsigned int hits = k + l;
	const double here = gsl_ran_hypergeometric_pdf(k, n, m, hits);
	double p = 0, one;
	unsigned int i;

	for (i = 0; i <= n && i <= hits; i++) {
		one = gsl_ran_hypergeometric_pdf(i, n, m, hits);
		/* Equally likely tables may differ in their last bits. */
		if (one <= here * (1 + 1e-9))
			p += one;
	}
	return fmin(1, p);
}

/* ---- many tests ---------------------------------------------------------- */

static size_t *ascending(const double *p, size_t n)
{
	size_t *order = xcheck(malloc((n + 1) * sizeof(*order)));

	gsl_sort_index(order, p, 1, n);
	return order;
}

void lab_benjamini_hochberg(double *p, size_t n)
{
	size_t *order = ascending(p, n), i;
	double least = 1;

	for (i = n; i--;) {
		least = fmin(least, p[order[i]] * n / (i + 1));
		p[order[i]] = least;
	}
	free(order);
}

void lab_holm(double *p, size_t n)
{
	size_t *order = ascending(p, n), i;
	double most = 0;

	for (i = 0; i < n; i++) {
		most = fmax(most, fmin(1, p[order[i]] * (n - i)));
		p[order[i]] = most;
	}
	free(order);
}

size_t lab_tarone(const double *least, size_t n, double alpha)
{
	size_t share, i, able;

	for (share = 1; share < n; share++) {
		for (i = 0, able = 0; i < n; i++)
			able += least[i] <= alpha / share;
		if (able <= share)
			break;
	}
	return share;
}

/*
 * ---- detectable effects
 * ------------------------------------------------------
 */

/*
 * Satterthwaite's degrees of freedom for two samples of n with the same
 * variance.
 */
static double freedom_for(double n)
{
	return fmax(1, 2 * (n - 1) * n / (n + 1));
}

static double quantile(double tail, double n)
{
	return gsl_cdf_tdist_Qinv(tail, freedom_for(n));
}

/*
 * How far the true value has to be off, in standard errors, so that 9 of 10
 * samples are beyond this number of their own standard errors. These vary too
 * (noncentral t, approximated by a normal distribution).
 */
static double mostly_beyond(double errors, double n)
{
	const double freedom = freedom_for(n);

	return errors * (1 - 1 / (4 * freedom)) +
	       gsl_cdf_ugaussian_Qinv(1 - FOUND) *
		       sqrt(1 + errors * errors / (2 * freedom));
}

double lab_detectable(double half_width, size_t n, double threshold,
		      double alpha, double tests)
{
	const double bound = quantile(alpha / 2, n);
	const double test = quantile(alpha / 2 / fmax(1, tests), n);
	const double error = half_width / bound;

	if (!isfinite(half_width) || n < 2)
		return INFINITY;
	/*
	 * The test has to pass, and the bound to exceed the threshold: the
	 * larger requirement.
	 */
	return fmax(error * mostly_beyond(test, n),
		    threshold + error * mostly_beyond(bound, n));
}

size_t lab_seeds_for(double effect, double half_width, size_t n,
		     double threshold, double alpha, double tests)
{
	const double error = half_width / quantile(alpha / 2, n) * sqrt(n);
	size_t seeds;
	double half;

	if (!isfinite(half_width) || n < 2)
		return 0;
	for (seeds = 2; seeds < LAB_MANY_SEEDS; seeds++) {
		half = error / sqrt(seeds) * quantile(alpha / 2, seeds);
		if (lab_detectable(half, seeds, threshold, alpha, tests) <=
		    effect)
			break;
	}
	return seeds;
}
