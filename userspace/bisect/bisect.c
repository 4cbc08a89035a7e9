// SPDX-License-Identifier: GPL-2.0-only
/* bisect/bisect.c - see bisect/bisect.h. */
#include <stdlib.h>
#include <string.h>

#include "bisect.h"
#include "compare/compare.h"
#include "lib/alloc.h"
#include "lib/exit.h"
#include "lib/json.h"

static const char *outcome_of(const json_t *candidate)
{
	return lab_text(candidate, "outcome");
}

static bool is(const json_t *candidate, enum lab_searched outcome)
{
	return lab_is(candidate, "outcome", lab_search_words[outcome]);
}

/* The name of the folder of a candidate's runs. */
static char *folder_of(const struct lab_bisect *bisect, size_t number,
		       const json_t *candidate, const char *suffix)
{
	if (bisect->kernels)
		return xasprintf("%zu%s", number, suffix);
	return xasprintf("%.12s%s", lab_text(candidate, "kernel"), suffix);
}

static void announce(const struct lab_bisect *bisect, const char *what,
		     const json_t *candidate)
{
	fprintf(stderr, "labyrinth: %s: %.*s %s\n", what,
		bisect->kernels ? 200 : 12, lab_text(candidate, "kernel"),
		lab_text(candidate, "subject"));
}

/* What was run already is not run again: only seeds that are missing are. */
static int try_once(struct lab_bisect *bisect, json_t *candidate,
		    const char *what, const char *folder, uint64_t first,
		    uint64_t seeds)
{
	const uint64_t have = lab_number(candidate, "seeds");
	int code;

	if (have >= seeds || lab_text(candidate, "stage")[0])
		return 0;
	announce(bisect, what, candidate);
	code = lab_bisect_try(bisect, candidate, folder, first + have,
			      seeds - have);
	if (code)
		return code;
	json_object_set_new(candidate, "seeds", json_integer(seeds));
	return lab_bisect_save(bisect) ? 0 : LAB_HARNESS;
}

/* Gives a candidate that was tried its outcome, unless it has one by that. */
static void judge(const struct lab_bisect *bisect, const json_t *good,
		  json_t *candidate, unsigned int look)
{
	if (lab_text(candidate, "stage")[0])
		return;
	if (json_is_true(json_object_get(bisect->state, "boots"))) {
		json_object_set_new(candidate, "outcome",
				    json_string(lab_search_words[LAB_GOOD]));
		json_object_set_new(candidate, "why", json_string("boots"));
		return;
	}
	lab_bisect_judge(bisect, good, candidate, look);
}

/*
 * Of a metric of which nothing can be told, more seeds are run while the kernel
 * is there, as far as there may be more.
 */
static int try_and_judge(struct lab_bisect *bisect, const json_t *good,
			 json_t *candidate, const char *what,
			 const char *folder, uint64_t first)
{
	uint64_t seeds = bisect->seeds;
	unsigned int look = 1;
	bool more;
	int code;

	do {
		code = try_once(bisect, candidate, what, folder, first, seeds);
		if (code)
			return code;
		judge(bisect, good, candidate, look);
		more = json_is_true(json_object_get(candidate, "undecided")) &&
		       seeds < bisect->most;
		seeds = seeds + seeds / 2 + 1;
		if (seeds > bisect->most)
			seeds = bisect->most;
		look++;
		what = "more seeds, as nothing can be told yet";
	} while (more);
	fprintf(stderr, "labyrinth: %s: %s\n", outcome_of(candidate),
		lab_text(candidate, "why"));
	return lab_bisect_save(bisect) ? 0 : LAB_HARNESS;
}

static bool can_be_tested(const char *end, const json_t *candidate)
{
	if (!lab_text(candidate, "stage")[0])
		return true;
	fprintf(stderr, "labyrinth: %s cannot be an end: %s %s\n", end,
		lab_text(candidate, "kernel"), lab_text(candidate, "why"));
	return false;
}

/*
 * With what the others are compared it is compared often: it gets as many seeds
 * as there may be.
 */
static uint64_t seeds_of_good(const struct lab_bisect *bisect)
{
	return bisect->metric ? bisect->most : bisect->seeds;
}

