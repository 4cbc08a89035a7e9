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

int lab_cluster_plan_complain(const char *out, const char *what)
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

void lab_cluster_need_read(struct lab_need *need, const json_t *scenario)
{
	*need = (struct lab_need){
		.memory = lab_number(scenario, "memory"),
		.cpus = lab_number(scenario, "cpus"),
		.minutes = lab_number(scenario, "minutes"),
		.seconds =
			json_number_value(json_object_get(scenario, "seconds")),
	};
}

static int read_rest(struct lab_cluster_plan *plan)
{
	struct lab_plan *lab = &plan->lab;

	lab->kernel = lab_text(plan->json, "kernel");
	lab->jobs = 1;
	lab->argv = texts(json_object_get(plan->json, "command"), &lab->argc);
	snprintf(lab->out, sizeof(lab->out), "%s", plan->out);
	plan->kind = lab_cluster_kind_of(plan->json);
	if (!plan->kind || !read_mode(plan))
		return lab_cluster_plan_complain(plan->out, "is not whole");
	return plan->kind->read(plan);
}

int lab_cluster_plan_read(struct lab_cluster_plan *plan, const char *out)
{
	json_error_t error;
	char *real, *path;

	*plan = (struct lab_cluster_plan){};
	real = realpath(out, NULL);
	if (!real || strlen(real) >= sizeof(plan->out) / 2) {
		free(real);
		return lab_cluster_plan_complain(out, "there is none");
	}
	strcpy(plan->out, real);
	free(real);
	path = lab_cluster_path(plan->out, "plan.json");
	plan->json = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
	free(path);
	if (!plan->json)
		return lab_cluster_plan_complain(out, error.text);
	if (!lab_is(plan->json, "schema", LAB_CLUSTER_PLAN_SCHEMA))
		return lab_cluster_plan_complain(
			out, "is not of the schema " LAB_CLUSTER_PLAN_SCHEMA);
	return read_rest(plan);
}

bool lab_cluster_is_where(const struct lab_cluster_plan *plan,
			  const struct lab_cluster_where *where)
{
	if (lab_is(plan->json, "partition", where->partition ?: "") &&
	    lab_is(plan->json, "account", where->account ?: "") &&
	    lab_number(plan->json, "nodes_max") == where->nodes_max)
		return true;
	fprintf(stderr,
		"labyrinth: the %s in %s were planned with another --partition, --account or --nodes-max: give the same, or name another folder with --out\n",
		plan->kind->name, plan->out);
	return false;
}

char *lab_cluster_again(const struct lab_cluster_plan *plan)
{
	const char *attach = lab_text(plan->json, "attach");

	/* They come before there is anything that could be attached to. */
	if (plan->kind == &lab_cluster_builds)
		return xstrdup("the same command");
	return xasprintf("labyrinth %s --attach %s",
			 plan->lab.argc ? plan->lab.argv[0] : "lab",
			 *attach ? attach : plan->out);
}

void lab_cluster_plan_free(struct lab_cluster_plan *plan)
{
	size_t i;

	for (i = 0; i < plan->lab.nscenarios; i++)
		lab_scenario_free(plan->lab.scenarios[i]);
	free(plan->lab.scenarios);
	free(plan->lab.argv);
	free(plan->need);
	free(plan->need_of);
	lab_known_free(&plan->known);
	json_decref(plan->json);
	*plan = (struct lab_cluster_plan){};
}
