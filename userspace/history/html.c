// SPDX-License-Identifier: GPL-2.0-only
/*
 * history/html.c - how kernels stand, and trends, as one HTML file, without
 * scripts and other files.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/html_escape.h"
#include "lib/html_page.h"
#include "history.h"
#include "status.h"

#define WIDE 320
#define HIGH 48
#define MARGIN 4

static const char head[] = LAB_HTML_HEAD(
	"labyrinth history", LAB_STATUS_STYLE
	"svg polyline { fill: none; stroke: currentColor; stroke-width: 1.5; }\n"
	".worse { color: #b3261e; } .better { color: #1b6e2e; }\n"
	".known { color: #777; } svg circle { fill: currentColor; }\n"
	"@media (prefers-color-scheme: dark) { .worse { color: #ff8a80; }\n"
	" .better { color: #81c995; } .known { color: #aaa; } }\n"
	"nav a { margin-right: 1rem; white-space: nowrap; }\n"
	/* On a phone a row of words is a card: nobody scrolls to read. */
	"@media (max-width: 40rem) { .cards thead { display: none; }\n"
	" .cards tr { display: block; border-bottom: 1px solid #8886;"
	" padding: .4rem 0; }\n"
	" .cards td { display: block; border: 0; padding: 0; text-align: left;"
	" overflow-wrap: anywhere; }\n"
	" .cards td[data-label]::before { content: attr(data-label) \": \";"
	" color: GrayText; }\n"
	" svg { max-width: 100%; } }\n");

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
	fprintf(to,
		"</td><td>%s</td><td class=\"n\" data-label=\"now\">%s</td><td>",
		trend->metric, now);
	write_curve(trend, trend->level, n, to);
	fputs("</td><td>", to);
	for (i = 0; i < trend->jumps; i++) {
		fputs(i ? "<br>" : "", to);
		write_jump(trends, trend, &trend->jump[i], to);
	}
	fputs("</td></tr>\n", to);
}

/* A change of the kernel, when it was first seen, and what it moved. */
static void write_cause(const struct lab_trends *trends, size_t i, FILE *to)
{
	const struct lab_cause *cause = &trends->cause[i];
	const struct lab_trend *trend = &trends->trend[cause->trend];
	const struct lab_jump *jump = &trend->jump[cause->jump];
	char words[40], date[24];

	lab_date_words(trends->kernel[cause->kernel].first, date, sizeof(date));
	fprintf(to,
		"<tr id=\"cause%zu\"><td data-label=\"cause\">%zu</td><td data-label=\"when\">%s</td><td data-label=\"branch\">",
		i + 1, i + 1, date);
	lab_html_write(to, cause->branch);
	fputs("</td><td data-label=\"at\">", to);
	write_kernel(&trends->kernel[cause->kernel], to);
	fprintf(to,
		"</td><td class=\"n\" data-label=\"worse\">%zu</td><td class=\"n\" data-label=\"better\">%zu</td><td class=\"n\" data-label=\"acknowledged\">%zu</td><td data-label=\"clearest\"><span class=\"%s\">",
		cause->worse, cause->better, cause->acknowledged,
		class_of(jump));
	lab_html_write(to, trend->scenario);
	fputs(", ", to);
	lab_html_write(to, trend->where);
	lab_jump_words(trend, jump, words, sizeof(words));
	fprintf(to, ", %s, %s</span></td></tr>\n", trend->metric, words);
}

/*
 * Writes the causes first: changes of the kernel, and the series that each
 * moved.
 */
static void write_causes(const struct lab_trends *trends, FILE *to)
{
	size_t i;

	fputs("<section id=\"steps\"><h2>What stepped, and when</h2>\n", to);
	if (!trends->causes) {
		fprintf(to,
			"<p>Nothing, in %zu series of values.</p></section>\n",
			trends->searched);
		return;
	}
	fputs("<table class=\"cards\"><thead><tr><th></th><th>when</th>"
	      "<th>branch</th><th>at</th><th>worse</th><th>better</th>"
	      "<th>acknowledged</th><th>clearest</th></tr></thead><tbody>\n",
	      to);
	for (i = 0; i < trends->causes; i++)
		write_cause(trends, i, to);
	fputs("</tbody></table></section>\n", to);
}

/* When the latest run was, or 0. */
static int64_t latest_of(const struct lab_status *status)
{
	int64_t latest = 0;
	size_t i;

	for (i = 0; i < status->cells; i++)
		if (status->cell[i].when > latest)
			latest = status->cell[i].when;
	return latest;
}

static void write_head(const struct lab_trends *trends, FILE *to)
{
	char date[24];

	fprintf(to, "<h1>%zu runs of %zu kernels</h1>\n", trends->runs,
		trends->kernels);
	if (trends->status && trends->status->cells) {
		lab_date_words(latest_of(trends->status), date, sizeof(date));
		fprintf(to, "<p>The latest is of %s.</p>\n", date);
	}
	fputs("<nav>", to);
	if (trends->status)
		fputs("<a href=\"#failing\">failing</a>"
		      " <a href=\"#status\">latest verdicts</a>"
		      " <a href=\"#known\">known issues</a>",
		      to);
	fputs(" <a href=\"#steps\">steps</a>", to);
	if (trends->count)
		fputs(" <a href=\"#series\">series</a>", to);
	fputs("</nav>\n", to);
}

static void html_write(const struct lab_trends *trends, FILE *to)
{
	size_t i;

	fputs(head, to);
	write_head(trends, to);
	if (trends->status)
		lab_status_write(trends->status, trends, to);
	write_causes(trends, to);
	fputs("<div id=\"series\"></div>\n", to);
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
			fputs("</p><table class=\"cards\"><thead><tr><th>where</th><th>metric</th>"
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
	.standing = true,
	.write = html_write,
};
