// SPDX-License-Identifier: GPL-2.0-only
/* commands/cmd_reproduce.c - "labyrinth reproduce": a run once more, compared. */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "point.h"
#include "lab/debugger.h"
#include "lab/core_line.h"
#include "lab/jobs.h"
#include "lab/recipe.h"
#include "lib/alloc.h"
#include "lib/exit.h"
#include "lib/json.h"
#include "lib/paths.h"
#include "results/build.h"
#include "results/first_difference.h"
#include "results/load.h"
#include "results/store.h"

struct again {
	struct lab_run was;
	struct lab_recipe recipe;
	struct lab_plan plan;
	json_t *results; /* of the run once more, or NULL */
	char fingerprint[LAB_FINGERPRINT]; /* of these */
	char *folder; /* of the run */
	struct lab_vmcore core; /* that the run once more left */
	bool gdb;
	struct lab_point_asked asked; /* for a debugger to stand at */
	struct lab_point point;
};

static bool is_same(const struct again *again)
{
	return !strcmp(again->fingerprint, again->was.fingerprint);
}

/* A core belongs to the run only if that was the same, and appears at once. */
static void take_core(struct again *again, const struct lab_job *job)
{
	char *from = xasprintf("%s/" LAB_STORE_CORE, job->store.work);
	char *to = xasprintf("%s/" LAB_STORE_CORE, again->folder);

	again->core = job->guest.vmcore;
	if (!again->core.written) {
		;
	} else if (!is_same(again)) {
		again->core.written = false;
		snprintf(again->core.why, sizeof(again->core.why),
			 "it is of another run: see below");
	} else if (rename(from, to)) {
		again->core.written = false;
		snprintf(again->core.why, sizeof(again->core.why), "%.200s: %m",
			 to);
	}
	free(from);
	free(to);
}

static void take(void *arg, const struct lab_job *job, const json_t *results)
{
	struct again *again = arg;
	/* The bytes are what a fingerprint is of: nothing less is the same. */
	char *text = lab_results_text(results);

	again->results = json_deep_copy(results);
	lab_fingerprint(text ? text : "", again->fingerprint);
	free(text);
	take_core(again, job);
}

static void say_core(const struct again *again)
{
	if (!again->plan.vmcore)
		return;
	lab_core_print(&again->plan, &again->core, again->folder, stdout);
	if (!again->core.written && !*again->core.why)
		printf("  no core: its kernel did not panic or hang\n");
}

static int run_again(struct again *again)
{
	int code =
		lab_recipe_prepare(&again->recipe, &again->was, &again->plan);

	if (code)
		return code;
	code = lab_jobs_run(&again->plan, again->recipe.seed, 1);
	if (!again->results)
		return code ? code : LAB_HARNESS;
	return lab_recipe_fits(&again->recipe, &again->was, again->results) ?
		       LAB_PASS :
		       LAB_USAGE;
}

/* What is asked for is checked before anything is built or booted. */
static int stand(struct again *again)
{
	int code;

	if (!lab_point_choose(&again->point, &again->was,
			      again->recipe.scenario, &again->asked) ||
	    !lab_debugger_check(lab_arch_of_kernel(again->recipe.kernel)))
		return LAB_USAGE;
	code = lab_recipe_prepare(&again->recipe, &again->was, &again->plan);
	return code  ?:
		       lab_stand(&again->plan, again->recipe.seed,
				 &again->point);
}

static int compare(const struct again *again)
{
	char *difference =
		lab_first_difference(again->was.results, again->results);
	int code = LAB_FAIL;

	if (is_same(again)) {
		printf("SAME: %s\n  fingerprint %s\n", again->was.path,
		       again->fingerprint);
		code = LAB_PASS;
	} else {
		printf("NOT THE SAME: %s\n  fingerprint %s, is %s\n  %s\n",
		       again->was.path, again->was.fingerprint,
		       again->fingerprint,
		       difference ?
			       difference :
			       "the same values, written in another way: by another version");
	}
	free(difference);
	return code;
}

static int reproduce(struct again *again)
{
	int code;

	if (!lab_recipe_read(&again->recipe, &again->was))
		return LAB_USAGE;
	code = again->gdb ? stand(again) : run_again(again);
	if (!code && !again->gdb) {
		code = compare(again);
		say_core(again);
	}
	json_decref(again->results);
	lab_recipe_free(&again->recipe);
	return code;
}

/* The results that were loaded are a file of the run's folder. */
static char *folder_of(const char *results)
{
	const char *slash = strrchr(results, '/');

	return slash ? xasprintf("%.*s", (int)(slash - results), results) :
		       xstrdup(".");
}

static const struct option options[] = {
	{ "vmcore", no_argument, NULL, 'V' },
	{ "gdb", optional_argument, NULL, 'g' },
	{ "cell", required_argument, NULL, 'c' },
	{ "cpu", required_argument, NULL, 'u' },
	{ "part", required_argument, NULL, 'p' },
	{ "shot", required_argument, NULL, 's' },
	{ "at", required_argument, NULL, 'a' },
	{ "finding", required_argument, NULL, 'f' },
	{ "back", required_argument, NULL, 'b' },
	{ "help", no_argument, NULL, 'h' },
	{},
};

