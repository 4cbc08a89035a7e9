// SPDX-License-Identifier: GPL-2.0-only
/*
 * report/timeline.c - the state of the zones during a run, and during a cell.
 *
 * A run records every zone before and after each phase and, with pressure,
 * before and after each cell. A cell that asked for a timeline also records
 * zones between its shots, and single shots.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/json.h"
#include "lib/alloc.h"
#include "report.h"

#define ZONES 8 /* zones that are drawn */
#define CELLS 2 /* cells whose own timeline is drawn */
#define ROWS 120 /* rows of the table */

static void zone_name(const json_t *zone, char name[64])
{
	snprintf(name, 64, "node %" PRIu64 " %.20s", lab_number(zone, "node"),
		 lab_text(zone, "zone"));
}

static void add_point(struct lab_curve *curve, double x, double y)
{
	curve->at = xgrow(curve->at, curve->n);
	curve->at[curve->n][0] = x;
	curve->at[curve->n][1] = y;
	curve->n++;
}

/* Zones without a min watermark are left out. */
static bool in_mins(const json_t *zone, double *mins)
{
	const uint64_t min = lab_number(zone, "min");
	const uint64_t free = lab_number(zone, "free");

	*mins = min ? (double)free / min : 0;
	return min && free;
}

static struct lab_curve *curve_of(struct lab_curve *curve, const json_t *zone)
{
	char name[64];
	size_t i;

	zone_name(zone, name);
	for (i = 0; i < ZONES; i++) {
		if (!*curve[i].name) {
			strcpy(curve[i].name, name);
			curve[i].colour = i;
		}
		if (!strcmp(curve[i].name, name))
			return &curve[i];
	}
	return NULL;
}

static void free_curves(struct lab_curve *curve, size_t n)
{
	while (n--)
		free(curve[n].at);
}

/*
 * Whether a record is "PHASE: CONTEXT order N: fired" of a cell with failures.
 * Records are in the order of cells: the search continues at *next.
 */
static bool failed_at(const json_t *cells, const char *at, size_t *next)
{
	const size_t length = strlen(at);
	char words[300];
	size_t i;

	if (length < 7 || strcmp(at + length - 7, ": fired") != 0)
		return false;
	for (i = *next; i < json_array_size(cells); i++) {
		const json_t *cell = json_array_get(cells, i);

		snprintf(words, sizeof(words),
			 "%s: %s order %" PRIu64 ": fired",
			 lab_text(cell, "phase"), lab_text(cell, "context"),
			 lab_number(cell, "order"));
		if (strcmp(words, at) != 0)
			continue;
		*next = i + 1;
		return lab_number(cell, "exhausted");
	}
	return false;
}

static void draw_run(struct lab_page *page, const json_t *results)
{
	struct lab_curve curve[ZONES + 1] = {};
	const struct lab_plot plot = {
		.alt = "Free pages of every zone at each look, in min watermarks: the table below has them in pages",
		.x = "look at the zones, one after the other",
		.y = "free pages / min watermark",
		.log_y = true,
		.rule = { { 1, true, "min" } },
		.rules = 1,
		.curve = curve,
		.curves = ZONES + 1,
	};
	struct lab_curve *failures = &curve[ZONES], *its;
	json_t *moment, *zone;
	double mins;
	size_t i, j, next = 0;

	strcpy(failures->name, "shots were exhausted");
	failures->points = true;
	failures->colour = 1;
	json_array_foreach(json_object_get(results, "timeline"), i, moment) {
		const bool failed = failed_at(json_object_get(results, "cells"),
					      lab_text(moment, "at"), &next);

		json_array_foreach(json_object_get(moment, "zones"), j, zone) {
			its = curve_of(curve, zone);
			if (!its || !in_mins(zone, &mins))
				continue;
			add_point(its, i + 1, mins);
			if (failed)
				add_point(failures, i + 1, mins);
		}
	}
	/* A colour that no zone has. */
	failures->colour = LAB_COLOURS - 1;
	lab_plot_add(page, &plot);
	free_curves(curve, ZONES + 1);
}

