// SPDX-License-Identifier: GPL-2.0-only
/* history/steps.c - see history/steps.h. */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cdf.h>

#include "compare/stats.h"
#include "lib/alloc.h"
#include "scores.h"
#include "steps.h"

/* ---- calibration --------------------------------------------------------- */

/*
 * The number of independent tests that the lowest p of a series of this length
 * corresponds to: over all splits of the whole series, and over those of its
 * intervals. Rounded from what "build/tests/history_power calibrate 12000"
 * prints, which simulates that many series of independent values of each length
 * with a fixed seed, a tenth as many from 512 on. Standard errors are 5 and 9
 * %, from 512 on 14 and 29 %. In series that are too short for intervals the
 * second is not used.
 */
static const struct {
	size_t n;
	double whole, part;
} calibration[] = {
	{ 8, 3, 4 },	    { 12, 4, 5 },	 { 16, 5.8, 7 },
	{ 24, 8.4, 11 },    { 32, 10.2, 30 },	 { 48, 16.5, 75 },
	{ 64, 18.3, 125 },  { 96, 20.5, 255 },	 { 128, 22.8, 370 },
	{ 192, 26.8, 550 }, { 256, 30, 820 },	 { 512, 32, 1950 },
	{ 1024, 36, 5500 }, { 4096, 42, 16000 },
};

#define LENGTHS (sizeof(calibration) / sizeof(calibration[0]))

/*
 * Most steps last until the end of the series, and are found by splits of the
 * whole: so these get most of alpha. The rest is for further steps, which a
 * false one may cause.
 */
#define SHARE_WHOLE 0.76
#define SHARE_PART 0.16
#define SHARE_PLATEAU 0.05

static double between(double x, double x0, double x1, double y0, double y1)
{
	return exp(log(y0) + (log(y1) - log(y0)) * (x - x0) / (x1 - x0));
}

static void tests_of(size_t n, double *whole, double *part)
{
	size_t i = 1;
	double at, from, to;

	while (i + 1 < LENGTHS && calibration[i].n < n)
		i++;
	at = log(n > 8 ? n : 8);
	from = log(calibration[i - 1].n);
	to = log(calibration[i].n);
	*whole = between(at, from, to, calibration[i - 1].whole,
			 calibration[i].whole) /
		 SHARE_WHOLE;
	*part = between(at, from, to, calibration[i - 1].part,
			calibration[i].part) /
		SHARE_PART;
}

/* ---- ranks of a part of a series ----------------------------------------- */

struct part {
	const double *values;
	size_t n;
	int16_t *scores;
	int64_t *sum; /* of the first i scores */
	double deviation; /* of a score */
	double after; /* see series */
};

static void part_rank(struct part *part, const double *values, size_t n)
{
	double squares = 0, mean;
	size_t i;

	part->values = values;
	part->n = n;
	lab_scores(values, n, part->scores);
	part->sum[0] = 0;
	for (i = 0; i < n; i++) {
		part->sum[i + 1] = part->sum[i] + part->scores[i];
		squares += (double)part->scores[i] * part->scores[i];
	}
	mean = (double)part->sum[n] / n;
	part->deviation =
		sqrt(fmax(0, squares / n - mean * mean) * n / fmax(1, n - 1.0));
}

/*
 * By how much the variance of the mean of m values exceeds that of independent
 * ones.
 */
static double inflation(double after, size_t m)
{
	double factor = 1, power = 1;
	size_t k;

	for (k = 1; k < m && power > 1e-4; k++) {
		power *= after;
		factor += 2 * (1 - (double)k / m) * power;
	}
	return factor;
}

/* The difference of the two sides of an interval, in standard deviations. */
static double contrast(const struct part *part, size_t from, size_t at,
		       size_t to)
{
	const double left = at - from, right = to - at;
	const double before = part->sum[at] - part->sum[from];
	const double behind = part->sum[to] - part->sum[at];

	return fabs(before / left - behind / right) /
	       (part->deviation * sqrt(1 / left + 1 / right));
}

/* The p of one place, not corrected for the number of places. */
static double place_p(const struct part *part, size_t from, size_t at,
		      size_t to)
{
	const double p =
		lab_scores_p(part->scores + from, to - from, at - from);
	const size_t left = at - from, right = to - at;
	double factor, z;

	if (!part->after || p >= 1)
		return p;
	factor = (inflation(part->after, left) / left +
		  inflation(part->after, right) / right) /
		 (1.0 / left + 1.0 / right);
	z = gsl_cdf_ugaussian_Qinv(fmax(p, 1e-300) / 2) / sqrt(factor);
	return 2 * gsl_cdf_ugaussian_Q(z);
}

