// SPDX-License-Identifier: GPL-2.0-only
/* report/repeats.c - see report/repeats.h; and the section that shows them. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/alloc.h"
#include "lib/json.h"
#include "results/cell_name.h"
#include "report.h"
#include "repeats.h"

/* Of a cell: where a number stands, and how a spread of it is given. */
static const struct metric {
	const char *name, *group, *key;
	bool points; /* in percentage points, of ppm; else in percent of the smallest */
} metrics[] = {
	{ "success", NULL, "success_ppm", true },
	{ "p50", "latency", "p50" },
	{ "p99", "latency", "p99" },
	{ "max", "latency", "max" },
};

#define METRICS (sizeof(metrics) / sizeof(metrics[0]))

bool lab_is_of_real_machine(const json_t *results)
{
	return lab_is(json_object_get(results, "machine"), "mode",
		      "this machine");
}

static void add_cell(struct lab_repeats *repeats, const json_t *cell)
{
	char *name = lab_cell_words(cell, true);
	json_t *of = json_object_get(repeats->cells, name), *list;
	const json_t *value;
	size_t i;

	if (!of) {
		of = json_object();
		json_object_set_new(repeats->cells, name, of);
	}
	free(name);
	for (i = 0; i < METRICS; i++) {
		value = metrics[i].group ?
				json_object_get(cell, metrics[i].group) :
				cell;
		value = json_object_get(value, metrics[i].key);
		if (!json_is_integer(value))
			continue;
		list = json_object_get(of, metrics[i].name);
		if (!list) {
			list = json_array();
			json_object_set_new(of, metrics[i].name, list);
		}
		json_array_append_new(list,
				      json_integer(json_integer_value(value)));
	}
}

void lab_repeats_add(struct lab_repeats *repeats, const struct lab_run *run)
{
	const json_t *others;
	json_t *cell;
	size_t i;

	if (!lab_is_of_real_machine(run->results))
		return;
	if (!repeats->cells)
		repeats->cells = json_object();
	repeats->runs++;
	others = json_object_get(run->host, "others_cpu_seconds");
	if (others) {
		repeats->others += json_number_value(others);
		repeats->seconds += json_number_value(
			json_object_get(run->host, "seconds"));
	}
	json_array_foreach(json_object_get(run->results, "cells"), i, cell)
		add_cell(repeats, cell);
}

void lab_repeats_free(struct lab_repeats *repeats)
{
	json_decref(repeats->cells);
	*repeats = (struct lab_repeats){};
}

/* ---- the section ----------------------------------------------------------- */

/* Negative: there is none, because a run lacks the number or the smallest is 0. */
static double spread_of(const struct metric *metric, const json_t *list,
			size_t runs)
{
	json_int_t least, most;
	json_t *value;
	size_t i;

	if (json_array_size(list) != runs)
		return -1;
	least = json_integer_value(json_array_get(list, 0));
	most = least;
	json_array_foreach(list, i, value) {
		const json_int_t n = json_integer_value(value);

		least = n < least ? n : least;
		most = n > most ? n : most;
	}
	if (metric->points)
		return (most - least) / 1e4;
	return least ? 100.0 * (most - least) / least : -1;
}

static int by_size(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void write_metric(struct lab_page *page,
			 const struct lab_repeats *repeats,
			 const struct metric *metric)
{
	double *spread = xcheck(
		calloc(json_object_size(repeats->cells) + 1, sizeof(*spread)));
	const char *unit = metric->points ? "points" : "%";
	const char *name, *where = "";
	double most = -1;
	size_t n = 0;
	json_t *cell;

	json_object_foreach(repeats->cells, name, cell) {
		const double one =
			spread_of(metric, json_object_get(cell, metric->name),
				  repeats->runs);

		if (one < 0)
			continue;
		spread[n++] = one;
		if (one > most) {
			most = one;
			where = name;
		}
	}
	if (n) {
		qsort(spread, n, sizeof(*spread), by_size);
		fprintf(page->to,
			"<tr><th scope=\"row\">%s</th><td class=\"num\">%zu</td><td class=\"num\">%.1f %s</td><td class=\"num\">%.1f %s</td><td>",
			metric->name, n, spread[n / 2], unit, most, unit);
		lab_html_write(page->to, where);
		fputs("</td></tr>\n", page->to);
	}
	free(spread);
}

static void write_repeats(struct lab_page *page, size_t run)
{
	const struct lab_repeats *repeats = &page->repeats[run];
	size_t i;

	if (page->nruns > 1)
		fprintf(page->to, "<h3>%s</h3>\n", lab_run_letter(page, run));
	if (repeats->seconds > 0)
		fprintf(page->to,
			"<p>Other work of the machine, its kernel's threads and its interrupts took %.1f s of CPU time in %.1f s.</p>\n",
			repeats->others, repeats->seconds);
	if (repeats->runs < 2) {
		fputs("<p><strong>There is one run: nothing says how much this machine differs from itself.</strong> Run the scenario again with the same kernel and seed, and report the folder of both.</p>\n",
		      page->to);
		return;
	}
	fprintf(page->to,
		"<div class=\"wide\"><table><caption>Spread over %zu runs of the same kernel on the same machine</caption>\n"
		"<thead><tr><th scope=\"col\">of</th><th scope=\"col\" class=\"num\">cells</th><th scope=\"col\" class=\"num\">p50 of spreads</th><th scope=\"col\" class=\"num\">largest</th><th scope=\"col\">in</th></tr></thead>\n<tbody>\n",
		repeats->runs);
	for (i = 0; i < METRICS; i++)
		write_metric(page, repeats, &metrics[i]);
	fputs("</tbody></table></div>\n", page->to);
}

static void write(struct lab_page *page)
{
	size_t run;

	fputs("<p>On a real machine no run is like another: latencies are nanoseconds, with other work and interrupts in them, and what happens in scarcity follows from both. The spread of a number is its largest value less its smallest. A difference between two kernels that is not larger says nothing of them.</p>\n",
	      page->to);
	for (run = 0; run < page->nruns; run++)
		write_repeats(page, run);
}

static bool there(const struct lab_page *page)
{
	return page->repeats && page->repeats[0].runs;
}

const struct lab_section_of_page lab_page_repeats = {
	.id = "repeats",
	.title = "This machine against itself",
	.there = there,
	.write = write,
};
