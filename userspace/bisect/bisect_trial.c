// SPDX-License-Identifier: GPL-2.0-only
/* bisect/bisect_trial.c - one candidate, built and booted; see bisect/bisect.h. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bisect.h"
#include "lab/booted.h"
#include "lab/kernel_build.h"
#include "lib/alloc.h"
#include "lib/exit.h"
#include "lib/interrupt.h"
#include "lib/json.h"
#include "lib/paths.h"
#include "results/load.h"

static void set_outcome(json_t *candidate, enum lab_searched outcome,
			const char *stage, const char *why)
{
	json_object_set_new(candidate, "outcome",
			    json_string(lab_search_words[outcome]));
	json_object_set_new(candidate, "stage", json_string(stage));
	json_object_set_new(candidate, "why", json_string(why));
}

int lab_bisect_make(struct lab_plan *plan, const char *log)
{
	int code = lab_kernel_build(plan->kernel, log ? log : "/dev/null");

	if (code)
		return code;
	code = lab_bundle_make(plan->kernel, lab_plan_program(plan),
			       &plan->bundle);
	/* The kernel is there: what does not compile now is the module. */
	if (code)
		return code == LAB_USAGE ? LAB_USAGE : LAB_FAIL;
	return lab_qemu_find(&plan->qemu, plan->bundle.arch) ? LAB_USAGE : 0;
}

/* Makes the folder of the logs, and the name of one: malloc()ed; or NULL. */
static char *make_log(const struct lab_bisect *bisect, const char *folder)
{
	char *logs = xasprintf("%s/logs", bisect->folder), *log;
	const int err = lab_make_path(logs);

	log = err ? NULL : xasprintf("%s/%s.log", logs, folder);
	if (err)
		fprintf(stderr, "labyrinth: cannot make %s: %s\n", logs,
			strerror(-err));
	free(logs);
	return log;
}

static void add_seconds(json_t *candidate, const char *key, double start)
{
	const double before = json_real_value(json_object_get(candidate, key));

	json_object_set_new(candidate, key,
			    json_real(before + lab_now() - start));
}

static void add_run(void *arg, const char *path)
{
	json_array_append_new(arg, json_string(path));
}

/* Output of runs goes where progress goes: standard output is the report's. */
static int run_quietly(struct lab_bisect *bisect, uint64_t first,
		       uint64_t seeds)
{
	const struct lab_bisect_elsewhere *elsewhere = bisect->elsewhere;
	struct lab_plan *plan = &bisect->plan;
	int kept, code;

	fflush(stdout);
	kept = dup(STDOUT_FILENO);
	dup2(STDERR_FILENO, STDOUT_FILENO);
	code = elsewhere ? elsewhere->run(elsewhere->arg, plan, first, seeds,
					  &bisect->left) :
			   lab_jobs_run(plan, first, seeds);
	fflush(stdout);
	dup2(kept, STDOUT_FILENO);
	close(kept);
	return code;
}

/* What its verdict says, which may begin with that it did not boot. */
static const char *why_not(const struct lab_run *run)
{
	static const char known[] = "the kernel did not boot: ";
	const char *found =
		lab_text(lab_find(json_object_get(run->results, "verdicts"),
				  "kind", "ending"),
			 "found");

	return strncmp(found, known, strlen(known)) ? found :
						      found + strlen(known);
}

/* The reason why a run did not begin, malloc()ed; NULL: all of them did. */
static char *boot_failure(const json_t *candidate)
{
	json_t *path;
	char *why = NULL;
	size_t i;

	json_array_foreach(json_object_get(candidate, "runs"), i, path) {
		struct lab_run run;

		if (why || !lab_run_load_one(&run, json_string_value(path)))
			continue;
		if (!lab_run_booted(&run))
			why = xasprintf("does not boot: %s", why_not(&run));
		lab_run_free(&run);
	}
	return why;
}

