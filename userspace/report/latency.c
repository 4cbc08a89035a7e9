// SPDX-License-Identifier: GPL-2.0-only
/*
 * report/latency.c - complementary distribution of latencies: the share of
 * shots that took longer.
 *
 * Both axes are logarithmic, so that the tail, which matters to atomic callers,
 * takes as much room as the rest.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/json.h"
#include "lib/alloc.h"
#include "report.h"
#include "sys/names.h"

#define SHOWN 3 /* phases */

static const char *unit_of(const json_t *results)
{
	const json_t *cell =
		json_array_get(json_object_get(results, "cells"), 0);

	return lab_text(json_object_get(cell, "latency"), "unit");
}

/* A phase without failures, for comparison; NULL if there is none. */
static const char *quiet_phase(const json_t *results)
{
	struct lab_values phases = lab_cells_values(results, "phase");
	const char *quiet = NULL;
	size_t i;

	for (i = 0; i < phases.count && !quiet; i++) {
		const struct lab_filter filter = { .phase = phases.name[i],
						   .order = -1 };
		const struct lab_sum sum = lab_cells_sum(results, &filter);

		if (sum.ok && !sum.exhausted && !sum.injected)
			quiet = phases.name[i];
	}
	free(phases.name);
	return quiet;
}

/* of: a row of lab_latencies. */
static uint64_t largest(const json_t *results, const struct lab_filter *filter,
			const struct lab_latencies *of, const char *key)
{
	uint64_t most = 0;
	json_t *cell;
	size_t i;

	json_array_foreach(json_object_get(results, "cells"), i, cell) {
		const uint64_t value =
			lab_number(json_object_get(cell, of->key), key);

		if (lab_cell_matches(cell, filter) && value > most)
			most = value;
	}
	return most;
}

/*
 * No row if there was no such shot, or if an earlier version made the results.
 */
static void write_quantiles(const struct lab_page *page, size_t run,
			    const struct lab_filter *filter,
			    const struct lab_latencies *of)
{
	static const char *const keys[] = { "p50", "p99", "p999", "max" };
	const json_t *results = page->run[run].results;
	size_t i;

	if (!largest(results, filter, of, "max"))
		return;

	fputs("<tr><th scope=\"row\">", page->to);
	lab_html_printf(page->to, "%s %s%s%s", lab_run_letter(page, run),
			filter->context, of->outcome == LAB_OK ? "" : ", ",
			of->outcome == LAB_OK ? "" : of->count);
	fputs("</th>", page->to);
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		fprintf(page->to, "<td class=\"num\">%" PRIu64 "</td>",
			largest(results, filter, of, keys[i]));
	fputs("</tr>\n", page->to);
}

static void write_table(const struct lab_page *page, const char *phase,
			const struct lab_values *contexts)
{
	struct lab_filter filter = { .phase = phase, .order = -1 };
	size_t i, run, of;

	fputs("<details><summary>As a table</summary>\n<div class=\"wide\"><table>"
	      "<caption>Latency in ",
	      page->to);
	lab_html_write(page->to, unit_of(page->run[0].results));
	fputs("; of several cells, the largest of each</caption>\n<thead><tr><th scope=\"col\">context</th>"
	      "<th scope=\"col\" class=\"num\">p50</th><th scope=\"col\" class=\"num\">p99</th>"
	      "<th scope=\"col\" class=\"num\">p999</th><th scope=\"col\" class=\"num\">max</th></tr></thead>\n<tbody>\n",
	      page->to);
	for (i = 0; i < contexts->count; i++) {
		filter.context = contexts->name[i];
		for (of = 0; lab_latencies[of].key; of++)
			for (run = 0; run < page->nruns; run++)
				write_quantiles(page, run, &filter,
						&lab_latencies[of]);
	}
	fputs("</tbody></table></div></details>\n", page->to);
}

