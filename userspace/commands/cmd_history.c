// SPDX-License-Identifier: GPL-2.0-only
/* commands/cmd_history.c - "labyrinth history": runs over time. */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "known_option.h"
#include "history/history.h"
#include "history/status.h"
#include "lib/json.h"
#include "lib/option.h"
#include "lib/output.h"
#include "lib/paths.h"
#include "lib/progress.h"
#include "results/build.h"

#define DAY (24 * 60 * 60)

struct request {
	char db[4096];
	struct lab_looked_for looked_for;
	const struct lab_history_form *form;
	const char *output, *branch, *tree, *why;
	bool withdraw;
	uint64_t last, days;
	char **args;
	int count;
	struct lab_known_option known;
};

static const struct option options[] = {
	{ "db", required_argument, NULL, 'd' },
	{ "scenario", required_argument, NULL, 's' },
	{ "where", required_argument, NULL, 'w' },
	{ "metric", required_argument, NULL, 'm' },
	{ "kernel", required_argument, NULL, 'k' },
	{ "branch", required_argument, NULL, 'b' },
	{ "tree", required_argument, NULL, 't' },
	{ "why", required_argument, NULL, 'W' },
	{ "withdraw", no_argument, NULL, 'u' },
	{ "last", required_argument, NULL, 'l' },
	{ "days", required_argument, NULL, 'y' },
	{ "format", required_argument, NULL, 'f' },
	{ "output", required_argument, NULL, 'o' },
	{ "known", required_argument, NULL, 'K' },
	{ "help", no_argument, NULL, 'h' },
	{},
};

/* When it ran, by host.json; without one, when the file was last written. */
static int64_t moment_of(const struct lab_run *run)
{
	const int64_t when = lab_number(run->host, "time");
	struct stat st;

	if (when > 0)
		return when;
	return stat(run->path, &st) ? 0 : st.st_mtime;
}

static void show(size_t done, size_t count)
{
	if (done < count)
		lab_progress("[%zu of %zu runs]", done, count);
	else
		lab_progress_clear();
}

static enum lab_added import_run(struct lab_history *history,
				 const struct request *request,
				 const struct lab_run *run)
{
	const struct lab_origin origin = {
		.when = moment_of(run),
		.branch = request->branch,
		.tree = request->tree,
		.known = &request->known.known,
	};

	return lab_history_add(history, run, &origin);
}

static int import_list(struct lab_history *history,
		       const struct request *request,
		       const struct lab_run_list *list)
{
	size_t i, tally[3] = {}, bad = 0;
	struct lab_run run;

	for (i = 0; i < list->count && !tally[LAB_NOT_ADDED]; i++) {
		show(i, list->count);
		/* A bad one does not keep out the others; it is told of. */
		if (!lab_run_load(&run, list->path[i])) {
			bad++;
			continue;
		}
		tally[import_run(history, request, &run)]++;
		lab_run_free(&run);
	}
	show(list->count, list->count);
	printf("%zu runs added, %zu were there already, %zu could not be read\n",
	       tally[LAB_ADDED], tally[LAB_KNOWN], bad);
	return tally[LAB_NOT_ADDED] ? LAB_HARNESS : bad ? LAB_USAGE : LAB_PASS;
}

/* A tree that is none would leave everything in the order of time, unsaid. */
static bool check_origin(const struct request *request)
{
	if (request->branch && !*request->branch) {
		fprintf(stderr, "labyrinth: --branch: a name is needed\n");
		return false;
	}
	if (!request->tree || lab_is_tree(request->tree))
		return true;
	fprintf(stderr,
		"labyrinth: --tree %s: git finds no repository there; it takes a kernel's git tree\n",
		request->tree);
	return false;
}

static int import(struct request *request)
{
	struct lab_history history;
	struct lab_run_list list = {};
	int code = LAB_USAGE, i;
	bool good = true;

	if (!check_origin(request) || !lab_known_option_load(&request->known))
		return LAB_USAGE;
	if (!request->count) {
		fprintf(stderr,
			"labyrinth: history import takes folders of runs\n");
		return LAB_USAGE;
	}
	for (i = 0; i < request->count; i++)
		good &= lab_runs_find(&list, request->args[i]);
	if (good && lab_history_open(&history, request->db, true)) {
		code = import_list(&history, request, &list);
		lab_history_close(&history);
	}
	lab_runs_free(&list);
	return code;
}

