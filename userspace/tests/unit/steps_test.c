// SPDX-License-Identifier: GPL-2.0-only
/*
 * steps_test.c - where the level of a series changes: what is claimed of series
 * that have no step, and what is found of those that have.
 *
 * Simulations have fixed seeds. What they must come to is the limit that is
 * claimed and two standard errors of as many series as are simulated.
 * build/tests/history_power prints the same of more series.
 */
#include <math.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "history/scores.h"
#include "history/steps.h"
#include "kselftest_harness.h"
#include "series.h"

#define N 100

/* ---- the test of one place -------------------------------------------------- */

/* By all ways to choose m of n. */
static double enumerated(const int16_t *scores, size_t n, size_t m)
{
	double mean = 0, sum = 0, all = 0, beyond = 0;
	unsigned int set;
	size_t i;

	for (i = 0; i < n; i++) {
		mean += (double)scores[i] / n;
		sum += i < m ? scores[i] : 0;
	}
	for (set = 0; set < 1u << n; set++) {
		double of = 0;

		if ((size_t)__builtin_popcount(set) != m)
			continue;
		for (i = 0; i < n; i++)
			of += set >> i & 1 ? scores[i] : 0;
		all++;
		beyond += fabs(of - m * mean) >= fabs(sum - m * mean) - 1e-6;
	}
	return beyond / all;
}

TEST(p_is_exact)
{
	uint64_t state = 1;
	size_t round, i, m;

	for (round = 0; round < 60; round++) {
		const size_t n = 4 + round % 10;
		int16_t scores[16];
		double values[16];

		series_fill(values, n, SERIES_NORMAL, &state);
		/* With ties, from few to nearly all. */
		for (i = 0; i < n; i++)
			values[i] = round % 3 ? floor(values[i] * (round % 4)) :
						values[i];
		lab_scores(values, n, scores);
		for (m = 1; m < n; m++)
			EXPECT_GT(1e-9, fabs(lab_scores_p(scores, n, m) -
					     enumerated(scores, n, m)));
	}
}

/* A normal approximation has 7e-23 here. */
TEST(p_of_one_odd_value_is_exact)
{
	double values[N] = {};
	int16_t scores[N];

	values[N - 1] = 1;
	lab_scores(values, N, scores);
	EXPECT_GT(1e-9, fabs(lab_scores_p(scores, N, N - 1) - 0.01));
	EXPECT_GT(1e-9, fabs(lab_scores_p(scores, N, 90) - 0.1));
	values[N - 1] = 0;
	lab_scores(values, N, scores);
	EXPECT_EQ(1, lab_scores_p(scores, N, 50));
}

/* Where both sides are large an approximation decides: against 10^5 shuffles. */
TEST(p_of_large_samples_is_right)
{
	static int16_t scores[400], shuffled[400];
	static double values[400];
	const size_t n = 400, m = 150, shuffles = 100000;
	double mean = 0, off = 0, beyond = 0, error, p;
	uint64_t state = 1;
	size_t i, j;

	series_fill(values, n, SERIES_SKEWED, &state);
	/* Some sixty values that are not zero: skewed, and with many ties. */
	for (i = 0; i < n; i++)
		values[i] = values[i] > 2.5 ? values[i] : 0;
	series_step(values, 0, 12, 9);
	lab_scores(values, n, scores);
	for (i = 0; i < n; i++)
		mean += (double)scores[i] / n;
	for (i = 0; i < m; i++)
		off += scores[i] - mean;
	memcpy(shuffled, scores, sizeof(scores));
	for (j = 0; j < shuffles; j++) {
		double sum = 0;

		for (i = 0; i < m; i++) {
			const size_t with = i + lab_random(&state) % (n - i);
			const int16_t score = shuffled[i];

			shuffled[i] = shuffled[with];
			shuffled[with] = score;
			sum += shuffled[i] - mean;
		}
		beyond += fabs(sum) >= fabs(off) - 1e-6;
	}
	p = lab_scores_p(scores, n, m);
	error = sqrt(beyond) / shuffles;
	EXPECT_LT(0, beyond);
	EXPECT_GT(3 * error + 0.1 * p, fabs(p - beyond / shuffles))
	{
		TH_LOG("%g and %g", p, beyond / shuffles);
	}
}

/* ---- series without a step -------------------------------------------------- */

#define SERIES 400
/* 5 % of them, and two standard errors of that: 20 and 9. */
#define FALSE_MAX 29

static size_t false_steps(enum series_noise noise)
{
	double values[N];
	uint64_t state = 11;
	size_t i, steps = 0;

	for (i = 0; i < SERIES; i++) {
		struct lab_step *step;

		series_fill(values, N, noise, &state);
		steps += lab_steps_find(values, N, LAB_STEP_ALPHA, &step);
		free(step);
	}
	return steps;
}

TEST(normal_series_do_not_step)
{
	EXPECT_GE(FALSE_MAX, false_steps(SERIES_NORMAL));
}

TEST(outliers_are_no_steps)
{
	EXPECT_GE(FALSE_MAX, false_steps(SERIES_OUTLIERS));
}

TEST(heavy_tails_are_no_steps)
{
	EXPECT_GE(FALSE_MAX, false_steps(SERIES_T3));
}

TEST(skewed_series_do_not_step)
{
	EXPECT_GE(FALSE_MAX, false_steps(SERIES_SKEWED));
}

TEST(autoregressive_series_do_not_step)
{
	EXPECT_GE(FALSE_MAX, false_steps(SERIES_AUTOREGRESSIVE));
}

