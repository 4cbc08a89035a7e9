// SPDX-License-Identifier: GPL-2.0-only
/* history/text.c - a line a series: a sparkline, where it is, where it stepped. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "history.h"

#define COLUMNS 32 /* of a sparkline: the last kernels */

static bool in_utf8(void)
{
	static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = getenv(names[i]);

		/* The first that is set decides. */
		if (value && *value)
			return strstr(value, "UTF-8") || strstr(value, "utf8");
	}
	return false;
}

static void write_spark(const struct lab_trend_level *level, size_t n, FILE *to)
{
	static const char *const blocks[] = { "▁", "▂", "▃", "▄",
					      "▅", "▆", "▇", "█" };
	static const char *const plain[] = { "_", ".", "-", "~",
					     "=", "+", "*", "#" };
	const char *const *marks = in_utf8() ? blocks : plain;
	const size_t from = n > COLUMNS ? n - COLUMNS : 0;
	double least = INFINITY, most = -INFINITY;
	size_t i;

	for (i = from; i < n; i++) {
		least = fmin(least, level[i].value);
		most = fmax(most, level[i].value);
	}
	for (i = from; i < n; i++) {
		const double height = most > least ? (level[i].value - least) /
							     (most - least) :
						     0.5;

		fputs(marks[(int)(height * 7.999)], to);
	}
	fprintf(to, "%*s", (int)(COLUMNS - (n - from)), "");
}

static void write_jump(const struct lab_trends *trends,
		       const struct lab_trend *trend,
		       const struct lab_jump *jump, FILE *to)
{
	const struct lab_point *point = &trend->point[jump->at];
	const struct lab_tested *kernel = &trends->kernel[point->kernel];
	const struct lab_tested *earlier = &trends->kernel[point[-1].kernel];
	char words[40], date[24], before[32], after[32];

	lab_jump_words(trend, jump, words, sizeof(words));
	lab_date_words(point->when, date, sizeof(date));
	lab_trend_value(trend, jump->before, before, sizeof(before));
	lab_trend_value(trend, jump->after, after, sizeof(after));
	fprintf(to,
		"      %s, %s -> %s: at %s, build %.12s, %s;\n"
		"      after %s, build %.12s; p %.2g\n",
		words, before, after, kernel->release, kernel->build_id, date,
		earlier->release, earlier->build_id, jump->p);
}

static void write_trend(const struct lab_trends *trends,
			const struct lab_trend *trend, FILE *to)
{
	struct lab_trend_level *level;
	const size_t n = lab_trend_levels(trend, &level);
	char now[32];
	size_t i;

	lab_trend_value(trend, level[n - 1].value, now, sizeof(now));
	fprintf(to, "  %s, %s\n    ", trend->where, trend->metric);
	write_spark(level, n, to);
	fprintf(to, "  %s %s, %zu kernels, %zu runs\n", now, trend->unit, n,
		trend->points);
	for (i = 0; i < trend->jumps; i++)
		write_jump(trends, trend, &trend->jump[i], to);
	free(level);
}

static bool same_group(const struct lab_trend *a, const struct lab_trend *b)
{
	return !strcmp(a->scenario, b->scenario) && !strcmp(a->shape, b->shape);
}

static void text_write(const struct lab_trends *trends, FILE *to)
{
	size_t i, jumps = 0;

	for (i = 0; i < trends->count; i++) {
		const struct lab_trend *trend = &trends->trend[i];

		if (!i || !same_group(trend, trend - 1))
			fprintf(to, "%s%s\n  %s\n", i ? "\n" : "",
				trend->scenario, trend->shape);
		write_trend(trends, trend, to);
		jumps += trend->jumps;
	}
	fprintf(to, "\n%zu runs of %zu kernels; %zu series shown, %zu steps\n",
		trends->runs, trends->kernels, trends->count, jumps);
	if (trends->left_out)
		fprintf(to,
			"%zu series of latencies did not step: --metric '*' shows them\n",
			trends->left_out);
}

const struct lab_history_form lab_history_text = {
	.name = "text",
	.write = text_write,
};
