// SPDX-License-Identifier: GPL-2.0-only
/* history/html.c - trends as one HTML file, without scripts and other files. */
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
	".worse { color: #b3261e; } .better { color: #1b6e2e; }\n"
	".known { color: #777; } svg circle { fill: currentColor; }\n"
	"@media (prefers-color-scheme: dark) { .worse { color: #ff8a80; }\n"
	" .better { color: #81c995; } .known { color: #aaa; } }\n");

static double height_of(double value, double least, double most)
{
	const double part = most > least ? (value - least) / (most - least) :
					   0.5;

	return HIGH - MARGIN - part * (HIGH - 2 * MARGIN);
}

/* The step at a level that is not doubtful, or NULL. */
static const struct lab_jump *step_at(const struct lab_trend *trend,
				      size_t level)
{
	size_t i;

	for (i = 0; i < trend->jumps; i++)
		if (trend->jump[i].at == level && !trend->jump[i].doubtful)
			return &trend->jump[i];
	return NULL;
}

static const char *class_of(const struct lab_jump *jump)
{
	return jump->acknowledged ? "known" : lab_jump_direction(jump);
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
		const struct lab_jump *jump = step_at(trend, i);

		if (!jump)
			continue;
		dots[0] = MARGIN +
			  (n > 1 ? i * (WIDE - 2.0 * MARGIN) / (n - 1) : 0);
		dots[1] = height_of(level[i].value, least, most);
		fprintf(to,
			"<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"3\"/>",
			class_of(jump), dots[0], dots[1]);
	}
	fputs("</svg>", to);
}

static void write_kernel(const struct lab_tested *kernel, FILE *to)
{
	lab_html_write(to, kernel->release);
	fprintf(to, ", build %.12s", kernel->build_id);
}

static void write_jump(const struct lab_trends *trends,
		       const struct lab_trend *trend,
		       const struct lab_jump *jump, FILE *to)
{
	char words[40], date[24];

	lab_jump_words(trend, jump, words, sizeof(words));
	lab_date_words(trend->level[jump->at].when, date, sizeof(date));
	fprintf(to, "<span class=\"%s\">%s%s</span>: %s at ", class_of(jump),
		jump->doubtful ? "perhaps " : "", lab_jump_direction(jump),
		words);
	write_kernel(lab_trend_kernel(trends, trend, jump->at), to);
	fprintf(to, ", %s (p %.2g", date, jump->p);
	if (jump->doubtful)
		fprintf(to, ", %.2g over all series", jump->q);
	else
		fprintf(to, ", <a href=\"#cause%zu\">cause %zu</a>",
			1 + jump->cause, 1 + jump->cause);
	fputc(')', to);
	if (jump->low < jump->high) {
		fputs("; after ", to);
		write_kernel(lab_trend_kernel(trends, trend, jump->low - 1),
			     to);
		fputs(", up to ", to);
		write_kernel(lab_trend_kernel(trends, trend, jump->high), to);
	}
	if (jump->acknowledged) {
		fputs("; acknowledged: ", to);
		lab_html_write(to, jump->acknowledged);
	}
}

static void write_trend(const struct lab_trends *trends,
			const struct lab_trend *trend, FILE *to)
{
	const size_t n = trend->levels;
	char now[32];
	size_t i;

	lab_trend_value(trend, trend->level[n - 1].value, now, sizeof(now));
	fputs("<tr><td>", to);
	lab_html_write(to, trend->where);
	fprintf(to, "</td><td>%s</td><td class=\"n\">%s</td><td>",
		trend->metric, now);
	write_curve(trend, trend->level, n, to);
	fputs("</td><td>", to);
	for (i = 0; i < trend->jumps; i++) {
		fputs(i ? "<br>" : "", to);
		write_jump(trends, trend, &trend->jump[i], to);
	}
	fputs("</td></tr>\n", to);
}

/*
 * Writes the causes first: changes of the kernel, and the series that each
 * moved.
 */
static void write_causes(const struct lab_trends *trends, FILE *to)
{
	char words[40];
	size_t i;

	if (!trends->causes)
		return;
	fputs("<section><h2>Causes</h2><table><thead><tr><th></th><th>branch</th>"
	      "<th>at</th><th>worse</th><th>better</th><th>acknowledged</th>"
	      "<th>clearest</th></tr></thead><tbody>\n",
	      to);
	for (i = 0; i < trends->causes; i++) {
		const struct lab_cause *cause = &trends->cause[i];
		const struct lab_trend *trend = &trends->trend[cause->trend];

		fprintf(to, "<tr id=\"cause%zu\"><td>%zu</td><td>", i + 1,
			i + 1);
		lab_html_write(to, cause->branch);
		fputs("</td><td>", to);
		write_kernel(&trends->kernel[cause->kernel], to);
		fprintf(to,
			"</td><td class=\"n\">%zu</td><td class=\"n\">%zu</td><td class=\"n\">%zu</td><td>",
			cause->worse, cause->better, cause->acknowledged);
		lab_html_write(to, trend->where);
		lab_jump_words(trend, &trend->jump[cause->jump], words,
			       sizeof(words));
		fprintf(to, ", %s, %s</td></tr>\n", trend->metric, words);
	}
	fputs("</tbody></table></section>\n", to);
}

static void html_write(const struct lab_trends *trends, FILE *to)
{
	size_t i;

	fputs(head, to);
	fprintf(to, "<h1>%zu runs of %zu kernels</h1>\n", trends->runs,
		trends->kernels);
	write_causes(trends, to);
	for (i = 0; i < trends->count; i++) {
		const struct lab_trend *t = &trends->trend[i];

		if (!i || !lab_trend_same_group(t, t - 1)) {
			fputs(i ? "</tbody></table></section>\n" : "", to);
			fputs("<section><h2>", to);
			lab_html_write(to, t->scenario);
			fputs(", ", to);
			lab_html_write(to, t->branch);
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
