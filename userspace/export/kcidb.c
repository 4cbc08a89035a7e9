// SPDX-License-Identifier: GPL-2.0-only
/*
 * export/kcidb.c - a report for KCIDB, schema 5.3: a build for the kernel, a
 * test for each verdict.
 *
 * Ids are derived from the results, so that a run that is sent twice counts
 * once. The origin is the lab that sends it: "labyrinth" is a place holder.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/sha256.h"
#include "lib/json.h"
#include "results/build.h"
#include "results/known.h"
#include "lib/alloc.h"
#include "export.h"
#include "slug.h"

#define ORIGIN "labyrinth"
#define EXCERPT_MAX 16384 /* maximum number of characters, by the schema */

/* The KCIDB status of a verdict; MISS in a run that the harness broke. */
static const char *status_of(const json_t *results, const json_t *verdict)
{
	if (lab_is(verdict, "verdict", "fail"))
		return lab_is(results, "verdict", "broken") ? "MISS" : "FAIL";
	return lab_is(verdict, "verdict", "skip") ? "SKIP" : "PASS";
}

static json_t *id(const char *kind, const char *unique)
{
	return json_sprintf(ORIGIN ":%s-%s", kind, unique);
}

static json_t *environment_of(const json_t *results)
{
	const json_t *machine = json_object_get(results, "machine");

	return json_pack("{s:o, s:O}", "comment",
			 json_sprintf("%s, %" PRIu64 " CPUs, %" PRIu64 " nodes",
				      lab_text(machine, "mode"),
				      lab_number(machine, "cpus"),
				      lab_number(machine, "nodes")),
			 "misc", machine);
}

/* Adds an excerpt of the kernel's log to a test that failed because of it. */
static void add_excerpt(json_t *test, const json_t *results)
{
	char *text = NULL;
	size_t size, i, j;
	json_t *finding, *line;
	FILE *to = xcheck(open_memstream(&text, &size));

	json_array_foreach(json_object_get(json_object_get(results, "log"),
					   "findings"),
			   i, finding) {
		if (!lab_is(finding, "class", "failure"))
			continue;
		json_array_foreach(json_object_get(finding, "text"), j, line)
			fprintf(to, "%s\n", json_string_value(line));
	}
	fclose(to);
	json_object_set_new(
		test, "log_excerpt",
		json_stringn(text, size < EXCERPT_MAX ? size : EXCERPT_MAX));
	free(text);
}

static json_t *test_of(const json_t *results, const json_t *verdict,
		       const char *run, size_t number)
{
	const json_t *kernel = json_object_get(results, "kernel");
	char scenario[128], name[256];
	json_t *test;

	lab_slug(lab_text(json_object_get(results, "scenario"), "name"),
		 scenario, sizeof(scenario));
	lab_slug(lab_text(verdict, "name"), name, sizeof(name));
	test = json_pack(
		"{s:o, s:o, s:s, s:o, s:s, s:o, s:o, s:{s:s, s:s, s:I}}", "id",
		json_sprintf(ORIGIN ":%.32s-%zu", run, number), "build_id",
		id("build", lab_text(kernel, "build_id")), "origin", ORIGIN,
		"path", json_sprintf("labyrinth.%s.%s", scenario, name),
		"status", status_of(results, verdict), "comment",
		json_sprintf("%s: %s", lab_text(verdict, "claim"),
			     lab_text(verdict, "found")),
		"environment", environment_of(results), "misc", "kind",
		lab_text(verdict, "kind"), "fingerprint", run, "seed",
		(json_int_t)lab_number(results, "seed"));
	if (lab_is(verdict, "name", "log") &&
	    lab_is(verdict, "verdict", "fail"))
		add_excerpt(test, results);
	return test;
}

/* A test with a measurement, which neither passes nor fails. */
static json_t *measurement_of(const json_t *results, const json_t *cell,
			      const char *run, size_t number)
{
	const json_t *kernel = json_object_get(results, "kernel");
	char scenario[128], phase[128], context[64];

	lab_slug(lab_text(json_object_get(results, "scenario"), "name"),
		 scenario, sizeof(scenario));
	lab_slug(lab_text(cell, "phase"), phase, sizeof(phase));
	lab_slug(lab_text(cell, "context"), context, sizeof(context));
	return json_pack("{s:o, s:o, s:s, s:o, s:s, s:{s:f, s:s}, s:o}", "id",
			 json_sprintf(ORIGIN ":%.32s-cell-%zu", run, number),
			 "build_id", id("build", lab_text(kernel, "build_id")),
			 "origin", ORIGIN, "path",
			 json_sprintf("labyrinth.%s.%s.%s.order-%" PRIu64
				      ".success",
				      scenario, phase, context,
				      lab_number(cell, "order")),
			 "status", "DONE", "number", "value",
			 lab_number(cell, "success_ppm") / 10000.0, "unit", "%",
			 "environment", environment_of(results));
}

