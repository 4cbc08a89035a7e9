// SPDX-License-Identifier: GPL-2.0-only
/* commands/bisect_cluster.c - see commands/bisect_cluster.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cluster/builds.h"
#include "cluster/print.h"
#include "cluster/runs.h"
#include "lab/kernel_build.h"
#include "lib/alloc.h"
#include "lib/exit.h"
#include "lib/json.h"
#include "lib/paths.h"
#include "bisect_cluster.h"

static int run(void *arg, const struct lab_plan *plan, uint64_t first,
	       uint64_t seeds, bool *left)
{
	struct lab_bisect_cluster *cluster = arg;
	struct lab_cluster_where where =
		lab_cluster_option_where(cluster->option);
	struct lab_plan one = *plan;
	int code;

	one.seed = first;
	one.seeds = seeds;
	where.attach = cluster->folder;
	code = lab_cluster_runs_do(&one, &where, cluster->option->detach,
				   cluster->anew, left);
	cluster->anew = false;
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
