// SPDX-License-Identifier: GPL-2.0-only
/* history/scores.c - see history/scores.h. */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_sort.h>

#include "lib/alloc.h"
#include "scores.h"

/* rank: from 0, may be a half. Blom's approximation. */
static int16_t score_of(double rank, size_t n)
{
	const double part = (rank + 1 - 0.375) / (n + 0.25);

	return lround(LAB_SCORE_GRID * gsl_cdf_ugaussian_Pinv(part));
}

void lab_scores(const double *values, size_t n, int16_t *scores)
{
	size_t *order = xcheck(malloc((n + 1) * sizeof(*order))), from, to, i;

	gsl_sort_index(order, values, 1, n);
	for (from = 0; from < n; from = to) {
		for (to = from;
		     to < n && values[order[to]] == values[order[from]];)
			to++;
		for (i = from; i < to; i++)
			scores[order[i]] = score_of((from + to - 1) / 2.0, n);
	}
	free(order);
}

/* Scores as counts of each level, and their moments. */
struct population {
	size_t *count; /* of each level, from the lowest on */
	int lowest, levels;
	size_t n;
	int common; /* the level that most values have */
	double mean, variance, skewness;
};

static void count_levels(const int16_t *scores, size_t n, struct population *of)
{
	int lowest = scores[0], highest = scores[0], l;
	size_t i;

	for (i = 1; i < n; i++) {
		lowest = scores[i] < lowest ? scores[i] : lowest;
		highest = scores[i] > highest ? scores[i] : highest;
	}
	*of = (struct population){ .lowest = lowest,
				   .levels = highest - lowest + 1,
				   .n = n };
	of->count = xcheck(calloc(of->levels, sizeof(*of->count)));
	for (i = 0; i < n; i++)
		of->count[scores[i] - lowest]++;
	for (l = 0; l < of->levels; l++) {
		of->mean += (double)l * of->count[l] / n;
		if (of->count[l] > of->count[of->common])
			of->common = l;
	}
	for (l = 0; l < of->levels; l++) {
		of->variance += pow(l - of->mean, 2) * of->count[l] / n;
		of->skewness += pow(l - of->mean, 3) * of->count[l] / n;
	}
	if (of->variance > 0)
		of->skewness /= pow(of->variance, 1.5);
}

/*
 * The chance of each sum of m scores that are drawn one after the other: the
 * i-th of n is drawn with chance (m - k) / (n - i) if k were drawn before.
 * Levels are relative to the most common one, whose scores change no sum and
 * need not be drawn.
 */
struct drawn {
	double *chance; /* [k][sum] */
	long *from, *to; /* [k]: elsewhere the chance is 0 as yet */
	size_t taken, tried; /* maximum, and number so far */
	long low, high; /* sums */
};

static size_t sums(const struct drawn *drawn)
{
	return drawn->high - drawn->low + 1;
}

/* The chance of the sums from..to-1 is not 0 from now on. */
static void widen(struct drawn *drawn, size_t k, long from, long to)
{
	if (drawn->from[k] >= drawn->to[k]) {
		drawn->from[k] = from;
		drawn->to[k] = to;
	}
	drawn->from[k] = from < drawn->from[k] ? from : drawn->from[k];
	drawn->to[k] = to > drawn->to[k] ? to : drawn->to[k];
}

static void draw_one(struct drawn *drawn, long level, double of, size_t m)
{
	const size_t width = sums(drawn);
	size_t k;
	long s;

	/* At most as many can have been drawn as were tried. */
	k = drawn->tried < drawn->taken ? drawn->tried : drawn->taken;
	for (drawn->tried++, k++; k--;) {
		double *here = drawn->chance + k * width;
		const long from = drawn->from[k], to = drawn->to[k];
		const double take = fmin(1, (m - k) / of);

		if (k < drawn->taken) {
			for (s = from; s < to; s++)
				here[width + s + level] += take * here[s];
			widen(drawn, k + 1, from + level, to + level);
		}
		for (s = from; s < to; s++)
			here[s] *= 1 - take;
	}
}

static size_t odd_ones(const struct population *of)
{
	return of->n - of->count[of->common];
}

static void plan(const struct population *of, size_t m, struct drawn *drawn)
{
	const size_t odd = odd_ones(of);

	drawn->taken = m < odd ? m : odd;
	drawn->tried = 0;
	drawn->low = -(long)drawn->taken * of->common;
	drawn->high = (long)drawn->taken * (of->levels - 1 - of->common);
}

static double exact_p(const struct population *of, size_t m, double off,
		      struct drawn *drawn)
{
	const size_t width = sums(drawn);
	const double middle = m * (of->mean - of->common);
	size_t i, left = of->n, k;
	double beyond = 0;
	long s;
	int l;

	drawn->chance = xcheck(
		calloc((drawn->taken + 1) * width, sizeof(*drawn->chance)));
	drawn->from = xcheck(calloc(2 * (drawn->taken + 1), sizeof(long)));
	drawn->to = drawn->from + drawn->taken + 1;
	drawn->chance[-drawn->low] = 1;
	widen(drawn, 0, -drawn->low, -drawn->low + 1);
	for (l = 0; l < of->levels; l++)
		for (i = l == of->common ? of->count[l] : 0; i < of->count[l];
		     i++)
			draw_one(drawn, l - of->common, left--, m);
	for (k = 0; k <= drawn->taken; k++)
		for (s = drawn->from[k]; s < drawn->to[k]; s++)
			if (fabs(s + drawn->low - middle) >= off - 1e-6)
				beyond += drawn->chance[k * width + s];
	free(drawn->chance);
	free(drawn->from);
	return fmin(1, beyond);
}

/* The first terms of Edgeworth's series, for draws without replacement. */
static double normal_p(const struct population *of, size_t m, double off)
{
	const double n = of->n, rest = n - m;
	const double z =
		(off - 0.5) / sqrt(of->variance * m * rest / fmax(1, n - 1));
	const double skewness = fabs(of->skewness * (n - 2 * m)) * sqrt(n - 1) /
				(sqrt(m * rest) * (n - 2));

	if (z <= 0)
		return 1;
	return fmin(1, 2 * gsl_cdf_ugaussian_Q(z) +
			       fmax(0, z * z - 1) * skewness / 6 *
				       gsl_ran_ugaussian_pdf(z));
}

#define LARGE 30 /* on both sides: the normal approximation holds */
#define STEPS_MAX 3e7 /* of the exact computation: some 30 ms */

static double p_of(const struct population *of, size_t m, double off)
{
	struct drawn drawn;
	const bool even = m >= LARGE && odd_ones(of) >= of->n / 2;

	plan(of, m, &drawn);
	if (even ||
	    (double)odd_ones(of) * (drawn.taken + 1) * sums(&drawn) > STEPS_MAX)
		return normal_p(of, m, off);
	return exact_p(of, m, off, &drawn);
}

double lab_scores_p(const int16_t *scores, size_t n, size_t m)
{
	struct population of;
	double sum = 0, p;
	size_t i;

	count_levels(scores, n, &of);
	for (i = 0; i < m; i++)
		sum += scores[i] - of.lowest;
	/* The smaller side deviates as much as the larger one. */
	p = of.variance > 0 ?
		    p_of(&of, m < n - m ? m : n - m, fabs(sum - m * of.mean)) :
		    1;
	free(of.count);
	return p;
}
