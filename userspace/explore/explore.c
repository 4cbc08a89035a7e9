// SPDX-License-Identifier: GPL-2.0-only
/*
 * explore/explore.c - a victim's sites, each failed, and what came of it.
 *
 * First a guest runs the victim with nothing done to it: its first trial is the
 * profile. Then faults are tried, many to a boot, since a trial takes a second of
 * the guest's time and a boot many. A boot of many begins with trials without a
 * fault, which tell what a trial leaves behind anyway. It ends with the first
 * trial that was not as it should be, as what comes after could be its doing;
 * what was still to be tried goes to another boot.
 *
 * Nothing is claimed of a trial that was not the first of its boot: whatever
 * failed there is tried again, alone, twice. Up to the fault such a boot is the
 * profile's, request by request, which is checked; and the two of them have to
 * be the same, byte by byte, in deterministic mode. What is a leak has to be one
 * in each of some trials in a row.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "explore.h"
#include "lib/alloc.h"
#include "lib/json.h"
#include "lib/output.h"
#include "lib/progress.h"
#include "lib/random.h"
#include "lib/sha256.h"

#define POLL_US 20000
#define JOBS_MAX 64
/* Trials without a fault that a boot of many begins with. */
#define UNHARMED 3
/* In a row with the same fault, to see whether each leaves something behind. */
#define LEAK_TRIALS 6
/* A fault is tried in so many boots of many at most. */
#define TRIES_MAX 2

enum purpose {
	BATCH, /* many faults */
	ALONE, /* one, in the first trial */
	LEAKS, /* one, in trials in a row */
};

struct work_item {
	enum purpose purpose;
	size_t *fault; /* indices, malloc()ed */
	size_t count;
};

struct explorer {
	struct lab_exploration *ex;
	const struct lab_explore_options *options;
	json_t *found; /* what is kept */
	json_t *faults; /* of it */
	json_t *profile; /* of it */
	struct lab_trial_noise noise;

	struct work_item *queue;
	size_t queued;
	struct lab_boot boot[JOBS_MAX];
	struct work_item item[JOBS_MAX]; /* that a boot is at */
	unsigned int boots; /* ever started */
	double began;
	bool broke;
};

static volatile sig_atomic_t stopped;

void lab_explore_stop(void)
{
	stopped = 1;
}

/* ---- what is kept ---------------------------------------------------------- */

static char *path_of(const struct explorer *all)
{
	return xasprintf("%s/explore.json", all->ex->folder);
}

static void keep(const struct explorer *all)
{
	struct lab_output output;
	char *path = path_of(all);

	if (lab_output_open(&output, path)) {
		json_dumpf(all->found, output.to,
			   JSON_INDENT(1) | JSON_SORT_KEYS);
		fputc('\n', output.to);
		lab_output_close(&output, true);
	}
	free(path);
}

static json_t *identity(const struct explorer *all)
{
	const struct lab_exploration *ex = all->ex;
	char program[LAB_FINGERPRINT] = "";

	if (ex->victim.file)
		lab_fingerprint_file(ex->victim.file, program);
	return json_pack("{s:s, s:s, s:O, s:s, s:s, s:o, s:s, s:s, s:b}",
			 "kernel", ex->kernel, "victim", ex->victim.name,
			 "arguments", ex->arguments, "program", program,
			 "devices", ex->victim.machine->name, "machine",
			 lab_machine_json(&ex->machine, &ex->qemu), "bundle",
			 strrchr(ex->bundle.folder, '/') + 1, "occurrences",
			 lab_occurrence_names[all->options->occurrences],
			 "starve", all->options->starve);
}

/* What an earlier exploration of the same came to, or NULL. */
static json_t *kept_before(const struct explorer *all)
{
	char *path = path_of(all);
	json_t *kept = json_load_file(path, 0, NULL), *now = identity(all);

	if (kept && !json_equal(json_object_get(kept, "identity"), now)) {
		fprintf(stderr,
			"labyrinth: %s is of another exploration and is written anew\n",
			path);
		json_decref(kept);
		kept = NULL;
	}
	json_decref(now);
	free(path);
	return kept;
}

