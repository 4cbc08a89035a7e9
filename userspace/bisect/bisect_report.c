// SPDX-License-Identifier: GPL-2.0-only
/* bisect/bisect_report.c - what was found; see bisect/bisect.h. */
#include <stdlib.h>
#include <string.h>

#include "bisect.h"
#include "compare/compare.h"
#include "lib/alloc.h"
#include "lib/json.h"

static bool is(const json_t *candidate, enum lab_searched outcome)
{
	return lab_is(candidate, "outcome", lab_search_words[outcome]);
}

static bool of_commits(const json_t *state)
{
	return json_is_null(
		json_object_get(json_object_get(state, "asked"), "kernels"));
}

static void write_name(const json_t *state, const json_t *candidate, FILE *to)
{
	if (of_commits(state))
		fprintf(to, "%.12s %s", lab_text(candidate, "kernel"),
			lab_text(candidate, "subject"));
	else
		fputs(lab_text(candidate, "kernel"), to);
}

/* The folder of the first run, which the others stand beside. */
static void write_runs(const json_t *candidate, FILE *to)
{
	const json_t *runs = json_object_get(candidate, "runs");
	const size_t count = json_array_size(runs);

	if (!count)
		return;
	fprintf(to, "           %s",
		json_string_value(json_array_get(runs, 0)));
	if (count > 1)
		fprintf(to, " and %zu more", count - 1);
	fputc('\n', to);
}

/* Both sides of the culprit, as they were found the second time. */
static void write_evidence(const json_t *state, FILE *to)
{
	static const char *const titles[] = { "before", "culprit", "last" };
	const json_t *again = json_object_get(state, "again");
	size_t i, first, last;
	json_t *candidate;

	lab_bisect_left(state, &first, &last);
	json_array_foreach(again, i, candidate) {
		fprintf(to, "  %-8s ", titles[i + (i && first != last)]);
		write_name(state, candidate, to);
		fprintf(to, "\n           %s%s%s\n",
			lab_text(candidate, "outcome"),
			*lab_text(candidate, "why") ? ": " : "",
			lab_text(candidate, "why"));
		if (json_object_get(candidate, "of"))
			fprintf(to,
				"           it failed in %ju of %ju runs that confirm it\n",
				(uintmax_t)lab_number(candidate, "failed"),
				(uintmax_t)lab_number(candidate, "of"));
		write_runs(candidate, to);
	}
}

static void write_several(const json_t *state, enum lab_bisected result,
			  FILE *to)
{
	const json_t *candidates = json_object_get(state, "candidates");
	size_t first, last;

	lab_bisect_left(state, &first, &last);
	fprintf(to,
		"%sone of %zu, which cannot be told apart because they cannot be tested:\n",
		result == LAB_SEVERAL ? "" :
					"NOT CONFIRMED, the search ended at: ",
		last - first + 1);
	for (; first <= last; first++) {
		fputs("  ", to);
		write_name(state, json_array_get(candidates, first), to);
		fputc('\n', to);
	}
	write_evidence(state, to);
}

static void write_culprit(const json_t *state, enum lab_bisected result,
			  FILE *to)
{
	const json_t *culprit =
		json_array_get(json_object_get(state, "again"), 1);

	fputs(result == LAB_CULPRIT ? "culprit: " :
				      "NOT CONFIRMED, the search ended at: ",
	      to);
	if (of_commits(state))
		fprintf(to, "%s\n  %s\n", lab_text(culprit, "kernel"),
			lab_text(culprit, "subject"));
	else
		fprintf(to, "%s\n", lab_text(culprit, "kernel"));
	if (*lab_text(culprit, "author"))
		fprintf(to, "  by %s\n", lab_text(culprit, "author"));
	if (json_is_true(json_object_get(culprit, "merge")))
		fputs("  it is a merge: the commits that it merged were not tried one by one\n",
		      to);
	write_evidence(state, to);
}

static void write_skipped(const json_t *state, FILE *to)
{
	json_t *candidate;
	size_t i, n = 0;

	json_array_foreach(json_object_get(state, "candidates"), i, candidate) {
		if (!is(candidate, LAB_UNTESTABLE))
			continue;
		if (!n++)
			fputs("skipped:\n", to);
		fputs("  ", to);
		write_name(state, candidate, to);
		fprintf(to, "\n           %s\n", lab_text(candidate, "why"));
	}
}

