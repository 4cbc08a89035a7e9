/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lab/jobs.h - runs jobs side by side, a guest each.
 *
 *	machine.c   the guest that a job asks for
 *	request.c   what the guest is asked to do
 *	runset.c    what a folder is a set of, and what of it is done
 *	jobs.c      starts jobs, watches them and has each concluded when it ends
 *	conclude.c  results, verdict and messages of a job that has ended
 */
#ifndef LAB_JOBS_H
#define LAB_JOBS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "results/known.h"
#include "results/store.h"
#include "scenario/scenario.h"
#include "lab.h"
#include "runset.h"

struct lab_job;

/* What the command line asks for, and what is needed to do it. */
struct lab_plan {
	const char *kernel;
	enum lab_mode mode;
	uint64_t seed, seeds, jobs;
	uint64_t deadline; /* seconds of guest time; 0: the scenario's */
	uint64_t host_deadline; /* seconds; 0: derived from the other */
	char out[4096];
	const char *exec; /* a program instead of scenarios */
	uint64_t cpus; /* of its guest */
	struct lab_scenario *guest; /* that has its guest instead, or NULL */
	uint64_t log; /* of it: set of 1 << enum lab_log_kind, expected */
	char **args; /* of it */
	bool vmcore; /* guests that panic or hang leave a core */
	struct lab_boot_options
		boot; /* of its guest; scenarios have it already */
	int argc;
	char **argv;

	struct lab_runset *set; /* that its runs are of, or NULL */
	const struct lab_known *known; /* issues */
	bool known_pass; /* what is known does not count as a failure */
	uint64_t memory; /* bytes that guests may take together */
	/* One for each run, in place of seeds: all have the first seed. */
	const struct lab_reseed *reseeds;
	/* Called with the folder of each run that says something of the kernel. */
	void (*stored)(void *arg, const char *path);
	void *stored_arg;
	/* Takes the results of each job, which are then neither kept nor shown. */
	void (*take)(void *arg, const struct lab_job *job,
		     const json_t *results);
	void *take_arg;

	struct lab_qemu qemu;
	struct lab_bundle bundle;
	struct lab_scenario **scenarios;
	size_t nscenarios;
};

/* A scenario with a seed, or a program, in a guest. */
struct lab_job {
	const struct lab_scenario *scenario; /* NULL: a program */
	uint64_t seed;
	struct lab_machine machine;
	const char *no_victim; /* why phases with a victim are skipped, or NULL */
	struct lab_request request;
	struct lab_store store;
	struct lab_guest guest;
	bool running, done;
	int code;
	json_t *row; /* of the table, when there are several */
};

/* The machine of a scenario, or for NULL that of the plan's program. */
struct lab_machine lab_plan_machine(const struct lab_plan *plan,
				    const struct lab_scenario *scenario);

/*
 * Takes the devices of the scenario's victim away where QEMU does not have them.
 * Why not, then; or NULL. The text stays.
 */
const char *lab_fit_victim(const struct lab_plan *plan,
			   const struct lab_scenario *scenario,
			   struct lab_machine *machine);

/*
 * What archives of guests of the plan's scenarios have in addition, parted by
 * blanks; or NULL: see carried.h.
 */
const char *lab_plan_program(const struct lab_plan *plan);

/* The path of a source of the scenario in its guest: malloc()ed. */
char *lab_guest_path(const struct lab_scenario *scenario,
		     const struct lab_source *source);

/*
 * Makes job->request. 0, or -ENOENT after a message when the plan's program
 * cannot be read: then there is nothing to free.
 */
int lab_request_make(const struct lab_plan *plan, struct lab_job *job);
void lab_request_free(struct lab_request *request);

/*
 * Starts the guest of a job that has its machine and its request, which is freed, in
 * a folder of its own below plan->out that has hint in its name. 0, or an exit
 * code after a message.
 */
int lab_job_start(const struct lab_plan *plan, struct lab_job *job,
		  const char *hint);

/*
 * Of a job whose guest has ended: builds and stores its results, prints them, and
 * frees the guest. Returns the exit code of the job.
 */
int lab_job_conclude(const struct lab_plan *plan, struct lab_job *job);

/* The exit code of results with what is known of them: see results/known.h. */
int lab_job_code(const struct lab_plan *plan, const json_t *marked);

/*
 * Runs a job for each scenario of the plan and each of so many seeds from first
 * on, as many at a time as the plan, memory and disk allow: plan->jobs may
 * become less. SIGINT, SIGTERM and SIGHUP end all of them.
 * Returns the gravest exit code.
 */
int lab_jobs_run(struct lab_plan *plan, uint64_t first, uint64_t seeds);

#endif /* LAB_JOBS_H */
