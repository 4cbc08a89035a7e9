// SPDX-License-Identifier: GPL-2.0-only
/*
 * commands/cmd_bisect.c - "labyrinth bisect": its options. How it is done is in
 * bisect/.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bisect/bisect.h"
#include "bisect_cluster.h"
#include "command.h"
#include "compare/compare.h"
#include "lib/alloc.h"
#include "lib/exit.h"
#include "lib/option.h"
#include "lib/output.h"
#include "sys/cpu.h"

#define SEEDS_OF_METRIC 5
#define MOST_SEEDS 20

static const char *const forms[] = { "text", "json", NULL };
static const char *const boot_failures[] = { "skip", "bad", NULL };

struct request {
	struct lab_bisect bisect;
	const char *output;
	double threshold; /* percent */
	int form;
	bool out_given, seeds_given, most_given;
	struct lab_cluster_option cluster;
};

static const struct option options[] = {
	{ "good", required_argument, NULL, 'G' },
	{ "bad", required_argument, NULL, 'B' },
	{ "repo", required_argument, NULL, 'R' },
	{ "kernels", required_argument, NULL, 'K' },
	{ "variant", required_argument, NULL, 'V' },
	{ "verdict", required_argument, NULL, 'v' },
	{ "metric", required_argument, NULL, 'M' },
	{ "where", required_argument, NULL, 'w' },
	{ "threshold", required_argument, NULL, 't' },
	{ "seed", required_argument, NULL, 's' },
	{ "seeds", required_argument, NULL, 'n' },
	{ "max-seeds", required_argument, NULL, 'N' },
	{ "mode", required_argument, NULL, 'm' },
	{ "jobs", required_argument, NULL, 'j' },
	{ "boot-failure", required_argument, NULL, 'b' },
	{ "author", no_argument, NULL, 'a' },
	{ "out", required_argument, NULL, 'O' },
	{ "format", required_argument, NULL, 'f' },
	{ "output", required_argument, NULL, 'o' },
	LAB_CLUSTER_OPTIONS,
	{ "help", no_argument, NULL, 'h' },
	{},
};

static bool take_out(struct request *request)
{
	struct lab_bisect *bisect = &request->bisect;

	request->out_given = true;
	if (strlen(optarg) < sizeof(bisect->folder)) {
		strcpy(bisect->folder, optarg);
		return true;
	}
	fprintf(stderr, "labyrinth: --out: a path of at most %zu bytes\n",
		sizeof(bisect->folder) - 1);
	return false;
}

static bool take_variant(struct lab_bisect *bisect)
{
	bisect->variant = optarg;
	if (optarg[0] == '+' && !strchr(optarg, '/'))
		return true;
	fprintf(stderr,
		"labyrinth: --variant: '%s'; it stands behind a tree, as in +debug\n",
		optarg);
	return false;
}

static bool take_option(struct request *request, int option)
{
	struct lab_bisect *bisect = &request->bisect;
	struct lab_plan *plan = &bisect->plan;
	int word;

	switch (option) {
	case 'G':
		bisect->good = optarg;
		return true;
	case 'B':
		bisect->bad = optarg;
		return true;
	case 'R':
		bisect->repo = optarg;
		return true;
	case 'K':
		bisect->kernels = optarg;
		return true;
	case 'V':
		return take_variant(bisect);
	case 'v':
		bisect->verdict = optarg;
		return true;
	case 'M':
		bisect->metric = optarg;
		return true;
	case 'w':
		bisect->where = optarg;
		return true;
	case 't':
		return lab_option_real("--threshold", optarg, 0, 100,
				       &request->threshold);
	case 's':
		return lab_option_number("--seed", optarg, 0, UINT64_MAX >> 1,
					 &plan->seed);
	case 'n':
		request->seeds_given = true;
		return lab_option_number("--seeds", optarg, 1, 1000,
					 &bisect->seeds);
	case 'N':
		request->most_given = true;
		return lab_option_number("--max-seeds", optarg, 1, 1000,
					 &bisect->most);
	case 'm':
		word = lab_option_word("--mode", optarg, lab_mode_names);
		plan->mode = word;
		return word >= 0;
	case 'j':
		return lab_option_number("--jobs", optarg, 1, 1024,
					 &bisect->jobs);
	case 'b':
		word = lab_option_word("--boot-failure", optarg, boot_failures);
		bisect->boot_failure_is_bad = word == 1;
		return word >= 0;
	case 'a':
		return bisect->author = true;
	case 'O':
		return take_out(request);
	case 'f':
		request->form = lab_option_word("--format", optarg, forms);
		return request->form >= 0;
	case 'o':
		request->output = optarg;
		return true;
	default:
		if (option >= LAB_OPTION_ON)
			return lab_cluster_option_take(&request->cluster,
						       option, optarg);
		lab_command_usage(&lab_cmd_bisect, LAB_USAGE);
		return false;
	}
}

