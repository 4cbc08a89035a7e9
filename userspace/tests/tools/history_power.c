// SPDX-License-Identifier: GPL-2.0-only
/*
 * history_power.c - what history's search for steps claims by chance, and what
 * it finds.
 *
 *	history_power calibrate [SERIES]   the table in history/steps.c
 *	history_power table [SERIES]       false claims and power, 100 kernels
 *	history_power delay [SERIES]       kernels until a step is seen
 *
 * Seeds are fixed: the same program prints the same.
 */
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_sort.h>

#include "history/steps.h"
#include "lib/alloc.h"
#include "tests/unit/series.h"

#define KERNELS 100

static void calibrate(size_t series)
{
	static const size_t lengths[] = { 8,  12,  16,	24,  32,  48,	64,
					  96, 128, 192, 256, 512, 1024, 4096 };
	size_t i, j;

	for (i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		const size_t n = lengths[i];
		const size_t rounds = n > 256 ? 1 + series / 10 : series;
		double *values = xcheck(malloc(n * sizeof(*values)));
		double *whole = xcheck(malloc(rounds * sizeof(*whole)));
		double *part = xcheck(malloc(rounds * sizeof(*part)));
		uint64_t state = n;

		for (j = 0; j < rounds; j++) {
			struct lab_least least;

			series_fill(values, n, SERIES_NORMAL, &state);
			least = lab_steps_least(values, n);
			whole[j] = least.whole;
			part[j] = least.part;
		}
		gsl_sort(whole, 1, rounds);
		gsl_sort(part, 1, rounds);
		/* Each at its share of the 5 %. */
		printf("\t{ %zu, %.4g, %.4g },\n", n,
		       0.04 / whole[rounds * 4 / 100],
		       0.01 / part[rounds / 100]);
		fflush(stdout);
		free(values);
		free(whole);
		free(part);
	}
}

/* A step that is there; found when one is at most so far from it. */
struct planted {
	size_t from, to;
	double height;
};

#define PLANTED 2
#define NEAR 3

struct row {
	const char *name;
	enum series_noise noise;
	struct planted planted[PLANTED];
	size_t wanted; /* a place at which a step must be */
	size_t slack;
};

static const struct row rows[] = {
	{ "no step, normal", SERIES_NORMAL, {}, 0, 0 },
	{ "no step, outliers", SERIES_OUTLIERS, {}, 0, 0 },
	{ "no step, t3", SERIES_T3, {}, 0, 0 },
	{ "no step, skewed", SERIES_SKEWED, {}, 0, 0 },
	{ "no step, AR(1) .6", SERIES_AUTOREGRESSIVE, {}, 0, 0 },
	{ "1 sigma at 50", SERIES_NORMAL, { { 50, 100, 1 } }, 50, 20 },
	{ "2 sigma at 50", SERIES_NORMAL, { { 50, 100, 2 } }, 50, 10 },
	{ "3 sigma at 50", SERIES_NORMAL, { { 50, 100, 3 } }, 50, 5 },
	{ "2 sigma, 5 kernels ago", SERIES_NORMAL, { { 95, 100, 2 } }, 95, 3 },
	{ "3 sigma, 5 kernels ago", SERIES_NORMAL, { { 95, 100, 3 } }, 95, 3 },
	{ "+15 at 40 to 60", SERIES_NORMAL, { { 40, 60, 15 } }, 40, 0 },
	{ "   and its end", SERIES_NORMAL, { { 40, 60, 15 } }, 60, 0 },
	{ "2 sigma at 45 to 55", SERIES_NORMAL, { { 45, 55, 2 } }, 45, 3 },
	{ "3 sigma at 45 to 55", SERIES_NORMAL, { { 45, 55, 3 } }, 45, 3 },
	{ "3 sigma at 45 to 50", SERIES_NORMAL, { { 45, 50, 3 } }, 45, 3 },
	{ "5 sigma at 45 to 50", SERIES_NORMAL, { { 45, 50, 5 } }, 45, 3 },
	{ "+4 at 50, +10 at 90",
	  SERIES_NORMAL,
	  { { 50, 100, 4 }, { 90, 100, 10 } },
	  90,
	  0 },
	{ "   and the first",
	  SERIES_NORMAL,
	  { { 50, 100, 4 }, { 90, 100, 10 } },
	  50,
	  1 },
	{ "2 sigma at 50, t3", SERIES_T3, { { 50, 100, 3.46 } }, 50, 10 },
	{ "2 sigma at 50, AR(1) .6",
	  SERIES_AUTOREGRESSIVE,
	  { { 50, 100, 2 } },
	  50,
	  10 },
};

static void print_row(const struct row *row, size_t series)
{
	size_t i, j, steps = 0, any = 0, found = 0;
	double values[KERNELS];
	uint64_t state = 1;

	for (i = 0; i < series; i++) {
		struct lab_step *step;
		bool here = false;
		size_t n;

		series_fill(values, KERNELS, row->noise, &state);
		for (j = 0; j < PLANTED; j++)
			series_step(values, row->planted[j].from,
				    row->planted[j].to, row->planted[j].height);
		n = lab_steps_find(values, KERNELS, LAB_STEP_ALPHA, &step);
		steps += n;
		any += n > 0;
		for (j = 0; j < n; j++)
			here |= labs((long)step[j].at - (long)row->wanted) <=
				(long)row->slack;
		found += here;
		free(step);
	}
	printf("%-26s steps a series %.3f, series with any %.3f", row->name,
	       (double)steps / series, (double)any / series);
	if (row->wanted)
		printf(", found within %zu: %.3f", row->slack,
		       (double)found / series);
	putchar('\n');
	fflush(stdout);
}

static void table(size_t series)
{
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		print_row(&rows[i], series);
}

#define BEFORE 60
#define BEHIND 40

static size_t delay_of(double height, uint64_t *state)
{
	double values[BEFORE + BEHIND];
	size_t behind, j, n;

	series_fill(values, BEFORE + BEHIND, SERIES_NORMAL, state);
	series_step(values, BEFORE, BEFORE + BEHIND, height);
	for (behind = 1; behind <= BEHIND; behind++) {
		struct lab_step *step;
		bool seen = false;

		n = lab_steps_find(values, BEFORE + behind, LAB_STEP_ALPHA,
				   &step);
		for (j = 0; j < n; j++)
			seen |= step[j].at + NEAR >= BEFORE;
		free(step);
		if (seen)
			break;
	}
	return behind;
}

static void delay(size_t series)
{
	static const double heights[] = { 2, 3, 5 };
	double *behind = xcheck(malloc(series * sizeof(*behind)));
	size_t i, j;

	for (i = 0; i < sizeof(heights) / sizeof(*heights); i++) {
		uint64_t state = 1;

		for (j = 0; j < series; j++)
			behind[j] = delay_of(heights[i], &state);
		gsl_sort(behind, 1, series);
		printf("%g sigma after %d: median %g, 90 %% by %g\n",
		       heights[i], BEFORE, behind[series / 2],
		       behind[series * 9 / 10]);
	}
	free(behind);
}

int main(int argc, char **argv)
{
	const size_t series = argc > 2 ? strtoul(argv[2], NULL, 10) : 1000;

	if (argc < 2 || !series)
		errx(2, "usage: history_power calibrate|table|delay [SERIES]");
	if (!strcmp(argv[1], "calibrate"))
		calibrate(series);
	else if (!strcmp(argv[1], "table"))
		table(series);
	else
		delay(series);
	return 0;
}
