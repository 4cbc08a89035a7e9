// SPDX-License-Identifier: GPL-2.0-only
/* compare/rank.c - see compare/rank.h. */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sf_gamma.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>

#include "lib/alloc.h"
#include "lib/random.h"
#include "rank.h"

#define DEALING_SEED 0x6465616c
/* Additions allowed for an exact count: a fifth of a second. */
#define COUNTABLE 4e8

/* The values of both samples in order, and the sample of each. */
struct ranked {
	double value;
	bool picked; /* in the smaller sample */
};

/*
 * Twice the rank of each value. Equal values have the mean of their ranks,
 * twice which is a whole number.
 */
struct ranking {
	uint32_t *rank; /* ascending */
	size_t count, picks;
	uint64_t sum; /* over the smaller sample */
	double ties; /* by how much ties reduce the variance */
	bool tied;
};

static int by_value(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	return (x->value > y->value) - (x->value < y->value);
}

static void rank_all(struct ranking *ranking, struct ranked *all)
{
	const size_t count = ranking->count;
	size_t from, to, i;

	qsort(all, count, sizeof(*all), by_value);
	for (from = 0; from < count; from = to) {
		for (to = from; to < count && all[to].value == all[from].value;)
			to++;
		for (i = from; i < to; i++) {
			ranking->rank[i] = from + 1 + to;
			ranking->sum += all[i].picked ? ranking->rank[i] : 0;
		}
		ranking->ties += pow(to - from, 3) - (double)(to - from);
	}
	ranking->tied = ranking->ties > 0;
}

static struct ranking rank_samples(const double *a, size_t n, const double *b,
				   size_t m)
{
	struct ranking ranking = { .count = n + m, .picks = n < m ? n : m };
	struct ranked *all = xcheck(calloc(n + m + 1, sizeof(*all)));
	size_t i;

	ranking.rank = xcheck(calloc(n + m + 1, sizeof(*ranking.rank)));
	for (i = 0; i < n; i++)
		all[i] = (struct ranked){ a[i], n < m };
	for (i = 0; i < m; i++)
		all[n + i] = (struct ranked){ b[i], n >= m };
	rank_all(&ranking, all);
	free(all);
	return ranking;
}

/* Distance from the expected sum if both samples have the same distribution. */
static double off_middle(const struct ranking *ranking, double sum)
{
	return fabs(sum - ranking->picks * (ranking->count + 1.0));
}

/*
 * ---- exact: by counting
 * ------------------------------------------------------
 */

/* The number of ways to pick values with each (doubled) sum of ranks. */
struct ways {
	double *of; /* indexed by sum */
	size_t sums;
};

static double additions(size_t count, size_t picks)
{
	return (double)count * picks * picks * (count + 1.0);
}

static bool countable(size_t count, size_t picks)
{
	return (count <= 2 * LAB_EXACT) || additions(count, picks) <= COUNTABLE;
}

/* before[k]: the sum of the k lowest ranks. */
static uint64_t *sums_before(const uint32_t *rank, size_t count)
{
	uint64_t *before = xcheck(calloc(count + 1, sizeof(*before)));
	size_t i;

	for (i = 0; i < count; i++)
		before[i + 1] = before[i] + rank[i];
	return before;
}

static struct ways count_ways(const uint32_t *rank, size_t count, size_t picks)
{
	uint64_t *before = sums_before(rank, count), s;
	const size_t sums = before[count] - before[count - picks] + 1;
	double *table = xcheck(calloc((picks + 1) * sums, sizeof(*table)));
	struct ways ways = { .sums = sums };
	size_t i, k;

	table[0] = 1;
	for (i = 0; i < count; i++)
		for (k = i + 1 < picks ? i + 1 : picks; k; k--) {
			const double *from = table + (k - 1) * sums;
			double *to = table + k * sums;
			const uint64_t most = before[i + 1] - before[i + 1 - k];

			for (s = rank[i]; s <= most; s++)
				to[s] += from[s - rank[i]];
		}
	ways.of = xcheck(malloc(sums * sizeof(*ways.of)));
	memcpy(ways.of, table + picks * sums, sums * sizeof(*ways.of));
	free(table);
	free(before);
	return ways;
}

/* Without ties the result depends only on the sizes, and is cached. */
static const struct ways *untied_ways(size_t count, size_t picks)
{
	static _Thread_local struct ways ways;
	static _Thread_local size_t of[2];
	uint32_t *rank;
	size_t i;

	if (ways.of && of[0] == count && of[1] == picks)
		return &ways;
	rank = xcheck(calloc(count + 1, sizeof(*rank)));
	for (i = 0; i < count; i++)
		rank[i] = 2 * (i + 1);
	free(ways.of);
	ways = count_ways(rank, count, picks);
	of[0] = count;
	of[1] = picks;
	free(rank);
	return &ways;
}

