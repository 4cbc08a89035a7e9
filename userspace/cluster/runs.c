// SPDX-License-Identifier: GPL-2.0-only
/* cluster/runs.c - what a plan of runs has; see cluster/runs.h. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "collect.h"
#include "lib/alloc.h"
#include "lib/exit.h"
#include "lib/json.h"
#include "results/build.h"
#include "runs.h"

static void read_boot(struct lab_boot_options *boot, const json_t *scenario)
{
	snprintf(boot->append, sizeof(boot->append), "%s",
		 lab_text(scenario, "append"));
	snprintf(boot->cpu, sizeof(boot->cpu), "%s", lab_text(scenario, "cpu"));
	snprintf(boot->machine, sizeof(boot->machine), "%s",
		 lab_text(scenario, "machine"));
}

static int read_scenario(struct lab_cluster_plan *plan, const json_t *json)
{
	const size_t i = plan->lab.nscenarios;
	char *path = lab_cluster_path(plan->out, "scenarios/%zu/%s", i,
				      lab_text(json, "file"));
	struct lab_scenario *scenario = lab_scenario_load(path);
	char hex[LAB_FINGERPRINT];

	free(path);
	if (!scenario)
		return LAB_USAGE;
	plan->lab.scenarios[i] = scenario;
	plan->lab.nscenarios++;
	lab_scenario_fingerprint(scenario, hex);
	if (!lab_is(json, "sha256", hex))
		return lab_cluster_plan_complain(
			plan->out, "a scenario of it was changed");
	read_boot(&scenario->boot, json);
	lab_cluster_need_read(&plan->need[i], json);
	return 0;
}

static int read_scenarios(struct lab_cluster_plan *plan)
{
	const json_t *list = json_object_get(plan->json, "scenarios");
	const size_t n = json_array_size(list);
	json_t *one;
	int code = 0;
	size_t i;

	plan->lab.scenarios =
		xcheck(calloc(n + 1, sizeof(*plan->lab.scenarios)));
	plan->need = xcheck(calloc(n + 1, sizeof(*plan->need)));
	json_array_foreach(list, i, one)
		if (!code)
			code = read_scenario(plan, one);
	plan->entries = n * plan->lab.seeds;
	if (!code && !plan->entries)
		code = lab_cluster_plan_complain(plan->out, "has no runs");
	return code;
}

static int read_known(struct lab_cluster_plan *plan)
{
	const uint64_t n = lab_number(plan->json, "known");
	char **file = xcheck(calloc(n + 1, sizeof(*file)));
	bool good;
	uint64_t i;

	for (i = 0; i < n; i++)
		file[i] = lab_cluster_path(plan->out, "known/%" PRIu64, i);
	good = lab_known_load(&plan->known, file, n);
	for (i = 0; i < n; i++)
		free(file[i]);
	free(file);
	plan->lab.known = &plan->known;
	plan->lab.known_pass =
		json_is_true(json_object_get(plan->json, "known_pass"));
	return good ? 0 : LAB_USAGE;
}

static int read_runs(struct lab_cluster_plan *plan)
{
	struct lab_plan *lab = &plan->lab;
	int code;

	lab->seed = lab_number(plan->json, "seed");
	lab->seeds = lab_number(plan->json, "seeds");
	lab->deadline = lab_number(plan->json, "deadline");
	lab->host_deadline = lab_number(plan->json, "host_deadline");
	if (!lab->seeds)
		return lab_cluster_plan_complain(plan->out, "is not whole");
	code = read_scenarios(plan);
	return code ?: read_known(plan);
}

static char *title(const struct lab_cluster_plan *plan, uint64_t entry)
{
	return xasprintf(
		"%s, seed %" PRIu64,
		plan->lab.scenarios[lab_entry_scenario(plan, entry)]->name,
		lab_entry_seed(plan, entry));
}

const struct lab_cluster_kind lab_cluster_runs = {
	.name = "runs",
	.guests = true,
	.anew = " --resume",
	.read = read_runs,
	.need = lab_entry_scenario,
	.title = title,
	.run = lab_cluster_run_task,
	.is_result = lab_cluster_is_run,
	.show = lab_collect_show,
	.finish = lab_collect_finish,
};
