// SPDX-License-Identifier: GPL-2.0-only
/*
 * explore/conclude_boot.c - verdicts from what a boot left, and what has to be tried
 * again because of them.
 *
 * A verdict of a boot of many is provisional unless nothing failed: the fault is
 * tried again, alone, twice. A leak has to appear in each of some trials in a row.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explorer.h"
#include "lib/alloc.h"
#include "lib/json.h"

/* A fault is tried in at most this many boots of many. */
#define TRIES_MAX 2

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

/* The fault of the trial that began and did not end before the guest died. */
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
	/*
	 * The message of kernel/watchdog.c, watchdog_timer_fn(), with
	 * softlockup_panic, which victim/trial.c sets.
	 */
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

/* Learns from the trials without a fault at the beginning of the boot. */
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

/* The trials of a boot, in their order; malloc()ed. */
static const json_t **trials_of(const struct lab_boot *boot, size_t *count)
{
	const json_t **trials = xcheck(
		calloc(json_array_size(boot->records) + 1, sizeof(*trials)));
	const json_t *record;
	size_t i;

	*count = 0;
	json_array_foreach(boot->records, i, record)
		if (lab_is(record, "record", "trial"))
			trials[(*count)++] = record;
	return trials;
}

/*
 * The verdict of one of the trials of a boot. A store that no shrinking empties
 * looks like a leak until its objects are used: later trials tell.
 */
static enum lab_trial_verdict judge_nth(const struct explorer *all,
					const json_t *const *trials,
					size_t count, size_t n, char *evidence,
					size_t size)
{
	const json_t *before = n ? trials[n - 1] : NULL;
	enum lab_trial_verdict verdict =
		lab_trial_judge(trials[n], before, &all->noise, evidence, size);

	if (verdict != LAB_TRIAL_LEAK || !before ||
	    lab_number(trials[n], "close_error") ||
	    !lab_trial_gave_back(trials[n], before, &trials[n + 1],
				 count - n - 1, &all->noise))
		return verdict;
	return lab_trial_judge(trials[n], NULL, &all->noise, evidence, size);
}

/*
 * Of a pair whose second request did not come by after the first had failed,
 * nothing is known that the first alone does not tell.
 */
static enum lab_trial_verdict judge_pair(const json_t *fault,
					 const json_t *trial,
					 enum lab_trial_verdict verdict,
					 char *evidence, size_t size)
{
	if (!json_object_get(fault, "then") || lab_trial_fails(verdict) ||
	    lab_number(json_object_get(trial, "watched"), "faults") > 1)
		return verdict;
	snprintf(evidence, size,
		 "the second request did not come by after the first failed");
	return LAB_TRIAL_NOT_REACHED;
}

/* Whether what a boot of many says has to be seen alone. */
static bool is_provisional(const json_t *fault, enum lab_trial_verdict verdict)
{
	return lab_trial_fails(verdict) || (verdict == LAB_TRIAL_NOT_REACHED &&
					    !json_object_get(fault, "then"));
}

static void conclude_batch(struct explorer *all, const struct lab_boot *boot,
			   const struct work_item *item)
{
	const json_t **trials;
	char evidence[400];
	size_t count, i, at;
	json_t *fault;

	learn_noise(all, boot);
	trials = trials_of(boot, &count);
	for (i = 0; i < count; i++) {
		enum lab_trial_verdict verdict;

		at = lab_number(trials[i], "id");
		if (!at)
			continue;
		fault = json_array_get(all->faults, --at);
		verdict = judge_nth(all, trials, count, i, evidence,
				    sizeof(evidence));
		verdict = judge_pair(fault, trials[i], verdict, evidence,
				     sizeof(evidence));
		if (verdict == LAB_TRIAL_LEAK)
			lab_push(all, LEAKS, &at, 1);
		else if (is_provisional(fault, verdict))
			lab_push_alone(all, at);
		set_verdict(fault, verdict, evidence, "batch");
		json_object_set_new(
			fault, "provisional",
			json_boolean(is_provisional(fault, verdict)));
	}
	free(trials);
	if (kernel_ended_it(boot) && died_in(boot, &at)) {
		fault = json_array_get(all->faults, at);
		set_verdict(fault,
			    judge_death(boot, evidence, sizeof(evidence)),
			    evidence, "batch");
		json_object_set_new(fault, "provisional", json_true());
		lab_push_alone(all, at);
	}
	/* Faults that the boot did not reach. */
	for (i = at = 0; i < item->count; i++) {
		fault = json_array_get(all->faults, item->fault[i]);
		if (json_object_get(fault, "verdict"))
			continue;
		if (lab_number(fault, "tries") >= TRIES_MAX) {
			lab_push_alone(all, item->fault[i]);
			continue;
		}
		json_object_set_new(
			fault, "tries",
			json_integer(lab_number(fault, "tries") + 1));
		item->fault[at++] = item->fault[i];
	}
	if (at)
		lab_push(all, BATCH, item->fault, at);
}

/* What a boot with one trial recorded; nothing of it depends on the host. */
static char *bytes_of(const struct lab_boot *boot)
{
	return json_dumps(boot->records, JSON_COMPACT | JSON_SORT_KEYS);
}

/*
 * The records of the first boot alone are stored; those of the second have to
 * be equal.
 */
static void conclude_alone(struct explorer *all, const struct lab_boot *boot,
			   const struct work_item *item)
{
	const size_t at = item->fault[0];
	json_t *fault = json_array_get(all->faults, at);
	const json_t *trial = lab_record_of_kind(boot->records, "trial", 0);
	enum lab_trial_verdict verdict;
	char evidence[400], *bytes = bytes_of(boot);
	const char *first = lab_text(fault, "bytes");

	if (trial) {
		verdict = lab_trial_judge(trial, NULL, &all->noise, evidence,
					  sizeof(evidence));
		verdict = judge_pair(fault, trial, verdict, evidence,
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
				    json_boolean(lab_as_profiled(all, trial)));
	set_verdict(fault, verdict, evidence, "alone");
	keep_log(fault, trial, boot->console);
	json_object_del(fault, "provisional");
	if (!*first && lab_trial_fails(verdict)) {
		json_object_set_new(fault, "bytes", json_string(bytes));
		json_object_set_new(fault, "provisional", json_true());
		lab_push_alone(all, at);
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
	const json_t *trials[LEAK_TRIALS + 1], *trial, *later = NULL;
	json_t *fault = json_array_get(all->faults, item->fault[0]);
	char evidence[400] = "";
	size_t n = 0, i;

	json_array_foreach(boot->records, i, trial) {
		if (!lab_is(trial, "record", "trial"))
			continue;
		later = lab_number(trial, "id") ? NULL : trial;
		if (!later && n < LEAK_TRIALS)
			trials[n++] = trial;
	}
	if (n < LEAK_TRIALS || !later) {
		lab_push_alone(all, item->fault[0]);
		return;
	}
	json_object_del(fault, "provisional");
	/*
	 * trials[0] is not judged: its fault may fill a store that then stays
	 * full.
	 */
	if (lab_trials_leak(trials, n, later, &all->noise, evidence,
			    sizeof(evidence)))
		set_verdict(fault, LAB_TRIAL_LEAK, evidence, "in a row");
	else
		set_verdict(fault,
			    lab_trial_judge(trials[1], NULL, &all->noise,
					    evidence, sizeof(evidence)),
			    evidence, "in a row");
}

void lab_conclude(struct explorer *all, struct lab_boot *boot,
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
}