/* On none of eighty nights, wherever the odd run is: at every seventh place. */
TEST(constant_series_with_an_odd_run_never_step)
{
	double values[N] = {};
	size_t odd, night;

	for (odd = 0; odd < N; odd += 7) {
		values[odd] = 1;
		for (night = 20; night <= N; night++) {
			struct lab_step *step;

			EXPECT_EQ(0, lab_steps_find(values, night,
						    LAB_STEP_ALPHA, &step));
			free(step);
		}
		values[odd] = 0;
	}
}

TEST(short_and_constant_series_do_not_step)
{
	const double values[N] = {};
	struct lab_step *step;
	size_t n;

	for (n = 0; n <= N; n++) {
		EXPECT_EQ(0, lab_steps_find(values, n, LAB_STEP_ALPHA, &step));
		free(step);
	}
}

/* ---- series with steps ------------------------------------------------------ */

static bool finds(const double *values, size_t n, size_t at, size_t slack)
{
	struct lab_step *step;
	const size_t steps = lab_steps_find(values, n, LAB_STEP_ALPHA, &step);
	bool found = false;
	size_t i;

	for (i = 0; i < steps; i++)
		found |= step[i].at + slack >= at && step[i].at <= at + slack;
	free(step);
	return found;
}

TEST(a_plateau_is_found)
{
	size_t round, found = 0;
	uint64_t state = 1;
	double values[N];

	for (round = 0; round < 100; round++) {
		series_fill(values, N, SERIES_NORMAL, &state);
		series_step(values, 40, 60, 15);
		found += finds(values, N, 40, 0) && finds(values, N, 60, 0);
	}
	EXPECT_EQ(100, found);
}

/*
 * Of five values among a hundred, by 5 and 3 standard deviations: 94 and 77 %,
 * of 100 series with standard errors of 2 and 4 %.
 */
TEST(a_short_plateau_is_found)
{
	size_t round, five = 0, three = 0;
	uint64_t state = 1;
	double values[N];

	for (round = 0; round < 100; round++) {
		series_fill(values, N, SERIES_NORMAL, &state);
		series_step(values, 45, 50, 3);
		three += finds(values, N, 45, 3) && finds(values, N, 50, 3);
		series_step(values, 45, 50, 2);
		five += finds(values, N, 45, 3) && finds(values, N, 50, 3);
	}
	EXPECT_LE(90, five);
	EXPECT_LE(69, three);
}

TEST(a_small_step_does_not_hide_a_large_one)
{
	size_t round, large = 0, small = 0;
	uint64_t state = 1;
	double values[N];

	for (round = 0; round < 100; round++) {
		series_fill(values, N, SERIES_NORMAL, &state);
		series_step(values, 50, N, 4);
		series_step(values, 90, N, 10);
		large += finds(values, N, 90, 0);
		small += finds(values, N, 50, 1);
	}
	EXPECT_EQ(100, large);
	EXPECT_LE(98, small);
}

/* Otava: 82 %; of 300 series that has a standard error of 2 %. */
TEST(a_recent_step_is_found)
{
	size_t round, two = 0, three = 0;
	uint64_t state = 1;
	double values[N];

	for (round = 0; round < 300; round++) {
		series_fill(values, N, SERIES_NORMAL, &state);
		series_step(values, 95, N, 2);
		two += finds(values, N, 95, 5);
		series_step(values, 95, N, 1);
		three += finds(values, N, 95, 5);
	}
	EXPECT_LE(246, two);
	EXPECT_LE(291, three);
}

/* That a step is at one of the places that are told is true in 95 of 100. */
TEST(the_range_of_a_step_holds_it)
{
	size_t round, i, n, found = 0, held = 0;
	uint64_t state = 1;
	double values[N];

	for (round = 0; round < 200; round++) {
		struct lab_step *step;

		series_fill(values, N, SERIES_NORMAL, &state);
		series_step(values, 50, N, 2);
		n = lab_steps_find(values, N, LAB_STEP_ALPHA, &step);
		for (i = 0; i < n; i++)
			if (labs((long)step[i].at - 50) <= 10) {
				found++;
				held += step[i].low <= 50 && step[i].high >= 50;
				EXPECT_LE(step[i].low, step[i].at);
				EXPECT_GE(step[i].high, step[i].at);
				break;
			}
		free(step);
	}
	EXPECT_LE(190, found);
	/* 95 %, less two standard errors. */
	EXPECT_LE(0.92 * found, held);
}

/* ---- long series ------------------------------------------------------------ */

#define LONG 450000
#define SMALL_STACK (512 << 10)

/* It steps at every 30000th value, up and down, and has ties. */
static void *find_many(void *count)
{
	double *values = malloc(LONG * sizeof(*values));
	struct lab_step *step;
	uint64_t state = 1;
	size_t i;

	for (i = 0; values && i < LONG; i++)
		values[i] = floor(10 * series_uniform(&state) +
				  50 * (i / 30000 % 2));
	*(size_t *)count =
		values ? lab_steps_find(values, LONG, LAB_STEP_ALPHA, &step) :
			 0;
	if (values)
		free(step);
	free(values);
	return NULL;
}

FIXTURE(long_series){};

FIXTURE_SETUP(long_series)
{
}

FIXTURE_TEARDOWN(long_series)
{
}

/* Some seconds, more where the machine is busy. */
TEST_F_TIMEOUT(long_series, need_no_stack, 300)
{
	pthread_attr_t attr;
	pthread_t thread;
	size_t steps = 0;

	pthread_attr_init(&attr);
	ASSERT_EQ(0, pthread_attr_setstacksize(&attr, SMALL_STACK));
	ASSERT_EQ(0, pthread_create(&thread, &attr, find_many, &steps));
	pthread_join(thread, NULL);
	EXPECT_LE(LONG / 30000 - 1, steps);
	EXPECT_GE(LONG / 30000 + 10, steps);
}

TEST_HARNESS_MAIN
