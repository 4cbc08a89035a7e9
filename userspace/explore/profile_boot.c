// SPDX-License-Identifier: GPL-2.0-only
/*
 * explore/profile_boot.c - the profile: the sites of a victim and the order of its
 * requests, from the first trial of a boot, without a fault.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "explorer.h"
#include "lib/alloc.h"
#include "lib/json.h"
#include "lib/progress.h"
#include "lib/random.h"

json_t *lab_record_of_kind(const json_t *records, const char *kind,
			   size_t number)
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
	const json_t *trouble = lab_record_of_kind(boot->records, "trouble", 0);

	lab_progress_clear();
	if (trouble) {
		fprintf(stderr, "labyrinth: %s\n", lab_text(trouble, "why"));
		return LAB_SKIP;
	}
	if (boot->ending == LAB_UNFIT) {
		fprintf(stderr, "labyrinth: %s\n", boot->why);
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
	json_t *trial = lab_record_of_kind(boot->records, "trial", 0);
	const json_t *order = lab_record_of_kind(boot->records, "requests", 0);

	if (boot->ending != LAB_ENDED || !trial || !order)
		return tell_trouble(boot);
	if (!json_is_true(json_object_get(trial, "recovered"))) {
		lab_progress_clear();
		fprintf(stderr,
			"labyrinth: the victim does not get through even with nothing done to it: %s\n",
			lab_text(json_object_get(trial, "recovery"), "detail"));
		return LAB_HARNESS;
	}
	json_object_set_new(all->found, "profile",
			    json_pack("{s:O, s:o, s:O, s:s}", "watched",
				      json_object_get(trial, "watched"),
				      "sites", take_sites(boot->records),
				      "order", json_object_get(order, "places"),
				      "release",
				      lab_text(lab_record_of_kind(boot->records,
								  "kernel", 0),
					       "release")));
	return 0;
}

static int run_here(struct explorer *all, const json_t *trials)
{
	struct lab_boot *boot = &all->boot[0];
	int code = lab_boot_start(boot, all->ex, trials, true, all->boots++);

	if (code)
		return code;
	while (!lab_boot_poll(boot) && !lab_explore_stopped) {
		lab_progress("profile of %s: %.0f s", all->ex->victim.name,
			     lab_now() - boot->guest.started);
		usleep(POLL_US);
	}
	lab_progress_clear();
	code = lab_explore_stopped ? LAB_HARNESS : take_profile(all, boot);
	lab_boot_end(boot);
	return code;
}

int lab_profile_run(struct explorer *all)
{
	json_t *trials = json_pack("[o]", lab_one_trial(0, NULL));
	int code = all->ex->elsewhere ?
			   lab_profile_elsewhere(all, trials, take_profile) :
			   run_here(all, trials);

	json_decref(trials);
	return code;
}

/*
 * The hash of the first requests, computed from the profile as the module
 * computes it (module/sites.c, lab_site_count()).
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

/* Whether the requests before the fault equal those of the profile. */
bool lab_as_profiled(const struct explorer *all, const json_t *trial)
{
	const json_t *seen = json_object_get(trial, "watched");

	return strtoull(lab_text(seen, "hash_before_fault"), NULL, 16) ==
	       profile_hash(all, lab_number(seen, "fault_request"));
}