/* ---- the profile ------------------------------------------------------------ */

static json_t *of_kind(const json_t *records, const char *kind, size_t number)
{
	json_t *record;
	size_t i;

	json_array_foreach(records, i, record)
		if (lab_is(record, "record", kind) && !number--)
			return record;
	return NULL;
}

static int tell_trouble(const struct lab_boot *boot)
{
	const json_t *trouble = of_kind(boot->records, "trouble", 0);

	lab_progress_clear();
	if (trouble) {
		fprintf(stderr, "labyrinth: %s\n", lab_text(trouble, "why"));
		return LAB_SKIP;
	}
	fprintf(stderr,
		"labyrinth: the unharmed victim did not get through: %s\n%s\n",
		boot->why, boot->console ?: "");
	return LAB_HARNESS;
}

static json_t *take_sites(const json_t *records)
{
	json_t *sites = json_array(), *record;
	size_t i;

	json_array_foreach(records, i, record) {
		if (!lab_is(record, "record", "site"))
			continue;
		json_object_del(record, "record");
		json_array_append(sites, record);
	}
	return sites;
}

static int take_profile(struct explorer *all, const struct lab_boot *boot)
{
	json_t *trial = of_kind(boot->records, "trial", 0);
	const json_t *order = of_kind(boot->records, "requests", 0);

	if (boot->ending != LAB_ENDED || !trial || !order)
		return tell_trouble(boot);
	if (!json_is_true(json_object_get(trial, "recovered"))) {
		lab_progress_clear();
		fprintf(stderr,
			"labyrinth: the victim does not get through even with nothing done to it: %s\n",
			lab_text(json_object_get(trial, "recovery"), "detail"));
		return LAB_HARNESS;
	}
	json_object_set_new(
		all->found, "profile",
		json_pack("{s:O, s:o, s:O, s:s}", "watched",
			  json_object_get(trial, "watched"), "sites",
			  take_sites(boot->records), "order",
			  json_object_get(order, "places"), "release",
			  lab_text(of_kind(boot->records, "kernel", 0),
				   "release")));
	return 0;
}

static json_t *one_trial(uint64_t id, const json_t *fault)
{
	json_t *plans = json_array();

	if (fault)
		json_array_append_new(
			plans,
			json_pack("{s:O, s:O, s:O, s:O}", "site",
				  json_object_get(fault, "site"), "first",
				  json_object_get(fault, "first"), "count",
				  json_object_get(fault, "count"), "duration",
				  json_object_get(fault, "duration")));
	return json_pack("{s:I, s:o}", "id", (json_int_t)id, "plans", plans);
}

static int run_profile(struct explorer *all)
{
	json_t *trials = json_pack("[o]", one_trial(0, NULL));
	struct lab_boot *boot = &all->boot[0];
	int code = lab_boot_start(boot, all->ex, trials, true, all->boots++);

	json_decref(trials);
	if (code)
		return code;
	while (!lab_boot_poll(boot) && !stopped) {
		lab_progress("profile of %s: %.0f s", all->ex->victim.name,
			     lab_now() - boot->guest.started);
		usleep(POLL_US);
	}
	lab_progress_clear();
	code = stopped ? LAB_HARNESS : take_profile(all, boot);
	lab_boot_end(boot);
	return code;
}

/*
 * The hash that the module has of the first requests (module/sites.c,
 * lab_site_count()), from the profile's own order.
 */
static uint64_t profile_hash(const struct explorer *all, uint64_t requests)
{
	const json_t *order = json_object_get(all->profile, "order"), *site;
	uint64_t hash = 0, *id, i;
	size_t most = 0, j;

	json_array_foreach(json_object_get(all->profile, "sites"), j, site)
		if (lab_number(site, "place") >= most)
			most = lab_number(site, "place") + 1;
	id = xcheck(calloc(most, sizeof(*id)));
	json_array_foreach(json_object_get(all->profile, "sites"), j, site)
		id[lab_number(site, "place")] =
			strtoull(lab_text(site, "id"), NULL, 16);
	for (i = 0; i < requests && i < json_array_size(order); i++) {
		const size_t place =
			json_integer_value(json_array_get(order, i));

		hash ^= place < most ? id[place] : 0;
		hash = lab_random(&hash);
	}
	free(id);
	return hash;
}

