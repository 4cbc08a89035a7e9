// SPDX-License-Identifier: GPL-2.0-only
/*
 * explore/pending.c - which faults still have to be tried, and in which boots.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explorer.h"
#include "lib/alloc.h"
#include "lib/json.h"

/* Trials without a fault at the beginning of a boot of many. */
#define UNHARMED 3

/* Of a fault or of the second one of a pair: count and duration are the fault's. */
static json_t *plan_of(const json_t *fault, const json_t *which)
{
	return json_pack("{s:O, s:O, s:O, s:O}", "site",
			 json_object_get(which, "site"), "first",
			 json_object_get(which, "first"), "count",
			 json_object_get(fault, "count"), "duration",
			 json_object_get(fault, "duration"));
}

json_t *lab_one_trial(uint64_t id, const json_t *fault)
{
	const json_t *then = json_object_get(fault, "then");
	json_t *plans = json_array();

	if (fault)
		json_array_append_new(plans, plan_of(fault, fault));
	if (then)
		json_array_append_new(plans, plan_of(fault, then));
	return json_pack("{s:I, s:o}", "id", (json_int_t)id, "plans", plans);
}

void lab_push(struct explorer *all, enum purpose purpose, const size_t *fault,
	      size_t count)
{
	struct work_item *item;

	all->queue = xgrow(all->queue, all->queued);
	item = &all->queue[all->queued++];
	item->purpose = purpose;
	item->count = count;
	item->fault = xcheck(malloc(count * sizeof(*fault)));
	memcpy(item->fault, fault, count * sizeof(*fault));
}

/* For a fault that failed in a boot of many, or was not reached there. */
void lab_push_alone(struct explorer *all, size_t fault)
{
	lab_push(all, ALONE, &fault, 1);
}

static bool is_wanted(const struct explorer *all, const json_t *fault)
{
	const char *wanted = all->options->site;
	const json_t *site = lab_find(json_object_get(all->profile, "sites"),
				      "id", lab_text(fault, "site"));

	if (lab_is(fault, "kind", "pair") && !all->options->pairs)
		return false;
	return !wanted || !strcmp(lab_text(site, "id"), wanted) ||
	       strstr(lab_text(site, "stack"), wanted);
}

/* Whether the second site of a pair is that one; NULL: any, or none. */
static bool is_second(const json_t *fault, const char *then)
{
	return !then || lab_is(json_object_get(fault, "then"), "site", then);
}

/* Alone in a boot. Its verdict, if there is one, is discarded. */
bool lab_push_named(struct explorer *all)
{
	const char *kind = all->options->then	? "pair" :
			   all->options->starve ? "starve" :
						  "once";
	json_t *fault;
	size_t i;

	json_array_foreach(all->faults, i, fault) {
		if (!is_wanted(all, fault) || !lab_is(fault, "kind", kind) ||
		    lab_number(fault, "first") != all->options->first ||
		    !is_second(fault, all->options->then))
			continue;
		json_object_del(fault, "verdict");
		lab_push_alone(all, i);
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
 * Single occurrences in boots of many; times in which all requests fail alone.
 * The effect of such a time depends on the state before: an e100 whose ring was
 * starved in the ninth trial of a boot was only slow; in the first trial the
 * kernel panicked.
 */
bool lab_push_untried(struct explorer *all)
{
	size_t *batch = xcheck(malloc(all->options->batch * sizeof(*batch)));
	size_t n = 0, taken = 0, i;
	bool wanted = !all->options->site;
	json_t *fault;

	json_array_foreach(all->faults, i, fault) {
		if (!is_wanted(all, fault))
			continue;
		wanted = true;
		if (json_object_get(fault, "verdict"))
			continue;
		if (all->options->most && taken == all->options->most)
			break;
		taken++;
		/*
		 * See above: alone, so that it begins in the same state every
		 * time.
		 */
		if (lab_is(fault, "kind", "starve")) {
			lab_push_alone(all, i);
			continue;
		}
		batch[n++] = i;
		if (n == all->options->batch) {
			lab_push(all, BATCH, batch, n);
			n = 0;
		}
	}
	if (n)
		lab_push(all, BATCH, batch, n);
	free(batch);
	if (!wanted)
		fprintf(stderr,
			"labyrinth: %s has no site '%s'; --profile shows its sites\n",
			all->ex->victim.name, all->options->site);
	return wanted;
}

json_t *lab_trials_of(const struct explorer *all, const struct work_item *item)
{
	json_t *trials = json_array(), *trial;
	const json_t *fault;
	size_t i, n;

	/*
	 * The id of a trial is the fault's index plus 1, or 0 without a fault.
	 */
	for (i = 0; i < (item->purpose == ALONE ? 0 : UNHARMED); i++)
		json_array_append_new(trials, lab_one_trial(0, NULL));
	n = item->purpose == LEAKS ? LEAK_TRIALS : 1;
	while (n--)
		for (i = 0; i < item->count; i++) {
			fault = json_array_get(all->faults, item->fault[i]);
			json_array_append_new(trials,
					      lab_one_trial(item->fault[i] + 1,
							    fault));
		}
	/* Shows what those with a fault gave back. */
	if (item->purpose != ALONE) {
		trial = lab_one_trial(0, NULL);
		if (item->purpose == LEAKS)
			json_object_set_new(trial, "wait",
					    json_integer(LEAK_WAIT_S));
		json_array_append_new(trials, trial);
	}
	return trials;
}
