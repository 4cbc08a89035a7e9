// SPDX-License-Identifier: GPL-2.0-only
/*
 * stats_test.c - intervals hold what they are said to hold as often as they
 * are said to, and effects that are called detectable are found. Simulated,
 * with fixed seeds; bounds are three standard errors beyond what is claimed.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "compare/stats.h"
#include "kselftest_harness.h"
#include "lib/random.h"

#define EXPECT_NEAR(expected, value, off)                                  \
	EXPECT_LT(fabs((expected) - (value)), off)                         \
	{                                                                  \
		TH_LOG("%g, not %g", (double)(value), (double)(expected)); \
	}

static double fraction(uint64_t *state)
{
	return ((lab_random(state) >> 11) + 0.5) * 0x1p-53;
}

static double normal(uint64_t *state)
{
	return sqrt(-2 * log(fraction(state))) *
	       cos(2 * M_PI * fraction(state));
}

TEST(fisher_and_his_lady)
{
	EXPECT_NEAR(0.4857, lab_fisher(3, 4, 1, 4), 5e-5);
	EXPECT_NEAR(1.0, lab_fisher(0, 4, 0, 4), 1e-9);
	EXPECT_NEAR(2.0 / 70, lab_fisher(4, 4, 0, 4), 1e-9);
}

TEST(benjamini_and_hochberg)
{
	double p[] = { 0.01, 0.04, 0.03, 0.005 };

	lab_benjamini_hochberg(p, 4);
	EXPECT_NEAR(0.02, p[0], 1e-12);
	EXPECT_NEAR(0.04, p[1], 1e-12);
	EXPECT_NEAR(0.04, p[2], 1e-12);
	EXPECT_NEAR(0.02, p[3], 1e-12);
}

TEST(holm)
{
	double p[] = { 0.01, 0.04, 0.03, 0.005 };

	lab_holm(p, 4);
	EXPECT_NEAR(0.03, p[0], 1e-12);
	EXPECT_NEAR(0.06, p[1], 1e-12);
	EXPECT_NEAR(0.06, p[2], 1e-12);
	EXPECT_NEAR(0.02, p[3], 1e-12);
}

TEST(welch)
{
	const double a[] = { 1, 2, 3, 4 }, b[] = { 3, 5, 7, 9 };
	const struct lab_mean one = lab_mean(a, 4), other = lab_mean(b, 4);
	double p;
	struct lab_estimate d = lab_welch(&one, &other, 0, 0.05, &p);

	/* t = 3.5 / sqrt(5/12 + 20/12), freedom 4.4118. */
	EXPECT_NEAR(3.5, d.value, 1e-12);
	EXPECT_NEAR(0.0667, p, 0.005);
	EXPECT_LT(d.low, 0);
	EXPECT_NEAR(7, d.low + d.high, 1e-9);
	/* One of each: nothing is known. */
	d = lab_welch(&(struct lab_mean){ 1, 0, 1 }, &other, 0, 0.05, &p);
	EXPECT_TRUE(isinf(d.high));
	EXPECT_EQ(1, p);
}

/* ---- coverage of rates ------------------------------------------------------ */

#define SHOTS 1000
#define DRAWS 2000

/* A gamma of a small shape or a large one, by Marsaglia and Tsang. */
static double gamma_of(double shape, uint64_t *state)
{
	double d, c, x, v;

	if (shape < 1)
		return gamma_of(shape + 1, state) *
		       pow(fraction(state), 1 / shape);
	d = shape - 1.0 / 3;
	c = 1 / sqrt(9 * d);
	for (;;) {
		x = normal(state);
		v = pow(1 + c * x, 3);
		if (v > 0 &&
		    log(fraction(state)) < 0.5 * x * x + d - d * v + d * log(v))
			return d * v;
	}
}

static double beta_of(double mean, double correlation, uint64_t *state)
{
	const double sum = 1 / correlation - 1;
	const double x = gamma_of(mean * sum, state);

	return x / (x + gamma_of((1 - mean) * sum, state));
}

/* Many shots: what they add to the rate of their seed is normal. */
static double shoot(double rate, uint64_t *state)
{
	const double off = normal(state) * sqrt(rate * (1 - rate) / SHOTS);

	return fmin(1, fmax(0, round((rate + off) * SHOTS) / SHOTS));
}

/* How the rate of a seed comes about. */
struct law {
	const char *name;
	double mean[2], correlation[2]; /* 0: of shots alone */
	bool whole; /* a seed fails wholly, or not at all */
};

static const struct law laws[] = {
	{ "binomial .3", { 0.3, 0.3 }, { 0, 0 }, false },
	{ "beta-binomial .3", { 0.3, 0.3 }, { 0.1, 0.1 }, false },
	{ "beta-binomial .99", { 0.99, 0.99 }, { 0.1, 0.1 }, false },
	{ "1 and .98", { 1, 0.98 }, { 0, 0.2 }, false },
	{ "whole, .95", { 0.95, 0.95 }, { 0, 0 }, true },
	{ "whole, 1 and .95", { 1, 0.95 }, { 0, 0 }, true },
	{ "whole, .5 and .8", { 0.5, 0.8 }, { 0, 0 }, true },
};

