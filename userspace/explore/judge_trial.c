// SPDX-License-Identifier: GPL-2.0-only
/*
 * explore/judge_trial.c - the verdict of a trial.
 *
 * Trials without a fault in the same boot show what every trial leaves behind.
 * Some caches keep objects in per-CPU stores that no shrinking empties, so
 * their number varies by itself: this noise is measured. More than the noise is
 * only a suspicion, until each of some trials in a row with the same fault
 * leaves as much.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explore.h"
#include "lib/json.h"

#define NAME(id, name, text) name,
const char *const lab_trial_names[] = { LAB_TRIAL_VERDICTS(NAME) NULL };
#define TEXT(id, name, text) text,
const char *const lab_trial_help[] = { LAB_TRIAL_VERDICTS(TEXT) NULL };

enum lab_trial_verdict lab_fault_verdict(const json_t *fault)
{
	int verdict;

	for (verdict = 0; lab_trial_names[verdict]; verdict++)
		if (lab_is(fault, "verdict", lab_trial_names[verdict]))
			break;
	return verdict;
}

bool lab_fault_fails(const json_t *fault)
{
	return lab_trial_fails(lab_fault_verdict(fault));
}

enum lab_trial_verdict lab_site_verdict(const json_t *faults, const char *site,
					unsigned int *count)
{
	enum lab_trial_verdict worst = LAB_TRIAL_VERDICT_COUNT, verdict;
	const json_t *fault;
	size_t i;

	*count = 0;
	json_array_foreach(faults, i, fault) {
		verdict = lab_fault_verdict(fault);
		if (!lab_is(fault, "site", site) ||
		    verdict == LAB_TRIAL_VERDICT_COUNT)
			continue;
		if (!(*count)++ || verdict > worst)
			worst = verdict;
	}
	return worst;
}

/* Pages tolerated beyond the noise: a trial's own tables and per-CPU lists. */
#define PAGES_SLACK 32
/* Trials without a fault after which the noise is known. */
#define NOISE_TRIALS 2

static const json_t *caches_of(const json_t *trial)
{
	return json_object_get(json_object_get(trial, "after"), "caches");
}

static int64_t pages_of(const json_t *trial)
{
	return json_integer_value(
		json_object_get(json_object_get(trial, "after"), "free_pages"));
}

/*
 * Addresses that were unmapped are kept until there are many of them
 * (mm/vmalloc.c, free_vmap_area_noflush()), and nobody else can tell which are in
 * use. The pages that they were of are given back at once, and are judged.
 */
static bool is_kept_for_later(const char *cache)
{
	return !strcmp(cache, "vmap_area");
}

/* Objects more than after the trial before; 0 for a cache that is new. */
static int64_t grown(const json_t *before, const char *cache,
		     const json_t *objects)
{
	const json_t *had = json_object_get(caches_of(before), cache);

	if (!had || is_kept_for_later(cache))
		return 0;
	return json_integer_value(objects) - json_integer_value(had);
}

void lab_noise_learn(struct lab_trial_noise *noise, const json_t *before,
		     const json_t *after)
{
	const int64_t pages = llabs(pages_of(before) - pages_of(after));
	const char *cache;
	json_t *objects;

	if (!noise->caches)
		noise->caches = json_object();
	if (pages > noise->pages)
		noise->pages = pages;
	json_object_foreach((json_t *)caches_of(after), cache, objects) {
		const int64_t n = llabs(grown(before, cache, objects));

		if (n >
		    json_integer_value(json_object_get(noise->caches, cache)))
			json_object_set_new(noise->caches, cache,
					    json_integer(n));
	}
	noise->trials++;
}

void lab_noise_free(struct lab_trial_noise *noise)
{
	json_decref(noise->caches);
	memset(noise, 0, sizeof(*noise));
}

static bool left_something(const json_t *trial, const json_t *before,
			   const struct lab_trial_noise *noise, char *evidence,
			   size_t size)
{
	const int64_t pages = pages_of(before) - pages_of(trial);
	const char *cache;
	json_t *objects;

	if (noise->trials < NOISE_TRIALS)
		return false;
	json_object_foreach((json_t *)caches_of(trial), cache, objects) {
		const int64_t n = grown(before, cache, objects);

		if (n >
		    json_integer_value(json_object_get(noise->caches, cache))) {
			snprintf(evidence, size,
				 "%" PRId64 " objects of %s more than before",
				 n, cache);
			return true;
		}
	}
	if (pages <= noise->pages + PAGES_SLACK)
		return false;
	snprintf(evidence, size, "%" PRId64 " free pages fewer than before",
		 pages);
	return true;
}

/* Objects of a cache after a trial; INT64_MAX if there is no such cache. */
static int64_t objects_of(const json_t *trial, const char *cache)
{
	const json_t *objects = json_object_get(caches_of(trial), cache);

	return objects ? json_integer_value(objects) : INT64_MAX;
}

bool lab_trial_gave_back(const json_t *trial, const json_t *before,
			 const json_t *const *later, size_t count,
			 const struct lab_trial_noise *noise)
{
	const char *cache;
	json_t *objects;
	size_t i;

	json_object_foreach((json_t *)caches_of(trial), cache, objects) {
		if (grown(before, cache, objects) <=
		    json_integer_value(json_object_get(noise->caches, cache)))
			continue;
		for (i = 0; i < count; i++)
			if (objects_of(later[i], cache) <=
			    objects_of(before, cache))
				break;
		if (i == count)
			return false;
	}
	if (pages_of(before) - pages_of(trial) <= noise->pages + PAGES_SLACK)
		return true;
	for (i = 0; i < count; i++)
		if (pages_of(later[i]) >= pages_of(before))
			return true;
	return false;
}

