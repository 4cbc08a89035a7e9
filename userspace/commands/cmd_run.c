// SPDX-License-Identifier: GPL-2.0-only
/*
 * commands/cmd_run.c - "labyrinth run": fires scenarios on this machine.
 *
 * In a guest of the lab the journal goes through the channel and the lab makes
 * the results. On any other machine --on-this-machine is required, and the
 * results are made here.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <math.h>
#include <numa.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "compare/cache.h"
#include "journal/channel.h"
#include "command.h"
#include "known_option.h"
#include "sys/board.h"
#include "sys/device.h"
#include "run/preflight.h"
#include "journal/journal.h"
#include "journal/losses.h"
#include "lib/alloc.h"
#include "lib/reserve.h"
#include "results/store.h"
#include "lib/option.h"
#include "lib/paths.h"
#include "export/export.h"
#include "results/build.h"
#include "run/run.h"
#include "scenario/scenario.h"
#include "run/fire.h"
#include "sys/restore.h"
#include "sys/vmstat.h"

/* Bytes of results.json and what is made of it: those of a large scenario take 5 MiB. */
#define RESULTS_ROOM (16ull << 20)

/* The command line. */
struct choice {
	struct lab_consent consent;
	uint64_t seed;
	bool here, dry;
	const char *no_victim;
	char out[4096];
	struct lab_scenario **scenarios;
	size_t n;
	struct lab_known_option known;
};

struct order {
	const struct lab_scenario *scenario;
	uint64_t seed;
	const char *journal; /* file, or NULL in a guest */
	const char *no_victim; /* why phases with a victim are skipped, or NULL */
	const struct lab_known_option *known;
};

/* LAB_FAIL: the kernel ended the run. */
static int exit_of(int err)
{
	return !err			  ? LAB_PASS :
	       lab_refused_by_kernel(err) ? LAB_FAIL :
					    LAB_HARNESS;
}

static int work(void *arg)
{
	const struct order *order = arg;
	int err, lost;

	err = lab_journal_open(order->journal);
	if (err) {
		fprintf(stderr, "labyrinth: no journal: %s\n", strerror(-err));
		return exit_of(err);
	}
	lab_out_of_memory = LAB_FAIL;
	err = lab_run(order->scenario, order->seed, order->no_victim);
	if (lab_refused_by_kernel(err))
		lab_loss_refused(LAB_SHOOTER, err, true);
	lost = lab_journal_close();
	if (lost) {
		fprintf(stderr,
			"labyrinth: not all records of the run could be written: %s\n",
			strerror(-lost));
		return LAB_HARNESS;
	}
	return exit_of(err);
}

/*
 * Does the work of an order in a process of its own. Returns LAB_PASS when the
 * run came to its end, LAB_FAIL when the kernel ended it by killing that process
 * or by refusing it memory, which is recorded; LAB_HARNESS, or 128 and the number
 * of a signal, when something else did.
 */
static int run_guarded(struct order *order, bool alone)
{
	struct lab_vmstat before = {}, after = {};
	int code, status;

	lab_run_hide();
	lab_losses_share();
	lab_vmstat_read(&before);
	code = lab_restore_guard(work, order);
	status = code - 128;
	if (code < 128 || !lab_killed_by_kernel(status))
		return code < 0 ? exit_of(code) : code;
	lab_vmstat_read(&after);
	/* On a machine that others use, SIGKILL may have come from anybody. */
	if (!alone && status == SIGKILL && after.ooms == before.ooms)
		return code;
	if (!lab_journal_reopen(order->journal)) {
		lab_loss_killed(LAB_SHOOTER, 0, status, false, true);
		lab_journal_close();
	}
	return LAB_FAIL;
}

static int begin(void)
{
	size_t restored;
	int err = lab_restore_begin(&restored);

	if (err == -EBUSY)
		fprintf(stderr,
			"labyrinth: another run is active on this machine (process %d)\n",
			(int)lab_restore_holder());
	else if (err)
		fprintf(stderr, "labyrinth: " LAB_RESTORE_DIR ": %s\n",
			strerror(-err));
	else if (restored)
		fprintf(stderr,
			"labyrinth: put back %zu settings that an earlier run had left\n",
			restored);
	return err;
}