static double one_rate(const struct law *law, size_t side, uint64_t *state)
{
	const double mean = law->mean[side];

	if (law->whole)
		return fraction(state) < mean;
	if (law->correlation[side] > 0)
		return shoot(beta_of(mean, law->correlation[side], state),
			     state);
	return shoot(mean, state);
}

TEST(rates_are_where_they_are_said_to_be)
{
	static const size_t seeds[] = { 3, 5, 10, 20 };
	double rates[2][20];
	uint64_t state = 17;
	size_t i, j, k, draw, side, out;

	for (i = 0; i < sizeof(laws) / sizeof(laws[0]); i++) {
		const double truth = laws[i].mean[1] - laws[i].mean[0];

		for (k = 0; k < 4; k++) {
			for (draw = 0, out = 0; draw < DRAWS; draw++) {
				struct lab_estimate d;

				for (side = 0; side < 2; side++)
					for (j = 0; j < seeds[k]; j++)
						rates[side][j] = one_rate(
							&laws[i], side, &state);
				d = lab_rate_change(rates[0], seeds[k],
						    rates[1], seeds[k], 0.01);
				out += truth < d.low || truth > d.high;
			}
			TH_LOG("%s, %zu seeds: %.1f %% covered", laws[i].name,
			       seeds[k], 100 - 100.0 * out / DRAWS);
			/* 20, and three standard errors of 4.5. */
			EXPECT_GE(34, out);
		}
	}
}

TEST(one_seed_bounds_no_rate)
{
	const double one[] = { 0.5 }, many[] = { 0.5, 0.6, 0.7 };
	const struct lab_estimate d = lab_rate_change(one, 1, many, 3, 0.01);

	EXPECT_EQ(-1, d.low);
	EXPECT_EQ(1, d.high);
}

/* What a twentieth of all seeds do wholly was missed by all of so many. */
TEST(no_rate_is_the_same_below_a_floor)
{
	EXPECT_EQ(90, lab_rate_floor(0.05, 0.01));
	EXPECT_LT(pow(0.95, 90), 0.01);
	EXPECT_GT(pow(0.95, 89), 0.01);
	EXPECT_EQ(LAB_MANY_SEEDS, lab_rate_floor(0, 0.01));
}

/* ---- what is found ----------------------------------------------------------- */

/* The part of comparisons in which a true change is claimed of one test. */
static double power(double change, size_t n, double threshold, double alpha,
		    double tests, uint64_t *state)
{
	double a[60], b[60], p;
	size_t i, draw, found = 0;

	for (draw = 0; draw < DRAWS; draw++) {
		struct lab_mean one, other;
		struct lab_estimate d;

		for (i = 0; i < n; i++) {
			a[i] = normal(state);
			b[i] = change + normal(state);
		}
		one = lab_mean(a, n);
		other = lab_mean(b, n);
		d = lab_welch(&one, &other, 0, alpha, &p);
		found += p * tests <= alpha && d.low > 0 && d.low >= threshold;
	}
	return (double)found / DRAWS;
}

TEST(what_is_called_detectable_is_found_in_nine_of_ten)
{
	static const size_t seeds[] = { 5, 10, 20, 40 };
	static const double tests[] = { 1, 50 };
	uint64_t state = 23;
	size_t i, k;

	for (i = 0; i < 4; i++)
		for (k = 0; k < 2; k++) {
			const size_t n = seeds[i];
			const struct lab_mean mean = { 0, 1, n };
			const double half =
				lab_welch(&mean, &mean, 0, 0.01, NULL).high;
			const double least =
				lab_detectable(half, n, 0.5, 0.01, tests[k]);
			const double found =
				power(least, n, 0.5, 0.01, tests[k], &state);

			TH_LOG("%zu seeds, %g tests: %.2f found in %.1f %%", n,
			       tests[k], least, 100 * found);
			/* The approximation is off by so much with five seeds. */
			EXPECT_LE(n == 5 ? 0.81 : 0.87, found);
			EXPECT_GE(0.95, found);
		}
}

/* And of as many seeds as are asked for, the effect is detectable. */
TEST(so_many_seeds_find_it)
{
	uint64_t state = 29;
	const double half = lab_welch(&(struct lab_mean){ 0, 1, 5 },
				      &(struct lab_mean){ 0, 1, 5 }, 0, 0.01,
				      NULL)
				    .high;
	const size_t n = lab_seeds_for(2, half, 5, 0.5, 0.01, 20);

	TH_LOG("%zu seeds", n);
	ASSERT_GE(60, n);
	EXPECT_LE(0.85, power(2, n, 0.5, 0.01, 20, &state));
	EXPECT_GE(0.9, power(2, n - 3, 0.5, 0.01, 20, &state));
	EXPECT_EQ(LAB_MANY_SEEDS, lab_seeds_for(0.5, half, 5, 0.5, 0.01, 20));
}

TEST_HARNESS_MAIN
