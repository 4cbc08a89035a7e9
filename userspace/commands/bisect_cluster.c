// SPDX-License-Identifier: GPL-2.0-only
/* commands/bisect_cluster.c - see commands/bisect_cluster.h. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cluster/builds.h"
#include "cluster/follow.h"
#include "cluster/print.h"
#include "cluster/runs.h"
#include "cluster/submit.h"
#include "cluster/task.h"
#include "lab/kernel_build.h"
#include "lib/alloc.h"
#include "lib/exit.h"
#include "lib/json.h"
#include "lib/paths.h"
#include "bisect_cluster.h"

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
static int open_plan(const struct lab_bisect_cluster *cluster,
		     const struct lab_plan *plan,
		     struct lab_cluster_plan *opened)
{
	struct lab_cluster_where where =
		lab_cluster_option_where(cluster->option);
	json_t *of;
	int code = 0;
	bool same;

	where.attach = cluster->folder;
	if (!lab_cluster_has_plan(plan->out)) {
		code = lab_cluster_check_partition(where.partition);
		if (!code)
			code = lab_cluster_plan_write(plan, &where);
	}
	if (!code)
		code = lab_cluster_plan_read(opened, plan->out);
	if (code)
		return code;
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

		if (result && lab_number(result, "exit") != LAB_HARNESS)
			plan->stored(plan->stored_arg, path);
		*left |= !result;
		free(path);
		json_decref(result);
	}
}

static int run(void *arg, const struct lab_plan *plan, uint64_t first,
	       uint64_t seeds, bool *left)
{
	struct lab_bisect_cluster *cluster = arg;
	const bool detach = cluster->option->detach;
	struct lab_plan one = *plan;
	struct lab_cluster_plan opened = {};
	bool missing = false;
	int code;

	one.seed = first;
	one.seeds = seeds;
	choose_folder(&one);
	code = open_plan(cluster, &one, &opened);
	if (!code) {
		code = lab_cluster_follow(&opened, detach, cluster->anew);
		if (code == LAB_USAGE)
			lab_cluster_plan_withdraw(one.out);
	}
	cluster->anew = false;
	if (code != LAB_HARNESS && code != LAB_USAGE)
		tell_runs(&opened, &one, &missing);
	*left = missing && detach;
	lab_cluster_plan_free(&opened);
	return code;
}

static int build(void *arg, const struct lab_plan *plan, const char *log)
{
	const struct lab_bisect_cluster *cluster = arg;
	struct lab_cluster_where where =
		lab_cluster_option_where(cluster->option);

	if (lab_kernel_is_built(plan->kernel))
		return 0;
	where.attach = cluster->folder;
	return lab_cluster_build(plan, &where, cluster->option->build_cpus,
				 log);
}

/* The command line, for --attach: the plans are in the folders of the steps. */
static int write_command(const struct lab_bisect_cluster *cluster)
{
	const struct lab_plan *plan = &cluster->bisect->plan;
	json_t *json = lab_cluster_command_json(plan);
	char *text = xcheck(json_dumps(json, JSON_INDENT(1)));
	const int code = lab_cluster_put_text(
		lab_cluster_path(cluster->folder, "command.json"), text);

	free(text);
	json_decref(json);
	return code;
}

int lab_bisect_cluster_open(struct lab_bisect_cluster *cluster,
			    const struct lab_cluster_option *option,
			    struct lab_bisect *bisect)
{
	const int err = lab_make_path(bisect->folder);
	char *real = err ? NULL : realpath(bisect->folder, NULL);

	*cluster = (struct lab_bisect_cluster){
		.option = option,
		.bisect = bisect,
		.anew = true,
		.elsewhere = { .arg = cluster,
			       .run = run,
			       .build = option->build_cpus ? build : NULL },
	};
	if (!real) {
		fprintf(stderr, "labyrinth: cannot make %s: %s\n",
			bisect->folder, strerror(err ? -err : errno));
		return LAB_USAGE;
	}
	snprintf(cluster->folder, sizeof(cluster->folder), "%s", real);
	free(real);
	bisect->elsewhere = &cluster->elsewhere;
	return write_command(cluster);
}

int lab_bisect_cluster_print(struct lab_bisect *bisect)
{
	struct lab_plan *plan = &bisect->plan;
	struct lab_plan_sum sum = { .what = "run" };
	const char *kernel;
	size_t i, kernels;
	uint64_t seed;

	bisect->state = json_object();
	if (!(bisect->kernels ? lab_bisect_list(bisect) :
				lab_bisect_commits(bisect)))
		return LAB_USAGE;
	kernels = json_array_size(json_object_get(bisect->state, "candidates"));
	kernel = lab_text(json_object_get(bisect->state, "good"), "kernel");
	if (lab_qemu_find(&plan->qemu, lab_arch_of_kernel(kernel)))
		return LAB_USAGE;
	plan->kernel = kernel;
	snprintf(plan->out, sizeof(plan->out), "%s/runs", bisect->folder);
	lab_plan_print_head("scenario", "seed");
	for (i = 0; i < plan->nscenarios; i++) {
		const struct lab_need need =
			lab_need_of(plan, plan->scenarios[i]);

		for (seed = 0; seed < bisect->seeds; seed++)
			lab_plan_print_line(&sum, "-", plan->scenarios[i]->name,
					    plan->seed + seed, &need);
	}
	lab_plan_print_sum(&sum, "each kernel", plan->qemu.version);
	printf("%zu candidates: kernels are tried one after the other, at most %zu\n"
	       "and one or two more for each that cannot be tested; besides the ends,\n"
	       "and at the end the culprit and what comes before it\n",
	       kernels, lab_search_trials(kernels));
	plan->kernel = NULL;
	return LAB_PASS;
}