/* What is left after all of them, if each left more than usual; but for the noise. */
static int64_t least_left(size_t count, int64_t usual)
{
	return (int64_t)(count - 1) * (usual + 1) - usual;
}

/* Whether each of them left objects of a cache, and all these are there later. */
static bool leaks_objects(const json_t *const *trials, size_t count,
			  const json_t *later, const char *cache, int64_t usual)
{
	size_t i;

	for (i = 1; i < count; i++)
		if (grown(trials[i - 1], cache,
			  json_object_get(caches_of(trials[i]), cache)) <=
		    usual)
			return false;
	return grown(trials[0], cache,
		     json_object_get(caches_of(later), cache)) >=
	       least_left(count, usual);
}

static bool leaks_pages(const json_t *const *trials, size_t count,
			const json_t *later, int64_t usual)
{
	size_t i;

	for (i = 1; i < count; i++)
		if (pages_of(trials[i - 1]) - pages_of(trials[i]) <= usual)
			return false;
	return pages_of(trials[0]) - pages_of(later) >=
	       least_left(count, usual);
}

bool lab_trials_leak(const json_t *const *trials, size_t count,
		     const json_t *later, const struct lab_trial_noise *noise,
		     char *evidence, size_t size)
{
	const char *cache;
	json_t *objects;

	if (count < 3)
		return false;
	json_object_foreach((json_t *)caches_of(trials[count - 1]), cache,
			    objects) {
		if (!leaks_objects(trials, count, later, cache,
				   json_integer_value(json_object_get(
					   noise->caches, cache))))
			continue;
		snprintf(
			evidence, size,
			"each of %zu trials in a row left objects of %s behind, %" PRId64
			" in all, which were still there minutes later",
			count - 1, cache, grown(trials[0], cache, objects));
		return true;
	}
	if (!leaks_pages(trials, count, later, noise->pages))
		return false;
	snprintf(evidence, size,
		 "each of %zu trials in a row left fewer free pages, %" PRId64
		 " in all, and so it was minutes later",
		 count - 1, pages_of(trials[0]) - pages_of(trials[count - 1]));
	return true;
}

static bool was_told(const json_t *trial, char *evidence, size_t size)
{
	const json_t *log = json_object_get(trial, "log");
	const json_t *lines = json_object_get(log, "lines");

	if (!json_array_size(json_object_get(log, "kinds")))
		return false;
	snprintf(evidence, size, "%s",
		 json_string_value(json_array_get(lines, 0)) ?: "");
	return true;
}

static void describe_loss(const json_t *trial, char *evidence, size_t size)
{
	const json_t *work = json_object_get(trial, "work");
	const uint64_t passes = lab_number(trial, "passes");

	snprintf(evidence, size,
		 "%" PRIu64 " of %" PRIu64 " lost (%s), well in pass %" PRIu64
		 " after it",
		 lab_number(work, "asked") - lab_number(work, "done"),
		 lab_number(work, "asked"), lab_text(work, "detail"), passes);
}

static enum lab_trial_verdict judge_work(const json_t *trial, char *evidence,
					 size_t size)
{
	const json_t *work = json_object_get(trial, "work");
	const json_t *again = json_object_get(trial, "recovery");
	const uint64_t wrong =
		lab_number(work, "wrong") + lab_number(again, "wrong");
	const uint64_t refused = lab_number(trial, "start_error");

	if (wrong) {
		snprintf(evidence, size, "%" PRIu64 " units with other bytes",
			 wrong);
		return LAB_TRIAL_CORRUPT;
	}
	if (!json_is_true(json_object_get(trial, "recovered"))) {
		snprintf(evidence, size,
			 "after %" PRIu64 " passes still lost: %s",
			 lab_number(trial, "passes"),
			 lab_text(again, "detail"));
		return LAB_TRIAL_STUCK;
	}
	if (refused) {
		snprintf(evidence, size, "starting it failed with %s",
			 strerror(refused));
		return LAB_TRIAL_REPORTED;
	}
	if (lab_number(work, "errors")) {
		snprintf(evidence, size,
			 "%" PRIu64 " calls failed, the first with %s",
			 lab_number(work, "errors"), lab_text(work, "error"));
		return LAB_TRIAL_REPORTED;
	}
	if (lab_number(work, "asked") != lab_number(work, "done")) {
		describe_loss(trial, evidence, size);
		return LAB_TRIAL_DEGRADED;
	}
	return LAB_TRIAL_SERVED;
}

enum lab_trial_verdict lab_trial_judge(const json_t *trial,
				       const json_t *before,
				       const struct lab_trial_noise *noise,
				       char *evidence, size_t size)
{
	enum lab_trial_verdict verdict;

	evidence[0] = '\0';
	if (was_told(trial, evidence, size))
		return LAB_TRIAL_WARNED;
	verdict = judge_work(trial, evidence, size);
	if (lab_trial_fails(verdict))
		return verdict;
	if (lab_number(trial, "close_error")) {
		snprintf(evidence, size, "the driver does not let go: %s",
			 strerror(lab_number(trial, "close_error")));
		return LAB_TRIAL_LEAK;
	}
	if (!lab_number(json_object_get(trial, "watched"), "faults"))
		return LAB_TRIAL_NOT_REACHED;
	if (before && left_something(trial, before, noise, evidence, size))
		return LAB_TRIAL_LEAK;
	return verdict;
}