static double part_as_far(const struct ranking *ranking,
			  const struct ways *ways)
{
	const double off = off_middle(ranking, ranking->sum);
	double all = 0, beyond = 0;
	size_t s;

	for (s = 0; s < ways->sums; s++) {
		all += ways->of[s];
		if (off_middle(ranking, s) >= off)
			beyond += ways->of[s];
	}
	return beyond / all;
}

static double counted_p(const struct ranking *ranking)
{
	struct ways tied;
	double p;

	if (!ranking->tied)
		return part_as_far(ranking,
				   untied_ways(ranking->count, ranking->picks));
	tied = count_ways(ranking->rank, ranking->count, ranking->picks);
	p = part_as_far(ranking, &tied);
	free(tied.of);
	return p;
}

/*
 * ---- approximate: by random permutations
 * --------------------------------------
 */

static uint64_t deal(uint32_t *rank, size_t count, size_t picks,
		     uint64_t *state)
{
	uint64_t sum = 0;
	uint32_t one;
	size_t i, at;

	for (i = 0; i < picks; i++) {
		at = i + lab_random(state) % (count - i);
		one = rank[at];
		rank[at] = rank[i];
		rank[i] = one;
		sum += one;
	}
	return sum;
}

static double dealt_p(const struct ranking *ranking)
{
	const double off = off_middle(ranking, ranking->sum);
	uint64_t state = DEALING_SEED, sum;
	size_t i, as_far = 0;

	for (i = 1; i <= LAB_DEALS; i++) {
		sum = deal(ranking->rank, ranking->count, ranking->picks,
			   &state);
		as_far += off_middle(ranking, sum) >= off;
		if (as_far == LAB_DEALT_AS_FAR)
			return (double)as_far / i;
	}
	return (as_far + 1.0) / (LAB_DEALS + 1.0);
}

/* ---- the test -------------------------------------------------------------- */

static double normal_p(const struct ranking *ranking)
{
	const double count = ranking->count, picks = ranking->picks;
	const double variance =
		picks * (count - picks) / 12.0 *
		(count + 1 - ranking->ties / (count * (count - 1)));
	const double off = off_middle(ranking, ranking->sum) / 2 - 0.5;

	if (variance <= 0 || off <= 0)
		return 1;
	return 2 * gsl_cdf_ugaussian_Q(off / sqrt(variance));
}

double lab_mann_whitney(const double *a, size_t n, const double *b, size_t m)
{
	struct ranking ranking;
	double p = 0;

	if (!n || !m)
		return 1;
	ranking = rank_samples(a, n, b, m);
	if (ranking.count > 40 && ranking.picks >= 20)
		p = normal_p(&ranking);
	if (p <= LAB_ORDINARY_P)
		p = countable(ranking.count, ranking.picks) ?
			    counted_p(&ranking) :
			    dealt_p(&ranking);
	free(ranking.rank);
	return p;
}

double lab_least_p(size_t n, size_t m)
{
	if (!n || !m)
		return 1;
	if (!countable(n + m, n < m ? n : m))
		return 1 / (LAB_DEALS + 1.0);
	return fmin(1, 2 * exp(-gsl_sf_lnchoose(n + m, n)));
}

/* ---- the shift ------------------------------------------------------------- */

/* How many differences lie below the interval, and as many above it. */
static size_t differences_outside(size_t n, size_t m, double alpha)
{
	const double middle = n * m / 2.0;
	const double deviation = sqrt(n * m * (n + m + 1) / 12.0);
	const size_t picks = n < m ? n : m;
	const size_t least = picks * (picks + 1); /* the lowest doubled sum */
	const struct ways *ways;
	double all, beyond = 0;
	size_t k;

	if (!countable(n + m, picks))
		return fmax(
			0, floor(middle -
				 gsl_cdf_ugaussian_Qinv(alpha / 2) * deviation -
				 0.5));
	ways = untied_ways(n + m, picks);
	all = exp(gsl_sf_lnchoose(n + m, picks));
	for (k = 0; least + 2 * k < ways->sums; k++) {
		beyond += ways->of[least + 2 * k];
		if (beyond > all * alpha / 2)
			break;
	}
	return k ? k - 1 : 0;
}

struct lab_estimate lab_shift(const double *a, size_t n, const double *b,
			      size_t m, double alpha, double *room)
{
	const size_t count = n * m;
	struct lab_estimate shift = { .low = -INFINITY, .high = INFINITY };
	size_t i, j, k;

	for (i = 0; i < n; i++)
		for (j = 0; j < m; j++)
			room[i * m + j] = b[j] - a[i];
	gsl_sort(room, 1, count);
	shift.value = gsl_stats_median_from_sorted_data(room, 1, count);
	if (lab_least_p(n, m) > alpha)
		return shift;
	k = differences_outside(n, m, alpha);
	shift.low = room[k];
	shift.high = room[count - 1 - k];
	return shift;
}