/* Whether all that came before the fault was what the profile has there. */
static bool as_profiled(const struct explorer *all, const json_t *trial)
{
	const json_t *seen = json_object_get(trial, "watched");

	return strtoull(lab_text(seen, "hash_before_fault"), NULL, 16) ==
	       profile_hash(all, lab_number(seen, "fault_request"));
}

/* ---- what is still to be done ------------------------------------------------ */

static void push(struct explorer *all, enum purpose purpose,
		 const size_t *fault, size_t count)
{
	struct work_item *item;

	all->queue = xgrow(all->queue, all->queued);
	item = &all->queue[all->queued++];
	item->purpose = purpose;
	item->count = count;
	item->fault = xcheck(malloc(count * sizeof(*fault)));
	memcpy(item->fault, fault, count * sizeof(*fault));
}

/* Again: alone when it was found to fail or is not reached here. */
static void try_alone(struct explorer *all, size_t fault)
{
	push(all, ALONE, &fault, 1);
}

static bool is_wanted(const struct explorer *all, const json_t *fault)
{
	const char *wanted = all->options->site;
	const json_t *site = lab_find(json_object_get(all->profile, "sites"),
				      "id", lab_text(fault, "site"));

	return !wanted || !strcmp(lab_text(site, "id"), wanted) ||
	       strstr(lab_text(site, "stack"), wanted);
}

/* The fault that the options name, alone: whether it is there. */
static bool push_one(struct explorer *all)
{
	const char *kind = all->options->starve ? "starve" : "once";
	json_t *fault;
	size_t i;

	json_array_foreach(all->faults, i, fault) {
		if (!is_wanted(all, fault) || !lab_is(fault, "kind", kind) ||
		    lab_number(fault, "first") != all->options->first)
			continue;
		json_object_del(fault, "verdict");
		try_alone(all, i);
		return true;
	}
	fprintf(stderr,
		"labyrinth: %s has no site '%s' whose occurrence %" PRIu64
		" was planned to fail; --profile shows its sites\n",
		all->ex->victim.name, all->options->site ?: "",
		all->options->first);
	return false;
}

/*
 * Faults without a verdict: single ones in boots of many, and times without
 * anything alone. An e100 whose ring was starved in its ninth trial was only
 * slow; in its first one the kernel panicked.
 */
static void push_rest(struct explorer *all)
{
	size_t *batch = xcheck(malloc(all->options->batch * sizeof(*batch)));
	size_t n = 0, taken = 0, i;
	json_t *fault;

	json_array_foreach(all->faults, i, fault) {
		if (json_object_get(fault, "verdict") || !is_wanted(all, fault))
			continue;
		if (all->options->most && taken == all->options->most)
			break;
		taken++;
		/* What a site gets nothing for depends on when: exact, alone. */
		if (lab_is(fault, "kind", "starve")) {
			try_alone(all, i);
			continue;
		}
		batch[n++] = i;
		if (n == all->options->batch) {
			push(all, BATCH, batch, n);
			n = 0;
		}
	}
	if (n)
		push(all, BATCH, batch, n);
	free(batch);
}

static json_t *trials_of(const struct explorer *all,
			 const struct work_item *item)
{
	json_t *trials = json_array();
	const json_t *fault;
	size_t i, n;

	/* Ids are the fault's index and one; trials without a fault have none. */
	for (i = 0; i < (item->purpose == ALONE ? 0 : UNHARMED); i++)
		json_array_append_new(trials, one_trial(0, NULL));
	n = item->purpose == LEAKS ? LEAK_TRIALS : 1;
	while (n--)
		for (i = 0; i < item->count; i++) {
			fault = json_array_get(all->faults, item->fault[i]);
			json_array_append_new(
				trials, one_trial(item->fault[i] + 1, fault));
		}
	return trials;
}

