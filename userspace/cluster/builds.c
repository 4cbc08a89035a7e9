// SPDX-License-Identifier: GPL-2.0-only
/* cluster/builds.c - see cluster/builds.h. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "lab/kernel_build.h"
#include "lib/alloc.h"
#include "lib/copy.h"
#include "lib/exit.h"
#include "lib/file.h"
#include "lib/interrupt.h"
#include "lib/json.h"
#include "lib/leftover.h"
#include "lib/paths.h"
#include "builds.h"
#include "follow.h"
#include "submit.h"
#include "task.h"

#define SCHEMA "labyrinth-cluster-build/1"

/*
 * MiB of a job: the last link of a kernel with debug information, and a compiler for
 * each CPU. Minutes: far more than a build on one CPU was seen to take.
 */
#define LINK_MIB 2048
#define COMPILER_MIB 512
#define MINUTES 480

/* ---- the kind -------------------------------------------------------------- */

static int read_build(struct lab_cluster_plan *plan)
{
	plan->entries = 1;
	plan->need = xcheck(calloc(1, sizeof(*plan->need)));
	lab_cluster_need_read(&plan->need[0],
			      json_object_get(plan->json, "need"));
	return 0;
}

static size_t need_of(const struct lab_cluster_plan *plan, uint64_t entry)
{
	(void)plan;
	(void)entry;
	return 0;
}

static char *title(const struct lab_cluster_plan *plan, uint64_t entry)
{
	(void)entry;
	return xasprintf("the build of %s", plan->lab.kernel);
}

static bool is_result(const json_t *result)
{
	return lab_is(result, "schema", SCHEMA);
}

static void show(const struct lab_cluster_plan *plan, uint64_t entry)
{
	(void)plan;
	(void)entry;
}

static int finish(const struct lab_cluster_plan *plan)
{
	json_t *result = lab_cluster_result(plan, 0);
	const int code = result ? (int)lab_number(result, "exit") : LAB_HARNESS;

	json_decref(result);
	return code;
}

/* ---- on a node ------------------------------------------------------------- */

static int publish(struct lab_task *task, int exit, double seconds)
{
	json_t *result = xcheck(
		json_pack("{s:s, s:s, s:i, s:s, s:f}", "schema", SCHEMA,
			  "kernel", task->plan->lab.kernel, "exit", exit,
			  "node", task->attempt.node, "seconds", seconds));
	const int code = lab_task_settle(task, lab_task_claim(task, result));

	json_decref(result);
	return code ?: exit;
}

/*
 * The installation's script, not one of the plan's program: building takes much more
 * of it. As many compilers as the job has CPUs: nproc(1) reads this variable.
 */
static int run(struct lab_task *task)
{
	const json_t *plan = task->plan->json;
	const char *folder = lab_text(plan, "folder");
	const char *scripts = lab_text(plan, "scripts");
	const char *cpus = getenv("SLURM_CPUS_PER_TASK");
	const double began = lab_now();
	char *log;
	int code;

	if (access(scripts, X_OK) || (*folder && chdir(folder)))
		return lab_task_unfit(task, "it has no %s",
				      access(scripts, X_OK) ? scripts : folder);
	if (cpus)
		setenv("OMP_NUM_THREADS", cpus, true);
	lab_interrupt_catch(NULL);
	log = lab_cluster_path(task->plan->out, "log/build");
	code = lab_kernel_build_by(scripts, task->plan->lab.kernel, log);
	free(log);
	if (lab_interrupted())
		return lab_task_ended(task);
	/* What is no kernel is none on another node. */
	if (code != LAB_PASS && code != LAB_FAIL && code != LAB_USAGE)
		return lab_task_broke(task, "the build broke: see log/build");
	return publish(task, code, lab_now() - began);
}

const struct lab_cluster_kind lab_cluster_builds = {
	.name = "builds",
	.anew = "",
	.read = read_build,
	.need = need_of,
	.title = title,
	.run = run,
	.is_result = is_result,
	.show = show,
	.finish = finish,
};

/* ---- asked for ------------------------------------------------------------- */

static int write_plan(const struct lab_plan *build,
		      const struct lab_cluster_where *where, unsigned int cpus)
{
	char out[4096], hex[LAB_FINGERPRINT], scripts[4200];
	json_t *json;
	int code = lab_cluster_check_partition(where->partition);

	if (!code && lab_companion_path("kernel.sh", scripts, sizeof(scripts)))
		code = LAB_HARNESS;
	if (!code)
		code = lab_cluster_folder_make(build, NULL, out, hex);
	if (code)
		return code;
	json = lab_cluster_plan_base(build, where, &lab_cluster_builds, NULL,
				     hex);
	json_object_set_new(json, "scripts", json_string(scripts));
	json_object_set_new(
		json, "need",
		json_pack("{s:I, s:I, s:I}", "memory",
			  (json_int_t)LINK_MIB + cpus * COMPILER_MIB, "cpus",
			  (json_int_t)cpus, "minutes", (json_int_t)MINUTES));
	return lab_cluster_plan_put(out, json);
}

/*
 * A plan of another kernel, of an earlier command line, is of no use any more. 0, or
 * LAB_USAGE after a message when somebody follows it.
 */
static int remove_other(const char *out, const char *kernel)
{
	struct lab_cluster_plan other = {};
	int code = 0, lock;

	if (!lab_cluster_has_plan(out))
		return 0;
	code = lab_cluster_plan_read(&other, out);
	if (!code && !lab_is(other.json, "kernel", kernel)) {
		lock = lab_cluster_lock(&other, "follow.lock");
		code = lock < 0 ? LAB_USAGE : 0;
		if (!code) {
			lab_remove_tree(out);
			close(lock);
		}
	}
	lab_cluster_plan_free(&other);
	return code;
}

/*
 * Tells what the node said of a kernel that is none, and makes its folder free. False
 * when it is another reason for which there is no kernel.
 */
static bool tell_refused(const struct lab_cluster_plan *plan)
{
	json_t *result = lab_cluster_result(plan, 0);
	const bool refused = lab_number(result, "exit") == LAB_USAGE;
	char *log = lab_cluster_path(plan->out, "log/build"), *text;

	if (refused) {
		text = lab_file_read(log, NULL);
		fputs(text ? text : "", stderr);
		free(text);
		lab_remove_tree(plan->out);
	}
	free(log);
	json_decref(result);
	return refused;
}

int lab_cluster_build(const struct lab_plan *plan,
		      const struct lab_cluster_where *where, unsigned int cpus,
		      const char *log)
{
	struct lab_plan build = {
		.kernel = plan->kernel,
		.mode = plan->mode,
		.argc = plan->argc,
		.argv = plan->argv,
	};
	struct lab_cluster_plan opened = {};
	char *out = lab_cluster_path(plan->out, "build"), *from;
	int code;

	snprintf(build.out, sizeof(build.out), "%s", out);
	free(out);
	code = remove_other(build.out, plan->kernel);
	if (code)
		return code;
	if (!lab_cluster_has_plan(build.out))
		code = write_plan(&build, where, cpus);
	if (!code)
		code = lab_cluster_plan_read(&opened, build.out);
	if (!code) {
		fprintf(stderr, "labyrinth: a job builds %s\n", plan->kernel);
		code = lab_cluster_follow(&opened, false, true);
		from = lab_cluster_path(opened.out, "log/build");
		if (log)
			lab_copy_file(from, log, 0644);
		free(from);
	}
	if (code == LAB_USAGE && !(opened.kind && tell_refused(&opened)))
		lab_cluster_plan_withdraw(build.out);
	lab_cluster_plan_free(&opened);
	return code;
}