/* What options say together. */
static bool check(const struct request *request, int words)
{
	const struct lab_bisect *bisect = &request->bisect;
	const char *why = NULL;

	if (!words)
		why = "SCENARIO is needed: what is run on each kernel";
	else if (bisect->kernels && (bisect->repo || *bisect->variant))
		why = "--kernels lists kernels, which no --repo or --variant is needed for";
	else if (!bisect->kernels && (!bisect->good || !bisect->bad))
		why = "--good and --bad are needed: two commits; or --kernels, a list of kernels";
	else if (bisect->metric && bisect->verdict)
		why = "a --verdict is sought, or a --metric, not both";
	else if (bisect->where && !bisect->metric)
		why = "--where says of which cells a --metric is";
	else if (request->most_given && !bisect->metric)
		why = "--max-seeds is of a --metric; a verdict is given by --seeds";
	else if (request->most_given && request->seeds_given &&
		 bisect->most < bisect->seeds)
		why = "--max-seeds cannot be less than --seeds";
	if (why)
		fprintf(stderr, "labyrinth: bisect: %s\n", why);
	return !why;
}

/* A verdict is given by one run, a metric by as many as it takes. */
static void set_seeds(struct request *request)
{
	struct lab_bisect *bisect = &request->bisect;

	if (!request->seeds_given)
		bisect->seeds = bisect->metric ? SEEDS_OF_METRIC : 1;
	if (!request->most_given)
		bisect->most = MOST_SEEDS;
	if (bisect->most < bisect->seeds && request->most_given)
		bisect->seeds = bisect->most;
	else if (bisect->most < bisect->seeds || !bisect->metric)
		bisect->most = bisect->seeds;
}

static int write_report(const struct request *request, int code)
{
	const json_t *state = request->bisect.state;
	struct lab_output output;

	if (!lab_output_open(&output, request->output))
		return LAB_USAGE;
	if (request->form)
		lab_bisect_json(state, output.to);
	else
		lab_bisect_text(state, output.to);
	return lab_output_close(&output, true) ? code : LAB_HARNESS;
}

/* git has these when it starts a hook, and they would name the wrong repository. */
static void forget_repository(void)
{
	unsetenv("GIT_DIR");
	unsetenv("GIT_WORK_TREE");
	unsetenv("GIT_INDEX_FILE");
	unsetenv("GIT_COMMON_DIR");
	unsetenv("GIT_OBJECT_DIRECTORY");
}

static int search(struct request *request)
{
	struct lab_bisect *bisect = &request->bisect;
	struct lab_bisect_cluster cluster;
	int code = 0;

	if (request->cluster.plan)
		return lab_bisect_cluster_print(bisect);
	if (request->cluster.on)
		code = lab_bisect_cluster_open(&cluster, &request->cluster,
					       bisect);
	if (!code)
		code = lab_bisect(bisect);
	bisect->elsewhere = NULL;
	if (bisect->left)
		return LAB_PASS;
	if (code == LAB_PASS || code == LAB_FAIL)
		return write_report(request, code);
	if (bisect->state)
		fprintf(stderr,
			"labyrinth: the same command goes on with what %s holds\n",
			bisect->folder);
	return code;
}

static int bisect_for(struct request *request)
{
	struct lab_bisect *bisect = &request->bisect;
	int code;

	if (!bisect->repo)
		bisect->repo = ".";
	set_seeds(request);
	if (!request->out_given)
		snprintf(bisect->folder, sizeof(bisect->folder),
			 "bisect-%.200s", bisect->plan.scenarios[0]->name);
	bisect->threshold = request->threshold / 100;
	forget_repository();
	code = search(request);
	lab_bisect_free(bisect);
	return code;
}

/* All of them, so that every error is seen at once. */
static bool load_scenarios(struct lab_plan *plan, char **names)
{
	bool good = true;

	for (; *names; names++) {
		struct lab_scenario *scenario = lab_scenario_load(*names);

		if (!scenario) {
			good = false;
			continue;
		}
		plan->scenarios = xgrow(plan->scenarios, plan->nscenarios);
		plan->scenarios[plan->nscenarios++] = scenario;
	}
	return good;
}

