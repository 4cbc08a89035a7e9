// SPDX-License-Identifier: GPL-2.0-only
/*
 * export/kcidb.c - a report for KCIDB, schema 5.3: a build for the kernel, a
 * test for the run, and one for each verdict.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/alloc.h"
#include "lib/json.h"
#include "results/known.h"
#include "kcidb.h"
#include "slug.h"

#define EXCERPT_MAX 16384 /* maximum number of characters, by the schema */

/* The KCIDB status of a verdict; MISS in a run that the harness broke. */
static const char *status_of(const json_t *results, const json_t *verdict)
{
	if (lab_is(verdict, "verdict", "fail"))
		return lab_is(results, "verdict", "broken") ? "MISS" : "FAIL";
	return lab_is(verdict, "verdict", "skip") ? "SKIP" : "PASS";
}

static json_t *environment_of(const json_t *results)
{
	const json_t *machine = json_object_get(results, "machine");

	return json_pack("{s:o, s:O*}", "comment",
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

/* "KIND-RUN-NUMBER" */
static json_t *id_of(const struct lab_kcidb *report, const char *kind,
		     size_t number)
{
	char *unique = xasprintf("%s-%zu", report->test, number);
	json_t *id = lab_kcidb_id(report, kind, unique);

	free(unique);
	return id;
}

/* What all tests have; takes id and path. */
static json_t *test_new(const struct lab_kcidb *report, json_t *id,
			json_t *path, const char *status)
{
	json_t *test = json_pack("{s:o, s:o, s:s, s:o, s:s, s:o}", "id", id,
				 "build_id",
				 lab_kcidb_id(report, "build", report->build),
				 "origin", report->origin, "path", path,
				 "status", status, "environment",
				 environment_of(report->run->results));
	const json_t *ended = json_object_get(report->run->host, "time");
	const json_t *took = json_object_get(report->run->host, "seconds");
	char words[sizeof("2026-11-27T00:00:00+00:00")];
	time_t start;
	struct tm day;

	if (json_is_integer(ended)) {
		start = json_integer_value(ended) -
			(time_t)json_number_value(took);
		gmtime_r(&start, &day);
		strftime(words, sizeof(words), "%Y-%m-%dT%H:%M:%S+00:00", &day);
		json_object_set_new(test, "start_time", json_string(words));
	}
	return xcheck(test);
}

static void scenario_slug(const json_t *results, char *slug, size_t size)
{
	lab_slug(lab_text(json_object_get(results, "scenario"), "name"), slug,
		 size);
}

static json_t *test_of(const struct lab_kcidb *report, const json_t *verdict,
		       size_t number)
{
	const json_t *results = report->run->results;
	char scenario[128], name[256];
	json_t *test;

	scenario_slug(results, scenario, sizeof(scenario));
	lab_slug(lab_text(verdict, "name"), name, sizeof(name));
	test = test_new(report, id_of(report, "verdict", number),
			json_sprintf("labyrinth.%s.%s", scenario, name),
			status_of(results, verdict));
	json_object_set_new(test, "comment",
			    json_sprintf("%s: %s", lab_text(verdict, "claim"),
					 lab_text(verdict, "found")));
	json_object_set_new(test, "misc",
			    json_pack("{s:s}", "kind",
				      lab_text(verdict, "kind")));
	if (lab_is(verdict, "name", "log") &&
	    lab_is(verdict, "verdict", "fail"))
		add_excerpt(test, results);
	lab_kcidb_add_urls(report, test);
	return test;
}

/* A test with a measurement, which neither passes nor fails. */
static json_t *measurement_of(const struct lab_kcidb *report,
			      const json_t *cell, size_t number)
{
	char scenario[128], phase[128], context[64];
	json_t *test;

	scenario_slug(report->run->results, scenario, sizeof(scenario));
	lab_slug(lab_text(cell, "phase"), phase, sizeof(phase));
	lab_slug(lab_text(cell, "context"), context, sizeof(context));
	test = test_new(report, id_of(report, "cell", number),
			json_sprintf("labyrinth.%s.%s.%s.order-%" PRIu64
				     ".success",
				     scenario, phase, context,
				     lab_number(cell, "order")),
			"DONE");
	json_object_set_new(test, "number",
			    json_pack("{s:f, s:s}", "value",
				      lab_number(cell, "success_ppm") / 10000.0,
				      "unit", "%"));
	return test;
}

/* The run as a whole, with its files. */
static json_t *summary_of(const struct lab_kcidb *report)
{
	static const struct {
		const char *verdict, *status;
	} words[] = { { "pass", "PASS" },
		      { "fail", "FAIL" },
		      { "skip", "SKIP" },
		      { "broken", "MISS" } };
	const json_t *results = report->run->results;
	const char *status = "MISS";
	char scenario[128];
	json_t *test;
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (lab_is(results, "verdict", words[i].verdict))
			status = words[i].status;
	scenario_slug(results, scenario, sizeof(scenario));
	test = test_new(report, lab_kcidb_id(report, "", report->test),
			json_sprintf("labyrinth.%s", scenario), status);
	json_object_set_new(
		test, "comment",
		json_string(lab_text(json_object_get(results, "scenario"),
				     "claim")));
	json_object_set_new(
		test, "misc",
		json_pack("{s:s, s:I, s:s, s:O*, s:o}", "fingerprint",
			  report->fingerprint, "seed",
			  (json_int_t)lab_number(results, "seed"),
			  "scenario_sha256",
			  lab_text(json_object_get(results, "scenario"),
				   "sha256"),
			  "program", json_object_get(results, "program"),
			  "files", lab_kcidb_files(report)));
	lab_kcidb_add_urls(report, test);
	return test;
}

static json_t *tests_of(const struct lab_kcidb *report)
{
	const json_t *results = report->run->results;
	json_t *tests = json_array(), *one;
	size_t i;

	json_array_append_new(tests, summary_of(report));
	json_array_foreach(json_object_get(results, "verdicts"), i, one)
		json_array_append_new(tests, test_of(report, one, i + 1));
	json_array_foreach(json_object_get(results, "cells"), i, one)
		if (lab_number(one, "exhausted"))
			json_array_append_new(tests, measurement_of(report, one,
								    i + 1));
	return tests;
}

/*
 * Derived from the name, so that incidents of all runs refer to the same issue.
 */
static json_t *issue_id(const struct lab_kcidb *report, const json_t *known)
{
	char name[128];

	lab_slug(lab_text(known, "issue"), name, sizeof(name));
	return lab_kcidb_id(report, "issue", name);
}

#define ISSUE_VERSION 1

static json_t *issue_of(const struct lab_kcidb *report, const json_t *known)
{
	return json_pack("{s:o, s:i, s:s, s:s, s:s, s:{s:b, s:b, s:b}, s:s}",
			 "id", issue_id(report, known), "version",
			 ISSUE_VERSION, "origin", report->origin, "report_url",
			 lab_text(known, "link"), "report_subject",
			 lab_text(known, "issue"), "culprit", "code", 1, "tool",
			 0, "harness", 0, "comment", lab_text(known, "what"));
}

static void add_issue(json_t *issues, const struct lab_kcidb *report,
		      const json_t *known)
{
	json_t *issue = issue_of(report, known);

	if (lab_find(issues, "id", lab_text(issue, "id")))
		json_decref(issue);
	else
		json_array_append_new(issues, issue);
}

/* Takes id, and the id of the test, which is NULL for one of the build. */
static json_t *incident_of(const struct lab_kcidb *report, const json_t *known,
			   json_t *id, json_t *test, bool present)
{
	return json_pack("{s:o, s:s, s:o, s:i, s:o, s:o*, s:b}", "id", id,
			 "origin", report->origin, "issue_id",
			 issue_id(report, known), "issue_version",
			 ISSUE_VERSION, "build_id",
			 lab_kcidb_id(report, "build", report->build),
			 "test_id", test, "present", present);
}

/*
 * Each known failure is an incident of its issue. It is one of the whole run as
 * well if that failed for nothing else.
 */
static void add_failure(json_t *incidents, const struct lab_kcidb *report,
			const json_t *known, size_t number)
{
	json_array_append_new(
		incidents,
		incident_of(report, known, id_of(report, "incident", number),
			    id_of(report, "verdict", number), true));
	if (lab_known_all(report->run->results))
		json_array_append_new(
			incidents,
			incident_of(report, known,
				    id_of(report, "run-incident", number),
				    lab_kcidb_id(report, "", report->test),
				    true));
}

/* An issue that did not occur is an incident that says so, of the build. */
static void add_known(json_t *to, const struct lab_kcidb *report)
{
	const json_t *results = report->run->results;
	json_t *issues = json_array(), *incidents = json_array(), *one;
	size_t i;

	json_array_foreach(json_object_get(results, "verdicts"), i, one) {
		const json_t *known = lab_known_of(one);

		if (!known)
			continue;
		add_issue(issues, report, known);
		add_failure(incidents, report, known, i + 1);
	}
	json_array_foreach(json_object_get(results, "known_absent"), i, one) {
		add_issue(issues, report, one);
		json_array_append_new(
			incidents,
			incident_of(report, one, id_of(report, "absent", i + 1),
				    NULL, false));
	}
	json_object_set_new(to, "issues", issues);
	json_object_set_new(to, "incidents", incidents);
}

static void kcidb_write(const struct lab_exported *run, FILE *to)
{
	struct lab_kcidb report;
	json_t *json;

	lab_kcidb_name(&report, run);
	json = xcheck(json_pack(
		"{s:{s:i, s:i}, s:[o], s:[o], s:o}", "version", "major", 5,
		"minor", 3, "checkouts", lab_kcidb_checkout(&report), "builds",
		lab_kcidb_build(&report), "tests", tests_of(&report)));
	add_known(json, &report);
	json_dumpf(json, to, JSON_INDENT(1));
	fputc('\n', to);
	json_decref(json);
}

const struct lab_export lab_export_kcidb = {
	.name = "kcidb",
	.reports = true,
	.write = kcidb_write,
};
