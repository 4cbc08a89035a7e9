// SPDX-License-Identifier: GPL-2.0-only
/* cluster/task.c - see cluster/task.h. */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/alloc.h"
#include "lib/interrupt.h"
#include "lib/copy.h"
#include "lib/exit.h"
#include "lib/json.h"
#include "lib/leftover.h"
#include "lib/paths.h"
#include "attempts.h"
#include "bundle.h"
#include "node_bundles.h"
#include "task.h"

#define BROKEN_SECONDS 10

/* ---- what broke ------------------------------------------------------------ */

int lab_task_broke(struct lab_task *task, const char *format, ...)
{
	struct lab_attempt *attempt = &task->attempt;
	va_list args;

	va_start(args, format);
	vsnprintf(attempt->why, sizeof(attempt->why), format, args);
	va_end(args);
	fprintf(stderr, "labyrinth: %s: %s\n", attempt->node, attempt->why);
	lab_attempt_write(task->plan->out, attempt);
	return LAB_HARNESS;
}

/* No entry of this plan can be run here, and none is to be tried. */
int lab_task_unfit(struct lab_task *task, const char *format, ...)
{
	char *why;
	va_list args;
	int code;

	va_start(args, format);
	why = xvasprintf(format, args);
	va_end(args);
	task->attempt.unfit = true;
	lab_unfit_write(task->plan->out, task->attempt.node, why);
	code = lab_task_broke(task, "%s", why);
	free(why);
	return code;
}

/* ---- the node -------------------------------------------------------------- */

static uint64_t number_of(const char *variable)
{
	const char *text = getenv(variable);

	return text ? strtoull(text, NULL, 10) : 0;
}

static void name_attempt(struct lab_attempt *attempt, uint64_t entry)
{
	const char *node = getenv("SLURMD_NODENAME");
	char host[256] = "";

	gethostname(host, sizeof(host) - 1);
	*attempt = (struct lab_attempt){
		.entry = entry,
		.job = number_of("SLURM_ARRAY_JOB_ID"),
		.restart = number_of("SLURM_RESTART_COUNT"),
	};
	snprintf(attempt->node, sizeof(attempt->node), "%s",
		 node && *node && !strchr(node, '/') ? node : host);
}

/* Others may write to the folder that holds it. */
static bool is_own(const char *path)
{
	struct stat st;

	return !lstat(path, &st) && S_ISDIR(st.st_mode) &&
	       st.st_uid == geteuid() && !(st.st_mode & 022);
}

/* Not below the home, which nodes often share. */
static int find_cache(struct lab_task *task)
{
	const char *asked = getenv(LAB_NODE_CACHE_ENV);
	const char *local = getenv("TMPDIR") ?: "/tmp";
	char *base, *runs;
	int err;

	base = asked && *asked ? xstrdup(asked) :
				 xasprintf("%s/labyrinth-%u", local, geteuid());
	err = lab_make_path(base);
	if (!err && !is_own(base))
		err = -EPERM;
	/* Several nodes of a test are one machine. */
	snprintf(task->cache, sizeof(task->cache), "%.1500s/%s", base,
		 task->attempt.node);
	runs = xasprintf("%s/runs", task->cache);
	if (!err)
		err = lab_make_path(runs);
	if (!err) {
		lab_leftovers_remove(runs);
		task->lock = lab_owned_make(runs, "entry", task->work,
					    sizeof(task->work));
		err = task->lock < 0 ? task->lock : 0;
	}
	free(runs);
	err = err ? lab_task_broke(
			    task, "%s, for guests while they run: %s", base,
			    err == -EPERM ?
				    "it is another user's, or others may write to it" :
				    strerror(-err)) :
		    0;
	free(base);
	return err;
}

static int find_qemu(struct lab_task *task)
{
	struct lab_plan *lab = &task->plan->lab;
	const char *planned = lab_text(task->plan->json, "qemu");

	if (lab_qemu_find(&lab->qemu, lab->bundle.arch))
		return lab_task_unfit(task,
				      "it has no QEMU, and runs are made by %s",
				      planned);
	if (strcmp(lab->qemu.version, planned) != 0)
		return lab_task_unfit(
			task,
			"it has QEMU %s, and runs of this plan are made by %s: they are not mixed, as results of unequal emulators are not compared",
			lab->qemu.version, planned);
	return 0;
}

