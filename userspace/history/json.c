// SPDX-License-Identifier: GPL-2.0-only
/* history/json.c - trends as JSON: all values of all series. */
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

static json_t *kernel_json(const struct lab_tested *kernel)
{
	return json_pack("{s:s, s:s}", "release", kernel->release, "build_id",
			 kernel->build_id);
}

static json_t *jump_json(const struct lab_trends *trends,
			 const struct lab_trend *trend,
			 const struct lab_jump *jump)
{
	const struct lab_tested *at = lab_trend_kernel(trends, trend, jump->at);
	json_t *json = json_pack(
		"{s:I, s:s, s:s, s:s, s:f, s:f, s:f, s:f, s:b, s:o, s:o, s:s?}",
		"time", (json_int_t)trend->level[jump->at].when, "release",
		at->release, "build_id", at->build_id, "direction",
		lab_jump_direction(jump), "before", jump->before, "after",
		jump->after, "p", jump->p, "q", jump->q, "doubtful",
		jump->doubtful, "behind",
		kernel_json(lab_trend_kernel(trends, trend, jump->low - 1)),
		"up_to",
		kernel_json(lab_trend_kernel(trends, trend, jump->high)),
		"acknowledged", jump->acknowledged);

	if (!jump->doubtful)
		json_object_set_new(json, "cause", json_integer(jump->cause));
	return json;
}

static json_t *jumps_json(const struct lab_trends *trends,
			  const struct lab_trend *trend)
{
	json_t *jumps = json_array();
	size_t i;

	for (i = 0; i < trend->jumps; i++)
		json_array_append_new(jumps, jump_json(trends, trend,
						       &trend->jump[i]));
	return jumps;
}

static json_t *causes_json(const struct lab_trends *trends)
{
	json_t *causes = json_array();
	size_t i;

	for (i = 0; i < trends->causes; i++) {
		const struct lab_cause *cause = &trends->cause[i];
		const struct lab_tested *kernel =
			&trends->kernel[cause->kernel];

		json_array_append_new(
			causes,
			json_pack("{s:s, s:s, s:s, s:I, s:I, s:I}", "branch",
				  cause->branch, "release", kernel->release,
				  "build_id", kernel->build_id, "worse",
				  (json_int_t)cause->worse, "better",
				  (json_int_t)cause->better, "acknowledged",
				  (json_int_t)cause->acknowledged));
	}
	return causes;
}

static void json_write(const struct lab_trends *trends, FILE *to)
{
	json_t *list = json_array(), *json;
	size_t i;

	for (i = 0; i < trends->count; i++) {
		const struct lab_trend *trend = &trends->trend[i];

		json_array_append_new(
			list,
			json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o}",
				  "scenario", trend->scenario, "shape",
				  trend->shape, "branch", trend->branch,
				  "where", trend->where, "metric",
				  trend->metric, "unit", trend->unit, "steps",
				  jumps_json(trends, trend), "values",
				  points_json(trends, trend)));
	}
	json = json_pack("{s:s, s:I, s:I, s:I, s:o, s:o}", "schema",
			 "labyrinth-history/2", "runs",
			 (json_int_t)trends->runs, "kernels",
			 (json_int_t)trends->kernels, "searched",
			 (json_int_t)trends->searched, "causes",
			 causes_json(trends), "series", list);
	json_dumpf(json, to, JSON_INDENT(1) | JSON_REAL_PRECISION(9));
	fputc('\n', to);
	json_decref(json);
}

const struct lab_history_form lab_history_json = {
	.name = "json",
	.write = json_write,
};
