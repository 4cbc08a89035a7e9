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

#include "lab/summary_table.h"
#include "lib/alloc.h"
#include "lib/interrupt.h"
#include "lib/copy.h"
#include "lib/exit.h"
#include "lib/json.h"
#include "lib/leftover.h"
#include "lib/paths.h"
#include "results/load.h"
#include "attempts.h"
#include "bundle.h"
#include "task.h"

#define SCHEMA "labyrinth-cluster-run/1"

#define BROKEN_SECONDS 10

struct task {
	struct lab_cluster_plan *plan;
	struct lab_attempt attempt;
	char cache[2048]; /* of this node */
	char work[4096]; /* where the guest runs */
	int lock; /* of it */
	char run[4096]; /* its run there, or "" */
};

/* ---- what broke ------------------------------------------------------------ */

__attribute__((format(printf, 2, 3))) static int broke(struct task *task,
						       const char *format, ...)
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
__attribute__((format(printf, 2, 3))) static int unfit(struct task *task,
						       const char *format, ...)
{
	char *why;
	va_list args;
	int code;

	va_start(args, format);
	why = xvasprintf(format, args);
	va_end(args);
	task->attempt.unfit = true;
	lab_unfit_write(task->plan->out, task->attempt.node, why);
	code = broke(task, "%s", why);
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
static int find_cache(struct task *task)
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
	err = err ? broke(task, "%s, for guests while they run: %s", base,
			  err == -EPERM ?
				  "it is another user's, or others may write to it" :
				  strerror(-err)) :
		    0;
	free(base);
	return err;
}

static int find_qemu(struct task *task)
{
	struct lab_plan *lab = &task->plan->lab;
	const char *planned = lab_text(task->plan->json, "qemu");

	if (lab_qemu_find(&lab->qemu, lab->bundle.arch))
		return unfit(task, "it has no QEMU, and runs are made by %s",
			     planned);
	if (strcmp(lab->qemu.version, planned) != 0)
		return unfit(
			task,
			"it has QEMU %s, and runs of this plan are made by %s: they are not mixed, as results of unequal emulators are not compared",
			lab->qemu.version, planned);
	return 0;
}

static int find_bundle(struct task *task)
{
	const struct lab_cluster_plan *plan = task->plan;
	const char *hex = lab_text(plan->json, "bundle");
	const char *program = lab_text(plan->json, "guest_program");
	char *shared = lab_cluster_path(plan->out, "bundles/%s", hex);
	char *local = xasprintf("%s/bundles", task->cache);
	struct lab_bundle *bundle = &task->plan->lab.bundle, from = {};
	int err;

	snprintf(from.folder, sizeof(from.folder), "%s", shared);
	err = lab_bundle_copy(&from, *program ? program : NULL, local, hex);
	snprintf(bundle->folder, sizeof(bundle->folder), "%s/%s", local, hex);
	free(shared);
	free(local);
	if (err)
		return broke(task, "cannot copy what boots to %s: %s",
			     bundle->folder, strerror(-err));
	return lab_bundle_open(bundle) ?
		       broke(task, "%s cannot be used", bundle->folder) :
		       0;
}

static int probe_kvm(struct task *task)
{
	const struct lab_plan *lab = &task->plan->lab;
	char why[600];

	if (lab->mode != LAB_KVM ||
	    !lab_kvm_probe(&lab->qemu, &lab->bundle, task->work, why,
			   sizeof(why)))
		return 0;
	return unfit(task, "KVM does not work there: %.300s", why);
}

/* ---- results --------------------------------------------------------------- */

/* Of a folder where it is looked for: somebody may have edited the file. */
static bool is_name(const char *name)
{
	return *name && *name != '.' && !strchr(name, '/');
}

