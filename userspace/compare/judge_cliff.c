// SPDX-License-Identifier: GPL-2.0-only
/* compare/judge_cliff.c - outcomes of shots given the state that they met. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "lib/alloc.h"
#include "judge.h"

/* Cliffs that are less than this apart are equal: shots meet whole steps. */
#define STEPS_APART 1.0
/*
 * Runs needed on each side for a claim where usable pages decide
 * (lab_cliff_is_decided()) and the cliff is over them: then it is a property of
 * the kernel. Measured with cliffs over all free pages: 7 of 100 pairs of
 * single runs of one kernel seemed to differ; from five runs on, none of 300.
 */
#define CLIFF_SEEDS 5
/* Shots that must have met a state between the two cliffs, on each side. */
#define MET 20

/*
 * How many shots of a side that met a state between two steps succeeded, of how
 * many.
 */
static double success_between(const struct lab_cliff *cliff, double from,
			      double to, uint64_t *shots)
{
	uint64_t ok = 0;
	unsigned int step;

	*shots = 0;
	for (step = from; step < to && step < LAB_CLIFF_BUCKETS; step++) {
		ok += cliff->ok[step];
		*shots += cliff->ok[step] + cliff->exhausted[step];
	}
	return *shots ? (double)ok / *shots : NAN;
}

/*
 * If two cliffs are apart, shots between them succeed on one kernel and fail on
 * the other. That was observed only if both sides have enough of such shots.
 */
static bool seen_apart(const struct lab_cliff_pair *pair,
		       const struct lab_cliff_place place[LAB_SIDES],
		       struct lab_finding *f)
{
	const bool up = place[LAB_A].high < place[LAB_B].low;
	const double from = up ? place[LAB_A].high : place[LAB_B].high;
	const double to = up ? place[LAB_B].low : place[LAB_A].low;
	uint64_t shots[LAB_SIDES];
	double rate[LAB_SIDES];
	size_t side;

	for (side = 0; side < LAB_SIDES; side++)
		rate[side] = success_between(&pair->sum[side], from, to,
					     &shots[side]);
	if (shots[LAB_A] < MET || shots[LAB_B] < MET)
		return false;
	f->words = xasprintf("between them %.1f %% of %" PRIu64
			     " shots succeeded, and then %.1f %% of %" PRIu64,
			     100 * rate[LAB_A], shots[LAB_A], 100 * rate[LAB_B],
			     shots[LAB_B]);
	return true;
}

static void cliff_words(const struct lab_cliff_pair *pair,
			const struct lab_cliff_place place[LAB_SIDES],
			struct lab_finding *f)
{
	const int rule = lab_cliff_rule(pair->gfp);
	char words[4][24], by_rule[48] = "", *before = f->words;

	lab_cliff_words(place[LAB_A].low, words[0], sizeof(words[0]));
	lab_cliff_words(place[LAB_A].high, words[1], sizeof(words[1]));
	lab_cliff_words(place[LAB_B].low, words[2], sizeof(words[2]));
	lab_cliff_words(place[LAB_B].high, words[3], sizeof(words[3]));
	if (rule >= 0)
		snprintf(by_rule, sizeof(by_rule), "; the rules say %d/%d",
			 rule, LAB_CLIFF_STEPS);
	f->words = xasprintf("in [%s, %s] and [%s, %s] of min%s%s%s", words[0],
			     words[1], words[2], words[3], by_rule,
			     before ? "; " : "", before ? before : "");
	free(before);
}

static bool all_over_usable(const struct lab_cliff_pair *pair)
{
	return !pair->over_free[LAB_A] && !pair->over_free[LAB_B];
}

/*
 * Whether one side's cliff is over usable pages and the other's is not in all
 * runs.
 */
static bool over_different_things(const struct lab_cliff_pair *pair)
{
	return !all_over_usable(pair) &&
	       (pair->over_usable[LAB_A] || pair->over_usable[LAB_B]);
}

static bool is_decided(const struct lab_cliff_pair *pair)
{
	return all_over_usable(pair) &&
	       lab_cliff_is_decided(pair->api, pair->order);
}

/* The number of tests that share alpha, for cliffs that depend on chance. */
static double looks(const struct lab_comparison *comparison)
{
	size_t i, cliffs = 0;

	for (i = 0; i < comparison->scenarios; i++)
		cliffs += comparison->scenario[i].cliffs;
	return cliffs;
}

/* The p of a test of the runs' cliffs: the middles of their intervals. */
static double p_of_places(const struct lab_cliff_pair *pair)
{
	double *middle[LAB_SIDES], p;
	size_t side, i;

	for (side = 0; side < LAB_SIDES; side++) {
		middle[side] = xcheck(
			calloc(pair->count[side], sizeof(*middle[side])));
		for (i = 0; i < pair->count[side]; i++)
			middle[side][i] = (pair->seen[side][i].low +
					   pair->seen[side][i].high) /
					  2.0;
	}
	p = lab_mann_whitney(middle[LAB_A], pair->count[LAB_A], middle[LAB_B],
			     pair->count[LAB_B]);
	free(middle[LAB_A]);
	free(middle[LAB_B]);
	return p;
}

