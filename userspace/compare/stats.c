// SPDX-License-Identifier: GPL-2.0-only
/* compare/stats.c - see compare/stats.h. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_sf_gamma.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>

#include "stats.h"

/* ---- Mann and Whitney ---------------------------------------------------- */

/* The values of both samples, in order, and where each is from. */
struct ranked {
	double value;
	bool from_b;
};

static int by_value(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	return (x->value > y->value) - (x->value < y->value);
}

/*
 * Twice the rank of each value: equal ones share the mean of their ranks, and
 * twice that is whole. Returns the sum over b, and what ties take from the
 * variance.
 */
static uint64_t rank_all(struct ranked *all, size_t count, uint32_t *ranks,
			 double *ties)
{
	uint64_t sum = 0;
	size_t from, to, i;

	*ties = 0;
	qsort(all, count, sizeof(*all), by_value);
	for (from = 0; from < count; from = to) {
		for (to = from; to < count && all[to].value == all[from].value;)
			to++;
		for (i = from; i < to; i++) {
			ranks[i] = from + 1 + to;
			sum += all[i].from_b ? ranks[i] : 0;
		}
		*ties += pow(to - from, 3) - (double)(to - from);
	}
	return sum;
}

/*
 * In how many ways m of the ranks make each sum: what chance would do. The
 * doubled ranks of LAB_EXACT values sum up to no more than this.
 */
#define MAX_SUM (LAB_EXACT * (LAB_EXACT + 1))

static double exact_p(const uint32_t *ranks, size_t count, size_t m,
		      uint64_t sum)
{
	static _Thread_local double ways[LAB_EXACT + 1][MAX_SUM + 1];
	const double middle = m * (count + 1.0); /* of the doubled sums */
	const double off = fabs(sum - middle);
	double all = 0, beyond = 0;
	size_t i, k, s;

	memset(ways, 0, sizeof(ways));
	ways[0][0] = 1;
	for (i = 0; i < count; i++)
		for (k = i + 1 < m ? i + 1 : m; k; k--)
			for (s = ranks[i]; s <= MAX_SUM; s++)
				ways[k][s] += ways[k - 1][s - ranks[i]];
	for (s = 0; s <= MAX_SUM; s++) {
		all += ways[m][s];
		if (fabs(s - middle) >= off)
			beyond += ways[m][s];
	}
	return beyond / all;
}

static double normal_p(size_t n, size_t m, uint64_t sum, double ties)
{
	const double count = n + m;
	const double middle = m * (count + 1) / 2;
	const double variance =
		n * m / 12.0 * (count + 1 - ties / (count * (count - 1)));
	const double off = fabs(sum / 2.0 - middle) - 0.5;

	if (variance <= 0 || off <= 0)
		return 1;
	return 2 * gsl_cdf_ugaussian_Q(off / sqrt(variance));
}

double lab_mann_whitney(const double *a, size_t n, const double *b, size_t m)
{
	const size_t count = n + m;
	struct ranked all[count];
	uint32_t ranks[count];
	uint64_t sum;
	double ties;
	size_t i;

	for (i = 0; i < n; i++)
		all[i] = (struct ranked){ a[i], false };
	for (i = 0; i < m; i++)
		all[n + i] = (struct ranked){ b[i], true };
	sum = rank_all(all, count, ranks, &ties);
	return count <= LAB_EXACT ? exact_p(ranks, count, m, sum) :
				    normal_p(n, m, sum, ties);
}

double lab_least_p(size_t n, size_t m)
{
	return !n || !m ? 1 : fmin(1, 2 * exp(-gsl_sf_lnchoose(n + m, n)));
}

/* How many differences lie outside the interval, on each side of it. */
static double differences_outside(size_t n, size_t m, double alpha)
{
	const double middle = n * m / 2.0;
	const double deviation = sqrt(n * m * (n + m + 1) / 12.0);

	return floor(middle - gsl_cdf_ugaussian_Qinv(alpha / 2) * deviation -
		     0.5);
}