static json_t *tests_of(const json_t *results, const char *run)
{
	json_t *tests = json_array(), *one;
	size_t i;

	json_array_foreach(json_object_get(results, "verdicts"), i, one)
		json_array_append_new(tests, test_of(results, one, run, i + 1));
	json_array_foreach(json_object_get(results, "cells"), i, one)
		if (lab_number(one, "exhausted"))
			json_array_append_new(tests,
					      measurement_of(results, one, run,
							     i + 1));
	return tests;
}

/*
 * Derived from the name, so that incidents of all runs refer to the same issue.
 */
static json_t *issue_id(const json_t *known)
{
	char name[128];

	lab_slug(lab_text(known, "issue"), name, sizeof(name));
	return id("issue", name);
}

#define ISSUE_VERSION 1

static json_t *issue_of(const json_t *known)
{
	return json_pack("{s:o, s:i, s:s, s:s, s:s, s:{s:b, s:b, s:b}, s:s}",
			 "id", issue_id(known), "version", ISSUE_VERSION,
			 "origin", ORIGIN, "report_url",
			 lab_text(known, "link"), "report_subject",
			 lab_text(known, "issue"), "culprit", "code", 1, "tool",
			 0, "harness", 0, "comment", lab_text(known, "what"));
}

static void add_issue(json_t *issues, const json_t *known)
{
	json_t *issue = issue_of(known);

	if (lab_find(issues, "id", lab_text(issue, "id")))
		json_decref(issue);
	else
		json_array_append_new(issues, issue);
}

/*
 * Each known failure is an incident of its issue; if it did not occur, the
 * incident says that the issue is absent.
 */
static void add_known(json_t *report, const json_t *results, const char *run)
{
	json_t *issues = json_array(), *incidents = json_array(), *one;
	const char *build =
		lab_text(json_object_get(results, "kernel"), "build_id");
	size_t i;

	json_array_foreach(json_object_get(results, "verdicts"), i, one) {
		const json_t *known = lab_known_of(one);

		if (!known)
			continue;
		add_issue(issues, known);
		json_array_append_new(
			incidents,
			json_pack("{s:o, s:s, s:o, s:i, s:o, s:b}", "id",
				  json_sprintf(ORIGIN ":incident-%.32s-%zu",
					       run, i + 1),
				  "origin", ORIGIN, "issue_id", issue_id(known),
				  "issue_version", ISSUE_VERSION, "test_id",
				  json_sprintf(ORIGIN ":%.32s-%zu", run, i + 1),
				  "present", 1));
	}
	json_array_foreach(json_object_get(results, "known_absent"), i, one) {
		add_issue(issues, one);
		json_array_append_new(
			incidents,
			json_pack("{s:o, s:s, s:o, s:i, s:o, s:b}", "id",
				  json_sprintf(ORIGIN ":absent-%.32s-%zu", run,
					       i + 1),
				  "origin", ORIGIN, "issue_id", issue_id(one),
				  "issue_version", ISSUE_VERSION, "build_id",
				  id("build", build), "present", 0));
	}
	json_object_set_new(report, "issues", issues);
	json_object_set_new(report, "incidents", incidents);
}

static void fingerprint_of(const json_t *results, char run[LAB_FINGERPRINT])
{
	char *text = lab_results_text(lab_known_unmarked(results));

	lab_fingerprint(xcheck(text), run);
	free(text);
}

static void kcidb_write(const json_t *results, FILE *to)
{
	const json_t *kernel = json_object_get(results, "kernel");
	const char *release = lab_text(kernel, "release");
	char run[LAB_FINGERPRINT];
	json_t *report;

	fingerprint_of(results, run);
	report = json_pack(
		"{s:{s:i, s:i}, s:[{s:o, s:s, s:s}], s:[{s:o, s:o, s:s, s:s, s:s}], s:o}",
		"version", "major", 5, "minor", 3, "checkouts", "id",
		id("checkout", release), "origin", ORIGIN, "comment", release,
		"builds", "id", id("build", lab_text(kernel, "build_id")),
		"checkout_id", id("checkout", release), "origin", ORIGIN,
		"architecture", lab_text(kernel, "machine"), "comment",
		lab_text(kernel, "version"), "tests", tests_of(results, run));

	add_known(xcheck(report), results, run);
	json_dumpf(xcheck(report), to, JSON_INDENT(1));
	fputc('\n', to);
	json_decref(report);
}

const struct lab_export lab_export_kcidb = {
	.name = "kcidb",
	.write = kcidb_write,
};
