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
#include "history/history.h"
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
	const char *output;
	uint64_t last, days;
	char **args;
	int count;
};

static const struct option options[] = {
	{ "db", required_argument, NULL, 'd' },
	{ "scenario", required_argument, NULL, 's' },
	{ "where", required_argument, NULL, 'w' },
	{ "metric", required_argument, NULL, 'm' },
	{ "kernel", required_argument, NULL, 'k' },
	{ "last", required_argument, NULL, 'l' },
	{ "days", required_argument, NULL, 'y' },
	{ "format", required_argument, NULL, 'f' },
	{ "output", required_argument, NULL, 'o' },
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

static int import_list(struct lab_history *history,
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
		tally[lab_history_add(history, &run, moment_of(&run))]++;
		lab_run_free(&run);
	}
	show(list->count, list->count);
	printf("%zu runs added, %zu were there already, %zu could not be read\n",
	       tally[LAB_ADDED], tally[LAB_KNOWN], bad);
	return tally[LAB_NOT_ADDED] ? LAB_HARNESS : bad ? LAB_USAGE : LAB_PASS;
}

static int import(const struct request *request)
{
	struct lab_history history;
	struct lab_run_list list = {};
	int code = LAB_USAGE, i;
	bool good = true;

	if (!request->count) {
		fprintf(stderr,
			"labyrinth: history import takes folders of runs\n");
		return LAB_USAGE;
	}
	for (i = 0; i < request->count; i++)
		good &= lab_runs_find(&list, request->args[i]);
	if (good && lab_history_open(&history, request->db, true)) {
		code = import_list(&history, &list);
		lab_history_close(&history);
	}
	lab_runs_free(&list);
	return code;
}

static int prune(const struct request *request)
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

	if (!trends->count && !trends->left_out) {
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

static int trend(const struct request *request)
{
	struct lab_history history;
	struct lab_trends trends;
	int code = LAB_HARNESS;

	if (!lab_history_open(&history, request->db, false))
		return LAB_USAGE;
	if (lab_history_trends(&history, &request->looked_for, &trends))
		code = write_trends(request, &trends);
	lab_trends_free(&trends);
	lab_history_close(&history);
	return code;
}

static const struct verb {
	const char *name;
	int (*main)(const struct request *request);
} verbs[] = {
	{ "trend", trend },
	{ "import", import },
	{ "prune", prune },
};

#define VERBS (sizeof(verbs) / sizeof(verbs[0]))

static bool take_form(struct request *request, const char *name)
{
	const char *names[8] = {};
	int at;

	for (at = 0; lab_history_forms[at]; at++)
		names[at] = lab_history_forms[at]->name;
	at = lab_option_word("--format", name, names);
	if (at >= 0)
		request->form = lab_history_forms[at];
	return at >= 0;
}

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
	case 'l':
		return lab_option_number("--last", optarg, 2, 1000000,
					 &request->last);
	case 'y':
		return lab_option_number("--days", optarg, 1, 36500,
					 &request->days);
	case 'f':
		return take_form(request, optarg);
	case 'o':
		request->output = optarg;
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
		.looked_for = { .threshold = 0.05, .alpha = 0.01 },
		.form = lab_history_forms[0],
		.last = 1000,
	};
	const struct verb *verb;
	char results[4000];
	int option;

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
	return verb ? verb->main(&request) : LAB_USAGE;
}

const struct lab_command lab_cmd_history = {
	.name = "history",
	.usage =
		"[trend|import DIR...|prune --days N] [--db FILE]\n"
		"                    [--scenario S] [--where W] [--metric M] [--kernel K]\n"
		"                    [--last N] [--format text|html|json] [-o FILE]",
	.help = "keeps runs over time, and says where they stepped",
	.details =
		"  trend         each series of values, and the kernels at which it stepped\n"
		"  import DIR... adds runs, named as for compare; those that are there are not\n"
		"                added again\n"
		"  prune         removes what is older than --days N\n"
		"  --db FILE     the database (results/history.db)\n"
		"  --scenario S, --where W, --metric M, --kernel K\n"
		"                only those that match the pattern of a shell; --where also\n"
		"                looks among single cells: '*nmi*'. Metrics are cliff, success,\n"
		"                p50, p99 and max; K is a release\n"
		"  --last N      the last N runs of each series (1000)\n"
		"  --format F    text, html (one file that needs nothing else), json\n"
		"  -o, --output FILE\n"
		"                writes there, and replaces the file only when all is written\n"
		"\n"
		"A series steps where a kernel follows another and ranks before and after are\n"
		"apart by more than chance (1 %, for all such places together) and by 5 points\n"
		"of a rate, 5 % of a latency or a step of the cliff.\n",
	.options = options,
	.main = history_main,
};