static json_t *this_machine(void)
{
	char *board = lab_board_name();
	json_t *machine = json_pack(
		"{s:s, s:i, s:i}", "mode", "this machine", "cpus",
		__builtin_popcountll(lab_cpus_allowed()), "nodes",
		numa_available() < 0 ? 1 : numa_num_configured_nodes());

	if (*board)
		json_object_set_new(machine, "board", json_string(board));
	free(board);
	return machine;
}

static json_t *this_host(int argc, char **argv, double seconds, double others)
{
	json_t *command = json_array();
	char name[256] = "";
	int i;

	gethostname(name, sizeof(name) - 1);
	for (i = 0; i < argc; i++)
		json_array_append_new(command, json_string(argv[i]));
	return json_pack("{s:s, s:f, s:f, s:s, s:o}", "host", name, "seconds",
			 seconds, "others_cpu_seconds", others, "labyrinth",
			 LAB_VERSION, "command", command);
}

/* Of a code of run_guarded(). */
static enum lab_ending ending_of(int code, char *why, size_t size)
{
	why[0] = '\0';
	if (!code)
		return LAB_ENDED;
	if (code == LAB_FAIL) {
		snprintf(why, size, "the kernel ended the run, see processes");
		return LAB_KILLED;
	}
	if (code > 128)
		snprintf(why, size, "the run was killed by signal %d",
			 code - 128);
	else
		snprintf(why, size, "the run ended with exit code %d", code);
	return LAB_BROKE;
}

static int conclude(struct lab_store *store, const struct order *order,
		    int code, const json_t *host)
{
	json_t *records = lab_journal_load(order->journal);
	json_t *machine = this_machine(), *results, *marked;
	char fingerprint[LAB_FINGERPRINT], before[LAB_FINGERPRINT], name[300],
		why[100];
	enum lab_ending ending = ending_of(code, why, sizeof(why));
	int err;

	results = lab_results_build(order->scenario, order->seed, records,
				    machine, ending, why, NULL);
	marked = json_incref(results);
	lab_known_option_mark(order->known, &marked);
	snprintf(name, sizeof(name), "%s-this-machine-s%lu-%ld",
		 order->scenario->name, (unsigned long)order->seed,
		 (long)time(NULL));
	err = lab_store_keep(store, name, results, marked, host,
			     lab_export_files, fingerprint, before);
	if (!err)
		lab_cache_add_run(results, fingerprint);
	if (err) {
		fprintf(stderr,
			"labyrinth: cannot write results to %s: %s; nothing of this run is kept\n",
			store->parent, strerror(-err));
		lab_store_drop(store);
		code = LAB_HARNESS;
	} else {
		lab_export_summary.write(&(struct lab_exported){ .results =
									 marked,
								 .host = host },
					 stdout);
		printf("  %s\n", store->path);
		code = order->known->count && lab_known_all(marked) ?
			       LAB_PASS :
			       lab_results_exit(results);
	}
	json_decref(marked);
	json_decref(results);
	json_decref(machine);
	json_decref(records);
	return code;
}

/*
 * Takes the room that results need before there are any, as others may fill the disk
 * meanwhile. 0 or a negative errno.
 */
