// SPDX-License-Identifier: GPL-2.0-only
/*
 * rank_test.c - the test of ranks against enumeration, at the sizes where it
 * changes how it computes, and with ties, whose normal approximation is wrong
 * by many orders of magnitude.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "compare/rank.h"
#include "kselftest_harness.h"
#include "lib/random.h"

#define EXPECT_NEAR(expected, value, off)                                  \
	EXPECT_LT(fabs((expected) - (value)), off)                         \
	{                                                                  \
		TH_LOG("%g, not %g", (double)(value), (double)(expected)); \
	}

static double fraction(uint64_t *state)
{
	return (lab_random(state) >> 11) * 0x1p-53;
}

/* Another way to the same p: each choice of n of the values is looked at. */
static double enumerated(const double *a, size_t n, const double *b, size_t m)
{
	double value[16], off = 0, seen = 0;
	unsigned int choice, as_far = 0, all = 0;
	size_t i, j;

	memcpy(value, a, n * sizeof(*value));
	memcpy(value + n, b, m * sizeof(*value));
	for (choice = 0; choice < 1u << (n + m); choice++) {
		if ((size_t)__builtin_popcount(choice) != n)
			continue;
		/* Pairs won less pairs lost: ties count for neither. */
		off = 0;
		for (i = 0; i < n + m; i++)
			for (j = 0; j < n + m; j++)
				if (choice >> i & 1 && !(choice >> j & 1))
					off += (value[i] > value[j]) -
					       (value[i] < value[j]);
		/* The first choice is the samples themselves. */
		if (!all++)
			seen = fabs(off);
		as_far += fabs(off) >= seen;
	}
	return (double)as_far / all;
}

TEST(known_values)
{
	const double a[] = { 1, 2, 3 }, b[] = { 4, 5, 6 };
	const double tied[] = { 1, 1, 2 };
	double low[10], high[10];
	size_t i;

	for (i = 0; i < 10; i++) {
		low[i] = i;
		high[i] = 100 + i;
	}
	EXPECT_NEAR(0.1, lab_mann_whitney(a, 3, b, 3), 1e-12);
	EXPECT_NEAR(0.1, lab_mann_whitney(b, 3, a, 3), 1e-12);
	EXPECT_NEAR(1, lab_mann_whitney(a, 3, a, 3), 1e-12);
	EXPECT_NEAR(1, lab_mann_whitney(tied, 3, tied, 3), 1e-12);
	EXPECT_NEAR(1, lab_mann_whitney(a, 0, b, 3), 1e-12);
	EXPECT_NEAR(2.0 / 184756, lab_mann_whitney(low, 10, high, 10), 1e-12);
	EXPECT_NEAR(2.0 / 184756, lab_least_p(10, 10), 1e-12);
	EXPECT_NEAR(1, lab_least_p(1, 1), 1e-12);
}

TEST(as_enumerated_with_and_without_ties)
{
	uint64_t state = 1;
	double a[6], b[6];
	size_t i, k, n, m;

	for (i = 0; i < 60; i++) {
		const unsigned int distinct = 2 + i % 12;

		n = 2 + lab_random(&state) % 5;
		m = 2 + lab_random(&state) % 5;
		for (k = 0; k < n; k++)
			a[k] = lab_random(&state) % distinct;
		for (k = 0; k < m; k++)
			b[k] = lab_random(&state) % distinct;
		EXPECT_NEAR(enumerated(a, n, b, m),
			    lab_mann_whitney(a, n, b, m), 1e-9);
	}
}

/* Of constant series with one value that is off, the p is known. */
TEST(one_of_many_equal_values_is_no_step)
{
	double a[200], b[1] = { 2 };
	size_t i;

	for (i = 0; i < 200; i++)
		a[i] = 1;
	EXPECT_NEAR(1.0 / 25, lab_mann_whitney(a, 24, b, 1), 1e-9);
	EXPECT_NEAR(1.0 / 100, lab_mann_whitney(a, 99, b, 1), 1e-9);
	EXPECT_NEAR(1.0 / 201, lab_mann_whitney(a, 200, b, 1), 1e-9);
	/* 58 + 2 of 120: of all places of two, those where both are on a side. */
	a[0] = 2;
	EXPECT_NEAR(1, lab_mann_whitney(a, 60, a, 60), 1e-9);
}

/* Separated wholly, the p is the least one, and exact to 60 a side. */
TEST(separation_has_the_least_p)
{
	double a[LAB_EXACT], b[LAB_EXACT];
	size_t i, n;

	for (i = 0; i < LAB_EXACT; i++) {
		a[i] = i;
		b[i] = 1000 + i;
	}
	for (n = 5; n <= LAB_EXACT; n++) {
		const double p = lab_mann_whitney(a, n, b, n);

		EXPECT_NEAR(1, p / lab_least_p(n, n), 1e-9);
	}
	EXPECT_LT(lab_least_p(60, 60), 1e-34);
}

