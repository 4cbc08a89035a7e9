// SPDX-License-Identifier: GPL-2.0-only
/*
 * history/text.c - trends as text: for each series a sparkline, its name and
 * its steps.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "history.h"

#define COLUMNS 32 /* columns of a sparkline, for the last kernels */

static bool in_utf8(void)
{
	static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = getenv(names[i]);

		/* The first variable that is set decides. */
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

static void write_kernel(const struct lab_tested *kernel, FILE *to)
{
	fprintf(to, "%s, build %.12s", kernel->release, kernel->build_id);
}

/* Writes the range of kernels that a step may be at. */
static void write_range(const struct lab_tested *after,
			const struct lab_tested *at,
			const struct lab_tested *up_to, FILE *to)
{
	fputs("after ", to);
	write_kernel(after, to);
	if (up_to == at)
		return;
	fputs(",\n      up to ", to);
	write_kernel(up_to, to);
}

static void write_jump(const struct lab_trends *trends,
		       const struct lab_trend *trend,
		       const struct lab_jump *jump, FILE *to)
{
	char words[40], date[24], before[32], after[32];

	lab_jump_words(trend, jump, words, sizeof(words));
	lab_date_words(trend->level[jump->at].when, date, sizeof(date));
	lab_trend_value(trend, jump->before, before, sizeof(before));
	lab_trend_value(trend, jump->after, after, sizeof(after));
	fprintf(to, "      %s%s: %s, %s -> %s: at ",
		jump->doubtful ? "perhaps " : "", lab_jump_direction(jump),
		words, before, after);
	write_kernel(lab_trend_kernel(trends, trend, jump->at), to);
	fprintf(to, ", %s;\n      ", date);
	write_range(lab_trend_kernel(trends, trend, jump->low - 1),
		    lab_trend_kernel(trends, trend, jump->at),
		    lab_trend_kernel(trends, trend, jump->high), to);
	fprintf(to, "; p %.2g", jump->p);
	if (jump->doubtful)
		fprintf(to, ", %.2g over all series", jump->q);
	else
		fprintf(to, "; cause %zu", 1 + jump->cause);
	if (jump->acknowledged)
		fprintf(to, "\n      acknowledged: %s", jump->acknowledged);
	fputc('\n', to);
}

static void write_trend(const struct lab_trends *trends,
			const struct lab_trend *trend, FILE *to)
{
	const size_t n = trend->levels;
	char now[32];
	size_t i;

	lab_trend_value(trend, trend->level[n - 1].value, now, sizeof(now));
	fprintf(to, "  %s, %s\n    ", trend->where, trend->metric);
	write_spark(trend->level, n, to);
	fprintf(to, "  %s %s, %zu kernels, %zu runs\n", now, trend->unit, n,
		trend->points);
	for (i = 0; i < trend->jumps; i++)
		write_jump(trends, trend, &trend->jump[i], to);
}

/* The kernel at a place of the order. */
static const struct lab_tested *at_place(const struct lab_trends *trends,
					 size_t place)
{
	size_t i = 0;

	while (trends->kernel[i].place != place)
		i++;
	return &trends->kernel[i];
}

static void write_cause(const struct lab_trends *trends, size_t i, FILE *to)
{
	const struct lab_cause *cause = &trends->cause[i];
	const struct lab_trend *trend = &trends->trend[cause->trend];
	const size_t steps = cause->worse + cause->better;
	char words[40];

	fprintf(to, "%4zu  %s, at ", i + 1, cause->branch);
	write_kernel(&trends->kernel[cause->kernel], to);
	fprintf(to, ": %zu worse, %zu better", cause->worse, cause->better);
	if (cause->acknowledged)
		fprintf(to, ", %s acknowledged",
			cause->acknowledged == steps ? "all" : "some");
	fputs(";\n      ", to);
	write_range(at_place(trends, cause->after),
		    &trends->kernel[cause->kernel],
		    at_place(trends, cause->up_to), to);
	lab_jump_words(trend, &trend->jump[cause->jump], words, sizeof(words));
	fprintf(to, ";\n      clearest: %s, %s, %s\n", trend->where,
		trend->metric, words);
}

static void text_write(const struct lab_trends *trends, FILE *to)
{
	size_t i, j, steps = 0, doubtful = 0;

	for (i = 0; i < trends->count; i++) {
		const struct lab_trend *trend = &trends->trend[i];

		if (!i || !lab_trend_same_group(trend, trend - 1))
			fprintf(to, "%s%s, %s\n  %s\n", i ? "\n" : "",
				trend->scenario, trend->branch, trend->shape);
		write_trend(trends, trend, to);
		for (j = 0; j < trend->jumps; j++)
			doubtful += trend->jump[j].doubtful;
		steps += trend->jumps;
	}
	if (trends->causes)
		fputs("\ncauses: steps that may be of one change\n", to);
	for (i = 0; i < trends->causes; i++)
		write_cause(trends, i, to);
	fprintf(to,
		"\n%zu runs of %zu kernels; %zu series shown, %zu steps of %zu cause%s\n",
		trends->runs, trends->kernels, trends->count, steps - doubtful,
		trends->causes, trends->causes == 1 ? "" : "s");
	if (doubtful)
		fprintf(to,
			"%zu steps marked \"perhaps\" are such as chance makes when %zu series are looked at\n",
			doubtful, trends->searched);
	if (trends->left_out)
		fprintf(to,
			"%zu series of latencies did not step: --metric '*' shows them\n",
			trends->left_out);
}

const struct lab_history_form lab_history_text = {
	.name = "text",
	.write = text_write,
};