static int prune(struct request *request)
{
	struct lab_history history;
	int64_t removed;

	if (!request->days) {
		fprintf(stderr,
			"labyrinth: history prune needs --days N: what is older goes\n");
		return LAB_USAGE;
	}
	if (!lab_history_open(&history, request->db, false))
		return LAB_USAGE;
	removed = lab_history_prune(&history,
				    time(NULL) - (int64_t)request->days * DAY);
	lab_history_close(&history);
	if (removed < 0)
		return LAB_HARNESS;
	printf("%" PRId64 " runs removed\n", removed);
	return LAB_PASS;
}

static int write_trends(const struct request *request,
			const struct lab_trends *trends)
{
	struct lab_output output;

	if (!trends->count && !trends->left_out &&
	    !(trends->status && trends->status->cells)) {
		fprintf(stderr,
			"labyrinth: %s: nothing matches, among %zu runs; without --scenario, --where, --metric and --kernel everything does\n",
			request->db, trends->runs);
		return LAB_USAGE;
	}
	if (!lab_output_open(&output, request->output))
		return LAB_USAGE;
	request->form->write(trends, output.to);
	return lab_output_close(&output, true) ? LAB_PASS : LAB_HARNESS;
}

/* With how kernels stand, where the form shows that. */
static bool add_status(const struct request *request,
		       struct lab_history *history, struct lab_trends *trends,
		       struct lab_status *status)
{
	if (!request->form->standing)
		return true;
	trends->status = status;
	return lab_status_read(history, &request->looked_for,
			       &request->known.known, request->output, trends,
			       status);
}

static int trend(struct request *request)
{
	struct lab_history history;
	struct lab_status status = {};
	struct lab_trends trends;
	int code = LAB_HARNESS;

	if (!lab_known_option_load(&request->known) ||
	    !lab_history_open(&history, request->db, false))
		return LAB_USAGE;
	if (lab_history_trends(&history, &request->looked_for, &trends) &&
	    add_status(request, &history, &trends, &status))
		code = write_trends(request, &trends);
	lab_status_free(&status);
	lab_trends_free(&trends);
	lab_history_close(&history);
	return code;
}

/* Steps of all series at a kernel, as far as they are looked for. */
static int acknowledge(struct lab_history *history,
		       const struct request *request,
		       const struct lab_trends *trends)
{
	const char *kernel = request->args[0];
	const int64_t steps =
		request->withdraw ?
			lab_history_withdraw(history, trends, kernel) :
			lab_history_acknowledge(history, trends, kernel,
						time(NULL), request->why);

	if (steps < 0)
		return LAB_HARNESS;
	if (!steps) {
		fprintf(stderr,
			"labyrinth: %s: no step may be at a kernel '%s'; labyrinth history names those at which one is, by release and build\n",
			request->db, kernel);
		return LAB_USAGE;
	}
	printf("%" PRId64 " step%s %s\n", steps, steps == 1 ? "" : "s",
	       request->withdraw ? "not acknowledged any more" :
				   "acknowledged");
	return LAB_PASS;
}

static int ack(struct request *request)
{
	struct lab_looked_for looked_for = request->looked_for;
	struct lab_history history;
	struct lab_trends trends;
	int code = LAB_HARNESS;

	if (request->count != 1 ||
	    request->withdraw == (request->why && *request->why)) {
		fprintf(stderr,
			"labyrinth: history ack takes a kernel, a release or how a build id begins, and --why TEXT, or --withdraw\n");
		return LAB_USAGE;
	}
	/* Steps of cells, and of latencies, as well. */
	looked_for.cells = true;
	if (!looked_for.metric)
		looked_for.metric = "*";
	if (!lab_history_open(&history, request->db, false))
		return LAB_USAGE;
	if (lab_history_trends(&history, &looked_for, &trends))
		code = acknowledge(&history, request, &trends);
	lab_trends_free(&trends);
	lab_history_close(&history);
	return code;
}

static const struct verb {
	const char *name;
	int (*main)(struct request *request);
} verbs[] = {
	{ "trend", trend },
	{ "import", import },
	{ "ack", ack },
	{ "prune", prune },
};

#define VERBS (sizeof(verbs) / sizeof(verbs[0]))

LAB_OPTION_FORMAT(find_form, struct lab_history_form, lab_history_forms)

