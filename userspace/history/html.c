// SPDX-License-Identifier: GPL-2.0-only
/* history/html.c - one file that needs nothing else: no network, no script. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/html_escape.h"
#include "lib/html_page.h"
#include "history.h"

#define WIDE 320
#define HIGH 48
#define MARGIN 4

static const char head[] = LAB_HTML_HEAD(
	"labyrinth history",
	"svg polyline { fill: none; stroke: currentColor; stroke-width: 1.5; }\n"
	"svg circle { fill: #b3261e; }\n"
	"@media (prefers-color-scheme: dark) { svg circle { fill: #ff8a80; } }\n");

static double height_of(double value, double least, double most)
{
	const double part = most > least ? (value - least) / (most - least) :
					   0.5;

	return HIGH - MARGIN - part * (HIGH - 2 * MARGIN);
}

/* Whether the series stepped at the first run of a kernel. */
static bool steps_at(const struct lab_trend *trend, size_t kernel)
{
	size_t i;

	for (i = 0; i < trend->jumps; i++)
		if (trend->point[trend->jump[i].at].kernel == kernel)
			return true;
	return false;
}

static void write_curve(const struct lab_trend *trend,
			const struct lab_trend_level *level, size_t n, FILE *to)
{
	double least = INFINITY, most = -INFINITY, dots[2];
	size_t i;

	for (i = 0; i < n; i++) {
		least = fmin(least, level[i].value);
		most = fmax(most, level[i].value);
	}
	fprintf(to,
		"<svg width=\"%d\" height=\"%d\" role=\"img\" aria-label=\"%zu kernels, %zu steps\"><polyline points=\"",
		WIDE, HIGH, n, trend->jumps);
	for (i = 0; i < n; i++)
		fprintf(to, "%.1f,%.1f ",
			MARGIN + (n > 1 ? i * (WIDE - 2.0 * MARGIN) / (n - 1) :
					  0),
			height_of(level[i].value, least, most));
	fputs("\"/>", to);
	for (i = 0; i < n; i++) {
		if (!steps_at(trend, level[i].kernel))
			continue;
		dots[0] = MARGIN +
			  (n > 1 ? i * (WIDE - 2.0 * MARGIN) / (n - 1) : 0);
		dots[1] = height_of(level[i].value, least, most);
		fprintf(to, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\"/>",
			dots[0], dots[1]);
	}
	fputs("</svg>", to);
}

static void write_jumps(const struct lab_trends *trends,
			const struct lab_trend *trend, FILE *to)
{
	char words[40], date[24];
	size_t i;

	for (i = 0; i < trend->jumps; i++) {
		const struct lab_point *point =
			&trend->point[trend->jump[i].at];

		lab_jump_words(trend, &trend->jump[i], words, sizeof(words));
		lab_date_words(point->when, date, sizeof(date));
		fprintf(to, "%s%s at ", i ? "<br>" : "", words);
		lab_html_write(to, trends->kernel[point->kernel].release);
		fprintf(to, ", build %.12s, %s (p %.2g)",
			trends->kernel[point->kernel].build_id, date,
			trend->jump[i].p);
	}
}

static void write_trend(const struct lab_trends *trends,
			const struct lab_trend *trend, FILE *to)
{
	struct lab_trend_level *level;
	const size_t n = lab_trend_levels(trend, &level);
	char now[32];

	lab_trend_value(trend, level[n - 1].value, now, sizeof(now));
	fputs("<tr><td>", to);
	lab_html_write(to, trend->where);
	fprintf(to, "</td><td>%s</td><td class=\"n\">%s</td><td>",
		trend->metric, now);
	write_curve(trend, level, n, to);
	fputs("</td><td>", to);
	write_jumps(trends, trend, to);
	fputs("</td></tr>\n", to);
	free(level);
}

static void html_write(const struct lab_trends *trends, FILE *to)
{
	size_t i;

	fputs(head, to);
	fprintf(to, "<h1>%zu runs of %zu kernels</h1>\n", trends->runs,
		trends->kernels);
	for (i = 0; i < trends->count; i++) {
		const struct lab_trend *t = &trends->trend[i];

		if (!i || strcmp(t->scenario, t[-1].scenario) ||
		    strcmp(t->shape, t[-1].shape)) {
			fputs(i ? "</tbody></table></section>\n" : "", to);
			fputs("<section><h2>", to);
			lab_html_write(to, t->scenario);
			fputs("</h2><p>", to);
			lab_html_write(to, t->shape);
			fputs("</p><table><thead><tr><th>where</th><th>metric</th>"
			      "<th>now</th><th>by kernel</th><th>steps</th></tr></thead><tbody>\n",
			      to);
		}
		write_trend(trends, t, to);
	}
	fputs(i ? "</tbody></table></section>\n" : "", to);
	fputs("</body></html>\n", to);
}

const struct lab_history_form lab_history_html = {
	.name = "html",
	.write = html_write,
};
