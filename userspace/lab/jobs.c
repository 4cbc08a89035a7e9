// SPDX-License-Identifier: GPL-2.0-only
/* lab/jobs.c - see lab/jobs.h. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/exit.h"
#include "lib/interrupt.h"
#include "lib/paths.h"
#include "lib/progress.h"
#include "fits.h"
#include "jobs.h"
#include "room.h"
#include "scenario/shape.h"
#include "summary_table.h"

#define POLL_US 20000

/* Bytes of the largest core that a guest of the plan can leave. */
static uint64_t largest_core(const struct lab_plan *plan)
{
	const size_t n = plan->exec ? 1 : plan->nscenarios;
	uint64_t most = 0, memory;
	size_t i;

	for (i = 0; i < n; i++) {
		const struct lab_machine machine = lab_plan_machine(
			plan, plan->exec ? NULL : plan->scenarios[i]);

		memory = lab_shape_memory(&machine.shape);
		most = memory > most ? memory : most;
	}
	return most;
}

/* Bytes of disk that a guest takes at most. */
static uint64_t need_of_guest(const struct lab_plan *plan)
{
	return lab_room_disk() + (plan->vmcore ? largest_core(plan) : 0);
}

static void say_no_room(const struct lab_plan *plan)
{
	const uint64_t need = need_of_guest(plan);
	uint64_t free = 0;

	lab_room_disk_free(plan->out, &free);
	fprintf(stderr,
		"labyrinth: a guest needs %" PRIu64
		" MiB in %s while it runs, where %" PRIu64
		" MiB are free: name a roomier folder with --out\n",
		need >> 20, plan->out, free >> 20);
}

/* A quota that is used up counts as a full disk. */
static bool is_full(int err)
{
	return err == -ENOSPC || err == -EDQUOT || err == -EFBIG;
}

int lab_job_start(const struct lab_plan *plan, struct lab_job *job,
		  const char *hint)
{
	int err = lab_store_make(&job->store, plan->out, hint);

	if (err) {
		fprintf(stderr, "labyrinth: cannot write to %s: %s\n",
			plan->out, strerror(-err));
		lab_request_free(&job->request);
		return LAB_USAGE;
	}
	err = lab_guest_start(&job->guest, &plan->qemu, &job->machine,
			      &plan->bundle, job->store.work, &job->request);
	lab_request_free(&job->request);
	if (err) {
		lab_store_drop(&job->store);
		if (is_full(err)) {
			say_no_room(plan);
			return LAB_USAGE;
		}
		fprintf(stderr, "labyrinth: cannot start a guest: %s\n",
			strerror(-err));
		return LAB_HARNESS;
	}
	job->running = true;
	return 0;
}

static int start_job(const struct lab_plan *plan, struct lab_job *job)
{
	char hint[128];

	snprintf(hint, sizeof(hint), "%s-s%" PRIu64 "%.0" PRIx64,
		 job->scenario ? job->scenario->name : "exec", job->seed,
		 job->machine.reseed.with);
	if (lab_request_make(plan, job))
		return LAB_USAGE;
	return lab_job_start(plan, job, hint);
}

static void show(const struct lab_job *jobs, size_t n, size_t done)
{
	const struct lab_job *job = NULL;
	size_t i, running = 0;

	for (i = 0; i < n; i++) {
		if (!jobs[i].running || jobs[i].done)
			continue;
		job = &jobs[i];
		running++;
	}
	if (!job) {
		lab_progress_clear();
		return;
	}
	lab_progress("[%zu of %zu done, %zu running, %.0f s] %.60s", done, n,
		     running, lab_now() - job->guest.started,
		     job->guest.progress[0] ? job->guest.progress : "booting");
}