static bool take_option(struct request *request, int option)
{
	struct lab_looked_for *looked_for = &request->looked_for;

	switch (option) {
	case 'd':
		snprintf(request->db, sizeof(request->db), "%s", optarg);
		return true;
	case 's':
		looked_for->scenario = optarg;
		return true;
	case 'w':
		looked_for->where = optarg;
		looked_for->cells = true;
		return true;
	case 'm':
		looked_for->metric = optarg;
		return true;
	case 'k':
		looked_for->kernel = optarg;
		return true;
	case 'b':
		request->branch = optarg;
		looked_for->branch = optarg;
		return true;
	case 't':
		request->tree = optarg;
		return true;
	case 'W':
		request->why = optarg;
		return true;
	case 'u':
		request->withdraw = true;
		return true;
	case 'l':
		return lab_option_number("--last", optarg, 2, 1000000,
					 &request->last);
	case 'y':
		return lab_option_number("--days", optarg, 1, 36500,
					 &request->days);
	case 'f':
		request->form = find_form(optarg);
		return request->form;
	case 'o':
		request->output = optarg;
		return true;
	case 'K':
		lab_known_option_add(&request->known, optarg);
		return true;
	default:
		lab_command_usage(&lab_cmd_history, LAB_USAGE);
		return false;
	}
}

static const struct verb *take_verb(struct request *request)
{
	size_t i;

	if (!request->count)
		return &verbs[0];
	for (i = 0; i < VERBS; i++) {
		if (strcmp(request->args[0], verbs[i].name))
			continue;
		request->args++;
		request->count--;
		return &verbs[i];
	}
	fprintf(stderr, "labyrinth: history can");
	for (i = 0; i < VERBS; i++)
		fprintf(stderr, "%s %s", i ? "," : "", verbs[i].name);
	fprintf(stderr, ", not '%s'\n", request->args[0]);
	return NULL;
}

static int history_main(int argc, char **argv)
{
	struct request request = {
		.looked_for = { .threshold = 0.05, .alpha = 0.05 },
		.form = lab_history_forms[0],
		.last = 1000,
	};
	const struct verb *verb;
	char results[4000];
	int option, code;

	lab_results_path(results, sizeof(results));
	snprintf(request.db, sizeof(request.db), "%s/history.db", results);
	while ((option = getopt_long(argc, argv, "o:", options, NULL)) != -1) {
		if (option == 'h')
			return lab_command_usage(&lab_cmd_history, LAB_PASS);
		if (!take_option(&request, option))
			return LAB_USAGE;
	}
	request.looked_for.last = request.last;
	request.args = argv + optind;
	request.count = argc - optind;
	verb = take_verb(&request);
	code = verb ? verb->main(&request) : LAB_USAGE;
	lab_known_option_free(&request.known);
	return code;
}

const struct lab_command lab_cmd_history = {
	.name = "history",
	.usage =
		"[trend|import DIR...|ack KERNEL|prune --days N] [--db FILE]\n"
		"                    [--scenario S] [--where W] [--metric M] [--kernel K]\n"
		"                    [--branch B] [--last N] [--format text|html|json]\n"
		"                    [--known FILE] [-o FILE]",
	.help = "keeps runs over time, and says where they stepped",
	.details =
		"  trend         each series of values, the kernels at which it stepped, and\n"
		"                which steps may be of one change\n"
		"  import DIR... adds runs, named as for compare; those that are there are not\n"
		"                added again. --branch B: of what their kernels are, where the\n"
		"                release does not say it; --tree DIR: a git tree that knows the\n"
		"                commits of releases such as 6.13.0-rc4-00012-gdeadbeef\n"
		"  ack KERNEL    acknowledges the steps at a kernel, a release or how a build id\n"
		"                begins: --why TEXT says why they are as they should be, and\n"
		"                --withdraw takes it back\n"
		"  prune         removes what is older than --days N\n"
		"  --db FILE     the database (results/history.db)\n"
		"  --scenario S, --where W, --metric M, --kernel K, --branch B\n"
		"                only those that match the pattern of a shell; --where also\n"
		"                looks among single cells: '*nmi*'. Metrics are cliff, success,\n"
		"                p50, p99 and max; K is a release; branches are mainline, next,\n"
		"                6.12.y and so on, -FLAVOUR behind them\n"
		"  --last N      the last N runs of each series (1000)\n"
		"  --format F    text, json, or html: one file that needs nothing else, with the\n"
		"                latest verdict of each scenario on each kernel, what stepped and\n"
		"                when, and the known issues; a verdict links to report.html in the\n"
		"                folder of its run, where there is one\n"
		"  --known FILE  known issues, beside the project's: for import and html\n"
		"  -o, --output FILE\n"
		"                writes there, and replaces the file only when all is written\n"
		"\n"
		"A series is of one branch, has a value for each kernel, the median of its runs,\n"
		"and is in the order of versions. It steps where ranks before and after are\n"
		"apart by more than chance (5 % a series that has no step, for all places\n"
		"together; \"perhaps\": more than 5 % of the steps of all series) and by 5 points\n"
		"of a rate, 5 % of a latency or a step of the cliff.\n",
	.options = options,
	.main = history_main,
};