/* Chooses the contexts to draw: those with the longest tails. */
static bool *choose(const json_t *results, const char *phase,
		    const struct lab_values *contexts)
{
	uint64_t *tail = xcheck(calloc(contexts->count + 1, sizeof(*tail)));
	bool *drawn = xcheck(calloc(contexts->count + 1, sizeof(*drawn)));
	struct lab_filter filter = { .phase = phase, .order = -1 };
	size_t i, j, longer;

	for (i = 0; i < contexts->count; i++) {
		filter.context = contexts->name[i];
		tail[i] = largest(results, &filter, &lab_latencies[0], "p999");
	}
	for (i = 0; i < contexts->count; i++) {
		for (longer = j = 0; j < contexts->count; j++)
			longer += tail[j] > tail[i] ||
				  (j < i && tail[j] == tail[i]);
		drawn[i] = longer < LAB_COLOURS;
	}
	free(tail);
	return drawn;
}

static void write_phase(struct lab_page *page, const char *phase)
{
	struct lab_values contexts = lab_cells_contexts(page->run[0].results);
	const size_t room = contexts.count * page->nruns;
	struct lab_curve *curve = xcheck(calloc(room + 1, sizeof(*curve)));
	struct lab_filter filter = { .phase = phase, .order = -1 };
	char *alt = xasprintf(
		"Share of shots that took longer, in the phase %s: the table below has the quantiles",
		phase);
	char *x = xasprintf("latency, %s", unit_of(page->run[0].results));
	const struct lab_plot plot = {
		.alt = alt,
		.x = x,
		.y = "share that took longer",
		.log_x = true,
		.log_y = true,
		.rule = { { 1e-3, true, "1 in 1000" } },
		.rules = 1,
		.curve = curve,
		.curves = room,
	};
	bool *chosen = choose(page->run[0].results, phase, &contexts);
	size_t i, run, n = 0, drawn = 0;

	for (i = 0; i < contexts.count; i++) {
		filter.context = contexts.name[i];
		if (!chosen[i])
			continue;
		for (run = 0; run < page->nruns; run++, n++) {
			curve[n].colour = contexts.count > LAB_COLOURS ? drawn :
									 i;
			curve[n].dashed = run;
			snprintf(curve[n].name, sizeof(curve[n].name),
				 "%s%s%.50s", lab_run_letter(page, run),
				 page->nruns > 1 ? " " : "", filter.context);
			lab_curve_latency(page->run[run].results, &filter,
					  &curve[n]);
		}
		drawn++;
	}
	fputs("<h3>", page->to);
	lab_html_write(page->to, phase);
	fputs("</h3>\n", page->to);
	lab_plot_add(page, &plot);
	if (drawn < contexts.count)
		fprintf(page->to,
			"<p class=\"dim\">Drawn are the %zu contexts with the longest tails; the table has all %zu.</p>\n",
			drawn, contexts.count);
	write_table(page, phase, &contexts);
	for (i = 0; i < n; i++)
		free(curve[i].at);
	free(curve);
	free(chosen);
	free(alt);
	free(x);
	free(contexts.name);
}

static void write(struct lab_page *page)
{
	const json_t *results = page->run[0].results;
	struct lab_values scarce = lab_cells_scarce(results);
	const char *quiet = quiet_phase(results);
	size_t i;

	fputs("<p>Of successful shots; the tables have those that failed as well. In deterministic mode a latency is a number of instructions; "
	      "with several CPUs the longest are those of shots that waited for another CPU's turn.</p>\n",
	      page->to);
	if (quiet)
		write_phase(page, quiet);
	for (i = 0; i < scarce.count && i + 1 < SHOWN; i++)
		write_phase(page, scarce.name[i]);
	free(scarce.name);
}

static bool there(const struct lab_page *page)
{
	const struct lab_filter all = { .order = -1 };

	return lab_cells_sum(page->run[0].results, &all).ok;
}

const struct lab_section_of_page lab_page_latency = {
	.id = "latency",
	.title = "Latency",
	.there = there,
	.write = write,
};
