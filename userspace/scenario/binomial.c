// SPDX-License-Identifier: GPL-2.0-only
/*
 * scenario/binomial.c - quantiles of the binomial distribution, for up to 2^40 trials.
 *
 * GSL's gsl_cdf_binomial_P() takes an unsigned int of trials, and the beta
 * function behind it, gsl_cdf_beta_P(), answers NaN near the mean from some
 * 2^30 on: its continued fraction is cut off after 512 terms. So tails are
 * summed here, from the mass at k outwards, each term from the one before. A
 * sum has as many terms as a few standard deviations have numbers, which are
 * millions at the very worst.
 *
 * The mass comes from the Stirling series in Loader's saddle-point form, where
 * nothing large cancels; GSL has the two functions that takes.
 */
#include "binomial.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>

#include <gsl/gsl_sf_gamma.h>
#include <gsl/gsl_sf_log.h>

struct binomial {
	double n, p, q;
};

/* x log(x / m) - x + m: the deviance of x from the mean m. */
static double deviance(double x, double m)
{
	/*
	 * Far from the mean the formula is exact enough; near it digits cancel,
	 * so sum the series.
	 */
	if (fabs(x - m) > x / 2)
		return x * log(x / m) - x + m;
	return -x * gsl_sf_log_1plusx_mx((m - x) / x);
}

/* Use the smaller of the two probabilities, which has all of its digits. */
static double log_of_q(double p, double q)
{
	return p < q ? log1p(-p) : log(q);
}

static double mass(const struct binomial *b, double k)
{
	double rest = b->n - k;

	if (k == 0)
		return exp(b->n * log_of_q(b->p, b->q));
	if (rest == 0)
		return exp(b->n * log_of_q(b->q, b->p));
	return gsl_sf_gammastar(b->n) /
	       (gsl_sf_gammastar(k) * gsl_sf_gammastar(rest)) *
	       sqrt(b->n / (2 * M_PI * k * rest)) *
	       exp(-deviance(k, b->n * b->p) - deviance(rest, b->n * b->q));
}

/* P(X <= k) for k below the mean, where terms decrease. */
static double tail(const struct binomial *b, double k)
{
	double term = mass(b, k), sum = term;

	for (; k > 0 && term > sum * DBL_EPSILON / 16; k--) {
		term *= k / (b->n - k + 1) * (b->q / b->p);
		sum += term;
	}
	return sum;
}

/* The distribution of failures instead of successes. */
static struct binomial mirrored(const struct binomial *b)
{
	return (struct binomial){ b->n, b->q, b->p };
}

static double lower(const struct binomial *b, double k)
{
	struct binomial mirror = mirrored(b);

	if (k < 0)
		return 0;
	if (k >= b->n)
		return 1;
	if (k <= b->n * b->p)
		return tail(b, k);
	return 1 - tail(&mirror, b->n - k - 1);
}

double lab_binomial_lower(uint64_t trials, double p, uint64_t k)
{
	struct binomial b = { (double)trials, p, 1 - p };

	/*
	 * With p 0 or 1 the result is certain, and the mass function would take
	 * the logarithm of 0.
	 */
	if (p <= 0)
		return 1;
	if (p >= 1)
		return k >= trials;
	return lower(&b, (double)k);
}

double lab_binomial_upper(uint64_t trials, double p, uint64_t k)
{
	struct binomial mirror = { (double)trials, 1 - p, p };

	if (p <= 0)
		return k == 0;
	if (p >= 1)
		return k <= trials;
	return lower(&mirror, (double)trials - (double)k);
}

uint64_t lab_binomial_quantile(uint64_t trials, double p, double tail)
{
	uint64_t low = 0, high = trials;

	while (low < high) {
		uint64_t middle = low + (high - low) / 2;

		if (lab_binomial_lower(trials, p, middle) >= tail)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

uint64_t lab_binomial_quantile_upper(uint64_t trials, double p, double tail)
{
	uint64_t low = 0, high = trials;

	while (low < high) {
		uint64_t middle = low + (high - low) / 2;

		if (lab_binomial_upper(trials, p, middle + 1) <= tail)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}