/* ---- intervals ------------------------------------------------------------ */

struct found {
	size_t from, at, to; /* at 0: none */
	double p;
};

/*
 * Sums of few scores have lighter tails than the normal distribution, so the
 * place with the largest deviation need not have the lowest p. With this few
 * values on a side all places with any deviation are tested.
 */
#define FEW 8
#define LIGHTER_WHOLE 0.88
#define LIGHTER_PART 0.75 /* factor for that, with few of few values */

/* A lower deviation cannot have such a low p. */
static double screen_of(double p, double lighter)
{
	return lighter * gsl_cdf_ugaussian_Qinv(fmin(p, 1) / 2);
}

static void try_place(const struct part *part, size_t from, size_t at,
		      size_t to, struct found *best)
{
	const double p = place_p(part, from, at, to);

	if (!best->at || p < best->p)
		*best = (struct found){ from, at, to, p };
}

static struct found search_interval(const struct part *part, size_t from,
				    size_t to, double screen)
{
	struct found best = { .p = 1 };
	double off, most = screen;
	size_t at, furthest = 0;

	if (part->deviation <= 0)
		return best;
	for (at = from + 1; at < to; at++) {
		off = contrast(part, from, at, to);
		if (off < screen)
			continue;
		if (at - from <= FEW || to - at <= FEW) {
			try_place(part, from, at, to, &best);
		} else if (off > most) {
			most = off;
			furthest = at;
		}
	}
	if (furthest)
		try_place(part, from, furthest, to, &best);
	return best;
}

#define LEAST_INTERVAL 16 /* in shorter ones nothing can be significant */

/*
 * Seeded intervals. Their lengths are the whole divided by powers of the square
 * root of two; neighbours of one length overlap by half.
 */
struct lengths {
	double length, shift;
	size_t count;
};

/* The k-th length, 0: the whole; false if it is too short. */
static bool intervals_of(size_t n, unsigned int k, struct lengths *of)
{
	of->length = n * pow(M_SQRT1_2, k);
	of->count = k ? 2 * (size_t)ceil(n / of->length) - 1 : 1;
	of->shift = k ? (n - of->length) / (of->count - 1) : 0;
	return of->length >= LEAST_INTERVAL;
}

static void interval(const struct lengths *of, size_t n, size_t i, size_t *from,
		     size_t *to)
{
	const size_t end = ceil(i * of->shift + of->length);

	*from = i * of->shift;
	*to = end < n ? end : n;
}

/* ---- narrowest over threshold ---------------------------------------------- */

/* Places, sorted. */
struct places {
	size_t *at, count;
};