/* False: not an option, or not its value. */
static bool take_option(struct again *again, int option)
{
	struct lab_point_asked *asked = &again->asked;
	const struct {
		int option;
		const char **value;
	} values[] = {
		{ 'c', &asked->cell }, { 'u', &asked->cpu },
		{ 'p', &asked->part }, { 's', &asked->shot },
		{ 'a', &asked->at },   { 'f', &asked->finding },
		{ 'b', &asked->back },
	};
	size_t i;

	for (i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		if (values[i].option == option) {
			*values[i].value = optarg;
			return true;
		}
	if (option == 'V') {
		again->plan.vmcore = true;
		return true;
	}
	if (option != 'g')
		return false;
	again->gdb = true;
	again->point.mi = optarg;
	if (!optarg || !strcmp(optarg, "mi"))
		return true;
	fprintf(stderr,
		"labyrinth: --gdb takes nothing, or =mi for gdb's machine interface, not '%s'\n",
		optarg);
	return false;
}

static bool options_fit(const struct again *again)
{
	if (again->gdb && again->plan.vmcore)
		fprintf(stderr,
			"labyrinth: --vmcore cannot be given with --gdb: gdb writes a core by generate-core-file\n");
	else if (!again->gdb && lab_point_is_asked(&again->asked))
		fprintf(stderr,
			"labyrinth: --cell, --cpu, --part, --shot, --at, --finding and --back go with --gdb\n");
	else
		return true;
	return false;
}

static int reproduce_main(int argc, char **argv)
{
	struct again again = {
		.plan = { .jobs = 1, .argc = argc, .argv = argv },
	};
	int option, code;

	lab_results_path(again.plan.out, sizeof(again.plan.out));
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'h')
			return lab_command_usage(&lab_cmd_reproduce, LAB_PASS);
		if (!take_option(&again, option))
			return lab_command_usage(&lab_cmd_reproduce, LAB_USAGE);
	}
	if (!options_fit(&again) || argc - optind != 1)
		return lab_command_usage(&lab_cmd_reproduce, LAB_USAGE);
	if (!lab_run_load_one(&again.was, argv[optind]))
		return LAB_USAGE;
	again.plan.take = take;
	again.plan.take_arg = &again;
	again.folder = folder_of(again.was.path);
	/* From the same file system a core can be moved. */
	if (again.plan.vmcore)
		snprintf(again.plan.out, sizeof(again.plan.out), "%s/..",
			 again.folder);
	code = reproduce(&again);
	free(again.folder);
	lab_run_free(&again.was);
	return code;
}

const struct lab_command lab_cmd_reproduce = {
	.name = "reproduce",
	.usage =
		"RUN [--vmcore]\n"
		"       labyrinth reproduce RUN --gdb[=mi] [--cell C] [--cpu N] [--part N] --shot N | --at CLOCK [--back N]\n"
		"       labyrinth reproduce RUN --gdb[=mi] [--cpu N] [--part N] --finding K [--back N]",
	.help = "runs again what a run was made of, and says whether it is the same",
	.details =
		"  RUN       the folder of a run, or its results.json\n"
		"  --vmcore  a kernel that panicked or hung leaves its memory in the file vmcore of\n"
		"            RUN, for crash and drgn, when the run is the same\n"
		"  --gdb     runs again up to a shot, before which gdb is attached; =mi: its machine\n"
		"            interface, for programs. LABYRINTH_GDB names another gdb\n"
		"    --cell C     the number of a cell, from 1 as in console.log, or a part of its name\n"
		"    --shot N     before that shot, from 0 as in results.json\n"
		"    --at CLOCK   before the first shot whose request was made at that clock of the\n"
		"                 cell's events, or after it\n"
		"    --finding K  before the first shot that broke an oracle: the K-th of the cells\n"
		"                 and oracles that were broken, in the order of results.json\n"
		"    --back N     so many shots earlier\n"
		"    --cpu N      of this CPU; else of the first that fires in the cell, with --at of\n"
		"                 any\n"
		"    --part N     of a nested cell: 0 task, 1 softirq, 2 hardirq; else 0\n"
		"\n"
		"Kernel, module, program, scenario, seed, machine and QEMU have to be those of\n"
		"the run: each that is another one is named, and nothing is compared then. Only\n"
		"runs of mode deterministic are the same again. Of one that is not, the first\n"
		"difference is named: the cell, and the shot with its clock where the scenario\n"
		"has events. The run itself is left as it is, and nothing but a core is added.\n"
		"\n"
		"Where gdb stands, the run was the same: what it had found is compared with the\n"
		"results before. What follows is not, when a guest of several CPUs goes on after a\n"
		"stop. gdb does not go backwards: --back runs it again to an earlier shot.\n"
		"\n"
		"Exits 0: the same; 1: not the same; 2: it cannot be had again; 3: the harness\n"
		"broke.\n",
	.options = options,
	.main = reproduce_main,
};
