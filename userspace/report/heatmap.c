// SPDX-License-Identifier: GPL-2.0-only
/*
 * report/heatmap.c - success by context and order, in phases with genuine
 * failures.
 *
 * Phases in which every shot succeeded are named and not drawn.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/json.h"
#include "report.h"

#define ORDERS 16
#define SHOWN 6 /* phases; those with the most failures */

static void write_cell(const struct lab_page *page, size_t run,
		       const struct lab_filter *filter)
{
	const struct lab_sum sum =
		lab_cells_sum(page->run[run].results, filter);
	const uint64_t asked = sum.ok + sum.exhausted;
	char percent[16];

	lab_percent(sum.ok, asked, percent);
	if (!asked) {
		fprintf(page->to, "<td class=\"none\">%s</td>",
			!sum.cells   ? "" :
			sum.refusals ? "refused" :
				       percent);
		return;
	}
	fprintf(page->to,
		"<td style=\"--lost:%.0f\" title=\"%" PRIu64 " of %" PRIu64,
		100.0 * sum.exhausted / asked, sum.ok, asked);
	if (sum.injected)
		fprintf(page->to, ", %" PRIu64 " more injected", sum.injected);
	fprintf(page->to, "\">%s</td>",
		strchr(percent, '<') ? "&lt;0.01 %" :
		strchr(percent, '>') ? "&gt;99.99 %" :
				       percent);
}

/* The orders of a phase, in any run, as a set. */
static unsigned int orders_of(const struct lab_page *page, const char *phase)
{
	const struct lab_filter filter = { .phase = phase, .order = -1 };
	unsigned int set = 0;
	json_t *cell;
	size_t run, i;

	for (run = 0; run < page->nruns; run++)
		json_array_foreach(json_object_get(page->run[run].results,
						   "cells"),
				   i, cell)
			if (lab_cell_matches(cell, &filter))
				set |= 1u << lab_number(cell, "order") % ORDERS;
	return set;
}

static void write_head(const struct lab_page *page, unsigned int orders)
{
	int order;
	size_t run;

	fputs("<thead><tr><th scope=\"col\">context</th>", page->to);
	for (order = 0; order < ORDERS; order++)
		for (run = 0; orders >> order & 1 && run < page->nruns; run++)
			fprintf(page->to,
				"<th scope=\"col\" class=\"num\">order %d %s</th>",
				order, lab_run_letter(page, run));
	fputs("</tr></thead>\n<tbody>\n", page->to);
}

static void write_context(const struct lab_page *page, const char *phase,
			  const char *context, unsigned int orders)
{
	struct lab_filter filter = { .phase = phase,
				     .context = context,
				     .order = -1 };
	size_t run, cells = 0;

	for (run = 0; run < page->nruns; run++)
		cells += lab_cells_sum(page->run[run].results, &filter).cells;
	if (!cells)
		return;
	fputs("<tr><th scope=\"row\">", page->to);
	lab_html_write(page->to, context);
	fputs("</th>", page->to);
	for (filter.order = 0; filter.order < ORDERS; filter.order++)
		for (run = 0; orders >> filter.order & 1 && run < page->nruns;
		     run++)
			write_cell(page, run, &filter);
	fputs("</tr>\n", page->to);
}

static void write_phase(const struct lab_page *page, const char *phase)
{
	struct lab_values contexts =
		lab_cells_values(page->run[0].results, "context");
	const unsigned int orders = orders_of(page, phase);
	size_t i;

	fputs("<div class=\"wide\"><table class=\"heat\"><caption>", page->to);
	lab_html_printf(
		page->to,
		"%s: shots that got their page, of those that the injector let pass",
		phase);
	fputs("</caption>\n", page->to);
	write_head(page, orders);
	for (i = 0; i < contexts.count; i++)
		write_context(page, phase, contexts.name[i], orders);
	fputs("</tbody></table></div>\n", page->to);
	free(contexts.name);
}

/* Writes the names of the phases of A without a failure. */
static void write_rest(const struct lab_page *page)
{
	const json_t *results = page->run[0].results;
	struct lab_values phases = lab_cells_values(results, "phase");
	size_t i, n = 0;

	for (i = 0; i < phases.count; i++) {
		const struct lab_filter filter = { .phase = phases.name[i],
						   .order = -1 };
		const struct lab_sum sum = lab_cells_sum(results, &filter);

		if (sum.exhausted || !sum.ok)
			continue;
		fputs(n++ ? ", " :
			    "<p>Every shot that was not injected got its page in: ",
		      page->to);
		lab_html_write(page->to, phases.name[i]);
	}
	if (n)
		fputs(".</p>\n", page->to);
	free(phases.name);
}

static void write(struct lab_page *page)
{
	struct lab_values scarce = lab_cells_scarce(page->run[0].results);
	size_t i;

	if (!scarce.count)
		fputs("<p>In no phase did the kernel refuse a shot.</p>\n",
		      page->to);
	for (i = 0; i < scarce.count; i++) {
		if (i == SHOWN)
			fputs("<details><summary>Phases with fewer failures</summary>\n",
			      page->to);
		write_phase(page, scarce.name[i]);
	}
	if (i > SHOWN)
		fputs("</details>\n", page->to);
	write_rest(page);
	free(scarce.name);
}

const struct lab_section_of_page lab_page_heat = {
	.id = "success",
	.title = "Success by context and order",
	.write = write,
};