/* The index of the first place that is at least place. */
static size_t first_not_below(const struct places *places, size_t place)
{
	size_t low = 0, high = places->count;

	while (low < high) {
		const size_t middle = (low + high) / 2;

		if (places->at[middle] < place)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Whether an interval contains a known place: then it shows no other. */
static bool is_explained(const struct places *places, size_t from, size_t to)
{
	const size_t next = first_not_below(places, from + 1);

	return next < places->count && places->at[next] < to;
}

static void add_place(struct places *places, size_t at)
{
	const size_t i = first_not_below(places, at);

	places->at = xgrow(places->at, places->count);
	memmove(places->at + i + 1, places->at + i,
		(places->count - i) * sizeof(*places->at));
	places->at[i] = at;
	places->count++;
}

static int least_first(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	return (x->p > y->p) - (x->p < y->p);
}

/* Tests the intervals of one length; the one with the lowest p first. */
static void search_length(const struct part *part, const struct lengths *of,
			  double alpha, double tests, struct places *places)
{
	struct found *found = xcheck(malloc(of->count * sizeof(*found)));
	const double screen = screen_of(alpha / tests, LIGHTER_PART);
	size_t i, from, to, count = 0;

	for (i = 0; i < of->count; i++) {
		interval(of, part->n, i, &from, &to);
		if (is_explained(places, from, to))
			continue;
		found[count] = search_interval(part, from, to, screen);
		count += found[count].at && found[count].p * tests <= alpha;
	}
	qsort(found, count, sizeof(*found), least_first);
	for (i = 0; i < count; i++)
		if (!is_explained(places, found[i].from, found[i].to))
			add_place(places, found[i].at);
	free(found);
}

/* ---- short plateaus ------------------------------------------------------ */

/*
 * A level that lasts for a few values has two steps close together: an interval
 * with one of them has few values on one side, and few on the other if it is
 * short. So every run of a few values is tested against all others.
 */
#define PLATEAU_MIN 4
#define PLATEAU_MAX 15
#define PLATEAU_REST 3 /* times its length, at least, are outside of it */

/* The start of the run of that length that is furthest from the mean. */
static size_t furthest_run(const struct part *part, size_t length)
{
	const double mean = (double)part->sum[part->n] / part->n;
	double off, most = -1;
	size_t from, furthest = 1;

	for (from = 1; from + length < part->n; from++) {
		off = fabs(part->sum[from + length] - part->sum[from] -
			   length * mean);
		if (off > most) {
			most = off;
			furthest = from;
		}
	}
	return furthest;
}

/* The distribution does not depend on where the run is: it is put first. */
static double run_p(const struct part *part, size_t from, size_t length,
		    int16_t *room)
{
	memcpy(room, part->scores + from, length * sizeof(*room));
	memcpy(room + length, part->scores, from * sizeof(*room));
	memcpy(room + length + from, part->scores + from + length,
	       (part->n - from - length) * sizeof(*room));
	return lab_scores_p(room, part->n, length);
}

static size_t longest_run(const struct part *part)
{
	const size_t most = part->n / (1 + PLATEAU_REST);

	return most < PLATEAU_MAX ? most : PLATEAU_MAX;
}

/*
 * Corrected for all runs as if they were independent tests. Not for dependent
 * values, which make short runs of one level by themselves.
 */
static void search_plateaus(const struct part *part, double alpha,
			    struct places *places)
{
	const size_t most = longest_run(part);
	double p, least = 1, tests = 0;
	size_t length, from, best = 0, best_from = 0;
	int16_t *room;

	if (part->after || part->deviation <= 0)
		return;
	room = xcheck(malloc(part->n * sizeof(*room)));
	for (length = PLATEAU_MIN; length <= most; length++) {
		tests += part->n - length - 1;
		from = furthest_run(part, length);
		p = run_p(part, from, length, room);
		if (p < least) {
			least = p;
			best = length;
			best_from = from;
		}
	}
	free(room);
	if (!best || least * tests / SHARE_PLATEAU > alpha)
		return;
	add_place(places, best_from);
	add_place(places, best_from + best);
}

/* Finds the places in a part, from the shortest intervals to the whole. */
static void search_part(const struct part *part, double alpha,
			struct places *places)
{
	double whole_tests, tests;
	struct lengths lengths;
	struct found whole;
	unsigned int k = 0;

	tests_of(part->n, &whole_tests, &tests);
	while (intervals_of(part->n, k + 1, &lengths))
		k++;
	for (; k; k--) {
		intervals_of(part->n, k, &lengths);
		search_length(part, &lengths, alpha, tests, places);
	}
	if (places->count)
		return;
	whole = search_interval(part, 0, part->n,
				screen_of(alpha / whole_tests, LIGHTER_WHOLE));
	if (whole.at && whole.p * whole_tests <= alpha)
		add_place(places, whole.at);
	else
		search_plateaus(part, alpha, places);
}

/* ---- rounds -------------------------------------------------------------- */

#define ROUNDS 64 /* limit; each round but the last finds a step */
#define LEAST_PART 6 /* in shorter ones nothing can be significant */

struct series {
	const double *values;
	size_t n;
	double alpha;
	double after; /* autocorrelation of neighbours; 0: independent */
	struct part part; /* room for the longest */
};

static size_t end_of(const struct series *series, const struct places *places,
		     size_t i)
{
	return i < places->count ? places->at[i] : series->n;
}

/*
 * Searches the parts between steps, except those in which an earlier round
 * found nothing. The new places are sorted in afterwards.
 */
static bool search_round(struct series *series, struct places *places,
			 bool *done)
{
	struct places all = {}, here;
	size_t from = 0, i, j, to, known = places->count;

	for (i = 0; i <= known; i++, from = to) {
		to = end_of(series, places, i);
		here = (struct places){};
		if (!done[from] && to - from >= LEAST_PART) {
			part_rank(&series->part, series->values + from,
				  to - from);
			series->part.after = series->after;
			search_part(&series->part, series->alpha, &here);
		}
		done[from] = !here.count;
		all.at = xcheck(reallocarray(all.at, all.count + here.count + 1,
					     sizeof(*all.at)));
		for (j = 0; j < here.count; j++)
			all.at[all.count++] = from + here.at[j];
		if (to < series->n)
			all.at[all.count++] = to;
		free(here.at);
	}
	free(places->at);
	*places = all;
	return all.count > known;
}

/* ---- placing and dropping -------------------------------------------------- */

/*
 * The step may also be at places where the log likelihood, of normal scores
 * with a mean for each side, is lower by at most this.
 */
#define DROP 3.0

static void bound(const struct part *part, struct lab_step *step)
{
	const double n = part->n, most = contrast(part, 0, step->at, part->n);
	const double rest = fmax(1e-9, 1 - most * most / (n - 1));
	size_t at;

	step->low = step->at;
	step->high = step->at;
	for (at = 1; at < part->n; at++) {
		const double off = contrast(part, 0, at, part->n);

		if (n / 2 * log(fmax(1e-9, 1 - off * off / (n - 1)) / rest) >
		    DROP)
			continue;
		step->low = at < step->low ? at : step->low;
		step->high = at > step->high ? at : step->high;
	}
}

/*
 * Ranks show that there is a step, values show better where: at the place, of
 * those that are possible, for which the sum of deviations is lowest.
 */
static void pinpoint(const struct part *part, struct lab_step *step)
{
	const double before = lab_median(part->values, step->at);
	const double behind =
		lab_median(part->values + step->at, part->n - step->at);
	double sum = 0, least = INFINITY;
	size_t at;

	for (at = step->low; at <= step->high; at++) {
		if (sum < least) {
			least = sum;
			step->at = at;
		}
		sum += fabs(part->values[at] - before) -
		       fabs(part->values[at] - behind);
	}
}

/* Tests a step again, between its neighbours; p 1: there is none. */
static struct lab_step place_again(struct series *series, size_t from,
				   size_t to)
{
	struct part *part = &series->part;
	struct lab_step step = { .p = 1 };
	struct found found;
	double tests, unused;

	part_rank(part, series->values + from, to - from);
	part->after = series->after;
	tests_of(part->n, &tests, &unused);
	found = search_interval(part, 0, part->n,
				screen_of(series->alpha / tests,
					  LIGHTER_WHOLE));
	if (!found.at)
		return step;
	step.at = found.at;
	step.p = fmin(1, found.p * tests);
	bound(part, &step);
	pinpoint(part, &step);
	step.at += from;
	step.low += from;
	step.high += from;
	return step;
}

/*
 * Of adjacent steps that do not hold, the least significant is removed first:
 * the others may hold after that.
 */
static bool goes(const struct lab_step *steps, size_t n, size_t i, double alpha)
{
	if (steps[i].p <= alpha)
		return false;
	return (!i || steps[i - 1].p <= steps[i].p) &&
	       (i + 1 == n || steps[i + 1].p < steps[i].p);
}

/* Returns whether a step was moved or removed. */
static bool settle(struct series *series, struct places *places,
		   struct lab_step *steps)
{
	const size_t n = places->count;
	bool changed = false;
	size_t i, kept = 0, from = 0;

	for (i = 0; i < n; i++) {
		steps[i] = place_again(series, from,
				       end_of(series, places, i + 1));
		if (steps[i].p > series->alpha)
			steps[i].at = places->at[i];
		changed |= steps[i].at != places->at[i];
		places->at[i] = steps[i].at;
		from = steps[i].at;
	}
	for (i = 0; i < n; i++)
		places->at[i] = goes(steps, n, i, series->alpha) ? 0 :
								   steps[i].at;
	for (i = 0; i < n; i++) {
		if (!places->at[i])
			continue;
		places->at[kept] = places->at[i];
		steps[kept++] = steps[i];
	}
	places->count = kept;
	return changed || kept < n;
}

static void find(struct series *series, struct places *places,
		 struct lab_step **steps)
{
	bool *done = xcheck(calloc(series->n + 1, sizeof(*done)));
	unsigned int round;

	for (round = 0; round < ROUNDS; round++)
		if (!search_round(series, places, done))
			break;
	*steps = xcheck(calloc(places->count + 1, sizeof(**steps)));
	for (round = 0; round < ROUNDS && places->count; round++)
		if (!settle(series, places, *steps))
			break;
	free(done);
}

/* ---- dependence ------------------------------------------------------------ */

/* Dependence that chance explains is ignored. */
#define CHANCE 2.0 /* standard errors */
#define UNSURE 1.0 /* of these, added: it may be larger than measured */
#define LEAST_DEPENDENT 16 /* of fewer values nothing can be said */
#define AFTER_MAX 0.9

/* Half the mean squared difference of values that are lag apart. */
static double differences(const int16_t *x, size_t n, size_t lag)
{
	double sum = 0;
	size_t i;

	for (i = lag; i < n; i++)
		sum += pow(x[i] - x[i - lag], 2);
	return sum / (2 * (n - lag));
}

/*
 * Lag-1 autocorrelation, from how much less neighbours differ than values that
 * are APART apart, which count as independent. A step that was not removed adds
 * much less to such differences than to products of values.
 */
#define APART 3
#define APART_MAX 6

static double autocorrelation(const int16_t *x, size_t n)
{
	double apart = 0, r;
	size_t lag;

	for (lag = APART; lag <= APART_MAX; lag++)
		apart += differences(x, n, lag) / (APART_MAX - APART + 1);
	if (apart <= 0)
		return 0;
	r = 1 - differences(x, n, 1) / apart;
	return r > CHANCE / sqrt(n) ? fmin(r + UNSURE / sqrt(n), AFTER_MAX) : 0;
}

/* Of the residuals, after the steps that alpha allows were removed. */
static double dependence_beside(const struct series *series, double alpha,
				size_t *count)
{
	struct series pilot = *series;
	struct places places = {};
	struct lab_step *steps;
	double *rest, after, level;
	size_t from, to, i;

	pilot.alpha = alpha;
	find(&pilot, &places, &steps);
	rest = xcheck(malloc(series->n * sizeof(*rest)));
	for (i = 0, from = 0; i <= places.count; i++, from = to) {
		to = end_of(series, &places, i);
		level = lab_median(series->values + from, to - from);
		for (; from < to; from++)
			rest[from] = series->values[from] - level;
	}
	lab_scores(rest, series->n, series->part.scores);
	after = autocorrelation(series->part.scores, series->n);
	*count = places.count;
	free(places.at);
	free(steps);
	free(rest);
	return after;
}

/*
 * Steps look like dependence, and dependent values look like steps. So steps
 * are first found as if values were independent. If they are few and the
 * residuals are independent, they explain everything. Otherwise only the steps
 * with a very low p are removed, because the dependence may have produced the
 * others.
 */
#define BEYOND_DOUBT 1e-4
#define FEW_STEPS 2

static double dependence(const struct series *series)
{
	double after = 0;
	size_t steps;

	if (series->n >= LEAST_DEPENDENT)
		after = dependence_beside(series, BEYOND_DOUBT, &steps);
	if (after && !dependence_beside(series, series->alpha, &steps) &&
	    steps <= FEW_STEPS)
		return 0;
	return after;
}

size_t lab_steps_find(const double *values, size_t n, double alpha,
		      struct lab_step **steps)
{
	struct series series = { .values = values, .n = n, .alpha = alpha };
	struct places places = {};

	series.part.scores = xcheck(calloc(n + 1, sizeof(int16_t)));
	series.part.sum = xcheck(calloc(n + 1, sizeof(int64_t)));
	series.after = dependence(&series);
	find(&series, &places, steps);
	free(series.part.scores);
	free(series.part.sum);
	free(places.at);
	return places.count;
}

/* Below the limit of every length. */
#define SCREEN_WHOLE 2.2
#define SCREEN_PART 2.8

/* ---- for calibrating ------------------------------------------------------ */

struct lab_least lab_steps_least(const double *values, size_t n)
{
	struct lab_least least = { 1, 1 };
	struct part part = {
		.scores = xcheck(calloc(n + 1, sizeof(int16_t))),
		.sum = xcheck(calloc(n + 1, sizeof(int64_t))),
	};
	struct lengths lengths;
	size_t i, from, to;
	unsigned int k;

	part_rank(&part, values, n);
	part.after = 0;
	least.whole = search_interval(&part, 0, n, SCREEN_WHOLE).p;
	for (k = 1; intervals_of(n, k, &lengths); k++)
		for (i = 0; i < lengths.count; i++) {
			interval(&lengths, n, i, &from, &to);
			least.part = fmin(
				least.part,
				search_interval(&part, from, to, SCREEN_PART).p);
		}
	free(part.scores);
	free(part.sum);
	return least;
}
