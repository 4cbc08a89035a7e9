// SPDX-License-Identifier: GPL-2.0-only
/*
 * commands/cmd_explore.c - "labyrinth explore": every atomic request site of a
 * workload, failed once.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "explore/explore.h"
#include "explore_cluster.h"
#include "lib/alloc.h"
#include "lib/interrupt.h"
#include "lib/option.h"
#include "lib/output.h"
#include "lib/paths.h"

#define KERNEL "stock:6.12"
#define BATCH 16

struct request {
	const char *kernel;
	const char *output;
	const struct lab_explore_form *form;
	struct lab_explore_options options;
	uint64_t jobs, batch, most;
	char out[3800];
	enum lab_mode mode;
	const struct lab_victim_ops *devices; /* whose; NULL: each its own */
	bool no_starve, out_given;
	struct lab_cluster_option cluster;
	int argc; /* the command line */
	char **argv;
};

static const struct option options[] = {
	{ "kernel", required_argument, NULL, 'k' },
	{ "occurrences", required_argument, NULL, 'n' },
	{ "no-starve", no_argument, NULL, 'S' },
	{ "profile", no_argument, NULL, 'p' },
	{ "site", required_argument, NULL, 's' },
	{ "occurrence", required_argument, NULL, '1' },
	{ "starve", no_argument, NULL, 'x' },
	{ "pairs", no_argument, NULL, 'P' },
	{ "then", required_argument, NULL, 't' },
	{ "most", required_argument, NULL, 'm' },
	{ "batch", required_argument, NULL, 'b' },
	{ "jobs", required_argument, NULL, 'j' },
	{ "mode", required_argument, NULL, 'M' },
	{ "devices", required_argument, NULL, 'd' },
	{ "out", required_argument, NULL, 'O' },
	{ "format", required_argument, NULL, 'f' },
	{ "output", required_argument, NULL, 'o' },
	LAB_CLUSTER_OPTIONS,
	{ "help", no_argument, NULL, 'h' },
	{},
};

LAB_OPTION_FORMAT(find_form, struct lab_explore_form, lab_explore_forms)

static bool take_word(const char *option, const char *const *words, int *to)
{
	*to = lab_option_word(option, optarg, words);
	return *to >= 0;
}

static bool take_option(struct request *request, int option)
{
	struct lab_explore_options *asked = &request->options;
	int word;

	switch (option) {
	case 'k':
		request->kernel = optarg;
		return true;
	case 'n':
		if (!take_word("--occurrences", lab_occurrence_names, &word))
			return false;
		asked->occurrences = word;
		return true;
	case 'S':
		request->no_starve = true;
		return true;
	case 'x':
		asked->starve = true;
		return true;
	case 'P':
		asked->pairs = true;
		return true;
	case 't':
		asked->then = optarg;
		asked->pairs = true;
		return true;
	case 'p':
		asked->profile_only = true;
		return true;
	case 's':
		asked->site = optarg;
		return true;
	case '1':
		return lab_option_number("--occurrence", optarg, 1, UINT32_MAX,
					 &asked->first);
	case 'm':
		return lab_option_number("--most", optarg, 1, UINT32_MAX,
					 &request->most);
	case 'b':
		return lab_option_number("--batch", optarg, 1, 256,
					 &request->batch);
	case 'j':
		return lab_option_number("--jobs", optarg, 1, 64,
					 &request->jobs);
	case 'M':
		if (!take_word("--mode", lab_mode_names, &word))
			return false;
		request->mode = word;
		return true;
	case 'd':
		request->devices = lab_victim_named(optarg);
		return request->devices;
	case 'O':
		snprintf(request->out, sizeof(request->out), "%s", optarg);
		return request->out_given = true;
	case 'f':
		request->form = find_form(optarg);
		return request->form;
	case 'o':
		request->output = optarg;
		return true;
	default:
		if (option >= LAB_OPTION_ON)
			return lab_cluster_option_take(&request->cluster,
						       option, optarg);
		lab_command_usage(&lab_cmd_explore, LAB_USAGE);
		return false;
	}
}

/*
 * As a folder's name: "stock:6.12" has a colon, which make does not like. Of a
 * program its base name.
 */