/* Starts what may start; the number of jobs that run, or an exit code < 0. */
static int start_some(const struct lab_plan *plan, struct lab_job *jobs,
		      size_t n)
{
	uint64_t taken = 0, more;
	size_t i, running = 0;
	int code;

	for (i = 0; i < n; i++) {
		if (!jobs[i].running || jobs[i].done)
			continue;
		running++;
		taken += lab_room_memory(&jobs[i].machine);
	}
	for (i = 0; i < n && running < plan->jobs; i++) {
		if (jobs[i].running || jobs[i].done)
			continue;
		more = lab_room_memory(&jobs[i].machine);
		if (!lab_room_fits(taken, more, plan->memory))
			break;
		code = start_job(plan, &jobs[i]);
		if (code)
			return -code;
		running++;
		taken += more;
	}
	return running;
}

static size_t conclude_some(const struct lab_plan *plan, struct lab_job *jobs,
			    size_t n)
{
	size_t i, done = 0;

	for (i = 0; i < n; i++) {
		struct lab_job *job = &jobs[i];

		if (job->running && !job->done && lab_guest_poll(&job->guest)) {
			lab_progress_clear();
			job->code = lab_job_conclude(plan, job);
			job->done = true;
			/* A job without results has no folder. */
			if (plan->set && job->store.path[0])
				lab_runset_add(plan->set, job);
		}
		done += job->done;
	}
	return done;
}

static void abandon(struct lab_job *jobs, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (!jobs[i].running || jobs[i].done)
			continue;
		lab_guest_finish(&jobs[i].guest);
		lab_store_drop(&jobs[i].store);
	}
}

static int gravest(const struct lab_job *jobs, size_t n)
{
	int code = LAB_SKIP;
	size_t i;

	for (i = 0; i < n; i++)
		code = lab_exit_graver(code, jobs[i].code);
	return code;
}

static void print_table(const struct lab_job *jobs, size_t n)
{
	json_t **rows = calloc(n, sizeof(*rows));
	size_t i;

	if (!rows)
		return;
	for (i = 0; i < n; i++)
		rows[i] = jobs[i].row;
	lab_table_print(rows, n, stdout);
	free(rows);
}

static int run_jobs(const struct lab_plan *plan, struct lab_job *jobs, size_t n)
{
	size_t done = 0;
	int running;

	while (done < n) {
		running = start_some(plan, jobs, n);
		if (running < 0 || lab_interrupted()) {
			abandon(jobs, n);
			if (lab_interrupted())
				fprintf(stderr, "\nlabyrinth: interrupted%s\n",
					plan->set ? "; --resume goes on" : "");
			return running < 0 ? -running : LAB_HARNESS;
		}
		usleep(POLL_US);
		done = conclude_some(plan, jobs, n);
		show(jobs, n, done);
	}
	return gravest(jobs, n);
}

/*
 * As many guests at a time as there is disk for; those that do not fit are
 * waited with, and only if not one does there is nothing to be done.
 */
static int fit_disk(struct lab_plan *plan, size_t jobs)
{
	const uint64_t need = need_of_guest(plan);
	uint64_t free;
	int err = lab_make_path(plan->out);

	if (!err)
		err = lab_room_disk_free(plan->out, &free);
	if (err) {
		fprintf(stderr, "labyrinth: cannot write to %s: %s\n",
			plan->out, strerror(-err));
		return LAB_USAGE;
	}
	if (free < need) {
		say_no_room(plan);
		return LAB_USAGE;
	}
	if (plan->jobs > jobs)
		plan->jobs = jobs;
	if (plan->jobs > free / need) {
		plan->jobs = free / need;
		fprintf(stderr,
			"labyrinth: %s has %" PRIu64
			" MiB free, a guest needs %" PRIu64 ": %" PRIu64
			" at a time\n",
			plan->out, free >> 20, need >> 20, plan->jobs);
	}
	return 0;
}

