// SPDX-License-Identifier: GPL-2.0-only
/* history/json.c - for programs: every value of every series. */
#include <jansson.h>

#include "history.h"

static json_t *points_json(const struct lab_trends *trends,
			   const struct lab_trend *trend)
{
	json_t *points = json_array();
	size_t i;

	for (i = 0; i < trend->points; i++) {
		const struct lab_point *point = &trend->point[i];

		json_array_append_new(
			points,
			json_pack("{s:I, s:s, s:s, s:f}", "time",
				  (json_int_t)point->when, "release",
				  trends->kernel[point->kernel].release,
				  "build_id",
				  trends->kernel[point->kernel].build_id,
				  "value", point->value));
	}
	return points;
}

static json_t *jumps_json(const struct lab_trends *trends,
			  const struct lab_trend *trend)
{
	json_t *jumps = json_array();
	size_t i;

	for (i = 0; i < trend->jumps; i++) {
		const struct lab_jump *jump = &trend->jump[i];
		const struct lab_point *point = &trend->point[jump->at];

		json_array_append_new(
			jumps,
			json_pack("{s:I, s:s, s:s, s:f, s:f, s:f}", "time",
				  (json_int_t)point->when, "release",
				  trends->kernel[point->kernel].release,
				  "build_id",
				  trends->kernel[point->kernel].build_id,
				  "before", jump->before, "after", jump->after,
				  "p", jump->p));
	}
	return jumps;
}

static void json_write(const struct lab_trends *trends, FILE *to)
{
	json_t *list = json_array(), *json;
	size_t i;

	for (i = 0; i < trends->count; i++) {
		const struct lab_trend *trend = &trends->trend[i];

		json_array_append_new(
			list,
			json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:o}",
				  "scenario", trend->scenario, "shape",
				  trend->shape, "where", trend->where, "metric",
				  trend->metric, "unit", trend->unit, "steps",
				  jumps_json(trends, trend), "values",
				  points_json(trends, trend)));
	}
	json = json_pack("{s:s, s:I, s:I, s:o}", "schema",
			 "labyrinth-history/1", "runs",
			 (json_int_t)trends->runs, "kernels",
			 (json_int_t)trends->kernels, "series", list);
	json_dumpf(json, to, JSON_INDENT(1) | JSON_REAL_PRECISION(9));
	fputc('\n', to);
	json_decref(json);
}

const struct lab_history_form lab_history_json = {
	.name = "json",
	.write = json_write,
};
