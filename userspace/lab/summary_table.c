// SPDX-License-Identifier: GPL-2.0-only
/* lab/summary_table.c - see lab/summary_table.h. */
#include <inttypes.h>
#include <string.h>

#include "lib/json.h"
#include "results/known.h"
#include "summary_table.h"

#define BROKEN_SHOWN 3 /* of each run */

static void add_broken(json_t *row, const json_t *verdict)
{
	const json_t *known = lab_known_of(verdict);

	json_array_append_new(
		json_object_get(row, "broken"),
		json_sprintf("%s%s%s%s: %s", known ? "known, " : "",
			     lab_text(known, "issue"), known ? ": " : "",
			     lab_text(verdict, "name"),
			     lab_text(verdict, "found")));
}

json_t *lab_table_row(const json_t *results, double seconds)
{
	json_int_t held = 0, failed = 0, skipped = 0;
	json_t *row, *verdict;
	size_t i;

	row = json_pack(
		"{s:s, s:I, s:s, s:f, s:[]}", "name",
		lab_text(json_object_get(results, "scenario"), "name"), "seed",
		(json_int_t)lab_number(results, "seed"), "verdict",
		lab_known_all(results) ? "known" : lab_text(results, "verdict"),
		"seconds", seconds, "broken");
	json_array_foreach(json_object_get(results, "verdicts"), i, verdict) {
		held += lab_is(verdict, "verdict", "pass");
		skipped += lab_is(verdict, "verdict", "skip");
		if (!lab_is(verdict, "verdict", "fail"))
			continue;
		if (failed++ < BROKEN_SHOWN)
			add_broken(row, verdict);
	}
	json_object_set_new(row, "held", json_integer(held));
	json_object_set_new(row, "failed", json_integer(failed));
	json_object_set_new(row, "skipped", json_integer(skipped));
	return row;
}

void lab_table_print_row(const json_t *row, FILE *to)
{
	const uint64_t failed = lab_number(row, "failed");
	json_t *broken;
	size_t i;

	fprintf(to,
		"  %-22s %5" PRIu64 "  %-7s %6" PRIu64 " %6" PRIu64 " %7" PRIu64
		" %8.1f\n",
		lab_text(row, "name"), lab_number(row, "seed"),
		lab_text(row, "verdict"), lab_number(row, "held"), failed,
		lab_number(row, "skipped"),
		json_real_value(json_object_get(row, "seconds")));
	json_array_foreach(json_object_get(row, "broken"), i, broken)
		fprintf(to, "      %s\n", json_string_value(broken));
	if (failed > BROKEN_SHOWN)
		fprintf(to, "      and %" PRIu64 " more\n",
			failed - BROKEN_SHOWN);
}

static bool comes_before(const json_t *a, const json_t *b)
{
	const int order = strcmp(lab_text(a, "name"), lab_text(b, "name"));

	return order ? order < 0 :
		       lab_number(a, "seed") < lab_number(b, "seed");
}

static bool is_next(const json_t *row, const json_t *last, const json_t *next)
{
	return row && (!last || comes_before(last, row)) &&
	       (!next || comes_before(row, next));
}

void lab_table_print_head(FILE *to)
{
	fprintf(to, "  %-22s %5s  %-7s %6s %6s %7s %8s\n", "scenario", "seed",
		"verdict", "held", "failed", "skipped", "seconds");
}

/* By name and seed, not in the order in which they ended. */
void lab_table_print(json_t *const *rows, size_t n, FILE *to)
{
	const json_t *last = NULL, *next;
	size_t i;

	lab_table_print_head(to);
	for (;; last = next) {
		next = NULL;
		for (i = 0; i < n; i++)
			if (is_next(rows[i], last, next))
				next = rows[i];
		if (!next)
			return;
		lab_table_print_row(next, to);
	}
}
