// SPDX-License-Identifier: GPL-2.0-only
/*
 * report/cliff_plot.c - success by the free pages of the preferred zone before
 * the shot.
 *
 * Totals under pressure are chaotic. This curve is determined by the kernel's
 * rules, so it shows the difference between two kernels.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/json.h"
#include "lib/alloc.h"
#include "report.h"
#include "labyrinth.h"

#define SHOWN 4 /* phases */
#define UP_TO 2.0 /* in min watermarks: above this nothing fails */

/*
 * The share of min that must stay free: mm/page_alloc.c, __zone_watermark_ok().
 */
static double rule_of(const char *gfp, const char **label)
{
	static const struct {
		const char *base, *with;
		double at;
		const char *label;
	} rules[] = {
		{ "GFP_ATOMIC", "__GFP_NOMEMALLOC", 0.5,
		  "1/2 of min: the rule" },
		{ "GFP_ATOMIC", "", 0.375, "3/8 of min: the rule" },
		{ "GFP_NOWAIT", "__GFP_HIGH", 0.5, "1/2 of min: the rule" },
		{ "GFP_NOWAIT", "", 1, "min: the rule" },
	};
	size_t i;

	for (i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		if (!strstr(gfp, rules[i].base) || !strstr(gfp, rules[i].with))
			continue;
		*label = rules[i].label;
		return rules[i].at;
	}
	*label = "min";
	return 1;
}

static const char *gfp_of(const json_t *results, const char *phase)
{
	const json_t *cell =
		lab_find(json_object_get(results, "cells"), "phase", phase);

	return lab_text(cell, "gfp");
}

struct curves {
	struct lab_curve *curve;
	size_t n;
};

static void add_curve(struct curves *curves, const struct lab_page *page,
		      size_t run, const struct lab_filter *filter,
		      unsigned int colour)
{
	struct lab_curve *curve;

	curves->curve = xgrow(curves->curve, curves->n);
	curve = &curves->curve[curves->n];
	*curve = (struct lab_curve){ .colour = colour,
				     .dashed = run,
				     .dots = true };
	snprintf(curve->name, sizeof(curve->name), "%s%s%.50s",
		 lab_run_letter(page, run), page->nruns > 1 ? " " : "",
		 filter->context ? filter->context : "all contexts");
	lab_curve_cliff(page->run[run].results, filter, curve);
	curves->n++;
}

static void write_edge(const struct lab_page *page, size_t run,
		       const struct lab_filter *filter)
{
	struct lab_edge edge;

	if (!lab_cliff_edge(page->run[run].results, filter, &edge))
		fputs("<td>none seen</td>", page->to);
	else
		fprintf(page->to, "<td>lost at %u/16, kept from %u/16</td>",
			edge.lost, edge.kept);
}

static void write_edges(const struct lab_page *page, const char *phase,
			const struct lab_values *contexts)
{
	size_t i, run;

	fputs("<div class=\"wide\"><table><caption>Where it falls: the highest step of free "
	      "pages / min at which most shots are lost, and the next that was met</caption>\n"
	      "<thead><tr><th scope=\"col\">context</th>",
	      page->to);
	for (run = 0; run < page->nruns; run++)
		fprintf(page->to, "<th scope=\"col\">edge %s</th>",
			lab_run_letter(page, run));
	fputs("</tr></thead>\n<tbody>\n", page->to);
	for (i = 0; i < contexts->count; i++) {
		const struct lab_filter filter = { .phase = phase,
						   .context = contexts->name[i],
						   .order = -1 };

		if (!lab_cells_sum(page->run[0].results, &filter).exhausted)
			continue;
		fputs("<tr><th scope=\"row\">", page->to);
		lab_html_write(page->to, contexts->name[i]);
		fputs("</th>", page->to);
		for (run = 0; run < page->nruns; run++)
			write_edge(page, run, &filter);
		fputs("</tr>\n", page->to);
	}
	fputs("</tbody></table></div>\n", page->to);
}

static void write_phase(struct lab_page *page, const char *phase)
{
	const json_t *results = page->run[0].results;
	struct lab_values contexts = lab_cells_contexts(results);
	struct lab_filter filter = { .phase = phase, .order = -1 };
	struct lab_plot plot = {
		.x = "free pages of the preferred zone / min watermark",
		.y = "success, %",
		.x_max = UP_TO,
		.y_min = -4,
		.y_max = 104,
		.rules = 1,
	};
	struct curves curves = {};
	char *alt;
	size_t i, run;

	plot.rule[0].at = rule_of(gfp_of(results, phase), &plot.rule[0].label);
	for (i = 0; i < contexts.count; i++) {
		filter.context = contexts.name[i];
		if (!lab_cells_sum(results, &filter).exhausted)
			continue;
		for (run = 0; run < page->nruns; run++)
			add_curve(&curves, page, run, &filter, i);
	}
	plot.curve = curves.curve;
	plot.curves = curves.n;
	alt = xasprintf(
		"Success against free pages in the phase %s: the table below has where each curve falls",
		phase);
	plot.alt = alt;
	fputs("<h3>", page->to);
	lab_html_write(page->to, phase);
	fputs("</h3>\n", page->to);
	lab_plot_add(page, &plot);
	write_edges(page, phase, &contexts);
	for (i = 0; i < curves.n; i++)
		free(curves.curve[i].at);
	free(curves.curve);
	free(contexts.name);
	free(alt);
}

static void write(struct lab_page *page)
{
	struct lab_values scarce = lab_cells_scarce(page->run[0].results);
	size_t i;

	fputs("<p>Each shot is counted by the free pages of its preferred zone just before it. "
	      "A step is a sixteenth of the min watermark. Where the curve falls is what the "
	      "kernel's rules decide, whatever the chaos of the totals.</p>\n",
	      page->to);
	for (i = 0; i < scarce.count && i < SHOWN; i++)
		write_phase(page, scarce.name[i]);
	if (i < scarce.count)
		fprintf(page->to,
			"<p class=\"dim\">%zu phases with fewer failures are not drawn.</p>\n",
			scarce.count - i);
	free(scarce.name);
}

static bool there(const struct lab_page *page)
{
	const struct lab_filter all = { .order = -1 };

	return lab_cells_sum(page->run[0].results, &all).exhausted;
}

const struct lab_section_of_page lab_page_cliff = {
	.id = "cliff",
	.title = "The cliff",
	.there = there,
	.write = write,
};