static void draw_cell(struct lab_page *page, const json_t *cell)
{
	struct lab_curve curve[ZONES + 1] = {};
	char *alt = xasprintf("Free pages of every zone while %s order %" PRIu64
			      " was fired in %s",
			      lab_text(cell, "context"),
			      lab_number(cell, "order"),
			      lab_text(cell, "phase"));
	const struct lab_plot plot = {
		.alt = alt,
		.x = "shot of the first CPU",
		.y = "free pages / min watermark",
		.rule = { { 1, true, "min" } },
		.rules = 1,
		.curve = curve,
		.curves = ZONES + 1,
	};
	struct lab_curve *failures = &curve[ZONES], *its;
	json_t *look, *zone, *event;
	double mins;
	size_t i, j;

	json_array_foreach(json_object_get(cell, "timeline"), i, look) {
		json_array_foreach(json_object_get(look, "zones"), j, zone) {
			its = curve_of(curve, zone);
			if (its && in_mins(zone, &mins))
				add_point(its, lab_number(look, "shot"), mins);
		}
	}
	/* [CPU, part, shot, outcome, clock, latency, passage, free, above min, ...] */
	json_array_foreach(json_object_get(cell, "events"), i, event) {
		const char *outcome =
			json_string_value(json_array_get(event, 3));
		const json_int_t free =
			json_integer_value(json_array_get(event, 7));
		const json_int_t min =
			free - json_integer_value(json_array_get(event, 8));

		if (outcome && !strcmp(outcome, "exhausted") && min > 0 &&
		    !json_integer_value(json_array_get(event, 0)))
			add_point(failures,
				  json_integer_value(json_array_get(event, 2)),
				  (double)free / min);
	}
	strcpy(failures->name, "an exhausted shot");
	failures->points = true;
	failures->colour = LAB_COLOURS - 1;
	fputs("<h3>", page->to);
	lab_html_write(page->to, alt);
	fputs("</h3>\n", page->to);
	lab_plot_add(page, &plot);
	free_curves(curve, ZONES + 1);
	free(alt);
}

static void write_moment(const struct lab_page *page, size_t number,
			 const json_t *moment)
{
	static const char *const keys[] = { "free", "min",   "low",
					    "high", "boost", "highatomic",
					    "pcp" };
	char name[64];
	json_t *zone;
	size_t i, j;

	json_array_foreach(json_object_get(moment, "zones"), i, zone) {
		zone_name(zone, name);
		fprintf(page->to, "<tr><td class=\"num\">%zu</td><td>", number);
		lab_html_write(page->to, lab_text(moment, "at"));
		fputs("</td><th scope=\"row\">", page->to);
		lab_html_write(page->to, name);
		fputs("</th>", page->to);
		for (j = 0; j < sizeof(keys) / sizeof(keys[0]); j++)
			fprintf(page->to, "<td class=\"num\">%" PRIu64 "</td>",
				lab_number(zone, keys[j]));
		fputs("</tr>\n", page->to);
	}
}

static void write_table(const struct lab_page *page, const json_t *results)
{
	const json_t *timeline = json_object_get(results, "timeline");
	size_t i, n = json_array_size(timeline);

	fputs("<details><summary>As a table</summary>\n<div class=\"wide\"><table><caption>Pages of each zone</caption>\n"
	      "<thead><tr><th scope=\"col\" class=\"num\">look</th><th scope=\"col\">when</th><th scope=\"col\">zone</th>"
	      "<th scope=\"col\" class=\"num\">free</th><th scope=\"col\" class=\"num\">min</th><th scope=\"col\" class=\"num\">low</th>"
	      "<th scope=\"col\" class=\"num\">high</th><th scope=\"col\" class=\"num\">boost</th><th scope=\"col\" class=\"num\">highatomic</th>"
	      "<th scope=\"col\" class=\"num\">per CPU</th></tr></thead>\n<tbody>\n",
	      page->to);
	for (i = 0; i < n && i < ROWS; i++)
		write_moment(page, i + 1, json_array_get(timeline, i));
	fputs("</tbody></table></div>\n", page->to);
	if (i < n)
		fprintf(page->to,
			"<p class=\"dim\">%zu more looks are in results.json.</p>\n",
			n - i);
	fputs("</details>\n", page->to);
}

static void write_run(struct lab_page *page, size_t run)
{
	const json_t *results = page->run[run].results;
	size_t i, drawn = 0;
	json_t *cell;

	if (page->nruns > 1)
		fprintf(page->to, "<h3>%s</h3>\n", lab_run_letter(page, run));
	if (json_object_get(results, "seeds"))
		fprintf(page->to,
			"<p>Of the first run, seed %" PRIu64 ".</p>\n",
			lab_number(results, "seed"));
	draw_run(page, results);
	write_table(page, results);
	json_array_foreach(json_object_get(results, "cells"), i, cell)
		if (json_array_size(json_object_get(cell, "timeline")) &&
		    drawn++ < CELLS)
			draw_cell(page, cell);
}

static void write(struct lab_page *page)
{
	size_t run;

	fputs("<p>Free pages of every zone before and after each phase, and, where there was pressure, "
	      "when it was on and when the shots were fired.</p>\n",
	      page->to);
	for (run = 0; run < page->nruns; run++)
		write_run(page, run);
}

static bool there(const struct lab_page *page)
{
	return json_array_size(
		json_object_get(page->run[0].results, "timeline"));
}

const struct lab_section_of_page lab_page_timeline = {
	.id = "zones",
	.title = "The zones in the course of the run",
	.there = there,
	.write = write,
};
