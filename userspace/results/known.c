// SPDX-License-Identifier: GPL-2.0-only
/* results/known.c - see results/known.h. */
#include <ctype.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/alloc.h"
#include "lib/json.h"
#include "log/kernel_version.h"
#include "scenario/expect.h"
#include "cell_name.h"
#include "counts.h"
#include "known.h"

#define PERCENT 100.0

/* A name may have characters that mean something in a pattern. */
static bool matches(const char *pattern, const char *name)
{
	return !strcmp(pattern, name) || !fnmatch(pattern, name, 0);
}

/* "-56-amd64": a distribution counts by itself, in place of patch levels. */
static bool is_vendors(const char *release, const struct lab_version *version)
{
	const char *dash = strchr(release, '-');

	return !version->patch && dash && isdigit((unsigned char)dash[1]);
}

/* "#1 SMP Debian 6.1.192-2 (2026-11-20)" has what the release does not. */
static bool version_in_words(const char *words, struct lab_version *version)
{
	const char *at = strstr(words, "Debian ");
	struct lab_version found;

	if (!at || !lab_version_parse(at + strlen("Debian "), &found) ||
	    found.major != version->major || found.minor != version->minor)
		return false;
	*version = found;
	return true;
}

/*
 * The versions that a kernel may be of, both included. Where its patch level is
 * not known it may be any of the series: an issue has to cover all of them, or
 * it could hide a failure that is of another kernel.
 */
static bool versions_of(const json_t *kernel, int64_t *from, int64_t *to)
{
	const char *release = lab_text(kernel, "release");
	struct lab_version version;
	bool any;

	if (!lab_version_parse(release, &version))
		return false;
	any = is_vendors(release, &version) &&
	      !version_in_words(lab_text(kernel, "version"), &version);
	*from = lab_version_key(version.major, version.minor, version.patch);
	*to = any ? lab_version_key(version.major, version.minor,
				    LAB_KNOWN_PATCHES) :
		    *from;
	return true;
}

static bool is_of_kernel(const struct lab_known_issue *issue,
			 const json_t *kernel)
{
	const char *build_id = lab_text(kernel, "build_id");
	int64_t from = 0, to = 0;
	const bool known = versions_of(kernel, &from, &to);
	size_t i;

	for (i = 0; i < issue->nkernels; i++) {
		const struct lab_known_kernels *one = &issue->kernels[i];

		if (one->build_id ? !strncmp(build_id, one->build_id,
					     strlen(one->build_id)) :
				    known && from >= one->from && to <= one->to)
			return true;
	}
	return false;
}

static bool is_of_run(const struct lab_known_issue *issue,
		      const json_t *results)
{
	return matches(issue->scenario,
		       lab_text(json_object_get(results, "scenario"),
				"name")) &&
	       is_of_kernel(issue, json_object_get(results, "kernel"));
}

/* ---- the log ----------------------------------------------------------------- */

static bool report_matches(const struct lab_known_issue *issue,
			   const json_t *finding)
{
	json_t *line;
	size_t i;

	json_array_foreach(json_object_get(finding, "text"), i, line)
		if (!regexec(&issue->log_pattern, json_string_value(line), 0,
			     NULL, 0))
			return true;
	return false;
}

/* The log tells of failures, and each of them is the known one. */
static bool log_matches(const struct lab_known_issue *issue,
			const json_t *results)
{
	const json_t *log = json_object_get(results, "log");
	json_t *finding;
	size_t i, n = 0;

	json_array_foreach(json_object_get(log, "findings"), i, finding) {
		if (!lab_is(finding, "class", "failure"))
			continue;
		if (!report_matches(issue, finding))
			return false;
		n++;
	}
	return n;
}

/* ---- cells ------------------------------------------------------------------- */

/* What cells are asked by, one after the other. */
struct question {
	const json_t *verdict;
	struct lab_expect expect; /* words NULL: it is none of each cell */
	const char *phase; /* with its length */
	size_t phase_length;
	const json_t *phases;
};

static double probability_of(const struct question *question)
{
	json_t *phase;
	size_t i;

	json_array_foreach(question->phases, i, phase)
		if (!strncmp(lab_text(phase, "name"), question->phase,
			     question->phase_length) &&
		    !lab_text(phase, "name")[question->phase_length])
			return lab_number(json_object_get(phase, "inject"),
					  "probability") /
			       PERCENT;
	return 0;
}

static bool breaks_expectation(const struct question *question,
			       const json_t *cell)
{
	const char *phase = lab_text(cell, "phase");
	struct lab_counts counts;
	char why[200];

	if (!question->expect.words || question->expect.scope != LAB_EACH ||
	    strncmp(phase, question->phase, question->phase_length) != 0 ||
	    phase[question->phase_length] || json_object_get(cell, "refusal"))
		return false;
	lab_counts_of(cell, &counts);
	return lab_expect_decided(&question->expect, &counts, why,
				  sizeof(why)) &&
	       !lab_expect_holds(&question->expect, &counts,
				 probability_of(question), why, sizeof(why));
}

static bool breaks_oracle(const struct question *question, const json_t *cell)
{
	const char *name = lab_text(question->verdict, "name");
	json_t *oracle;
	size_t i;

	if (!strcmp(name, "leak"))
		return lab_number(cell, "held");
	json_array_foreach(json_object_get(cell, "oracles"), i, oracle)
		if (lab_is(oracle, "name", name) &&
		    lab_number(oracle, "violations"))
			return true;
	return false;
}