static void folder_of(const struct request *request,
		      const struct lab_chosen *victim, char *folder,
		      size_t size)
{
	const char *kernel = strrchr(request->kernel, '/');
	const char *file = victim->file ? strrchr(victim->file, '/') : NULL;
	char *at;

	snprintf(folder, size, "%s/explore-%s%s%s-%s", request->out,
		 victim->file ? victim->ops->name : victim->name,
		 victim->file ? "-" : "",
		 file	      ? file + 1 :
		 victim->file ?:
				"",
		 kernel ? kernel + 1 : request->kernel);
	for (at = folder + strlen(request->out) + 1; *at; at++)
		if (*at == ':' || *at == ' ')
			*at = '-';
}

static int explore(struct lab_exploration *ex, const struct request *request,
		   json_t **found)
{
	struct lab_explore_cluster cluster;
	int code;

	if (!request->cluster.on)
		return lab_explore(ex, &request->options, found);
	code = lab_explore_cluster_open(&cluster, &request->cluster, ex,
					request->argc, request->argv);
	ex->elsewhere = &cluster.elsewhere;
	if (!code)
		code = lab_explore(ex, &request->options, found);
	ex->elsewhere = NULL;
	lab_explore_cluster_close(&cluster);
	return code;
}

/* By a job, where that is asked for. */
static int build(const struct request *request, const char *folder)
{
	struct lab_plan plan = {
		.kernel = request->kernel,
		.mode = request->mode,
		.argc = request->argc,
		.argv = request->argv,
	};

	snprintf(plan.out, sizeof(plan.out), "%s", folder);
	return lab_cluster_option_build(&request->cluster, &plan);
}

static int explore_one(const struct request *request,
		       const struct lab_chosen *victim, FILE *to)
{
	static struct lab_exploration ex;
	json_t *found = NULL;
	char folder[4096];
	int code;

	folder_of(request, victim, folder, sizeof(folder));
	if (!request->cluster.plan && lab_make_path(folder)) {
		fprintf(stderr, "labyrinth: cannot write to %s: %s\n", folder,
			strerror(errno));
		return LAB_USAGE;
	}
	code = build(request, folder);
	if (!code)
		code = lab_explore_prepare(&ex, request->kernel, victim,
					   request->mode, folder);
	if (!code)
		code = explore(&ex, request, &found);
	lab_explore_end(&ex);
	if (!found)
		return code;
	request->form->write(found, to);
	/* See lab_explore(): what a cluster has not done to the end is not written. */
	if (request->cluster.on && code == LAB_HARNESS)
		fprintf(stderr,
			"labyrinth: %s/explore.json is written when all boots are done: labyrinth explore --attach %s goes on\n",
			folder, folder);
	else if (request->form == lab_explore_forms[0])
		fprintf(to, "  %s/explore.json\n", folder);
	json_decref(found);
	return code;
}

static int explore_main(int argc, char **argv)
{
	struct request request = {
		.kernel = KERNEL,
		.form = lab_explore_forms[0],
		.options = { .occurrences = LAB_FEW },
		.jobs = sysconf(_SC_NPROCESSORS_ONLN),
		.batch = BATCH,
		.argc = argc,
		.argv = argv,
	};
	struct lab_chosen *victims;
	struct lab_output output;
	int option, code = LAB_SKIP, count, i;

	lab_results_path(request.out, sizeof(request.out));
	while ((option = getopt_long(argc, argv, "o:", options, NULL)) != -1) {
		if (option == 'h')
			return lab_command_usage(&lab_cmd_explore, LAB_PASS);
		if (!take_option(&request, option))
			return LAB_USAGE;
	}
	if (!lab_cluster_option_check(&request.cluster, request.out_given,
				      request.options.first ? "--occurrence" :
							      NULL))
		return LAB_USAGE;
	if (request.cluster.attach)
		return lab_cluster_option_again(request.cluster.attach,
						"explore", explore_main);
	if (optind == argc)
		return lab_command_usage(&lab_cmd_explore, LAB_USAGE);
	if (request.options.then &&
	    (!request.options.first || request.options.starve)) {
		fprintf(stderr,
			"labyrinth: --then needs --site and --occurrence, which name the first of the two, and no --starve\n");
		return LAB_USAGE;
	}
	if (!request.options.first)
		request.options.starve = !request.no_starve;
	request.options.jobs = request.jobs;
	request.options.batch = request.batch;
	request.options.most = request.most;
	victims = xcheck(calloc(argc - optind, sizeof(*victims)));
	if (!lab_choose(argv + optind, argc - optind, request.devices, victims,
			&count) ||
	    !lab_output_open(&output, request.output)) {
		lab_chosen_free(victims, argc - optind);
		free(victims);
		return LAB_USAGE;
	}
	lab_interrupt_catch(lab_explore_stop);
	for (i = 0; i < count && !lab_explore_stopped; i++)
		code = lab_exit_graver(code, explore_one(&request, &victims[i],
							 output.to));
	lab_chosen_free(victims, count);
	free(victims);
	return lab_output_close(&output, true) ? code : LAB_USAGE;
}