/* ---- what came of a boot ------------------------------------------------------ */

static void set_verdict(json_t *fault, enum lab_trial_verdict verdict,
			const char *evidence, const char *how)
{
	json_object_set_new(fault, "verdict",
			    json_string(lab_trial_names[verdict]));
	json_object_set_new(fault, "evidence", json_string(evidence));
	json_object_set_new(fault, "place", json_string(how));
}

static void keep_log(json_t *fault, const json_t *trial, const char *console)
{
	const json_t *lines =
		json_object_get(json_object_get(trial, "log"), "lines");

	if (json_array_size(lines))
		json_object_set(fault, "log", (json_t *)lines);
	else if (console)
		json_object_set_new(fault, "console", json_string(console));
}

/* The trial that a guest was in when it died: begun, and not ended. */
static bool died_in(const struct lab_boot *boot, size_t *fault)
{
	const json_t *record;
	uint64_t begun = 0;
	bool open = false;
	size_t i;

	json_array_foreach(boot->records, i, record) {
		if (lab_is(record, "record", "begin")) {
			begun = lab_number(record, "id");
			open = true;
		} else if (lab_is(record, "record", "trial")) {
			open = false;
		}
	}
	*fault = begun - 1;
	return open && begun;
}

static enum lab_trial_verdict judge_death(const struct lab_boot *boot,
					  char *evidence, size_t size)
{
	snprintf(evidence, size, "%.250s", boot->why);
	/* kernel/watchdog.c, watchdog_timer_fn(), as trials ask it to. */
	return boot->ending == LAB_HUNG ||
			       strstr(boot->why, "softlockup: hung tasks") ?
		       LAB_TRIAL_HUNG :
		       LAB_TRIAL_CRASHED;
}

static bool kernel_ended_it(const struct lab_boot *boot)
{
	return boot->ending == LAB_PANICKED || boot->ending == LAB_KILLED ||
	       boot->ending == LAB_HUNG;
}

/* From the trials without a fault that a boot begins with. */
static void learn_noise(struct explorer *all, const struct lab_boot *boot)
{
	const json_t *trial, *before = NULL;
	size_t i;

	json_array_foreach(boot->records, i, trial) {
		if (!lab_is(trial, "record", "trial"))
			continue;
		if (lab_number(trial, "id"))
			return;
		if (before)
			lab_noise_learn(&all->noise, before, trial);
		before = trial;
	}
}

static void conclude_batch(struct explorer *all, const struct lab_boot *boot,
			   const struct work_item *item)
{
	json_t *trial, *before = NULL, *fault;
	char evidence[400];
	size_t i, at;

	learn_noise(all, boot);
	json_array_foreach(boot->records, i, trial) {
		enum lab_trial_verdict verdict;

		if (!lab_is(trial, "record", "trial"))
			continue;
		at = lab_number(trial, "id");
		if (!at) {
			before = trial;
			continue;
		}
		fault = json_array_get(all->faults, --at);
		verdict = lab_trial_judge(trial, before, &all->noise, evidence,
					  sizeof(evidence));
		before = trial;
		if (verdict == LAB_TRIAL_LEAK)
			push(all, LEAKS, &at, 1);
		else if (lab_trial_fails(verdict) ||
			 verdict == LAB_TRIAL_NOT_REACHED)
			try_alone(all, at);
		set_verdict(fault, verdict, evidence, "batch");
		json_object_set_new(
			fault, "provisional",
			json_boolean(lab_trial_fails(verdict) ||
				     verdict == LAB_TRIAL_NOT_REACHED));
	}
	if (kernel_ended_it(boot) && died_in(boot, &at)) {
		fault = json_array_get(all->faults, at);
		set_verdict(fault,
			    judge_death(boot, evidence, sizeof(evidence)),
			    evidence, "batch");
		json_object_set_new(fault, "provisional", json_true());
		try_alone(all, at);
	}
	/* What it did not come to. */
	for (i = at = 0; i < item->count; i++) {
		fault = json_array_get(all->faults, item->fault[i]);
		if (json_object_get(fault, "verdict"))
			continue;
		if (lab_number(fault, "tries") >= TRIES_MAX) {
			try_alone(all, item->fault[i]);
			continue;
		}
		json_object_set_new(
			fault, "tries",
			json_integer(lab_number(fault, "tries") + 1));
		item->fault[at++] = item->fault[i];
	}
	if (at)
		push(all, BATCH, item->fault, at);
}

