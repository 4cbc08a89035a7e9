// SPDX-License-Identifier: GPL-2.0-only
/*
 * export/junit.c - JUnit XML as KUnit writes it: a suite for the scenario, a
 * test case for each verdict.
 *
 * When the harness broke, a failed verdict is an error and not a failure,
 * because it says nothing of the kernel.
 */
#include <string.h>

#include "lib/json.h"
#include "lib/html_escape.h"
#include "results/known.h"
#include "export.h"

static size_t count_known(const json_t *results)
{
	json_t *one;
	size_t i, n = 0;

	json_array_foreach(json_object_get(results, "verdicts"), i, one)
		n += !!lab_known_of(one);
	return n;
}

static void write_counts(const json_t *results, FILE *to)
{
	const bool broken = lab_is(results, "verdict", "broken");
	const json_t *verdicts = json_object_get(results, "verdicts");
	const size_t known = count_known(results);
	const size_t failed = lab_count(verdicts, "verdict", "fail") - known;

	fprintf(to,
		" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\"",
		json_array_size(json_object_get(results, "verdicts")),
		broken ? 0 : failed, broken ? failed : 0,
		lab_count(verdicts, "verdict", "skip") + known);
}

static void write_known(const json_t *known, FILE *to)
{
	fputs("\t\t\t<skipped message=\"known issue: ", to);
	lab_html_write(to, lab_text(known, "link"));
	fputs("\">", to);
	lab_html_printf(to, "%s: %s", lab_text(known, "issue"),
			lab_text(known, "what"));
	fputs("</skipped>\n", to);
}

static void write_outcome(const json_t *verdict, const char *element, FILE *to)
{
	fprintf(to, "\t\t\t<%s message=\"", element);
	lab_html_write(to, lab_text(verdict, "found"));
	fputs("\">", to);
	lab_html_printf(to, "%s\nfound: %s", lab_text(verdict, "claim"),
			lab_text(verdict, "found"));
	fprintf(to, "</%s>\n", element);
}

static void write_case(const json_t *results, const json_t *verdict, FILE *to)
{
	const bool broken = lab_is(results, "verdict", "broken");

	fputs("\t\t<testcase classname=\"labyrinth.", to);
	lab_html_write(to,
		       lab_text(json_object_get(results, "scenario"), "name"));
	fputs("\" name=\"", to);
	lab_html_write(to, lab_text(verdict, "name"));
	fputs("\">\n", to);
	if (lab_known_of(verdict))
		write_known(lab_known_of(verdict), to);
	else if (lab_is(verdict, "verdict", "fail"))
		write_outcome(verdict, broken ? "error" : "failure", to);
	else if (lab_is(verdict, "verdict", "skip"))
		write_outcome(verdict, "skipped", to);
	fputs("\t\t</testcase>\n", to);
}

static void junit_write(const struct lab_exported *run, FILE *to)
{
	const json_t *results = run->results;
	const char *name =
		lab_text(json_object_get(results, "scenario"), "name");
	json_t *verdict;
	size_t i;

	fputs("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<testsuites name=\"labyrinth\"",
	      to);
	write_counts(results, to);
	fputs(">\n\t<testsuite name=\"", to);
	lab_html_write(to, name);
	fputc('"', to);
	write_counts(results, to);
	fputs(">\n", to);
	json_array_foreach(json_object_get(results, "verdicts"), i, verdict)
		write_case(results, verdict, to);
	fputs("\t</testsuite>\n</testsuites>\n", to);
}

const struct lab_export lab_export_junit = {
	.name = "junit",
	.write = junit_write,
};