static int bisect_main(int argc, char **argv)
{
	struct request request = {
		.bisect = {
			.plan = { .seed = 1, .argc = argc, .argv = argv },
			.jobs = __builtin_popcountll(lab_cpus_allowed()),
			.variant = "",
		},
		.threshold = 100 * LAB_THRESHOLD,
	};
	struct lab_bisect *bisect = &request.bisect;
	int option, code;
	size_t i;

	while ((option = getopt_long(argc, argv, "o:", options, NULL)) != -1) {
		if (option == 'h')
			return lab_command_usage(&lab_cmd_bisect, LAB_PASS);
		if (!take_option(&request, option))
			return LAB_USAGE;
	}
	if (!lab_cluster_option_check(&request.cluster, request.out_given,
				      NULL))
		return LAB_USAGE;
	if (request.cluster.attach)
		return lab_cluster_option_again(request.cluster.attach,
						"bisect", bisect_main);
	if (!check(&request, argc - optind))
		return LAB_USAGE;
	code = load_scenarios(&bisect->plan, argv + optind) ?
		       bisect_for(&request) :
		       LAB_USAGE;
	for (i = 0; i < bisect->plan.nscenarios; i++)
		lab_scenario_free(bisect->plan.scenarios[i]);
	free(bisect->plan.scenarios);
	return code;
}

const struct lab_command lab_cmd_bisect = {
	.name = "bisect",
	.usage =
		"--good G --bad B SCENARIO... [--repo DIR | --kernels FILE]\n"
		"                   [--verdict TEXT | --metric M [--where CELL] [--threshold PERCENT]]\n"
		"                   [--seed N] [--seeds N [--max-seeds N]] [--boot-failure skip|bad]\n"
		"                   [--author] [--out DIR] [--format text|json] [-o FILE]\n"
		"                   [--on slurm [--plan | --detach] [--partition P] [--nodes-max N]]\n"
		"       labyrinth bisect --attach DIR",
	.help = "finds the commit, or the kernel of a list, from which on something is worse",
	.details =
		"  --good G, --bad B\n"
		"               two commits, as git names them, of which G is an ancestor of B;\n"
		"               or two of the kernels that --kernels lists\n"
		"  SCENARIO     what is run on each kernel: names or files, as labyrinth lab\n"
		"               takes them\n"
		"  --repo DIR   the git repository (that of the current folder). It is only\n"
		"               read: commits are built in a clone that shares its objects\n"
		"  --kernels FILE\n"
		"               kernels as labyrinth lab takes them, one a line, the oldest\n"
		"               first; # begins a comment. --good and --bad may be left\n"
		"               out: the first and the last\n"
		"  --variant V  +debug, +rt and the like: how commits are built\n"
		"  --verdict TEXT\n"
		"               a kernel is bad when the verdict fails that has TEXT in its name:\n"
		"               an expectation, an oracle; else the first one that fails on B\n"
		"               and passes on G\n"
		"  --metric M   a kernel is bad when this metric compares worse than that of G, as\n"
		"               labyrinth compare does it: p50, min, success and so on; of the\n"
		"               cell, or group of cells, in which it is worst on B\n"
		"  --where CELL of cells with this text in their names (all)\n"
		"  --threshold PERCENT\n"
		"               as that of labyrinth compare (5)\n"
		"  --seed N, --seeds N\n"
		"               so many runs of each kernel, from this seed on (1; of a verdict\n"
		"               1, of a metric 5)\n"
		"  --max-seeds N\n"
		"               of a metric: while nothing can be told, more seeds are run, up to\n"
		"               this (20); so many of G\n"
		"  --mode M     deterministic, fast or kvm (deterministic)\n"
		"  --jobs N     guests at a time (one a CPU)\n"
		"  --boot-failure skip|bad\n"
		"               what B is when it does not boot: no end (skip); or bad, and so is\n"
		"               each kernel that does not boot. Where B boots, such kernels are\n"
		"               skipped, as those that do not build always are\n"
		"  --author     the report names authors of commits\n"
		"  --out DIR    state, work tree, logs of builds, runs (bisect-SCENARIO); when it\n"
		"               holds the state of the same bisection, that goes on\n"
		"  --format F   text or json\n"
		"  -o, --output FILE\n"
		"               the report goes there\n" LAB_CLUSTER_HELP "\n"
		"First both ends are run; then the candidate in the middle of those left, or the\n"
		"nearest that can be tested; at the end the culprit and what comes before it\n"
		"once more, with other seeds: of a verdict 5 or as many as --seeds says. Of\n"
		"merges only the first parent is followed. git bisect run takes labyrinth lab,\n"
		"which has an option for it.\n"
		"\n"
		"Exits 0 with a culprit that was confirmed; 1 when several are left, or it was\n"
		"not confirmed; 2 for bad input, and when G is not good or B is not bad; 3\n"
		"when the harness broke: the same command goes on.\n",
	.options = options,
	.main = bisect_main,
	.words = lab_complete_scenarios,
};
