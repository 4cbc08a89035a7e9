// SPDX-License-Identifier: GPL-2.0-only
/* cluster/runs_do.c - runs that a command asks for; see cluster/runs.h. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/alloc.h"
#include "lib/exit.h"
#include "lib/json.h"
#include "follow.h"
#include "runs.h"
#include "submit.h"
#include "task.h"

/* Whether a folder has a plan of other seeds; false when it has none. */
static bool has_other_seeds(const char *out, uint64_t first, uint64_t seeds)
{
	char *path = lab_cluster_path(out, "plan.json");
	json_t *json = json_load_file(path, 0, NULL);
	const bool other = json && (lab_number(json, "seed") != first ||
				    lab_number(json, "seeds") != seeds);

	json_decref(json);
	free(path);
	return other;
}

/* Seeds that a metric is given later are a plan of their own, beside the first. */
static void choose_folder(struct lab_plan *plan)
{
	char *beside;

	if (!has_other_seeds(plan->out, plan->seed, plan->seeds))
		return;
	beside = xasprintf("%.3900s/from-%" PRIu64, plan->out, plan->seed);
	snprintf(plan->out, sizeof(plan->out), "%s", beside);
	free(beside);
}

/* The plan of these runs: the one that is there, or a new one. */
static int open_plan(const struct lab_plan *plan,
		     const struct lab_cluster_where *where,
		     struct lab_cluster_plan *opened)
{
	json_t *of;
	int code = 0;
	bool same;

	if (!lab_cluster_has_plan(plan->out)) {
		code = lab_cluster_check_partition(where->partition);
		if (!code)
			code = lab_cluster_plan_write(plan, where);
	}
	if (!code)
		code = lab_cluster_plan_read(opened, plan->out);
	if (code)
		return code;
	if (!lab_cluster_is_where(opened, where))
		return LAB_USAGE;
	of = lab_runset_identity(plan);
	same = json_equal(of, json_object_get(opened->json, "of"));
	json_decref(of);
	if (same)
		return 0;
	fprintf(stderr,
		"labyrinth: %s has runs of another kernel, program or emulator (see \"of\" in its " LAB_CLUSTER_FOLDER
		"/plan.json): remove it, and the same command goes on\n",
		plan->out);
	return LAB_USAGE;
}

/* Tells of each run that says something of the kernel, in the order of a local run. */
static void tell_runs(const struct lab_cluster_plan *opened,
		      const struct lab_plan *plan, bool *left)
{
	uint64_t i;

	for (i = 0; i < opened->entries; i++) {
		json_t *result = lab_cluster_result(opened, i);
		char *path = xasprintf("%s/%s", plan->out,
				       lab_text(result, "folder"));

		if (result && plan->stored &&
		    lab_number(result, "exit") != LAB_HARNESS)
			plan->stored(plan->stored_arg, path);
		*left |= !result;
		free(path);
		json_decref(result);
	}
}

int lab_cluster_runs_do(const struct lab_plan *plan,
			const struct lab_cluster_where *where, bool detach,
			bool anew, bool *left)
{
	struct lab_plan one = *plan;
	struct lab_cluster_plan opened = {};
	bool missing = false;
	int code;

	choose_folder(&one);
	code = open_plan(&one, where, &opened);
	if (!code) {
		code = lab_cluster_follow(&opened, detach, anew);
		if (code == LAB_USAGE)
			lab_cluster_plan_withdraw(one.out);
	}
	if (code != LAB_HARNESS && code != LAB_USAGE)
		tell_runs(&opened, &one, &missing);
	*left = missing && detach;
	lab_cluster_plan_free(&opened);
	return code;
}