/* 13 seeds see no less than 12. */
TEST(more_seeds_have_less_p)
{
	double a[30], b[30], before = 1, p;
	size_t i, n;

	for (i = 0; i < 30; i++) {
		a[i] = i;
		b[i] = i + 12.5;
	}
	for (n = 13; n <= 30; n++) {
		p = lab_mann_whitney(a, n, b, n);
		if (n > 13)
			EXPECT_LT(p, 20 * before);
		before = p;
	}
	EXPECT_LT(lab_least_p(13, 13), lab_least_p(12, 12));
}

/*
 * Beyond counting, ranks are dealt: as many standard errors (a tenth of p) off
 * the exact one as chance has it, and the same each time.
 */
TEST(dealt_where_it_cannot_be_counted)
{
	uint64_t state = 7;
	double *a = calloc(200, sizeof(*a)), *b = calloc(200, sizeof(*b));
	double p, z, normal;
	size_t i, n = 200;
	double sum = 0;

	ASSERT_NE(NULL, a);
	ASSERT_NE(NULL, b);
	for (i = 0; i < n; i++) {
		a[i] = fraction(&state);
		b[i] = fraction(&state) + 0.07;
	}
	for (i = 0; i < n; i++) {
		size_t j;

		for (j = 0; j < n; j++)
			sum += (b[j] > a[i]) - 0.5;
	}
	z = (fabs(sum) - 0.5) / sqrt(n * n * (2 * n + 1) / 12.0);
	normal = erfc(z / sqrt(2));
	p = lab_mann_whitney(a, n, b, n);
	EXPECT_LT(p, LAB_ORDINARY_P);
	EXPECT_NEAR(1, p / normal, 0.4);
	EXPECT_EQ(p, lab_mann_whitney(a, n, b, n));
	for (i = 0; i < n; i++)
		b[i] += 10;
	EXPECT_NEAR(1.0 / (LAB_DEALS + 1), lab_mann_whitney(a, n, b, n), 1e-12);
	free(a);
	free(b);
}

/* Chance alone: no p is as small as it says more often than it says. */
TEST(p_is_what_it_says)
{
	static const size_t sizes[] = { 5, 13, 30 };
	uint64_t state = 3;
	double a[30], b[30];
	size_t i, j, k, small;

	for (k = 0; k < 3; k++) {
		for (i = 0, small = 0; i < 1000; i++) {
			for (j = 0; j < sizes[k]; j++) {
				a[j] = lab_random(&state) % 50;
				b[j] = lab_random(&state) % 50;
			}
			small += lab_mann_whitney(a, sizes[k], b, sizes[k]) <=
				 0.05;
		}
		/* 50, and three standard errors of 7. */
		EXPECT_GE(71, small);
		if (k)
			EXPECT_LE(29, small);
	}
}

/* A test of 60 and 60 with ties, and what a comparison of hundreds takes. */
TEST(counting_is_quick_enough)
{
	uint64_t state = 5;
	double a[60], b[60];
	clock_t start = clock();
	size_t i, j;

	for (i = 0; i < 10; i++) {
		for (j = 0; j < 60; j++) {
			a[j] = lab_random(&state) % 40;
			b[j] = 10 + lab_random(&state) % 40;
		}
		lab_mann_whitney(a, 60, b, 60);
	}
	EXPECT_LT((double)(clock() - start) / CLOCKS_PER_SEC, 3);
}

TEST(shifts_are_bounded)
{
	const double a[] = { 1, 2, 3, 4, 5, 6 };
	const double b[] = { 11, 12, 13, 14, 15, 16 };
	double room[36];
	struct lab_estimate shift = lab_shift(a, 6, b, 6, 0.05, room);

	EXPECT_NEAR(10, shift.value, 1e-9);
	EXPECT_LT(6, shift.low);
	EXPECT_LT(shift.low, 10);
	EXPECT_NEAR(20, shift.low + shift.high, 1e-9);
	/* Two of each can never be told apart. */
	shift = lab_shift(a, 2, b, 2, 0.05, room);
	EXPECT_TRUE(isinf(shift.low) && isinf(shift.high));
}

/* In 99 of 100 samples or more, whatever their size. */
TEST(shifts_are_where_they_are_said_to_be)
{
	static const size_t sizes[] = { 5, 6, 12, 30 };
	uint64_t state = 11;
	double a[30], b[30], room[900];
	size_t i, j, k, out;

	for (k = 0; k < 4; k++) {
		for (i = 0, out = 0; i < 2000; i++) {
			struct lab_estimate shift;

			for (j = 0; j < sizes[k]; j++) {
				a[j] = -log(1 - fraction(&state));
				b[j] = 3 - log(1 - fraction(&state));
			}
			shift = lab_shift(a, sizes[k], b, sizes[k], 0.01, room);
			out += shift.low > 3 || shift.high < 3;
		}
		/* 20, and three standard errors of 4.5. */
		EXPECT_GE(34, out);
	}
}

TEST_HARNESS_MAIN