/* Jobs beyond that are started when others have given their memory back. */
static void fit_memory(struct lab_plan *plan, const struct lab_job *jobs,
		       size_t n)
{
	uint64_t taken = 0, more;
	size_t i;

	plan->memory = lab_room_memory_free();
	for (i = 0; i < n && i < plan->jobs; i++) {
		more = lab_room_memory(&jobs[i].machine);
		if (!i && more > plan->memory)
			fprintf(stderr,
				"labyrinth: the guest may take %" PRIu64
				" MiB of memory, and %" PRIu64
				" are free: this machine may kill it\n",
				more >> 20, plan->memory >> 20);
		if (!lab_room_fits(taken, more, plan->memory))
			break;
		taken += more;
	}
	if (i < n && i < plan->jobs)
		fprintf(stderr,
			"labyrinth: %" PRIu64
			" MiB of memory are free: not more than %zu guests at a time\n",
			plan->memory >> 20, i);
}

/* Each scenario whose guest cannot hold what it boots, once: see lab/fits.h. */
static int check_guests(const struct lab_plan *plan, const struct lab_job *jobs,
			size_t n)
{
	char why[512];
	int code = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		if ((i && jobs[i].scenario == jobs[i - 1].scenario) ||
		    lab_bundle_fits(&plan->bundle, &jobs[i].machine, why,
				    sizeof(why)))
			continue;
		fprintf(stderr, "labyrinth: %s: %s\n",
			jobs[i].scenario ? jobs[i].scenario->name : "the guest",
			why);
		code = LAB_USAGE;
	}
	return code;
}

/* How many jobs are done already. */
static size_t take_kept(const struct lab_plan *plan, struct lab_job *jobs,
			size_t n)
{
	size_t i, kept = 0;

	for (i = 0; plan->set && i < n; i++)
		kept += lab_runset_take(plan, &jobs[i]);
	if (kept)
		fprintf(stderr, "labyrinth: %zu of %zu runs are kept\n", kept,
			n);
	return kept;
}

/* QEMU is asked once for all seeds of a scenario. */
static void fit_victim(const struct lab_plan *plan, struct lab_job *jobs,
		       size_t i, size_t seeds)
{
	if (i % seeds && jobs[i - 1].no_victim) {
		jobs[i].no_victim = jobs[i - 1].no_victim;
		jobs[i].machine = jobs[i - 1].machine;
	} else if (i % seeds == 0) {
		jobs[i].no_victim = lab_fit_victim(plan, jobs[i].scenario,
						   &jobs[i].machine);
	}
}

int lab_jobs_run(struct lab_plan *plan, uint64_t first, uint64_t seeds)
{
	const size_t per = plan->exec ? 1 : plan->nscenarios;
	const size_t n = per * seeds;
	struct lab_job *jobs = calloc(n, sizeof(*jobs));
	int code = 0;
	size_t i;

	if (!jobs)
		return LAB_HARNESS;
	for (i = 0; i < n; i++) {
		jobs[i].scenario = plan->exec ? NULL :
						plan->scenarios[i / seeds];
		jobs[i].seed = first + (plan->reseeds ? 0 : i % seeds);
		jobs[i].machine = lab_plan_machine(plan, jobs[i].scenario);
		fit_victim(plan, jobs, i, seeds);
		if (plan->reseeds)
			jobs[i].machine.reseed = plan->reseeds[i % seeds];
	}
	lab_interrupt_catch(NULL);
	if (take_kept(plan, jobs, n) < n) {
		code = check_guests(plan, jobs, n);
		if (!code)
			fit_memory(plan, jobs, n);
		code = code ?: fit_disk(plan, n);
	}
	if (!code) {
		code = run_jobs(plan, jobs, n);
		if (n > 1 && !plan->take)
			print_table(jobs, n);
	}
	for (i = 0; i < n; i++) {
		if (plan->stored && jobs[i].done && jobs[i].code != LAB_HARNESS)
			plan->stored(plan->stored_arg, jobs[i].store.path);
		json_decref(jobs[i].row);
	}
	free(jobs);
	return code;
}