static int take_room(const char *room)
{
	const int fd = open(room, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	int err;

	if (fd < 0)
		return -errno;
	err = lab_reserve(fd, 0, RESULTS_ROOM);
	close(fd);
	return err;
}

static int say_no_room(struct lab_store *store, int err)
{
	lab_store_drop(store);
	fprintf(stderr,
		"labyrinth: a run takes up to %llu MiB in %s: %s; name another folder with --out\n",
		RESULTS_ROOM >> 20, store->parent, strerror(-err));
	return LAB_USAGE;
}

/* Kept of a scenario that is fired here. */
static int fire_here(struct order *order, const char *out, int argc,
		     char **argv)
{
	struct lab_store store;
	struct timespec start, end;
	double others;
	char journal[4200], room[4200];
	json_t *host;
	int code, err;

	err = lab_store_make(&store, out, order->scenario->name);
	if (err) {
		fprintf(stderr, "labyrinth: cannot write to %s: %s\n", out,
			strerror(-err));
		return LAB_USAGE;
	}
	snprintf(journal, sizeof(journal), "%s/journal.jsonl", store.work);
	order->journal = journal;
	snprintf(room, sizeof(room), "%s/room", store.work);
	err = take_room(room);
	if (err)
		return say_no_room(&store, err);
	lab_preflight_state(order->scenario, stderr);
	others = lab_others_seconds();
	clock_gettime(CLOCK_MONOTONIC, &start);
	code = run_guarded(order, false);
	clock_gettime(CLOCK_MONOTONIC, &end);
	host = this_host(argc, argv,
			 end.tv_sec - start.tv_sec +
				 (end.tv_nsec - start.tv_nsec) / 1e9,
			 fmax(0, lab_others_seconds() - others));
	unlink(room);
	code = conclude(&store, order, code, host);
	json_decref(host);
	return code;
}

static int check_device(void)
{
	char why[256];
	int fd = lab_device_open(why, sizeof(why));

	if (fd < 0)
		fprintf(stderr, "labyrinth: %s\n", why);
	else
		close(fd);
	return fd < 0 ? fd : 0;
}

/* All scenarios are checked before anything is changed. */
static int prepare(const struct choice *choice)
{
	size_t i;

	for (i = 0; i < choice->n; i++)
		if (!lab_preflight_allowed(choice->scenarios[i],
					   &choice->consent))
			return LAB_USAGE;
	return check_device() || begin() ? LAB_USAGE : LAB_PASS;
}

static int run_here(const struct choice *choice, int argc, char **argv)
{
	struct order order = { .seed = choice->seed, .known = &choice->known };
	int code = LAB_SKIP, err;
	size_t i;

	err = choice->dry ? 0 : prepare(choice);
	if (err)
		return err;
	for (i = 0; i < choice->n; i++) {
		order.scenario = choice->scenarios[i];
		if (choice->dry)
			lab_preflight_state(order.scenario, stdout);
		else
			code = lab_exit_graver(code,
					       fire_here(&order, choice->out,
							 argc, argv));
	}
	return choice->dry ? LAB_PASS : code;
}

static int run_in_guest(const struct choice *choice)
{
	struct order order = { .seed = choice->seed,
			       .no_victim = choice->no_victim };
	int code = LAB_SKIP, err;
	size_t i;

	err = begin();
	if (err)
		return exit_of(err);
	for (i = 0; i < choice->n; i++) {
		order.scenario = choice->scenarios[i];
		err = run_guarded(&order, true);
		if (err > 128)
			return err;
		code = lab_exit_graver(code, err);
	}
	return code;
}

enum {
	SEED = 1,
	OUT,
	HERE,
	DRY,
	SYSTEM_WIDE,
	MEMORY_FLOOR,
	SWAP_FLOOR,
	KNOWN,
	NO_VICTIM,
	HELP
};

static const struct option options[] = {
	{ "on-this-machine", no_argument, NULL, HERE },
	{ "dry-run", no_argument, NULL, DRY },
	{ "inject-system-wide", no_argument, NULL, SYSTEM_WIDE },
	{ "memory-floor", required_argument, NULL, MEMORY_FLOOR },
	{ "swap-floor", required_argument, NULL, SWAP_FLOOR },
	{ "seed", required_argument, NULL, SEED },
	{ "known", required_argument, NULL, KNOWN },
	{ "out", required_argument, NULL, OUT },
	{ "no-victim", required_argument, NULL, NO_VICTIM },
	{ "help", no_argument, NULL, HELP },
	{},
};

static bool take_option(struct choice *choice, int option)
{
	switch (option) {
	case HERE:
		return choice->here = true;
	case DRY:
		return choice->dry = true;
	case SYSTEM_WIDE:
		return choice->consent.system_wide = true;
	case MEMORY_FLOOR:
		return lab_option_bytes("--memory-floor", optarg,
					&choice->consent.memory_floor);
	case SWAP_FLOOR:
		return lab_option_bytes("--swap-floor", optarg,
					&choice->consent.swap_floor);
	case SEED:
		return lab_option_number("--seed", optarg, 0, UINT64_MAX >> 1,
					 &choice->seed);
	case KNOWN:
		lab_known_option_add(&choice->known, optarg);
		return true;
	case NO_VICTIM:
		choice->no_victim = optarg;
		return true;
	case OUT:
		snprintf(choice->out, sizeof(choice->out), "%s", optarg);
		return true;
	default:
		lab_command_usage(&lab_cmd_run, LAB_USAGE);
		return false;
	}
}

/* All of them, so that every error is seen at once. */
static bool load(struct choice *choice, char **names)
{
	struct lab_scenario *scenario;
	size_t wrong = 0;

	for (; *names; names++) {
		scenario = lab_scenario_load(*names);
		if (scenario)
			choice->scenarios[choice->n++] = scenario;
		else
			wrong++;
	}
	return !wrong;
}

static int run_scenarios(struct choice *choice, int argc, char **argv)
{
	int code = LAB_USAGE;
	size_t i;

	/* Nobody but its kernel can take memory from a guest's run. */
	if (getenv(LAB_CHANNEL_ENV))
		lab_out_of_memory = LAB_FAIL;
	choice->scenarios = xcheck(calloc(argc, sizeof(*choice->scenarios)));
	if (load(choice, argv + optind) &&
	    lab_known_option_load(&choice->known))
		code = getenv(LAB_CHANNEL_ENV) ? run_in_guest(choice) :
						 run_here(choice, argc, argv);
	for (i = 0; i < choice->n; i++)
		lab_scenario_free(choice->scenarios[i]);
	free(choice->scenarios);
	lab_known_option_free(&choice->known);
	return code;
}

static int run_main(int argc, char **argv)
{
	struct choice choice = {
		.seed = 1,
		.consent = { .memory_floor = LAB_MEMORY_FLOOR,
			     .swap_floor = LAB_SWAP_FLOOR },
	};
	int option;

	lab_results_path(choice.out, sizeof(choice.out));
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == HELP)
			return lab_command_usage(&lab_cmd_run, LAB_PASS);
		if (!take_option(&choice, option))
			return LAB_USAGE;
	}
	if (optind == argc)
		return lab_command_usage(&lab_cmd_run, LAB_USAGE);
	if (!choice.here && !choice.dry && !getenv(LAB_CHANNEL_ENV)) {
		fprintf(stderr,
			"labyrinth: run makes the memory of this very machine short and may\n"
			"make it fail. To do that, add --on-this-machine; for a guest that\n"
			"nothing can happen to: labyrinth lab %s\n",
			argv[optind]);
		return LAB_USAGE;
	}
	return run_scenarios(&choice, argc, argv);
}

