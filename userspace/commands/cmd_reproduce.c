// SPDX-License-Identifier: GPL-2.0-only
/* commands/cmd_reproduce.c - "labyrinth reproduce": a run once more, compared. */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "lab/jobs.h"
#include "lab/recipe.h"
#include "lib/build_id.h"
#include "lib/exit.h"
#include "lib/json.h"
#include "lib/paths.h"
#include "results/build.h"
#include "results/first_difference.h"
#include "results/load.h"

struct again {
	struct lab_run was;
	struct lab_recipe recipe;
	struct lab_plan plan;
	json_t *results; /* of the run once more, or NULL */
};

static void take(void *arg, const struct lab_job *job, const json_t *results)
{
	struct again *again = arg;

	(void)job;
	again->results = json_deep_copy(results);
}

/* Prints what differs, and says that it cannot be the same then. */
static bool has_same_origin(const struct again *again, const json_t *here)
{
	if (!lab_origin_differences(again->was.results, here, stderr))
		return true;
	fprintf(stderr,
		"labyrinth: %s cannot be had again: see above; labyrinth lab %s --kernel %s --seed %" PRIu64
		" runs what is here\n",
		again->was.path, lab_text(again->was.host, "scenario"),
		again->recipe.kernel, again->recipe.seed);
	return false;
}

/* Of program, QEMU and machine it is known before a guest is booted. */
static bool check_before(const struct again *again)
{
	const struct lab_machine machine =
		lab_plan_machine(&again->plan, again->recipe.scenario);
	char build_id[LAB_BUILD_ID];
	json_t *here;
	bool same;

	if (again->recipe.mode != LAB_DETERMINISTIC) {
		fprintf(stderr,
			"labyrinth: %s is of mode %s, which measures time: only runs of mode deterministic are the same again\n",
			again->was.path, lab_mode_names[again->recipe.mode]);
		return false;
	}
	lab_build_id_own(build_id);
	here = json_pack("{s:{s:s}, s:o}", "program", "build_id", build_id,
			 "machine",
			 lab_machine_json(&machine, &again->plan.qemu));
	same = has_same_origin(again, here);
	json_decref(here);
	return same;
}

static int run_again(struct again *again)
{
	struct lab_plan *plan = &again->plan;
	int code;

	if (lab_qemu_find(&plan->qemu, lab_arch_of_kernel(plan->kernel)))
		return LAB_USAGE;
	code = lab_bundle_make(plan->kernel, lab_plan_program(plan),
			       &plan->bundle);
	if (code)
		return code;
	if (plan->bundle.arch != plan->qemu.arch &&
	    lab_qemu_find(&plan->qemu, plan->bundle.arch))
		return LAB_USAGE;
	if (!check_before(again))
		return LAB_USAGE;
	code = lab_jobs_run(plan, again->recipe.seed, 1);
	if (!again->results)
		return code ? code : LAB_HARNESS;
	return has_same_origin(again, again->results) ? LAB_PASS : LAB_USAGE;
}

/* The bytes are what a fingerprint is of: nothing less is the same. */
static int compare(const struct again *again)
{
	char *text = lab_results_text(again->results), *difference;
	char fingerprint[LAB_FINGERPRINT];
	int code = LAB_FAIL;

	lab_fingerprint(text ? text : "", fingerprint);
	free(text);
	difference = lab_first_difference(again->was.results, again->results);
	if (!strcmp(fingerprint, again->was.fingerprint)) {
		printf("SAME: %s\n  fingerprint %s\n", again->was.path,
		       fingerprint);
		code = LAB_PASS;
	} else {
		printf("NOT THE SAME: %s\n  fingerprint %s, is %s\n  %s\n",
		       again->was.path, again->was.fingerprint, fingerprint,
		       difference ?
			       difference :
			       "the same values, written in another way: by another version");
	}
	free(difference);
	return code;
}

static int reproduce(struct again *again)
{
	struct lab_plan *plan = &again->plan;
	int code;

	if (!lab_recipe_read(&again->recipe, &again->was))
		return LAB_USAGE;
	plan->kernel = again->recipe.kernel;
	plan->mode = again->recipe.mode;
	plan->scenarios = &again->recipe.scenario;
	plan->nscenarios = 1;
	/* --deadline of the run, or what its kernel was given. */
	plan->deadline = lab_number(
		json_object_get(again->was.results, "machine"), "deadline_s");
	code = run_again(again);
	if (!code)
		code = compare(again);
	json_decref(again->results);
	lab_recipe_free(&again->recipe);
	return code;
}

static const struct option options[] = {
	{ "help", no_argument, NULL, 'h' },
	{},
};

static int reproduce_main(int argc, char **argv)
{
	struct again again = {
		.plan = { .jobs = 1, .argc = argc, .argv = argv },
	};
	int option, code;

	lab_results_path(again.plan.out, sizeof(again.plan.out));
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
		return lab_command_usage(&lab_cmd_reproduce,
					 option == 'h' ? LAB_PASS : LAB_USAGE);
	if (argc - optind != 1)
		return lab_command_usage(&lab_cmd_reproduce, LAB_USAGE);
	if (!lab_run_load_one(&again.was, argv[optind]))
		return LAB_USAGE;
	again.plan.take = take;
	again.plan.take_arg = &again;
	code = reproduce(&again);
	lab_run_free(&again.was);
	return code;
}

const struct lab_command lab_cmd_reproduce = {
	.name = "reproduce",
	.usage = "RUN",
	.help = "runs again what a run was made of, and says whether it is the same",
	.details =
		"  RUN   the folder of a run, or its results.json\n"
		"\n"
		"Kernel, module, program, scenario, seed, machine and QEMU have to be those of\n"
		"the run: each that is another one is named, and nothing is compared then. Only\n"
		"runs of mode deterministic are the same again. Of one that is not, the first\n"
		"difference is named: the cell, and the shot with its clock where the scenario\n"
		"has events. The run itself is left as it is, and nothing is added.\n"
		"\n"
		"Exits 0: the same; 1: not the same; 2: it cannot be had again; 3: the harness\n"
		"broke.\n",
	.options = options,
	.main = reproduce_main,
};
