// SPDX-License-Identifier: GPL-2.0-only
/*
 * commands/cmd_shrink.c - "labyrinth shrink": its options, and the run or the
 * scenario that it begins with. How it is done is in shrink/.
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "lab/recipe.h"
#include "lib/alloc.h"
#include "lib/exit.h"
#include "lib/option.h"
#include "lib/output.h"
#include "lib/paths.h"
#include "results/load.h"
#include "shrink/shrink.h"
#include "sys/cpu.h"

#define KERNEL "source:6.12"
#define RUNS 200

struct request {
	struct lab_shrink shrink;
	const char *kernel, *output;
	bool seed_given, mode_given;
	struct lab_recipe recipe; /* of a run, which has the scenario then */
};

static const struct option options[] = {
	{ "kernel", required_argument, NULL, 'k' },
	{ "seed", required_argument, NULL, 's' },
	{ "seeds", required_argument, NULL, 'n' },
	{ "verdict", required_argument, NULL, 'v' },
	{ "runs", required_argument, NULL, 'r' },
	{ "jobs", required_argument, NULL, 'j' },
	{ "mode", required_argument, NULL, 'm' },
	{ "output", required_argument, NULL, 'o' },
	{ "help", no_argument, NULL, 'h' },
	{},
};

static bool take_option(struct request *request, int option)
{
	struct lab_shrink *shrink = &request->shrink;
	int word;

	switch (option) {
	case 'k':
		request->kernel = optarg;
		return true;
	case 's':
		request->seed_given = true;
		return lab_option_number("--seed", optarg, 0, UINT64_MAX >> 1,
					 &shrink->plan.seed);
	case 'n':
		return lab_option_number("--seeds", optarg, 1, 1000,
					 &shrink->seeds);
	case 'v':
		shrink->verdict = optarg;
		return true;
	case 'r':
		return lab_option_number("--runs", optarg, 1, 100000,
					 &shrink->most);
	case 'j':
		return lab_option_number("--jobs", optarg, 1, 1024,
					 &shrink->jobs);
	case 'm':
		request->mode_given = true;
		word = lab_option_word("--mode", optarg, lab_mode_names);
		shrink->plan.mode = word;
		return word >= 0;
	case 'o':
		request->output = optarg;
		return true;
	default:
		lab_command_usage(&lab_cmd_shrink, LAB_USAGE);
		return false;
	}
}

/* Is it the folder of a run, or its results.json, rather than a scenario? */
static bool is_run(const char *what)
{
	const size_t length = strlen(what);
	char *file = xasprintf("%s/results.json", what);
	const bool folder = !access(file, F_OK);

	free(file);
	return folder || (length > 5 && !strcmp(what + length - 5, ".json"));
}

/* Options that were given go before what the run had. */
static struct lab_scenario *load_run(struct request *request, const char *where)
{
	struct lab_plan *plan = &request->shrink.plan;
	struct lab_recipe *recipe = &request->recipe;
	struct lab_run run;
	bool good;

	if (!lab_run_load_one(&run, where))
		return NULL;
	good = lab_recipe_read(recipe, &run);
	lab_run_free(&run);
	if (!good)
		return NULL;
	if (!request->seed_given)
		plan->seed = recipe->seed;
	if (!request->mode_given)
		plan->mode = recipe->mode;
	if (!request->kernel)
		request->kernel = recipe->kernel;
	return recipe->scenario;
}

static int prepare(struct lab_plan *plan, struct lab_scenario *scenario)
{
	int code;

	if (lab_qemu_find(&plan->qemu, lab_arch_of_kernel(plan->kernel)))
		return LAB_USAGE;
	/* Only for the program that a pressure of it executes. */
	plan->scenarios = &scenario;
	plan->nscenarios = 1;
	code = lab_bundle_make(plan->kernel, lab_plan_program(plan),
			       &plan->bundle);
	plan->scenarios = NULL;
	plan->nscenarios = 0;
	if (!code && plan->bundle.arch != plan->qemu.arch &&
	    lab_qemu_find(&plan->qemu, plan->bundle.arch))
		return LAB_USAGE;
	return code;
}