/* What a boot with one trial was, byte by byte, but for the host's part. */
static char *bytes_of(const struct lab_boot *boot)
{
	return json_dumps(boot->records, JSON_COMPACT | JSON_SORT_KEYS);
}

/*
 * The first time a boot is alone it is kept; the second one has to be the same.
 */
static void conclude_alone(struct explorer *all, const struct lab_boot *boot,
			   const struct work_item *item)
{
	const size_t at = item->fault[0];
	json_t *fault = json_array_get(all->faults, at);
	const json_t *trial = of_kind(boot->records, "trial", 0);
	enum lab_trial_verdict verdict;
	char evidence[400], *bytes = bytes_of(boot);
	const char *first = lab_text(fault, "bytes");

	if (trial) {
		verdict = lab_trial_judge(trial, NULL, &all->noise, evidence,
					  sizeof(evidence));
	} else if (kernel_ended_it(boot)) {
		verdict = judge_death(boot, evidence, sizeof(evidence));
	} else {
		all->broke = true;
		json_object_set_new(fault, "broke", json_string(boot->why));
		free(bytes);
		return;
	}
	if (trial && verdict != LAB_TRIAL_NOT_REACHED)
		json_object_set_new(fault, "as_profiled",
				    json_boolean(as_profiled(all, trial)));
	set_verdict(fault, verdict, evidence, "alone");
	keep_log(fault, trial, boot->console);
	json_object_del(fault, "provisional");
	if (!*first && lab_trial_fails(verdict)) {
		json_object_set_new(fault, "bytes", json_string(bytes));
		json_object_set_new(fault, "provisional", json_true());
		try_alone(all, at);
	} else if (*first) {
		json_object_set_new(fault, "same_twice",
				    json_boolean(!strcmp(first, bytes)));
		json_object_del(fault, "bytes");
	}
	free(bytes);
}

static void conclude_leaks(struct explorer *all, const struct lab_boot *boot,
			   const struct work_item *item)
{
	const json_t *trials[LEAK_TRIALS + 1], *trial;
	json_t *fault = json_array_get(all->faults, item->fault[0]);
	char evidence[400] = "";
	size_t n = 0, i;

	json_array_foreach(boot->records, i, trial)
		if (lab_is(trial, "record", "trial") &&
		    lab_number(trial, "id") && n < LEAK_TRIALS)
			trials[n++] = trial;
	if (n < LEAK_TRIALS) {
		try_alone(all, item->fault[0]);
		return;
	}
	json_object_del(fault, "provisional");
	/* The first may fill a store that then stays full. */
	if (lab_trials_leak(trials, n, &all->noise, evidence, sizeof(evidence)))
		set_verdict(fault, LAB_TRIAL_LEAK, evidence, "in a row");
	else
		set_verdict(fault,
			    lab_trial_judge(trials[1], NULL, &all->noise,
					    evidence, sizeof(evidence)),
			    evidence, "in a row");
}

static void conclude(struct explorer *all, struct lab_boot *boot,
		     struct work_item *item)
{
	static void (*const conclusions[])(struct explorer *,
					   const struct lab_boot *,
					   const struct work_item *) = {
		[BATCH] = conclude_batch,
		[ALONE] = conclude_alone,
		[LEAKS] = conclude_leaks,
	};

	conclusions[item->purpose](all, boot, item);
	free(item->fault);
	lab_boot_end(boot);
	keep(all);
}

