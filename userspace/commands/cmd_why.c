// SPDX-License-Identifier: GPL-2.0-only
/*
 * commands/cmd_why.c - "labyrinth why": its options. How it is done is in why/.
 */
#include <getopt.h>
#include <stdio.h>

#include "command.h"
#include "lib/exit.h"
#include "lib/option.h"
#include "lib/output.h"
#include "lib/paths.h"
#include "sys/cpu.h"
#include "why/why.h"

#define SEEDS 8

static const struct option options[] = {
	{ "seeds", required_argument, NULL, 'n' },
	{ "jobs", required_argument, NULL, 'j' },
	{ "verdict", required_argument, NULL, 'v' },
	{ "all", no_argument, NULL, 'a' },
	{ "plot", required_argument, NULL, 'p' },
	{ "help", no_argument, NULL, 'h' },
	{},
};

static bool take_option(struct lab_why *why, const char **plot, int option)
{
	switch (option) {
	case 'n':
		return lab_option_number("--seeds", optarg, 1, 1000,
					 &why->seeds);
	case 'j':
		return lab_option_number("--jobs", optarg, 1, 1024, &why->jobs);
	case 'v':
		why->verdict = optarg;
		return true;
	case 'a':
		why->all = true;
		return true;
	case 'p':
		*plot = optarg;
		return true;
	default:
		lab_command_usage(&lab_cmd_why, LAB_USAGE);
		return false;
	}
}

/* That the file can be written is known before the first guest is booted. */
static int answer(struct lab_why *why, const char *plot)
{
	struct lab_output output;
	int code;

	if (plot && !lab_output_open(&output, plot))
		return LAB_USAGE;
	code = lab_recipe_read(&why->recipe, &why->was) ? lab_why(why) :
							  LAB_USAGE;
	if (!code)
		lab_why_tell(why, stdout);
	if (!plot)
		return code;
	if (!code)
		code = lab_why_plot(why, output.to);
	return lab_output_close(&output, !code) ? code : LAB_USAGE;
}

static int why_main(int argc, char **argv)
{
	struct lab_why why = {
		.plan = { .argc = argc, .argv = argv },
		.jobs = __builtin_popcountll(lab_cpus_allowed()),
		.seeds = SEEDS,
	};
	const char *plot = NULL;
	int option, code;

	lab_results_path(why.plan.out, sizeof(why.plan.out));
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'h')
			return lab_command_usage(&lab_cmd_why, LAB_PASS);
		if (!take_option(&why, &plot, option))
			return LAB_USAGE;
	}
	if (argc - optind != 1)
		return lab_command_usage(&lab_cmd_why, LAB_USAGE);
	if (!lab_run_load_one(&why.was, argv[optind]))
		return LAB_USAGE;
	code = answer(&why, plot);
	lab_why_free(&why);
	return code;
}

const struct lab_command lab_cmd_why = {
	.name = "why",
	.usage =
		"RUN [--seeds N] [--verdict TEXT] [--all] [--jobs N] [--plot FILE.svg]",
	.help = "says from which cell on a run that failed could not but fail",
	.details =
		"  RUN          the folder of a run that failed, or its results.json\n"
		"  --seeds N    runs with other chance, at each moment that is tried (8)\n"
		"  --verdict TEXT\n"
		"               the first verdict that failed and has TEXT in its name; else the\n"
		"               first that failed\n"
		"  --all        tries every moment: for a curve without gaps\n"
		"  --jobs N     guests at a time (one a CPU); the result does not depend on it\n"
		"  --plot FILE.svg\n"
		"               the chance of failing over the moments, drawn by gnuplot\n"
		"\n"
		"Moments are the beginnings of cells: there all that is random is drawn. The run\n"
		"is made again with other chance from a moment on, and checked to be the same\n"
		"until then. Halving finds the last moment with which it can pass: the cell after\n"
		"that moment decided. The first moment with which none passes is tried three\n"
		"times. After the last cell of its phase an expectation is decided, and an oracle\n"
		"after the first cell that broke it. What so few runs do not exclude is said.\n"
		"\n"
		"Exits 0 with an answer, 1 when the run is not the same again, 2 for bad input and\n"
		"what cannot be had again, 3 when the harness broke, 4 when nothing failed.\n",
	.options = options,
	.main = why_main,
};