json_t *lab_cluster_result(const char *out, uint64_t entry)
{
	char *path = lab_cluster_path(out, "results/%" PRIu64 ".json", entry);
	json_t *result = json_load_file(path, 0, NULL);

	free(path);
	if (lab_is(result, "schema", SCHEMA) &&
	    is_name(lab_text(result, "folder")) &&
	    is_name(lab_text(result, "attempt")))
		return result;
	json_decref(result);
	return NULL;
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

static json_t *make_result(const struct task *task, int exit,
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
static int claim(struct task *task, json_t *result, const char *incoming)
{
	char *text = xcheck(json_dumps(result, JSON_INDENT(1)));
	char *path = lab_cluster_path(task->plan->out,
				      "results/%" PRIu64 ".json",
				      task->attempt.entry);
	int err = lab_write_first(path, text);

	free(path);
	free(text);
	if (!err)
		err = lab_cluster_place(task->plan->out, result);
	else
		lab_remove_tree(incoming);
	if (err && err != -EEXIST)
		return broke(task, "cannot write to %s: %s", task->plan->out,
			     strerror(-err));
	lab_attempt_remove(task->plan->out, &task->attempt);
	return 0;
}

static int publish(struct task *task, int exit)
{
	const char *out = task->plan->out, *name = strrchr(task->run, '/') + 1;
	char *results = xasprintf("%s/results.json", task->run);
	char *incoming = lab_cluster_path(
		out, "incoming/%" PRIu64 ".%" PRIu64 ".%u", task->attempt.entry,
		task->attempt.job, task->attempt.restart);
	char place[4200], before[LAB_FINGERPRINT];
	struct lab_run run;
	json_t *result;
	int code = 0, err;

	if (!lab_run_load(&run, results)) {
		code = broke(task, "cannot read %s", results);
		goto out;
	}
	lab_remove_tree(incoming);
	err = lab_copy_folder(task->run, incoming);
	if (err) {
		lab_remove_tree(incoming);
		code = broke(task, "cannot copy results to %s: %s", out,
			     strerror(-err));
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
	struct task *task = arg;

	snprintf(task->run, sizeof(task->run), "%s", path);
}

/* What the plan names relative to a folder is found from there, if it is here. */
static void enter_folder(const struct task *task)
{
	const char *folder = lab_text(task->plan->json, "folder");

	if (*folder && chdir(folder))
		fprintf(stderr, "labyrinth: %s: %s\n", folder, strerror(errno));
}

static int run_guest(struct task *task)
{
	struct lab_plan one = task->plan->lab;
	const uint64_t entry = task->attempt.entry;
	int code;

	one.scenarios += lab_entry_scenario(task->plan, entry);
	one.nscenarios = 1;
	one.stored = take_path;
	one.stored_arg = task;
	snprintf(one.out, sizeof(one.out), "%s", task->work);
	enter_folder(task);
	code = lab_jobs_run(&one, lab_entry_seed(task->plan, entry), 1);
	/* Whoever ended it knows why; nothing broke. */
	if (lab_interrupted()) {
		lab_attempt_remove(task->plan->out, &task->attempt);
		return LAB_HARNESS;
	}
	/* The plan was checked: what cannot be begun here can be elsewhere. */
	if (code == LAB_HARNESS || !*task->run)
		return broke(task, "the run broke: see log/%" PRIu64 "_*",
			     task->attempt.job);
	return publish(task, code) ?: code;
}

static int run_task(struct task *task)
{
	int code;

	code = lab_attempt_write(task->plan->out, &task->attempt);
	if (code)
		return broke(task, "cannot write to %s: %s", task->plan->out,
			     strerror(-code));
	code = find_cache(task);
	if (!code)
		code = find_bundle(task);
	if (!code)
		code = find_qemu(task);
	if (!code)
		code = probe_kvm(task);
	if (!code)
		code = run_guest(task);
	if (task->lock >= 0) {
		lab_owned_end(task->lock, task->work);
		lab_remove_tree(task->work);
	}
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
	struct task task = { .plan = plan, .lock = -1 };
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
	result = lab_cluster_result(plan->out, entry);
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