/* ---- the loop ------------------------------------------------------------------ */

static void show_progress(const struct explorer *all, unsigned int running)
{
	size_t done = 0, failed = 0, i;
	const json_t *fault;

	json_array_foreach(all->faults, i, fault) {
		done += lab_fault_verdict(fault) != LAB_TRIAL_VERDICT_COUNT;
		failed += lab_fault_fails(fault);
	}
	lab_progress("%s: %zu of %zu faults, %zu suspicious, %u guests, %.0f s",
		     all->ex->victim.name, done, json_array_size(all->faults),
		     failed, running, lab_now() - all->began);
}

static bool start_next(struct explorer *all, struct lab_boot *boot,
		       struct work_item *item)
{
	json_t *trials;
	int code;

	*item = all->queue[--all->queued];
	trials = trials_of(all, item);
	code = lab_boot_start(boot, all->ex, trials, false, all->boots++);
	json_decref(trials);
	if (code) {
		all->broke = true;
		free(item->fault);
	}
	return !code;
}

static void work_off(struct explorer *all)
{
	const unsigned int jobs =
		all->options->jobs < JOBS_MAX ? all->options->jobs : JOBS_MAX;
	unsigned int running, i;

	do {
		running = 0;
		for (i = 0; i < jobs; i++) {
			struct lab_boot *boot = &all->boot[i];

			if (boot->running && lab_boot_poll(boot))
				conclude(all, boot, &all->item[i]);
			if (!boot->running && all->queued && !stopped &&
			    !all->broke)
				start_next(all, boot, &all->item[i]);
			running += boot->running;
		}
		show_progress(all, running);
		usleep(POLL_US);
		if (stopped)
			for (i = 0; i < jobs; i++)
				if (all->boot[i].running) {
					lab_boot_end(&all->boot[i]);
					free(all->item[i].fault);
				}
	} while (running && !stopped);
	lab_progress_clear();
	while (all->queued)
		free(all->queue[--all->queued].fault);
	free(all->queue);
}

static int exit_of(const struct explorer *all)
{
	const json_t *fault;
	size_t i;

	if (all->broke)
		return LAB_HARNESS;
	json_array_foreach(all->faults, i, fault)
		if (lab_fault_fails(fault))
			return LAB_FAIL;
	return stopped ? LAB_HARNESS : LAB_PASS;
}

/* A trial in which a boot died before is looked at again: it was not confirmed. */
static void forget_provisional(json_t *faults)
{
	json_t *fault;
	size_t i;

	json_array_foreach(faults, i, fault)
		if (json_object_get(fault, "provisional") &&
		    json_is_true(json_object_get(fault, "provisional"))) {
			json_object_del(fault, "verdict");
			json_object_del(fault, "bytes");
			json_object_del(fault, "provisional");
		}
}

int lab_explore(struct lab_exploration *ex,
		const struct lab_explore_options *options, json_t **found)
{
	struct explorer all = { .ex = ex, .options = options };
	int code = 0;

	all.began = lab_now();
	all.found = kept_before(&all);
	if (!all.found) {
		all.found = json_pack("{s:s, s:o}", "schema",
				      "labyrinth-exploration/1", "identity",
				      identity(&all));
		code = run_profile(&all);
	}
	if (code) {
		json_decref(all.found);
		*found = NULL;
		return code;
	}
	all.profile = json_object_get(all.found, "profile");
	all.faults = json_object_get(all.found, "faults");
	if (!all.faults) {
		all.faults =
			lab_plan_faults(json_object_get(all.profile, "sites"),
					options->occurrences, options->starve);
		json_object_set_new(all.found, "faults", all.faults);
	}
	forget_provisional(all.faults);
	if (options->first && !push_one(&all)) {
		json_decref(all.found);
		*found = NULL;
		return LAB_USAGE;
	}
	if (!options->first && !options->profile_only)
		push_rest(&all);
	work_off(&all);
	keep(&all);
	lab_noise_free(&all.noise);
	*found = all.found;
	return exit_of(&all);
}
