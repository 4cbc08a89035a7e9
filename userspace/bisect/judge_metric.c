// SPDX-License-Identifier: GPL-2.0-only
/* bisect/judge_metric.c - worse than the good one, or not; see bisect/bisect.h. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bisect.h"
#include "compare/compare.h"
#include "compare/decided.h"
#include "compare/sections.h"
#include "lib/alloc.h"
#include "lib/json.h"

static bool gather(struct lab_comparison *comparison, enum lab_side side,
		   const json_t *candidate)
{
	json_t *path;
	size_t i;

	json_array_foreach(json_object_get(candidate, "runs"), i, path)
		if (!lab_gather(comparison, side, json_string_value(path)))
			return false;
	return comparison->set[side].runs;
}

static char *finding_words(const struct lab_finding *row)
{
	char value[LAB_SIDES][64], change[128];
	size_t side;

	for (side = 0; side < LAB_SIDES; side++)
		lab_value_words(row, side, value[side], sizeof(value[side]));
	lab_change_words(row, change, sizeof(change));
	return xasprintf("%s: %s %s -> %s %s%s%s (%s)", row->where, row->metric,
			 value[LAB_A], value[LAB_B],
			 row->quantity == LAB_LATENCY && row->unit ? row->unit :
								     "",
			 *change ? " " : "", change,
			 lab_judgement_words[row->judgement]);
}

static bool is_asked_for(const struct lab_bisect *bisect,
			 const struct lab_finding *row)
{
	return !strcmp(row->metric, bisect->metric) &&
	       (!bisect->where || strstr(row->where, bisect->where));
}

static bool is_target(const json_t *target, const struct lab_finding *row)
{
	return lab_is(target, "scenario", row->scenario) &&
	       lab_is(target, "where", row->where) &&
	       lab_is(target, "metric", row->metric);
}

/*
 * All candidates are judged by the row that is worse on BAD: another cell that is
 * the same says nothing of it, and one that is worse has another cause. Until
 * there is such a row: the first one, as rows come with the worst first. A row of
 * one cell is taken before one of a group, whose cells are those that vary: they
 * may be others with each candidate.
 */
static const struct lab_finding *
find_row(const struct lab_bisect *bisect,
	 const struct lab_comparison *comparison)
{
	const json_t *target = json_object_get(bisect->state, "target");
	const struct lab_finding *row, *first = NULL;

	for (row = comparison->row; row < comparison->row + comparison->rows;
	     row++) {
		if (target && is_target(target, row))
			return row;
		if (target || !is_asked_for(bisect, row))
			continue;
		if (!first || (first->cells && !row->cells &&
			       row->judgement == first->judgement))
			first = row;
	}
	return first;
}

/* Rates, steps, latencies and cliffs may be told apart by more seeds. */
static bool may_be_told(const struct lab_finding *row)
{
	return row->judgement == LAB_CANNOT_TELL && row->kind != LAB_EXACTLY;
}

static void set_target(const struct lab_bisect *bisect,
		       const struct lab_finding *row)
{
	json_object_set_new(bisect->state, "target",
			    json_pack("{s:s, s:s, s:s}", "scenario",
				      row->scenario, "where", row->where,
				      "metric", row->metric));
}

static void judge_rows(const struct lab_bisect *bisect,
		       const struct lab_comparison *comparison,
		       json_t *candidate)
{
	static const enum lab_searched outcomes[LAB_JUDGEMENTS] = {
		[LAB_WORSE] = LAB_BAD,
		[LAB_BETTER] = LAB_GOOD,
		[LAB_CANNOT_TELL] = LAB_UNTESTABLE,
		[LAB_NOT_COMPARABLE] = LAB_UNTESTABLE,
		[LAB_SAME] = LAB_GOOD,
	};
	const struct lab_finding *row = find_row(bisect, comparison);
	char *why;

	if (!row) {
		why = xasprintf(
			"the comparison has no metric %s of %s", bisect->metric,
			bisect->where ? bisect->where : "what it is sought in");
	} else {
		why = finding_words(row);
		json_object_set_new(
			candidate, "outcome",
			json_string(
				lab_search_words[outcomes[row->judgement]]));
		json_object_set_new(candidate, "undecided",
				    json_boolean(may_be_told(row)));
		if (row->judgement == LAB_WORSE &&
		    !json_object_get(bisect->state, "target"))
			set_target(bisect, row);
	}
	json_object_set_new(candidate, "why", json_string(why));
	free(why);
}

void lab_bisect_judge_metric(const struct lab_bisect *bisect,
			     const json_t *good, json_t *candidate,
			     unsigned int look)
{
	struct lab_comparison comparison = {
		.threshold = bisect->threshold,
		/* Looking often makes no false claim likelier. */
		.alpha = lab_alpha_at_look(LAB_ALPHA, look),
	};

	json_object_set_new(candidate, "outcome",
			    json_string(lab_search_words[LAB_UNTESTABLE]));
	json_object_set_new(candidate, "why",
			    json_string("its runs cannot be compared"));
	json_object_set_new(candidate, "undecided", json_false());
	if (gather(&comparison, LAB_A, good) &&
	    gather(&comparison, LAB_B, candidate)) {
		lab_judge(&comparison);
		judge_rows(bisect, &comparison, candidate);
	}
	lab_comparison_free(&comparison);
}