static void words(void)
{
	size_t i;

	for (i = 0; lab_victims[i]; i++)
		puts(lab_victims[i]->name);
}

const struct lab_command lab_cmd_explore = {
	.name = "explore",
	.usage =
		"VICTIM... [--kernel K] [--occurrences first|few|all]\n"
		"                    [--no-starve] [--profile] [--site TEXT]\n"
		"                    [--site ID --occurrence N [--starve]] [--most N]\n"
		"                    [--site ID --occurrence N --then ID] [--pairs]\n"
		"                    [--devices VICTIM] [--jobs N] [--mode M] [--out DIR]\n"
		"                    [--format F] [-o FILE]\n"
		"                    [--on slurm [--plan | --detach] [--partition P] [--nodes-max N]]\n"
		"       labyrinth explore --attach DIR",
	.help = "makes every atomic request site of a workload fail, and says what came of it",
	.details =
		"  VICTIM       a workload that checks its own results; labyrinth list victims.\n"
		"               Two interfaces on a wire may have layers: e1000e+jumbo+vlan.\n"
		"               What takes words comes last: program:FILE [WORD...], a static\n"
		"               program that exits with 0 when all of its work is right (99: data\n"
		"               is wrong), or stress-ng STRESSOR[:OPERATIONS]...; words that begin\n"
		"               with - stand after --\n"
		"  --kernel K   as labyrinth lab takes it (" KERNEL ")\n"
		"  --occurrences W\n"
		"               of each site the first, a few (first, second, middle, last),\n"
		"               or all of its requests fail, one in a trial (few)\n"
		"  --no-starve  no trials in which a site gets nothing for two seconds\n"
		"  --profile    only lists the sites\n"
		"  --site TEXT  only sites whose id is TEXT, or whose stack has it\n"
		"  --occurrence N\n"
		"               only that one of a site's requests, alone in a boot; with --starve\n"
		"               from it on\n"
		"  --pairs      also two sites in one trial, whose requests follow each other\n"
		"               while one thing is handled\n"
		"  --then ID    the second site of such a pair, with --occurrence\n"
		"  --most N     so many faults at most\n"
		"  --batch N    faults in one boot (16)\n"
		"  --jobs N     guests at a time (one a CPU)\n"
		"  --devices VICTIM\n"
		"               the machine has that victim's devices and drivers: for a program\n"
		"  --mode M     deterministic or fast, as labyrinth lab has them\n"
		"  --format F   text; html: one file that needs nothing else; json: all that was\n"
		"               found; ktap, junit, lava: a test for each site\n"
		"  -o, --output FILE\n"
		"               writes there, and replaces the file only when all is written\n"
		"  --out DIR    what is found is in DIR/explore-VICTIM-KERNEL/explore.json, and\n"
		"               what stands there is not done again\n" LAB_CLUSTER_HELP
		"\n"
		"A fault that fails in a boot of many is tried again alone, twice. Exits 0: all\n"
		"sites were served, degraded or reported the error, and were well again; 1: a\n"
		"leak, corrupt data, stuck, a warning, a crash or a hang; 2: bad input; 3: the\n"
		"harness broke; 4: this kernel has not what the victim needs.\n",
	.options = options,
	.words = words,
	.main = explore_main,
};