struct lab_estimate lab_shift(const double *a, size_t n, const double *b,
			      size_t m, double alpha, double *room)
{
	const size_t count = n * m;
	struct lab_estimate shift = { .low = -INFINITY, .high = INFINITY };
	double outside;
	size_t i, j, k;

	for (i = 0; i < n; i++)
		for (j = 0; j < m; j++)
			room[i * m + j] = b[j] - a[i];
	gsl_sort(room, 1, count);
	shift.value = gsl_stats_median_from_sorted_data(room, 1, count);
	if (lab_least_p(n, m) > alpha)
		return shift;
	outside = differences_outside(n, m, alpha);
	k = outside > 0 ? outside : 0;
	shift.low = room[k];
	shift.high = room[count - 1 - k];
	return shift;
}

/* ---- rates --------------------------------------------------------------- */

struct lab_estimate lab_wilson(double rate, double n, double z)
{
	const double z2 = z * z, scale = 1 + z2 / n;
	const double centre = (rate + z2 / (2 * n)) / scale;
	const double half =
		z / scale * sqrt(rate * (1 - rate) / n + z2 / (4 * n * n));

	return (struct lab_estimate){ .value = rate,
				      .low = fmax(0, centre - half),
				      .high = fmin(1, centre + half) };
}

struct lab_rate lab_rate(const double *rates, const double *shots, size_t n)
{
	struct lab_rate rate = { .rate = gsl_stats_mean(rates, 1, n),
				 .seeds = n };
	const double trial = rate.rate * (1 - rate.rate);
	double variance = 0;
	size_t i;

	for (i = 0; i < n; i++)
		rate.trials += shots[i];
	if (n > 1)
		variance = gsl_stats_variance_m(rates, 1, n, rate.rate);
	else if (trial > 0)
		rate.trials = 0;
	/* The variance of a mean of n seeds is that of so many trials. */
	if (variance > 0)
		rate.trials = fmin(rate.trials, trial * n / variance);
	return rate;
}

struct lab_estimate lab_newcombe(const struct lab_rate *a,
				 const struct lab_rate *b, double alpha)
{
	struct lab_estimate of[2],
		d = { .value = b->rate - a->rate, .low = -1, .high = 1 };
	/* Few seeds know little of their own variance: Student's quantile. */
	const double freedom = fmax(1, a->seeds + b->seeds - 2.0);
	const double z = gsl_cdf_tdist_Qinv(alpha / 2, freedom);
	/* Rates that are 0 or 1 throughout vary as their shots do. */
	const double plain = gsl_cdf_ugaussian_Qinv(alpha / 2);
	const bool fixed = (a->rate == 0 || a->rate == 1) &&
			   (b->rate == 0 || b->rate == 1);

	if (a->trials <= 0 || b->trials <= 0)
		return d;
	of[0] = lab_wilson(a->rate, a->trials, fixed ? plain : z);
	of[1] = lab_wilson(b->rate, b->trials, fixed ? plain : z);
	d.low = d.value - hypot(b->rate - of[1].low, of[0].high - a->rate);
	d.high = d.value + hypot(of[1].high - b->rate, a->rate - of[0].low);
	return d;
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
		/* Equally likely tables differ in their last bits. */
		if (one <= here * (1 + 1e-9))
			p += one;
	}
	return fmin(1, p);
}

/* ---- many claims --------------------------------------------------------- */

void lab_benjamini_hochberg(double *p, size_t n)
{
	size_t *order = malloc(n * sizeof(*order)), i;
	double least = 1;

	if (!order)
		abort();
	gsl_sort_index(order, p, 1, n);
	for (i = n; i--;) {
		least = fmin(least, p[order[i]] * n / (i + 1));
		p[order[i]] = least;
	}
	free(order);
}

static size_t grown(size_t n, double factor)
{
	const double needed = fmin(ceil(n * factor), n + LAB_MANY_SEEDS);

	return needed > n ? needed - n : 1;
}

size_t lab_seeds_more(size_t n, double half_width, double wanted)
{
	if (!(wanted > 0))
		return LAB_MANY_SEEDS;
	/* Of an interval without an end nothing is known but that. */
	return isfinite(half_width) ? grown(n, pow(half_width / wanted, 2)) : 0;
}

size_t lab_seeds_to_claim(size_t n, double p, double alpha)
{
	const double far = gsl_cdf_ugaussian_Qinv(alpha / 2);
	const double now = gsl_cdf_ugaussian_Qinv(fmin(p, 1) / 2);

	return now > 0 ? grown(n, pow(far / now, 2)) : LAB_MANY_SEEDS;
}