static int find_bundle(struct lab_task *task)
{
	const struct lab_cluster_plan *plan = task->plan;
	const char *hex = lab_text(plan->json, "bundle");
	const char *program = lab_text(plan->json, "guest_program");
	char *shared = lab_cluster_path(plan->out, "bundles/%s", hex);
	char *local = xasprintf("%s/bundles", task->cache);
	struct lab_bundle *bundle = &task->plan->lab.bundle, from = {};
	int err;

	snprintf(from.folder, sizeof(from.folder), "%s", shared);
	lab_make_path(local);
	/* Where nothing can be locked, nothing is removed either. */
	task->bundle_lock = lab_node_bundle_hold(local, hex);
	lab_node_bundles_trim(local, LAB_NODE_BUNDLES);
	err = lab_bundle_copy(&from, *program ? program : NULL, local, hex);
	snprintf(bundle->folder, sizeof(bundle->folder), "%s/%s", local, hex);
	free(shared);
	free(local);
	if (err)
		return lab_task_broke(task, "cannot copy what boots to %s: %s",
				      bundle->folder, strerror(-err));
	return lab_bundle_open(bundle) ?
		       lab_task_broke(task, "%s cannot be used",
				      bundle->folder) :
		       0;
}

static int probe_kvm(struct lab_task *task)
{
	const struct lab_plan *lab = &task->plan->lab;
	char why[600];

	if (lab->mode != LAB_KVM ||
	    !lab_kvm_probe(&lab->qemu, &lab->bundle, task->work, why,
			   sizeof(why)))
		return 0;
	return lab_task_unfit(task, "KVM does not work there: %.300s", why);
}

/* ---- what came of it ------------------------------------------------------- */

int lab_task_ended(struct lab_task *task)
{
	lab_attempt_remove(task->plan->out, &task->attempt);
	return LAB_HARNESS;
}

json_t *lab_cluster_result(const struct lab_cluster_plan *plan, uint64_t entry)
{
	char *path =
		lab_cluster_path(plan->out, "results/%" PRIu64 ".json", entry);
	json_t *result = json_load_file(path, 0, NULL);

	free(path);
	if (result && plan->kind->is_result(result))
		return result;
	json_decref(result);
	return NULL;
}

int lab_task_claim(struct lab_task *task, json_t *result)
{
	char *text = xcheck(json_dumps(result, JSON_INDENT(1)));
	char *path = lab_cluster_path(task->plan->out,
				      "results/%" PRIu64 ".json",
				      task->attempt.entry);
	const int err = lab_write_first(path, text);

	free(path);
	free(text);
	return err;
}

int lab_task_settle(struct lab_task *task, int err)
{
	if (err && err != -EEXIST)
		return lab_task_broke(task, "cannot write to %s: %s",
				      task->plan->out, strerror(-err));
	lab_attempt_remove(task->plan->out, &task->attempt);
	return 0;
}

/* ---- the entry ------------------------------------------------------------- */

static int prepare_for_guests(struct lab_task *task)
{
	int code = find_bundle(task);

	if (!code)
		code = find_qemu(task);
	return code ?: probe_kvm(task);
}

static int run_task(struct lab_task *task)
{
	int code;

	code = lab_attempt_write(task->plan->out, &task->attempt);
	if (code)
		return lab_task_broke(task, "cannot write to %s: %s",
				      task->plan->out, strerror(-code));
	code = find_cache(task);
	if (!code && task->plan->kind->guests)
		code = prepare_for_guests(task);
	if (!code)
		code = task->plan->kind->run(task);
	if (task->lock >= 0) {
		lab_owned_end(task->lock, task->work);
		lab_remove_tree(task->work);
	}
	if (task->bundle_lock >= 0)
		close(task->bundle_lock);
	return code;
}

/*
 * A node on which all breaks at once is free before others, and would be given
 * every entry that waits: it is kept for as long as a run takes on a good one.
 */
static void slow_down(double began)
{
	const double left = BROKEN_SECONDS - (lab_now() - began);

	if (left > 0 && !lab_interrupted())
		sleep((unsigned int)left + 1);
}

int lab_cluster_task(struct lab_cluster_plan *plan, uint64_t entry)
{
	struct lab_task task = { .plan = plan, .lock = -1, .bundle_lock = -1 };
	const double began = lab_now();
	json_t *result;
	int code;

	if (entry >= plan->entries) {
		fprintf(stderr,
			"labyrinth: --entry: %s has the entries 0 to %" PRIu64
			"\n",
			plan->out, plan->entries - 1);
		return LAB_USAGE;
	}
	result = lab_cluster_result(plan, entry);
	code = lab_number(result, "exit");
	if (result) {
		json_decref(result);
		return code;
	}
	name_attempt(&task.attempt, entry);
	code = run_task(&task);
	if (code == LAB_HARNESS)
		slow_down(began);
	return code;
}
