// SPDX-License-Identifier: GPL-2.0-only
/* lab/conclude.c - results and verdict of a job that has ended; see lab/jobs.h. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "compare/cache.h"
#include "export/export.h"
#include "lib/alloc.h"
#include "lib/json.h"
#include "lib/sha256.h"
#include "log/log.h"
#include "results/build.h"
#include "core_line.h"
#include "jobs.h"
#include "kernel_source.h"
#include "reference_line.h"
#include "summary_table.h"

#define TAIL_LINES 40

/* A short name of a run, made of everything that its results depend on. */
static void run_name(const struct lab_job *job, const json_t *results,
		     char *name, size_t size)
{
	static const char *const parts[] = { "kernel",	"module",   "program",
					     "machine", "scenario", "seed" };
	json_t *identity = json_array();
	char *text, hex[LAB_FINGERPRINT];
	size_t i;

	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		json_array_append(identity, json_object_get(results, parts[i]));
	text = json_dumps(identity, JSON_COMPACT);
	lab_fingerprint(text ? text : "", hex);
	snprintf(name, size, "%s-%s-s%" PRIu64 "-%s-%.8s", job->scenario->name,
		 lab_text(json_object_get(results, "kernel"), "release"),
		 job->seed, lab_mode_names[job->machine.mode], hex);
	free(text);
	json_decref(identity);
}

static json_t *host_json(const struct lab_plan *plan, const struct lab_job *job)
{
	const struct lab_guest *guest = &job->guest;
	json_t *command = json_array(), *host;
	char name[256] = "", *scenario, *folder, *origin;
	int i;

	gethostname(name, sizeof(name) - 1);
	for (i = 0; i < plan->argc; i++)
		json_array_append_new(command, json_string(plan->argv[i]));
	host = json_pack("{s:s, s:I, s:f, s:s, s:s, s:o}", "host", name, "time",
			 (json_int_t)time(NULL), "seconds",
			 guest->ended - guest->started, "qemu",
			 plan->qemu.version, "labyrinth", LAB_VERSION,
			 "command", command);
	/* For commands that run it again: nothing that judges depends on it. */
	scenario = realpath(job->scenario->sources[0].path, NULL);
	folder = getcwd(NULL, 0);
	json_object_set_new(host, "kernel", json_string(plan->kernel));
	json_object_set_new(host, "folder", json_string(folder ? folder : ""));
	json_object_set_new(host, "scenario",
			    json_string(scenario ? scenario : ""));
	free(scenario);
	free(folder);
	/*
	 * Not in results.json: a commit or a branch that changes nothing of the
	 * build changes nothing of what is found either, and the fingerprint
	 * says so. What was booted is in the build id.
	 */
	origin = xasprintf("%s/origin", plan->bundle.folder);
	json_object_set_new(host, "kernel_source",
			    lab_kernel_source_read(origin));
	free(origin);
	json_object_set_new(host, "from_snapshot",
			    json_boolean(guest->snapshot.loaded));
	if (guest->shooting)
		json_object_set_new(
			host, "seconds_to_first_shot",
			json_real(guest->shooting - guest->started));
	return host;
}

/* Whether process 1 reported how the program that it started ended. */
static bool came_back(const struct lab_job *job)
{
	return job->guest.channel.head->state == LAB_STATE_DONE;
}

static void print_trouble(const struct lab_plan *plan,
			  const struct lab_job *job, const char *why)
{
	char *output = lab_guest_output(&job->guest);
	char *tail = lab_decode(lab_guest_console_tail(&job->guest, TAIL_LINES),
				&plan->bundle);

	fflush(stdout);
	fprintf(stderr, "labyrinth: %s\n", why);
	if (*output)
		fprintf(stderr, "%s", output);
	fprintf(stderr, "--- the last lines of the console:\n%s\n---\n", tail);
	free(output);
	free(tail);
}

/* "run" exits with LAB_FAIL when the kernel ended it, and never otherwise. */
static enum lab_ending ending_of_run(const struct lab_job *job, char *why,
				     size_t size)
{
	const enum lab_ending ending = lab_guest_ending(&job->guest, why, size);
	const int status = job->guest.channel.head->status;

	if (ending != LAB_BROKE || !came_back(job) || !WIFEXITED(status) ||
	    WEXITSTATUS(status) != LAB_FAIL)
		return ending;
	snprintf(why, size, "the kernel refused the run memory");
	return LAB_KILLED;
}

/* Has a job's results taken over by who has asked for them. */
static int hand_over(const struct lab_plan *plan, struct lab_job *job,
		     const json_t *results)
{
	plan->take(plan->take_arg, job, results);
	lab_guest_finish(&job->guest);
	lab_store_drop(&job->store);
	return lab_results_exit(results);
}

int lab_job_code(const struct lab_plan *plan, const json_t *marked)
{
	return plan->known_pass && lab_known_all(marked) ?
		       LAB_PASS :
		       lab_results_exit(marked);
}

