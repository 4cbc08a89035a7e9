// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_run.c - "labyrinth run": fires a scenario on this very machine.
 *
 * In a guest of the lab, that is: the journal then goes through the channel
 * and the lab makes results of it. On any other machine it has to be asked
 * for in so many words, and makes them itself.
 */
#include <errno.h>
#include <getopt.h>
#include <numa.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "channel.h"
#include "commands.h"
#include "device.h"
#include "journal.h"
#include "lab/folder.h"
#include "options.h"
#include "paths.h"
#include "report/report.h"
#include "results.h"
#include "run.h"
#include "scenario/scenario.h"
#include "shoot.h"
#include "undo.h"

struct order {
	const struct lab_scenario *scenario;
	uint64_t seed;
	const char *journal; /* file, or NULL in a guest */
};

static int work(void *arg)
{
	const struct order *order = arg;
	int err;

	err = lab_journal_open(order->journal);
	if (err) {
		fprintf(stderr, "labyrinth: no journal: %s\n", strerror(-err));
		return LAB_HARNESS;
	}
	err = lab_run(order->scenario, order->seed);
	lab_journal_close();
	return err ? LAB_HARNESS : LAB_PASS;
}

static int begin(void)
{
	size_t restored;
	int err = lab_undo_begin(&restored);

	if (err == -EBUSY)
		fprintf(stderr,
			"labyrinth: another run is active on this machine\n");
	else if (err)
		fprintf(stderr, "labyrinth: " LAB_UNDO_DIR ": %s\n",
			strerror(-err));
	else if (restored)
		fprintf(stderr,
			"labyrinth: put back %zu settings that an earlier run had left\n",
			restored);
	return err;
}

static json_t *this_machine(void)
{
	return json_pack("{s:s, s:i, s:i}", "mode", "this machine", "cpus",
			 __builtin_popcountll(lab_cpus_allowed()), "nodes",
			 numa_available() < 0 ? 1 :
						numa_num_configured_nodes());
}

static json_t *this_host(int argc, char **argv, double seconds)
{
	json_t *command = json_array();
	char name[256] = "";
	int i;

	gethostname(name, sizeof(name) - 1);
	for (i = 0; i < argc; i++)
		json_array_append_new(command, json_string(argv[i]));
	return json_pack("{s:s, s:f, s:s, s:o}", "host", name, "seconds",
			 seconds, "labyrinth", LAB_VERSION, "command", command);
}

/* 128 and more is the signal that ended the run. */
static enum lab_ending ending_of(int code, char *why, size_t size)
{
	why[0] = '\0';
	if (!code)
		return LAB_ENDED;
	if (code > 128)
		snprintf(why, size, "the run was killed by signal %d",
			 code - 128);
	else
		snprintf(why, size, "the run ended with exit code %d", code);
	return LAB_BROKE;
}

static int conclude(struct lab_folder *folder, const struct order *order,
		    int code, const json_t *host)
{
	json_t *records = lab_journal_load(order->journal);
	json_t *machine = this_machine(), *results;
	char fingerprint[65], before[65], name[300], why[100];
	enum lab_ending ending = ending_of(code, why, sizeof(why));
	int err;

	results = lab_results_build(order->scenario, order->seed, records,
				    machine, ending, why);
	snprintf(name, sizeof(name), "%s-this-machine-s%lu-%ld",
		 order->scenario->name, (unsigned long)order->seed,
		 (long)time(NULL));
	err = lab_folder_keep(folder, name, results, host, fingerprint, before);
	if (err) {
		fprintf(stderr, "labyrinth: cannot write %s: %s\n",
			folder->work, strerror(-err));
		code = LAB_HARNESS;
	} else {
		lab_report_summary.write(results, stdout);
		printf("  %s\n", folder->path);
		code = lab_results_exit(results);
	}
	json_decref(results);
	json_decref(machine);
	json_decref(records);
	return code;
}

static int run_here(struct order *order, const char *out, int argc, char **argv)
{
	struct lab_folder folder;
	char journal[4200], why[256];
	struct timespec start, end;
	json_t *host;
	int code, fd, err;

	fd = lab_device_open(why, sizeof(why));
	if (fd < 0) {
		fprintf(stderr, "labyrinth: %s\n", why);
		return LAB_USAGE;
	}
	close(fd);
	if (begin())
		return LAB_USAGE;
	err = lab_folder_make(&folder, out, order->scenario->name);
	if (err) {
		fprintf(stderr, "labyrinth: cannot write to %s: %s\n", out,
			strerror(-err));
		return LAB_USAGE;
	}
	snprintf(journal, sizeof(journal), "%s/journal.jsonl", folder.work);
	order->journal = journal;
	clock_gettime(CLOCK_MONOTONIC, &start);
	code = lab_undo_guard(work, order);
	clock_gettime(CLOCK_MONOTONIC, &end);
	host = this_host(argc, argv,
			 end.tv_sec - start.tv_sec +
				 (end.tv_nsec - start.tv_nsec) / 1e9);
	code = conclude(&folder, order, code, host);
	json_decref(host);
	return code;
}

enum { SEED = 1, OUT, HERE, HELP };

static const struct option options[] = {
	{ "seed", required_argument, NULL, SEED },
	{ "out", required_argument, NULL, OUT },
	{ "on-this-machine", no_argument, NULL, HERE },
	{ "help", no_argument, NULL, HELP },
	{},
};

static int run_main(int argc, char **argv)
{
	const bool guest = getenv(LAB_CHANNEL_ENV);
	struct order order = { .seed = 1 };
	struct lab_scenario *scenario;
	bool here = false;
	char out[4096];
	int option, code;

	lab_results_path(out, sizeof(out));
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == HELP)
			return lab_command_usage(&lab_cmd_run, LAB_PASS);
		if (option == SEED &&
		    !lab_option_number("--seed", optarg, 0, UINT64_MAX >> 1,
				       &order.seed))
			return LAB_USAGE;
		if (option == OUT)
			snprintf(out, sizeof(out), "%s", optarg);
		if (option == HERE)
			here = true;
		if (option == '?')
			return lab_command_usage(&lab_cmd_run, LAB_USAGE);
	}
	if (optind + 1 != argc)
		return lab_command_usage(&lab_cmd_run, LAB_USAGE);
	if (!guest && !here) {
		fprintf(stderr,
			"labyrinth: run makes the memory of this very machine short and may\n"
			"make it fail. To do that, add --on-this-machine; for a guest that\n"
			"nothing can happen to: labyrinth lab %s\n",
			argv[optind]);
		return LAB_USAGE;
	}
	scenario = lab_scenario_load(argv[optind]);
	if (!scenario)
		return LAB_USAGE;
	order.scenario = scenario;
	if (guest)
		code = begin() ? LAB_HARNESS : lab_undo_guard(work, &order);
	else
		code = run_here(&order, out, argc, argv);
	lab_scenario_free(scenario);
	return code;
}

const struct lab_command lab_cmd_run = {
	.name = "run",
	.usage = "SCENARIO --on-this-machine [--seed N] [--out DIR]",
	.help = "fires a scenario on the machine it is called on",
	.details =
		"  --on-this-machine  needed outside a lab guest: memory will be short, and\n"
		"                     allocations of others may fail, while this runs\n"
		"  --seed N           decides every choice that is left to chance (1)\n"
		"  --out DIR          where the folder of the run goes (results)\n"
		"\n"
		"Needs root and labyrinth.ko loaded. Settings that are changed are put back\n"
		"however the run ends.\n",
	.options = options,
	.words = lab_complete_scenarios,
	.main = run_main,
};
