// SPDX-License-Identifier: GPL-2.0-only
/*
 * compare/json.c - for programs: every finding, with all that it is based on.
 */
#include <math.h>

#include "sections.h"

/* JSON has neither NaN nor infinity. */
static json_t *number(double value)
{
	return isfinite(value) && fabs(value) < 1e15 ? json_real(value) :
						       json_null();
}

static json_t *finding_json(const struct lab_finding *f)
{
	json_t *json = json_pack(
		"{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:[I, I],"
		" s:{s:o, s:o, s:o}, s:o, s:b}",
		"judgement", lab_judgement_words[f->judgement], "kind",
		lab_kind_words[f->kind], "metric", f->metric, "scenario",
		f->scenario, "where", f->where, "context", f->context, "unit",
		f->quantity == LAB_RATE ? "of shots" : f->unit, "a",
		number(f->value[LAB_A]), "b", number(f->value[LAB_B]), "seeds",
		(json_int_t)f->seeds[LAB_A], (json_int_t)f->seeds[LAB_B],
		"change", "value", number(f->change.value), "low",
		number(f->change.low), "high", number(f->change.high), "p",
		number(f->p), "differs", f->real);

	if (f->cells)
		json_object_set_new(json, "cells", json_integer(f->cells));
	if (f->quantity == LAB_RATE && !f->cells)
		json_object_set_new(json, "log_odds_of_failing",
				    json_pack("{s:o, s:o, s:o}", "value",
					      number(f->odds.value), "low",
					      number(f->odds.low), "high",
					      number(f->odds.high)));
	if (f->detectable > 0)
		json_object_set_new(json, "detectable", number(f->detectable));
	if (f->more)
		json_object_set_new(json, "seeds_more", json_integer(f->more));
	if (f->words)
		json_object_set_new(json, "words", json_string(f->words));
	return json;
}

static json_t *set_json(const struct lab_set *set)
{
	return json_pack("{s:s, s:s, s:s, s:I, s:I}", "path", set->where,
			 "release", set->release ? set->release : "",
			 "build_id", set->build_id ? set->build_id : "", "runs",
			 (json_int_t)set->runs, "broken",
			 (json_int_t)set->broken);
}

static void json_write(const struct lab_comparison *comparison, FILE *to,
		       bool all)
{
	json_t *findings = json_array(), *notes = json_array(), *json;
	char sum[400];
	size_t i;

	for (i = 0; i < comparison->rows; i++)
		if (all || comparison->row[i].real ||
		    comparison->row[i].judgement != LAB_SAME)
			json_array_append_new(
				findings, finding_json(&comparison->row[i]));
	for (i = 0; i < comparison->notes; i++)
		json_array_append_new(notes, json_string(comparison->note[i]));
	lab_sum_words(comparison, sum, sizeof(sum));
	json = json_pack("{s:s, s:s, s:s, s:o, s:o, s:f, s:f, s:{}, s:o, s:o}",
			 "schema", "labyrinth-comparison/2", "judgement",
			 lab_judgement_words[lab_judgement(comparison)],
			 "words", sum, "a", set_json(&comparison->set[LAB_A]),
			 "b", set_json(&comparison->set[LAB_B]), "threshold",
			 comparison->threshold, "alpha", comparison->alpha,
			 "counts", "notes", notes, "findings", findings);
	for (i = 0; i < LAB_JUDGEMENTS; i++)
		json_object_set_new(json_object_get(json, "counts"),
				    lab_judgement_words[i],
				    json_integer(comparison->count[i]));
	json_dumpf(json, to, JSON_INDENT(1) | JSON_REAL_PRECISION(9));
	fputc('\n', to);
	json_decref(json);
}

const struct lab_compare_form lab_compare_json = {
	.name = "json",
	.write = json_write,
};