/* GOOD and BAD are tried first: both have to be what they are said to be. */
static int confirm_ends(struct lab_bisect *bisect)
{
	json_t *good = json_object_get(bisect->state, "good");
	json_t *candidates = json_object_get(bisect->state, "candidates");
	const size_t last = json_array_size(candidates) - 1;
	json_t *bad = json_array_get(candidates, last);
	const uint64_t seed = bisect->plan.seed;
	char *folder;
	int code;

	folder = folder_of(bisect, 0, good, "");
	code = try_once(bisect, good, "GOOD is confirmed", folder, seed,
			seeds_of_good(bisect));
	free(folder);
	if (code)
		return code;
	if (!can_be_tested("GOOD", good))
		return LAB_USAGE;
	folder = folder_of(bisect, last + 1, bad, "");
	code = try_once(bisect, bad, "BAD is confirmed", folder, seed,
			bisect->seeds);
	/* One that does not boot is bad by that: only booting is looked at. */
	if (!code && is(bad, LAB_BAD) && lab_text(bad, "stage")[0]) {
		json_object_set_new(bisect->state, "boots", json_true());
		judge(bisect, NULL, good, 1);
	} else if (!code && !can_be_tested("BAD", bad)) {
		code = LAB_USAGE;
	} else if (!code) {
		if (!lab_bisect_aim(bisect))
			code = LAB_USAGE;
		else
			code = try_and_judge(bisect, good, bad,
					     "BAD is confirmed", folder, seed);
		if (!code && !lab_bisect_aimed(bisect))
			code = LAB_USAGE;
	}
	free(folder);
	return code;
}

static enum lab_searched outcome_number(const json_t *candidate)
{
	int i;

	for (i = 0; lab_search_words[i]; i++)
		if (!strcmp(lab_search_words[i], outcome_of(candidate)))
			return i;
	return LAB_UNTRIED;
}

static void search_of(const json_t *state, struct lab_search *search)
{
	const json_t *candidates = json_object_get(state, "candidates");
	size_t i;

	search->count = json_array_size(candidates);
	search->outcome =
		xcheck(calloc(search->count, sizeof(*search->outcome)));
	for (i = 0; i < search->count; i++)
		search->outcome[i] =
			outcome_number(json_array_get(candidates, i));
}

static int step(struct lab_bisect *bisect, const struct lab_search *search,
		size_t next)
{
	json_t *candidates = json_object_get(bisect->state, "candidates");
	json_t *candidate = json_array_get(candidates, next);
	size_t first, last;
	char *what, *folder;
	int code;

	lab_search_left(search, &first, &last);
	what = xasprintf("%zu left, %zu more to try or some more",
			 last - first + 1, lab_search_trials(last - first + 1));
	folder = folder_of(bisect, next + 1, candidate, "");
	code = try_and_judge(bisect, json_object_get(bisect->state, "good"),
			     candidate, what, folder, bisect->plan.seed);
	free(folder);
	free(what);
	return code;
}

static int search(struct lab_bisect *bisect)
{
	struct lab_search search;
	size_t next;
	int code = 0;
	bool more;

	do {
		search_of(bisect->state, &search);
		more = lab_search_next(&search, &next);
		if (more)
			code = step(bisect, &search, next);
		free(search.outcome);
	} while (more && !code);
	return code;
}

