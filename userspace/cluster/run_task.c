// SPDX-License-Identifier: GPL-2.0-only
/* cluster/run_task.c - a run on a node; see cluster/runs.h and cluster/task.h. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lab/summary_table.h"
#include "lib/alloc.h"
#include "lib/copy.h"
#include "lib/exit.h"
#include "lib/interrupt.h"
#include "lib/json.h"
#include "lib/leftover.h"
#include "results/load.h"
#include "runs.h"
#include "task.h"

#define SCHEMA "labyrinth-cluster-run/1"

/* Of a folder where it is looked for: somebody may have edited the file. */
static bool is_name(const char *name)
{
	return *name && *name != '.' && !strchr(name, '/');
}

bool lab_cluster_is_run(const json_t *result)
{
	return lab_is(result, "schema", SCHEMA) &&
	       is_name(lab_text(result, "folder")) &&
	       is_name(lab_text(result, "attempt"));
}

/* Whether a folder is the run of this result. */
static bool is_run_of(const char *folder, const json_t *result)
{
	char *path = xasprintf("%s/results.json", folder);
	char hex[LAB_FINGERPRINT];
	const bool is = lab_fingerprint_file(path, hex) &&
			lab_is(result, "fingerprint", hex);

	free(path);
	return is;
}

/* Renaming does not replace a folder that has files: only one who tries succeeds. */
int lab_cluster_place(const char *out, const json_t *result)
{
	char *from = lab_cluster_path(out, "incoming/%s",
				      lab_text(result, "attempt"));
	char *to = xasprintf("%s/%s", out, lab_text(result, "folder"));
	int err = 0;

	if (rename(from, to)) {
		err = is_run_of(to, result) ? 0 : -errno;
		if (!err)
			lab_remove_tree(from);
	}
	free(to);
	free(from);
	return err;
}

static json_t *make_result(const struct lab_task *task, int exit,
			   const struct lab_run *run, const char *folder)
{
	const struct lab_cluster_plan *plan = task->plan;
	const struct lab_attempt *attempt = &task->attempt;
	const double seconds =
		json_number_value(json_object_get(run->host, "seconds"));
	char today[11];
	json_t *marked, *row;

	lab_known_today(today);
	marked = lab_known_mark(run->results, &plan->known, today);
	row = lab_table_row(marked, seconds);
	json_decref(marked);
	return xcheck(json_pack(
		"{s:s, s:I, s:s, s:I, s:i, s:s, s:s, s:s, s:s, s:f, s:o, s:o}",
		"schema", SCHEMA, "entry", (json_int_t)attempt->entry,
		"scenario",
		plan->lab.scenarios[lab_entry_scenario(plan, attempt->entry)]
			->name,
		"seed", (json_int_t)lab_entry_seed(plan, attempt->entry),
		"exit", exit, "folder", folder, "fingerprint", run->fingerprint,
		"node", attempt->node, "qemu", plan->lab.qemu.version,
		"seconds", seconds, "attempt",
		json_sprintf("%" PRIu64 ".%" PRIu64 ".%u", attempt->entry,
			     attempt->job, attempt->restart),
		"row", row));
}

/* The first to write it has made the run; what another had made is dropped. */
static int claim(struct lab_task *task, json_t *result, const char *incoming)
{
	int err = lab_task_claim(task, result);

	if (!err)
		err = lab_cluster_place(task->plan->out, result);
	else
		lab_remove_tree(incoming);
	return lab_task_settle(task, err);
}

static int publish(struct lab_task *task, const char *made, int exit)
{
	const char *out = task->plan->out, *name = strrchr(made, '/') + 1;
	char *results = xasprintf("%s/results.json", made);
	char *incoming = lab_cluster_path(
		out, "incoming/%" PRIu64 ".%" PRIu64 ".%u", task->attempt.entry,
		task->attempt.job, task->attempt.restart);
	char place[4200], before[LAB_FINGERPRINT];
	struct lab_run run;
	json_t *result;
	int code = 0, err;

	if (!lab_run_load(&run, results)) {
		code = lab_task_broke(task, "cannot read %s", results);
		goto out;
	}
	lab_remove_tree(incoming);
	err = lab_copy_folder(made, incoming);
	if (err) {
		lab_remove_tree(incoming);
		code = lab_task_broke(task, "cannot copy results to %s: %s",
				      out, strerror(-err));
		goto out;
	}
	lab_store_place(out, name, run.fingerprint, place, sizeof(place),
			before);
	result = make_result(task, exit, &run, strrchr(place, '/') + 1);
	code = claim(task, result, incoming);
	json_decref(result);
out:
	lab_run_free(&run);
	free(incoming);
	free(results);
	return code;
}

/* ---- the run --------------------------------------------------------------- */

static void take_path(void *arg, const char *path)
{
	snprintf(arg, 4096, "%s", path);
}

/* What the plan names relative to a folder is found from there, if it is here. */
static void enter_folder(const struct lab_task *task)
{
	const char *folder = lab_text(task->plan->json, "folder");

	if (*folder && chdir(folder))
		fprintf(stderr, "labyrinth: %s: %s\n", folder, strerror(errno));
}

int lab_cluster_run_task(struct lab_task *task)
{
	struct lab_plan one = task->plan->lab;
	char made[4096] = ""; /* its run */
	const uint64_t entry = task->attempt.entry;
	int code;

	one.scenarios += lab_entry_scenario(task->plan, entry);
	one.nscenarios = 1;
	one.stored = take_path;
	one.stored_arg = made;
	snprintf(one.out, sizeof(one.out), "%s", task->work);
	enter_folder(task);
	code = lab_jobs_run(&one, lab_entry_seed(task->plan, entry), 1);
	if (lab_interrupted())
		return lab_task_ended(task);
	/* The plan was checked: what cannot be begun here can be elsewhere. */
	if (code == LAB_HARNESS || !*made)
		return lab_task_broke(task,
				      "the run broke: see log/%" PRIu64 "_*",
				      task->attempt.job);
	return publish(task, made, code) ?: code;
}