const struct lab_command lab_cmd_run = {
	.name = "run",
	.usage =
		"SCENARIO --on-this-machine [--dry-run] [--inject-system-wide]\n"
		"                [--memory-floor BYTES] [--swap-floor BYTES] [--seed N] [--known FILE]\n"
		"                [--no-victim WHY] [--out DIR]",
	.help = "fires scenarios on the machine it is called on",
	.details =
		"  --on-this-machine  needed outside a lab guest: memory will be short, and\n"
		"                     allocations of others may fail, while this runs\n"
		"  --dry-run          says what it would do, and does nothing\n"
		"  --inject-system-wide\n"
		"                     allows injectors that make requests of others fail\n"
		"  --memory-floor BYTES\n"
		"                     refuses when less memory is available (512M)\n"
		"  --swap-floor BYTES refuses pressure when less swap is free (256M)\n"
		"  --seed N           decides every choice that is left to chance (1)\n"
		"  --known FILE       known issues, beside the project's: what fails and is\n"
		"                     known is no failure then; project: no others\n"
		"  --no-victim WHY    skips phases that have a victim, and gives WHY as the reason\n"
		"  --out DIR          where the folder of the run goes (results)\n"
		"\n"
		"Needs root and labyrinth.ko loaded. Settings that are changed are put back\n"
		"however the run ends; after SIGKILL, by the next run or by labyrinth recover.\n",
	.options = options,
	.words = lab_complete_scenarios,
	.main = run_main,
};
