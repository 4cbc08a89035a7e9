// SPDX-License-Identifier: GPL-2.0-only
/* cluster/plan_read.c - reads a plan; see cluster/cluster_plan.h. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/alloc.h"
#include "lib/exit.h"
#include "lib/json.h"
#include "results/build.h"
#include "cluster_plan.h"

char *lab_cluster_path(const char *out, const char *format, ...)
{
	va_list args;
	char *name, *path;

	va_start(args, format);
	name = xvasprintf(format, args);
	va_end(args);
	path = xasprintf("%s/" LAB_CLUSTER_FOLDER "/%s", out, name);
	free(name);
	return path;
}

static int complain(const char *out, const char *what)
{
	fprintf(stderr,
		"labyrinth: %s/" LAB_CLUSTER_FOLDER
		"/plan.json: %s; --attach takes the folder that --out of a run with --on named\n",
		out, what);
	return LAB_USAGE;
}

/* What of the plan's file is a list of texts, as the command line has it. */
static char **texts(const json_t *list, int *n)
{
	char **text = xcheck(calloc(json_array_size(list) + 1, sizeof(*text)));
	json_t *one;
	size_t i;

	json_array_foreach(list, i, one)
		text[i] = (char *)json_string_value(one);
	*n = (int)json_array_size(list);
	return text;
}

static bool read_mode(struct lab_cluster_plan *plan)
{
	int i;

	for (i = 0; lab_mode_names[i]; i++) {
		if (!lab_is(plan->json, "mode", lab_mode_names[i]))
			continue;
		plan->lab.mode = i;
		return true;
	}
	return false;
}

static void read_need(struct lab_need *need, const json_t *scenario)
{
	*need = (struct lab_need){
		.memory = lab_number(scenario, "memory"),
		.cpus = lab_number(scenario, "cpus"),
		.minutes = lab_number(scenario, "minutes"),
		.seconds =
			json_number_value(json_object_get(scenario, "seconds")),
	};
}

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
		return complain(plan->out, "a scenario of it was changed");
	read_boot(&scenario->boot, json);
	read_need(&plan->need[i], json);
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
		code = complain(plan->out, "has no runs");
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

static int read_rest(struct lab_cluster_plan *plan)
{
	struct lab_plan *lab = &plan->lab;
	int code;

	lab->kernel = lab_text(plan->json, "kernel");
	lab->seed = lab_number(plan->json, "seed");
	lab->seeds = lab_number(plan->json, "seeds");
	lab->deadline = lab_number(plan->json, "deadline");
	lab->host_deadline = lab_number(plan->json, "host_deadline");
	lab->jobs = 1;
	lab->argv = texts(json_object_get(plan->json, "command"), &lab->argc);
	snprintf(lab->out, sizeof(lab->out), "%s", plan->out);
	if (!lab->seeds || !read_mode(plan))
		return complain(plan->out, "is not whole");
	code = read_scenarios(plan);
	return code ?: read_known(plan);
}

int lab_cluster_plan_read(struct lab_cluster_plan *plan, const char *out)
{
	json_error_t error;
	char *real, *path;

	*plan = (struct lab_cluster_plan){};
	real = realpath(out, NULL);
	if (!real || strlen(real) >= sizeof(plan->out) / 2) {
		free(real);
		return complain(out, "there is none");
	}
	strcpy(plan->out, real);
	free(real);
	path = lab_cluster_path(plan->out, "plan.json");
	plan->json = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
	free(path);
	if (!plan->json)
		return complain(out, error.text);
	if (!lab_is(plan->json, "schema", LAB_CLUSTER_PLAN_SCHEMA))
		return complain(
			out, "is not of the schema " LAB_CLUSTER_PLAN_SCHEMA);
	return read_rest(plan);
}

void lab_cluster_plan_free(struct lab_cluster_plan *plan)
{
	size_t i;

	for (i = 0; i < plan->lab.nscenarios; i++)
		lab_scenario_free(plan->lab.scenarios[i]);
	free(plan->lab.scenarios);
	free(plan->lab.argv);
	free(plan->need);
	lab_known_free(&plan->known);
	json_decref(plan->json);
	*plan = (struct lab_cluster_plan){};
}