/* The number of runs on each side that a claim needs if all of them agree. */
static size_t seeds_to_claim(const struct lab_comparison *comparison,
			     const struct lab_cliff_pair *pair)
{
	size_t seeds = CLIFF_SEEDS;

	if (!is_decided(pair))
		while (seeds < LAB_EXACT &&
		       lab_least_p(seeds, seeds) * looks(comparison) >
			       comparison->alpha)
			seeds++;
	return seeds;
}

/* Adds a remark to a finding. */
static void say_too(struct lab_finding *f, char *more)
{
	char *before = f->words;

	f->words = xasprintf("%s; %s", before, more);
	free(before);
	free(more);
}

/*
 * The judgement of a difference that was observed. Where more than usable pages
 * decides, the cliff varies between runs like other chaotic numbers; the runs
 * of both sides then have to differ by more than chance explains, with all
 * cliffs tested.
 */
static enum lab_judgement moved(const struct lab_comparison *comparison,
				const struct lab_cliff_pair *pair,
				const struct lab_cliff_place place[LAB_SIDES],
				struct lab_finding *f,
				enum lab_judgement judgement)
{
	const size_t wanted = seeds_to_claim(comparison, pair);
	const size_t least = pair->count[LAB_A] < pair->count[LAB_B] ?
				     pair->count[LAB_A] :
				     pair->count[LAB_B];

	if (!seen_apart(pair, place, f))
		return LAB_CANNOT_TELL;
	if (least < wanted) {
		say_too(f,
			xasprintf(
				"seen in %zu run%s, and claimed from %zu seeds of each on%s",
				least, least == 1 ? "" : "s", wanted,
				is_decided(pair) ?
					"" :
					", as more than usable pages decides"));
		f->more = wanted - least;
		return LAB_CANNOT_TELL;
	}
	if (is_decided(pair) ||
	    p_of_places(pair) * looks(comparison) <= comparison->alpha)
		return judgement;
	say_too(f,
		xstrdup("more than usable pages decides, and runs of a side differ as much"));
	return LAB_CANNOT_TELL;
}

static enum lab_judgement
cliff_judgement(const struct lab_comparison *comparison,
		const struct lab_cliff_pair *pair,
		const struct lab_cliff_place place[LAB_SIDES],
		struct lab_finding *f)
{
	const bool sharp = lab_cliff_is_sharp(&place[LAB_A]) &&
			   lab_cliff_is_sharp(&place[LAB_B]);

	if (over_different_things(pair)) {
		f->words = xstrdup(
			"over usable pages in some results and over all free ones in others, which are of an earlier version");
		return LAB_CANNOT_TELL;
	}
	if (!sharp) {
		f->words = xstrdup("a slope: more decides than free pages do");
		return LAB_CANNOT_TELL;
	}
	if (place[LAB_B].low - place[LAB_A].high >= STEPS_APART)
		return moved(comparison, pair, place, f, LAB_WORSE);
	if (place[LAB_A].low - place[LAB_B].high >= STEPS_APART)
		return moved(comparison, pair, place, f, LAB_BETTER);
	/* If both may be anywhere, nothing was observed. */
	if (f->change.high - f->change.low > 2 * STEPS_APART + 1)
		return LAB_CANNOT_TELL;
	return LAB_SAME;
}

void lab_judge_cliff(struct lab_comparison *comparison,
		     const struct lab_scenario_pair *scenario,
		     struct lab_cliff_pair *pair)
{
	struct lab_cliff_place place[LAB_SIDES];
	struct lab_finding f = {
		.kind = LAB_CONDITIONAL,
		.quantity = LAB_STEP,
		.metric = "cliff",
		.scenario = scenario->name,
		.where = pair->where,
		.context = pair->context,
		.api = pair->api,
		.order = pair->order,
		.unit = "min",
		.p = NAN,
	};
	size_t side;

	for (side = 0; side < LAB_SIDES; side++) {
		if (!pair->count[side])
			return;
		place[side] = lab_cliff_locate(
			&pair->sum[side], pair->seen[side], pair->count[side]);
		f.value[side] = place[side].step;
		f.seeds[side] = pair->count[side];
	}
	/* If nothing failed on either side, the cliff was not reached. */
	if (!place[LAB_A].exhausted && !place[LAB_B].exhausted)
		return;
	f.change = (struct lab_estimate){
		.value = place[LAB_B].step - place[LAB_A].step,
		.low = place[LAB_B].low - place[LAB_A].high,
		.high = place[LAB_B].high - place[LAB_A].low,
	};
	f.judgement = cliff_judgement(comparison, pair, place, &f);
	f.real = f.judgement == LAB_WORSE || f.judgement == LAB_BETTER;
	cliff_words(pair, place, &f);
	lab_finding_add(comparison, &f);
}