/* A candidate as it was before it was tried: new. */
static json_t *untried(const json_t *candidate)
{
	static const char *const kept[] = { "kernel", "subject", "author",
					    "merge" };
	json_t *again = json_object();
	size_t i;

	for (i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		if (json_object_get(candidate, kept[i]))
			json_object_set(again, kept[i],
					json_object_get(candidate, kept[i]));
	json_object_set_new(again, "outcome",
			    json_string(lab_search_words[LAB_UNTRIED]));
	return again;
}

/*
 * The culprit and what comes before it once more, or of several that are left the
 * last one and what comes before the first, with seeds that the search did
 * not use: what it took for a difference by chance does not come again. Other
 * seeds matter in deterministic mode too: what fails with some of them may fail
 * with others on a kernel whose memory is laid out in another way. A metric is
 * compared with that of what comes before the culprit, not with that of GOOD.
 */
static int confirm_culprit(struct lab_bisect *bisect, size_t first_left,
			   size_t number)
{
	json_t *candidates = json_object_get(bisect->state, "candidates");
	json_t *again = json_object_get(bisect->state, "again"), *side[2];
	const uint64_t first = bisect->plan.seed + seeds_of_good(bisect);
	const uint64_t seeds = bisect->metric ? bisect->most :
						lab_bisect_again(bisect);
	char *folder;
	int code;

	if (!json_array_size(again)) {
		json_array_append_new(
			again,
			untried(first_left ? json_array_get(candidates,
							    first_left - 1) :
					     json_object_get(bisect->state,
							     "good")));
		json_array_append_new(
			again, untried(json_array_get(candidates, number)));
	}
	side[0] = json_array_get(again, 0);
	side[1] = json_array_get(again, 1);
	folder = folder_of(bisect, first_left, side[0], "-again");
	code = try_once(bisect, side[0],
			"what comes before the culprit, once more", folder,
			first, seeds);
	free(folder);
	if (code)
		return code;
	folder = folder_of(bisect, number + 1, side[1], "-again");
	if (bisect->metric) {
		lab_bisect_compared_with(side[0]);
		code = try_and_judge(bisect, side[0], side[1],
				     "the culprit once more", folder, first);
	} else {
		judge(bisect, NULL, side[0], 1);
		code = try_once(bisect, side[1], "the culprit once more",
				folder, first, seeds);
		judge(bisect, NULL, side[1], 1);
		lab_bisect_count(bisect, side[0], side[1]);
	}
	free(folder);
	if (code)
		return code;
	return lab_bisect_save(bisect) ? 0 : LAB_HARNESS;
}

void lab_bisect_left(const json_t *state, size_t *first, size_t *last)
{
	struct lab_search search;

	search_of(state, &search);
	lab_search_left(&search, first, last);
	free(search.outcome);
}

enum lab_bisected lab_bisect_result(const json_t *state)
{
	const json_t *again = json_object_get(state, "again");
	size_t first, last;

	lab_bisect_left(state, &first, &last);
	if (!is(json_array_get(again, 0), LAB_GOOD) ||
	    !is(json_array_get(again, 1), LAB_BAD) ||
	    json_number_value(json_object_get(json_array_get(again, 1),
					      "chance")) > LAB_ALPHA)
		return LAB_NOT_CONFIRMED;
	return first == last ? LAB_CULPRIT : LAB_SEVERAL;
}

static void tell_plan(const struct lab_bisect *bisect)
{
	const size_t count =
		json_array_size(json_object_get(bisect->state, "candidates"));

	fprintf(stderr,
		"labyrinth: %zu candidates: at most %zu builds and one or two more for each that cannot be tested; besides the two ends, and at the end the culprit and what comes before it\n",
		count, lab_search_trials(count));
	fprintf(stderr, "labyrinth: %ju %s of each", (uintmax_t)bisect->seeds,
		bisect->seeds == 1 && !bisect->metric ? "seed" : "seeds");
	if (bisect->metric)
		fprintf(stderr, " to %ju", (uintmax_t)bisect->most);
	fprintf(stderr, ", mode %s; %s\n", lab_mode_names[bisect->plan.mode],
		bisect->metric ?
			"it is bad when the metric compares worse than that of GOOD" :
			"it is bad when the verdict fails in one of them");
	if (bisect->resumed)
		fprintf(stderr, "labyrinth: goes on with what %s holds\n",
			bisect->folder);
}

int lab_bisect(struct lab_bisect *bisect)
{
	size_t first, last;
	int code;

	if (!lab_bisect_open(bisect))
		return LAB_USAGE;
	tell_plan(bisect);
	code = confirm_ends(bisect);
	if (!code)
		code = lab_bisect_save(bisect) ? search(bisect) : LAB_HARNESS;
	if (code)
		return code;
	lab_bisect_left(bisect->state, &first, &last);
	code = confirm_culprit(bisect, first, last);
	if (code)
		return code;
	return lab_bisect_result(bisect->state) == LAB_CULPRIT ? LAB_PASS :
								 LAB_FAIL;
}