static int conclude_scenario(const struct lab_plan *plan, struct lab_job *job)
{
	char fingerprint[LAB_FINGERPRINT], before[LAB_FINGERPRINT], name[512],
		why[600];
	json_t *records = lab_guest_records(&job->guest);
	json_t *machine = lab_machine_json(&job->machine, &plan->qemu);
	json_t *host = host_json(plan, job), *results, *marked;
	char *console = lab_guest_console(&job->guest);
	const struct lab_vmcore core = job->guest.vmcore;
	char today[11];
	enum lab_ending ending;
	int err, code;

	ending = ending_of_run(job, why, sizeof(why));
	results = lab_results_build(job->scenario, job->seed, records, machine,
				    ending, why, console);
	free(console);
	lab_decode_findings(results, &plan->bundle);
	if (plan->take) {
		code = hand_over(plan, job, results);
		goto out;
	}
	run_name(job, results, name, sizeof(name));
	if (ending != LAB_ENDED)
		print_trouble(plan, job, why);
	lab_guest_finish(&job->guest);

	lab_known_today(today);
	marked = lab_known_mark(results, plan->known, today);
	code = lab_job_code(plan, marked);
	job->row = lab_table_row(marked, job->guest.ended - job->guest.started);
	if (plan->set)
		lab_runset_drop_broken(plan->set, job);
	err = lab_store_keep(&job->store, name, results, marked, host,
			     lab_export_files, fingerprint, before);
	if (!err)
		lab_cache_add_run(results, fingerprint);
	if (err) {
		fprintf(stderr, "labyrinth: cannot write %s/%s: %s\n",
			job->store.parent, name, strerror(-err));
		lab_store_drop(&job->store);
		code = LAB_HARNESS;
	} else {
		lab_export_summary.write(&(struct lab_exported){ .results =
									 marked,
								 .host = host },
					 stdout);
		printf("  fingerprint %s\n", fingerprint);
		lab_counts_print(job, results, stdout);
		printf("  %s\n", job->store.path);
		lab_core_print(plan, &core, job->store.path, stdout);
		if (before[0] && job->machine.mode == LAB_DETERMINISTIC)
			printf("  NOT THE SAME as the run before, which had %s\n",
			       before);
		printf("\n");
		fflush(stdout);
	}
	json_decref(marked);
out:
	json_decref(results);
	json_decref(machine);
	json_decref(records);
	json_decref(host);
	return code;
}

/* As a shell says that it could not execute something: see guest/init.c. */
static bool not_executed(const struct lab_job *job)
{
	const int status = job->guest.channel.head->status;

	return WIFEXITED(status) && WEXITSTATUS(status) == 127;
}

/*
 * Whether the log tells of a defect that nobody expects. A scenario says of
 * each phase what it expects; a program run by --exec, for the whole log.
 */
static bool log_tells_of_defect(const struct lab_plan *plan,
				const struct lab_job *job)
{
	char *console = lab_guest_console(&job->guest);
	struct lab_log *log = lab_log_read(console);
	size_t i, n = 0;

	for (i = 0; i < log->entries; i++) {
		const struct lab_log_entry *entry = &log->entry[i];
		const struct lab_log_line *line = &log->line[entry->first];

		if (lab_log_classes[entry->kind] != LAB_LOG_FAILURE ||
		    plan->log >> entry->kind & 1)
			continue;
		fflush(stdout);
		fprintf(stderr, "labyrinth: the kernel's log, %s: %.*s\n",
			lab_log_names[entry->kind], (int)line->length,
			line->text);
		n++;
	}
	if (!log->lines)
		fprintf(stderr,
			"labyrinth: the kernel's log is not known: nothing was written to the serial port\n");
	lab_log_free(log);
	free(console);
	return n;
}

/* A program leaves no folder, unless there is a core to be kept. */
static int keep_core_of_program(const struct lab_plan *plan,
				struct lab_job *job)
{
	const char *slash = strrchr(plan->exec, '/');
	char name[300];
	int err;

	snprintf(name, sizeof(name), "exec-%s", slash ? slash + 1 : plan->exec);
	err = lab_store_keep_as(&job->store, name);
	if (!err)
		return 0;
	fprintf(stderr, "labyrinth: cannot write %s/%s: %s\n",
		job->store.parent, name, strerror(-err));
	lab_store_drop(&job->store);
	return LAB_HARNESS;
}

/* Its output is the program's; the exit code says pass or fail. */
static int conclude_program(const struct lab_plan *plan, struct lab_job *job)
{
	char *output = lab_guest_output(&job->guest), why[600];
	const enum lab_ending ending =
		lab_guest_ending(&job->guest, why, sizeof(why));
	struct lab_vmcore core;
	int code, err = 0;

	fputs(output, stdout);
	fflush(stdout);
	if (ending != LAB_ENDED && !came_back(job)) {
		print_trouble(plan, job, why);
		code = ending == LAB_STALLED || ending == LAB_BROKE ?
			       LAB_HARNESS :
		       ending == LAB_UNFIT ? LAB_SKIP :
					     LAB_FAIL;
	} else {
		/* Its own words end before it is killed. */
		if (WIFSIGNALED(job->guest.channel.head->status))
			fprintf(stderr, "labyrinth: %s\n", why);
		code = ending == LAB_ENDED ? LAB_PASS :
		       not_executed(job)   ? LAB_HARNESS :
					     LAB_FAIL;
		if (log_tells_of_defect(plan, job) && code == LAB_PASS)
			code = LAB_FAIL;
	}
	free(output);
	core = job->guest.vmcore;
	lab_guest_finish(&job->guest);
	if (core.written)
		err = keep_core_of_program(plan, job);
	else
		lab_store_drop(&job->store);
	lab_core_print(plan, &core, job->store.path, stderr);
	return err ?: code;
}

int lab_job_conclude(const struct lab_plan *plan, struct lab_job *job)
{
	return job->scenario ? conclude_scenario(plan, job) :
			       conclude_program(plan, job);
}