static int shrink_to(struct request *request, struct lab_scenario *scenario,
		     const char *file)
{
	struct lab_shrink *shrink = &request->shrink;
	struct lab_output output;
	int code;

	/* Said before the first guest is booted. */
	if (!lab_output_open(&output, file))
		return LAB_USAGE;
	code = prepare(&shrink->plan, scenario);
	if (!code)
		code = lab_shrink(shrink, scenario);
	if (!code)
		lab_shrink_write(shrink, output.to);
	if (!lab_output_close(&output, !code))
		return LAB_USAGE;
	if (!code && strcmp(file, "-") != 0)
		printf("%s: labyrinth lab %s --kernel %s --seed %" PRIu64 "\n",
		       shrink->complete ? "the least" : "not all was tried",
		       file, shrink->plan.kernel, shrink->seed);
	return code;
}

static int shrink_main(int argc, char **argv)
{
	struct request request = {
		.shrink = {
			.plan = { .seed = 1, .argc = argc, .argv = argv },
			.jobs = __builtin_popcountll(lab_cpus_allowed()),
			.most = RUNS,
			.seeds = 1,
		},
	};
	struct lab_plan *plan = &request.shrink.plan;
	struct lab_scenario *scenario;
	int option, code = LAB_USAGE;
	char *file;

	lab_results_path(plan->out, sizeof(plan->out));
	while ((option = getopt_long(argc, argv, "o:", options, NULL)) != -1) {
		if (option == 'h')
			return lab_command_usage(&lab_cmd_shrink, LAB_PASS);
		if (!take_option(&request, option))
			return LAB_USAGE;
	}
	if (argc - optind != 1)
		return lab_command_usage(&lab_cmd_shrink, LAB_USAGE);
	scenario = is_run(argv[optind]) ? load_run(&request, argv[optind]) :
					  lab_scenario_load(argv[optind]);
	if (!scenario)
		return LAB_USAGE;
	plan->kernel = request.kernel ? request.kernel : KERNEL;
	file = request.output ? xstrdup(request.output) :
				xasprintf("%s-shrunk.ini", scenario->name);
	code = shrink_to(&request, scenario, file);
	lab_shrink_free(&request.shrink);
	if (!request.recipe.scenario)
		lab_scenario_free(scenario);
	lab_recipe_free(&request.recipe);
	free(file);
	return code;
}

const struct lab_command lab_cmd_shrink = {
	.name = "shrink",
	.usage =
		"RUN|SCENARIO [--verdict TEXT] [--runs N] [--jobs N] [--kernel K]\n"
		"                        [--seed N] [--seeds N] [--mode M] [-o FILE]",
	.help = "takes away from a scenario that fails what is not needed for that",
	.details =
		"  RUN          the folder of a run that failed: its scenario, kernel, seed and\n"
		"               mode are taken, where no option says otherwise\n"
		"  SCENARIO     a name or a file, as labyrinth lab takes it\n"
		"  --verdict TEXT\n"
		"               the verdict that has to stay is the first that fails and has\n"
		"               TEXT in its name; else the first that fails\n"
		"  --runs N     guests that are booted at most to find what can go (200); what\n"
		"               is left then is written, with the remark that not all was tried\n"
		"  --jobs N     guests at a time (one a CPU); the result does not depend on it\n"
		"  --kernel K   as labyrinth lab takes it (" KERNEL ")\n"
		"  --seed N     the seed, or the first (1)\n"
		"  --seeds N    so many are tried until one fails, with which the scenario is\n"
		"               shrunk; at the end with how many of them the result fails (1)\n"
		"  --mode M     deterministic, fast or kvm\n"
		"  -o, --output FILE\n"
		"               the scenario that is left (NAME-shrunk.ini)\n"
		"\n"
		"Exits 0 when a scenario was written, 2 for bad input, 3 when the harness broke,\n"
		"4 when nothing fails.\n",
	.options = options,
	.words = lab_complete_scenarios,
	.main = shrink_main,
};