/* The verdict's name is "PHASE: EXPECTATION", and its claim the latter. */
static void ask(struct question *question, const json_t *results,
		const json_t *verdict)
{
	const char *name = lab_text(verdict, "name");
	const char *words = lab_text(verdict, "claim");
	const size_t tail = strlen(words) + 2;
	char why[200];

	*question = (struct question){
		.verdict = verdict,
		.phases = json_object_get(results, "phases"),
		.phase = name,
	};
	if (!lab_is(verdict, "kind", "expectation") || strlen(name) <= tail)
		return;
	question->phase_length = strlen(name) - tail;
	if (lab_expect_parse(words, &question->expect, why, sizeof(why)))
		question->expect = (struct lab_expect){};
}

static bool cell_matches(const struct lab_known_issue *issue,
			 const json_t *cell)
{
	char *words = lab_cell_words(cell, true);
	const bool good = matches(issue->cell, words);

	free(words);
	return good;
}

/* There are cells that broke it, and each of them is a known one. */
static bool cells_match(const struct lab_known_issue *issue,
			const json_t *results, const json_t *verdict)
{
	struct question question;
	bool good = true;
	json_t *cell;
	size_t i, n = 0;

	ask(&question, results, verdict);
	json_array_foreach(json_object_get(results, "cells"), i, cell) {
		if (!breaks_expectation(&question, cell) &&
		    !breaks_oracle(&question, cell))
			continue;
		n++;
		good &= cell_matches(issue, cell);
	}
	if (question.expect.words)
		lab_expect_free(&question.expect);
	return good && n;
}

/* ---- verdicts ---------------------------------------------------------------- */

static bool explains(const struct lab_known_issue *issue, const json_t *results,
		     const json_t *verdict)
{
	return matches(issue->verdict, lab_text(verdict, "name")) &&
	       (!issue->log || log_matches(issue, results)) &&
	       (!issue->cell || cells_match(issue, results, verdict));
}

static bool is_past(const struct lab_known_issue *issue, const char *today)
{
	return issue->until[0] && strcmp(issue->until, today) < 0;
}

static json_t *issue_json(const struct lab_known_issue *issue)
{
	return json_pack("{s:s, s:s, s:s}", "issue", issue->name, "what",
			 issue->what, "link", issue->link);
}

/* One that still counts goes before one that is past. */
static void mark_verdict(json_t *verdict, const json_t *results,
			 const struct lab_known *known, const char *today)
{
	json_t *one;
	size_t i;

	for (i = 0; i < known->count && !lab_known_of(verdict); i++) {
		const struct lab_known_issue *issue = &known->issue[i];

		if (!is_of_run(issue, results) ||
		    !explains(issue, results, verdict))
			continue;
		one = issue_json(issue);
		if (is_past(issue, today))
			json_object_set_new(one, "expired",
					    json_string(issue->until));
		json_object_set_new(verdict, "known", one);
	}
}

/* All of the verdicts in which it would show held. */
static bool is_absent(const struct lab_known_issue *issue,
		      const json_t *results)
{
	json_t *verdict;
	size_t i, held = 0;

	if (!is_of_run(issue, results))
		return false;
	json_array_foreach(json_object_get(results, "verdicts"), i, verdict) {
		if (!matches(issue->verdict, lab_text(verdict, "name")))
			continue;
		if (lab_is(verdict, "verdict", "fail"))
			return false;
		held += lab_is(verdict, "verdict", "pass");
	}
	return held;
}

json_t *lab_known_mark(const json_t *results, const struct lab_known *known,
		       const char *today)
{
	json_t *marked = xcheck(json_copy((json_t *)results)), *absent;
	json_t *verdicts =
		xcheck(json_deep_copy(json_object_get(results, "verdicts")));
	/* A run that says nothing of the kernel is explained by none. */
	const bool broken = lab_is(results, "verdict", "broken");
	json_t *verdict;
	size_t i;

	json_array_foreach(verdicts, i, verdict)
		if (lab_is(verdict, "verdict", "fail") && !broken)
			mark_verdict(verdict, results, known, today);
	absent = json_array();
	for (i = 0; i < known->count && !broken; i++)
		if (is_absent(&known->issue[i], results))
			json_array_append_new(absent,
					      issue_json(&known->issue[i]));
	json_object_set_new(marked, "verdicts", verdicts);
	json_object_set_new(marked, "known_absent", absent);
	json_object_set(marked, "unmarked", (json_t *)results);
	return marked;
}

const json_t *lab_known_unmarked(const json_t *results)
{
	const json_t *unmarked = json_object_get(results, "unmarked");

	return unmarked ?: results;
}

void lab_known_today(char today[11])
{
	const time_t now = time(NULL);
	struct tm day;

	gmtime_r(&now, &day);
	strftime(today, 11, "%Y-%m-%d", &day);
}

const json_t *lab_known_of(const json_t *verdict)
{
	const json_t *known = json_object_get(verdict, "known");

	return json_object_get(known, "expired") ? NULL : known;
}

bool lab_known_all(const json_t *marked)
{
	json_t *verdict;
	size_t i;

	if (!lab_is(marked, "verdict", "fail"))
		return false;
	json_array_foreach(json_object_get(marked, "verdicts"), i, verdict)
		if (lab_is(verdict, "verdict", "fail") &&
		    !lab_known_of(verdict))
			return false;
	return true;
}