/* Of a bisection whose BAD boots, one that does not says nothing of it. */
static enum lab_searched not_booted(const struct lab_bisect *bisect,
				    const json_t *candidate)
{
	const json_t *candidates = json_object_get(bisect->state, "candidates");
	const bool last =
		json_array_get(candidates, json_array_size(candidates) - 1) ==
		candidate;

	return bisect->boot_failure_is_bad &&
			       (last || json_is_true(json_object_get(
						bisect->state, "boots"))) ?
		       LAB_BAD :
		       LAB_UNTESTABLE;
}

static int boot(struct lab_bisect *bisect, json_t *candidate, uint64_t first,
		uint64_t seeds)
{
	json_t *runs = json_object_get(candidate, "runs");
	char *why;
	int code;

	if (!runs) {
		runs = json_array();
		json_object_set_new(candidate, "runs", runs);
	}
	bisect->plan.stored = add_run;
	bisect->plan.stored_arg = runs;
	bisect->plan.jobs =
		bisect->jobs; /* as many as fitted last time, else */
	code = run_quietly(bisect, first, seeds);
	if (bisect->left)
		return LAB_HARNESS;
	if (code == LAB_HARNESS || code == LAB_USAGE)
		return code;
	why = boot_failure(candidate);
	if (why)
		set_outcome(candidate, not_booted(bisect, candidate), "boot",
			    why);
	free(why);
	return 0;
}

/*
 * 0 when the kernel was built elsewhere, or is to be built here; else an exit code.
 * One that does not build there is built here once more: it may be the other machine
 * that lacks something.
 */
static int build_elsewhere(struct lab_bisect *bisect, const char *log)
{
	const struct lab_bisect_elsewhere *elsewhere = bisect->elsewhere;
	int code = 0;

	if (elsewhere && elsewhere->build)
		code = elsewhere->build(elsewhere->arg, &bisect->plan, log);
	return code == LAB_FAIL ? 0 : code;
}

static int build_and_boot(struct lab_bisect *bisect, json_t *candidate,
			  const char *log, uint64_t first, uint64_t seeds)
{
	double start = lab_now();
	char *why;
	int code;

	/*
	 * A signal of the terminal ends the build as well: what it leaves must
	 * not be taken for a kernel that does not build.
	 */
	lab_interrupt_catch(NULL);
	code = build_elsewhere(bisect, log);
	/* It is here then, unless it is built in other folders there. */
	if (!code)
		code = lab_bisect_make(&bisect->plan, log);
	if (lab_interrupted()) {
		fprintf(stderr, "labyrinth: interrupted\n");
		code = LAB_HARNESS;
	}
	add_seconds(candidate, "build_seconds", start);
	start = lab_now();
	if (code == LAB_FAIL) {
		why = xasprintf("does not build: %s", log);
		set_outcome(candidate, LAB_UNTESTABLE, "build", why);
		free(why);
		return 0;
	}
	if (!code)
		code = boot(bisect, candidate, first, seeds);
	add_seconds(candidate, "run_seconds", start);
	return code;
}

int lab_bisect_try(struct lab_bisect *bisect, json_t *candidate,
		   const char *folder, uint64_t first, uint64_t seeds)
{
	struct lab_plan *plan = &bisect->plan;
	const char *name = lab_text(candidate, "kernel");
	char *kernel, *log;
	int code;

	if (!bisect->kernels && !lab_bisect_checkout(bisect, name))
		return LAB_HARNESS;
	log = make_log(bisect, folder);
	if (!log)
		return LAB_HARNESS;
	kernel = bisect->kernels ? xstrdup(name) :
				   xasprintf("%s/tree%s", bisect->folder,
					     bisect->variant);
	snprintf(plan->out, sizeof(plan->out), "%s/runs/%s", bisect->folder,
		 folder);
	plan->kernel = kernel;
	plan->known = &bisect->known;
	code = build_and_boot(bisect, candidate, log, first, seeds);
	plan->kernel = NULL;
	free(kernel);
	free(log);
	return code;
}