struct cost {
	size_t tried;
	double build, run;
};

static void add_cost(struct cost *cost, const json_t *candidate)
{
	if (!json_object_get(candidate, "seeds"))
		return;
	cost->tried++;
	cost->build +=
		json_real_value(json_object_get(candidate, "build_seconds"));
	cost->run += json_real_value(json_object_get(candidate, "run_seconds"));
}

static void write_cost(const json_t *state, FILE *to)
{
	const json_t *candidates = json_object_get(state, "candidates");
	struct cost search = {}, all = {};
	json_t *candidate;
	size_t i;

	json_array_foreach(candidates, i, candidate) {
		if (i + 1 < json_array_size(candidates))
			add_cost(&search, candidate);
		add_cost(&all, candidate);
	}
	add_cost(&all, json_object_get(state, "good"));
	json_array_foreach(json_object_get(state, "again"), i, candidate)
		add_cost(&all, candidate);
	fprintf(to,
		"%zu of %zu candidates were built for the search, and %zu times the ends and the culprit were built to confirm them: %.1f minutes of building, %.1f of running\n",
		search.tried, json_array_size(candidates),
		all.tried - search.tried, all.build / 60, all.run / 60);
}

static void write_not_confirmed(const json_t *state, FILE *to)
{
	const json_t *again = json_object_get(state, "again");
	const double chance = json_number_value(
		json_object_get(json_array_get(again, 1), "chance"));

	fputs("confidence: none. What the search found did not come again as "
	      "clearly with other seeds",
	      to);
	if (chance > 0)
		fprintf(to,
			": where both fail equally often, this comes about in %.2g of cases",
			chance);
	fputs(". It may depend on chance, so that the culprit may be an earlier "
	      "commit, or come of several commits: more --seeds help, or a "
	      "verdict or metric that depends less on it.\n",
	      to);
}

static void write_confidence(const json_t *state, enum lab_bisected result,
			     FILE *to)
{
	const json_t *asked = json_object_get(state, "asked");
	const json_t *chance = json_object_get(
		json_array_get(json_object_get(state, "again"), 1), "chance");

	if (result == LAB_NOT_CONFIRMED)
		write_not_confirmed(state, to);
	else if (!json_is_null(json_object_get(asked, "metric")))
		fprintf(to,
			"confidence: the difference was found again between "
			"both sides, with other seeds; the "
			"chance of a false claim is at most %g.\n",
			LAB_ALPHA);
	else if (chance)
		fprintf(to,
			"confidence: both sides were built again and found the "
			"same again with other seeds; by chance this comes about "
			"in %.2g of cases.\n",
			json_number_value(chance));
	else
		fputs("confidence: both sides were built again and found the same "
		      "again; a boot does not depend on seeds.\n",
		      to);
}

/*
 * What is sought may fail for several reasons: the reader sees whether BAD and the
 * culprit say the same.
 */
static void write_bad(const json_t *state, FILE *to)
{
	const json_t *candidates = json_object_get(state, "candidates");
	const json_t *bad =
		json_array_get(candidates, json_array_size(candidates) - 1);

	fputs("  BAD      ", to);
	write_name(state, bad, to);
	fprintf(to, "\n           %s\n", lab_text(bad, "why"));
}

void lab_bisect_text(const json_t *state, FILE *to)
{
	const json_t *target = json_object_get(state, "target");
	const enum lab_bisected result = lab_bisect_result(state);
	size_t first, last;

	if (*lab_text(target, "metric"))
		fprintf(to, "sought: %s: %s: %s is worse\n",
			lab_text(target, "scenario"), lab_text(target, "where"),
			lab_text(target, "metric"));
	else if (target)
		fprintf(to, "sought: %s %s fails\n", lab_text(target, "kind"),
			lab_text(target, "name"));
	else
		fputs("sought: it does not boot\n", to);
	write_bad(state, to);
	lab_bisect_left(state, &first, &last);
	if (first != last)
		write_several(state, result, to);
	else
		write_culprit(state, result, to);
	write_skipped(state, to);
	write_confidence(state, result, to);
	write_cost(state, to);
}

void lab_bisect_json(const json_t *state, FILE *to)
{
	json_dumpf(state, to, JSON_INDENT(1) | JSON_SORT_KEYS);
	fputc('\n', to);
}
