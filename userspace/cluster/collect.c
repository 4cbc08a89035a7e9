// SPDX-License-Identifier: GPL-2.0-only
/* cluster/collect.c - see cluster/collect.h. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "export/export.h"
#include "lab/reference_line.h"
#include "lab/summary_table.h"
#include "lib/alloc.h"
#include "lib/exit.h"
#include "lib/json.h"
#include "lib/output.h"
#include "results/load.h"
#include "collect.h"
#include "runs.h"
#include "task.h"

static void show_run(const struct lab_cluster_plan *plan, uint64_t entry,
		     const struct lab_run *run, const json_t *result)
{
	const struct lab_job job = {
		.scenario =
			plan->lab.scenarios[lab_entry_scenario(plan, entry)],
		.machine.mode = plan->lab.mode,
	};
	char today[11];
	json_t *marked;

	lab_known_today(today);
	marked = lab_known_mark(run->results, &plan->known, today);
	lab_export_summary.write(&(struct lab_exported){ .results = marked,
							 .host = run->host },
				 stdout);
	json_decref(marked);
	printf("  fingerprint %s\n", run->fingerprint);
	lab_counts_print(&job, run->results, stdout);
	printf("  %s/%s, on %s\n\n", plan->out, lab_text(result, "folder"),
	       lab_text(result, "node"));
	fflush(stdout);
}

void lab_collect_show(const struct lab_cluster_plan *plan, uint64_t entry)
{
	json_t *result = lab_cluster_result(plan, entry);
	struct lab_run run;
	char *path;
	bool good;

	if (!result) {
		fprintf(stderr,
			"labyrinth: %s/" LAB_CLUSTER_FOLDER "/results/%" PRIu64
			".json is not whole\n",
			plan->out, entry);
		return;
	}
	path = xasprintf("%s/%s/results.json", plan->out,
			 lab_text(result, "folder"));
	/* Where the task died before it had given the run its name. */
	if (access(path, F_OK))
		lab_cluster_place(plan->out, result);
	good = lab_run_load(&run, path);
	if (good && !lab_is(result, "fingerprint", run.fingerprint)) {
		fprintf(stderr,
			"labyrinth: %s is not what the plan's result has there\n",
			path);
		good = false;
	}
	if (good)
		show_run(plan, entry, &run, result);
	lab_run_free(&run);
	free(path);
	json_decref(result);
}

/* The numbers of scenarios in the order of their names, as the table has them. */
static size_t *by_name(const struct lab_plan *lab)
{
	size_t *order = xcheck(calloc(lab->nscenarios, sizeof(*order)));
	size_t i, j;

	for (i = 0; i < lab->nscenarios; i++) {
		for (j = i; j && strcmp(lab->scenarios[order[j - 1]]->name,
					lab->scenarios[i]->name) > 0;
		     j--)
			order[j] = order[j - 1];
		order[j] = i;
	}
	return order;
}

struct ending {
	const struct lab_cluster_plan *plan;
	FILE *set; /* or NULL: it cannot be written */
	size_t written;
	int code;
};

static void write_run(struct ending *ending, const json_t *result)
{
	static const char *const keys[] = { "scenario", "seed", "folder",
					    "fingerprint", "exit" };
	json_t *run = json_object();
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		json_object_set(run, keys[i], json_object_get(result, keys[i]));
	fputs(ending->written++ ? ",\n  " : "\n  ", ending->set);
	json_dumpf(run, ending->set, JSON_COMPACT);
	json_decref(run);
}

static bool is_there(const struct ending *ending, const json_t *result)
{
	char *path = xasprintf("%s/%s/results.json", ending->plan->out,
			       lab_text(result, "folder"));
	bool there = !access(path, F_OK);

	/* Where the task died before it had given the run its name. */
	if (!there)
		there = !lab_cluster_place(ending->plan->out, result);
	if (!there)
		fprintf(stderr, "labyrinth: %s is not there any more\n", path);
	free(path);
	return there;
}

static void end_entry(struct ending *ending, uint64_t entry)
{
	json_t *result = lab_cluster_result(ending->plan, entry);

	if (!result || !is_there(ending, result)) {
		ending->code = LAB_HARNESS;
	} else {
		if (ending->plan->entries > 1)
			lab_table_print_row(json_object_get(result, "row"),
					    stdout);
		ending->code = lab_exit_graver(ending->code,
					       (int)lab_number(result, "exit"));
		if (ending->set)
			write_run(ending, result);
	}
	json_decref(result);
}

static void begin_set(FILE *set, const struct lab_cluster_plan *plan)
{
	fputs("{\n \"schema\": \"" LAB_RUNSET_SCHEMA "\",\n \"of\": ", set);
	json_dumpf(json_object_get(plan->json, "of"), set, JSON_COMPACT);
	fputs(",\n \"runs\": [", set);
}

int lab_collect_finish(const struct lab_cluster_plan *plan)
{
	struct ending ending = { .plan = plan, .code = LAB_SKIP };
	char *path = xasprintf("%s/" LAB_RUNSET_FILE, plan->out);
	size_t *order = by_name(&plan->lab), i;
	struct lab_output output = {};
	const bool opened = lab_output_open(&output, path);
	uint64_t seed;

	ending.set = opened ? output.to : NULL;
	if (opened)
		begin_set(ending.set, plan);
	if (plan->entries > 1)
		lab_table_print_head(stdout);
	for (i = 0; i < plan->lab.nscenarios; i++)
		for (seed = 0; seed < plan->lab.seeds; seed++)
			end_entry(&ending, order[i] * plan->lab.seeds + seed);
	if (opened)
		fputs("\n ]\n}\n", ending.set);
	if (!opened || !lab_output_close(&output, true))
		ending.code = LAB_HARNESS;
	free(order);
	free(path);
	return ending.code;
}
