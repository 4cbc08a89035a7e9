// SPDX-License-Identifier: GPL-2.0-only
/*
 * explore/explore.c - an exploration: each site of a victim fails, and the
 * effect is recorded.
 *
 * First a guest runs the victim without a fault: its first trial is the
 * profile. Then faults are tried, many in one boot: a trial takes about a
 * second of the guest's time, a boot many. Such a boot begins with trials
 * without a fault, which show what every trial leaves behind. It ends with the
 * first trial that was not as expected, because that may affect the following
 * ones. The faults that remain go to another boot.
 *
 * A trial that was not the first of its boot proves nothing: a fault that
 * failed there is tried again, alone in a boot, twice. Up to the fault, the
 * requests of such a boot have to equal those of the profile, which is checked.
 * In deterministic mode the two boots have to be equal, byte by byte. A leak
 * has to appear in each of some trials in a row, and to stay.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "explorer.h"
#include "lib/alloc.h"
#include "lib/json.h"
#include "lib/output.h"
#include "lib/progress.h"
#include "lib/sha256.h"

/*
 * ---- explore.json ----------------------------------------------------------
 */

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
	char program[LAB_FINGERPRINT] = "", initramfs[LAB_FINGERPRINT] = "";
	char *path = xasprintf("%s/initramfs", ex->bundle.folder);

	if (ex->victim.file)
		lab_fingerprint_file(ex->victim.file, program);
	/* The folder is called as the kernel; program and module change in it. */
	lab_fingerprint_file(path, initramfs);
	free(path);
	return json_pack("{s:s, s:s, s:O, s:s, s:s, s:o, s:s, s:s, s:s, s:b}",
			 "kernel", ex->kernel, "victim", ex->victim.name,
			 "arguments", ex->arguments, "program", program,
			 "devices", ex->victim.machine->name, "machine",
			 lab_machine_json(&ex->machine, &ex->qemu), "bundle",
			 strrchr(ex->bundle.folder, '/') + 1, "initramfs",
			 initramfs, "occurrences",
			 lab_occurrence_names[all->options->occurrences],
			 "starve", all->options->starve);
}

/* The document of an earlier exploration with the same identity, or NULL. */
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

static void conclude(struct explorer *all, struct lab_boot *boot,
		     struct work_item *item)
{
	lab_conclude(all, boot, item);
	keep(all);
}

static bool start_next(struct explorer *all, struct lab_boot *boot,
		       struct work_item *item)
{
	json_t *trials;
	int code;

	*item = all->queue[--all->queued];
	trials = lab_trials_of(all, item);
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
			if (!boot->running && all->queued &&
			    !lab_explore_stopped && !all->broke)
				start_next(all, boot, &all->item[i]);
			running += boot->running;
		}
		show_progress(all, running);
		usleep(POLL_US);
		if (lab_explore_stopped)
			for (i = 0; i < jobs; i++)
				if (all->boot[i].running) {
					lab_boot_end(&all->boot[i]);
					free(all->item[i].fault);
				}
	} while (running && !lab_explore_stopped);
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
	return lab_explore_stopped ? LAB_HARNESS : LAB_PASS;
}

/* A fault whose verdict was not confirmed yet is tried again. */
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

/* Pairs come last. */
static bool has_pairs(const json_t *faults)
{
	const size_t count = json_array_size(faults);

	return count &&
	       lab_is(json_array_get(faults, count - 1), "kind", "pair");
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
		code = lab_profile_run(&all);
	}
	if (code || all.left) {
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
	if (options->pairs && !has_pairs(all.faults))
		lab_plan_pairs(all.faults,
			       json_object_get(all.profile, "sites"),
			       json_object_get(all.profile, "order"));
	forget_provisional(all.faults);
	if (options->first ?
		    !lab_push_named(&all) :
		    !options->profile_only && !lab_push_untried(&all)) {
		json_decref(all.found);
		*found = NULL;
		return LAB_USAGE;
	}
	if (ex->elsewhere)
		lab_work_off_elsewhere(&all);
	else
		work_off(&all);
	lab_noise_free(&all.noise);
	/*
	 * What was done elsewhere is there: whoever goes on concludes it again, and
	 * would not with a document in which a part of it has verdicts.
	 */
	if (!ex->elsewhere || !(all.broke || all.left || lab_explore_stopped))
		keep(&all);
	if (all.left) {
		json_decref(all.found);
		all.found = NULL;
	}
	*found = all.found;
	return all.left ? LAB_PASS : exit_of(&all);
}
