// SPDX-License-Identifier: GPL-2.0-only
/* cluster/plan_write.c - writes the folder of a plan of runs; see cluster/cluster_plan.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/alloc.h"
#include "lib/exit.h"
#include "results/build.h"
#include "results/fixed.h"
#include "cluster_plan.h"

/* NAME.reference, which lies beside NAME.ini, for what is printed of a run. */
static int put_reference(const char *out, size_t number,
			 const struct lab_scenario *scenario)
{
	const char *path = scenario->sources[0].path;
	const size_t length = strlen(path);
	char *from;
	int code = 0;

	if (length < 4 || strcmp(path + length - 4, ".ini"))
		return 0;
	from = xasprintf("%.*s" LAB_REFERENCE_SUFFIX, (int)length - 4, path);
	if (!access(from, F_OK))
		code = lab_cluster_put_file(
			from,
			lab_cluster_path(
				out, "scenarios/%zu/%s" LAB_REFERENCE_SUFFIX,
				number, scenario->name),
			0644);
	free(from);
	return code;
}

/* The path of a source in the folder of its scenario, as a guest has it. */
static const char *name_in(const char *guest_path)
{
	return strchr(guest_path + 1, '/') + 1;
}

static int put_scenario(const char *out, size_t number,
			const struct lab_scenario *scenario)
{
	int code = 0;
	size_t i;

	for (i = 0; !code && i < scenario->nsources; i++) {
		char *path = lab_guest_path(scenario, &scenario->sources[i]);

		code = lab_cluster_put_text(
			lab_cluster_path(out, "scenarios/%zu/%s", number,
					 name_in(path)),
			scenario->sources[i].text);
		free(path);
	}
	return code ?: put_reference(out, number, scenario);
}

static json_t *scenario_json(const struct lab_plan *plan,
			     const struct lab_scenario *scenario)
{
	const struct lab_need need = lab_need_of(plan, scenario);
	char *path = lab_guest_path(scenario, &scenario->sources[0]);
	char hex[LAB_FINGERPRINT];
	json_t *json;

	lab_scenario_fingerprint(scenario, hex);
	json = json_pack(
		"{s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:i, s:i, s:f, s:s}",
		"name", scenario->name, "file", name_in(path), "sha256", hex,
		"append", scenario->boot.append, "cpu", scenario->boot.cpu,
		"machine", scenario->boot.machine, "memory",
		(json_int_t)need.memory, "cpus", (int)need.cpus, "minutes",
		(int)need.minutes, "seconds", need.seconds, "from", need.from);
	free(path);
	return json;
}

static json_t *plan_json(const struct lab_plan *plan,
			 const struct lab_cluster_where *where, const char *hex)
{
	json_t *json = lab_cluster_plan_base(plan, where, &lab_cluster_runs,
					     lab_plan_program(plan), hex);
	json_t *scenarios = json_array(), *own;
	size_t i;

	for (i = 0; i < plan->nscenarios; i++)
		json_array_append_new(scenarios,
				      scenario_json(plan, plan->scenarios[i]));
	own = xcheck(json_pack(
		"{s:I, s:I, s:I, s:I, s:I, s:b, s:o, s:o}", "deadline",
		(json_int_t)plan->deadline, "host_deadline",
		(json_int_t)plan->host_deadline, "seed", (json_int_t)plan->seed,
		"seeds", (json_int_t)plan->seeds, "known",
		(json_int_t)where->nknown, "known_pass", plan->known_pass, "of",
		lab_runset_identity(plan), "scenarios", scenarios));
	json_object_update(json, own);
	json_decref(own);
	return json;
}

static int put_known(const char *out, const struct lab_cluster_where *where)
{
	size_t i;
	int code = 0;

	for (i = 0; !code && i < where->nknown; i++)
		code = strcmp(where->known[i], LAB_KNOWN_PROJECT) ?
			       lab_cluster_put_file(
				       where->known[i],
				       lab_cluster_path(out, "known/%zu", i),
				       0644) :
			       lab_cluster_put_text(
				       lab_cluster_path(out, "known/%zu", i),
				       "");
	return code;
}

int lab_cluster_plan_write(const struct lab_plan *plan,
			   const struct lab_cluster_where *where)
{
	char hex[LAB_FINGERPRINT], out[4096];
	size_t i;
	int code;

	code = lab_cluster_folder_make(plan, lab_plan_program(plan), out, hex);
	if (!code)
		code = put_known(out, where);
	for (i = 0; !code && i < plan->nscenarios; i++)
		code = put_scenario(out, i, plan->scenarios[i]);
	return code ?: lab_cluster_plan_put(out, plan_json(plan, where, hex));
}
