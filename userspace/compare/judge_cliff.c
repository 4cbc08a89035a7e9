// SPDX-License-Identifier: GPL-2.0-only
/* compare/judge_cliff.c - what became of shots given the state they met. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "lib/alloc.h"
#include "judge.h"

/* A cliff that moved by less is where it was: shots meet whole steps. */
#define STEPS_APART 1.0
/*
 * With fewer runs a side, a cliff that moved may be one that something else
 * than free pages decided: a reserve, a boost of the marks, pages of CMA. Of
 * single runs of one kernel 7 in 100 pairs seem to have another cliff, from
 * five runs on none of 300 does.
 */
#define CLIFF_SEEDS 5
/* Shots that must have met the state between two cliffs, on each side. */
#define MET 20

/* Between two steps: how many shots of a side succeeded, of how many. */
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
 * Cliffs apart say: where shots of one kernel succeed, those of the other
 * fail. That was seen only if enough of both were there.
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

/* Seen, and seen often enough to be claimed. */
static enum lab_judgement moved(const struct lab_cliff_pair *pair,
				const struct lab_cliff_place place[LAB_SIDES],
				struct lab_finding *f,
				enum lab_judgement judgement)
{
	const size_t least = pair->count[LAB_A] < pair->count[LAB_B] ?
				     pair->count[LAB_A] :
				     pair->count[LAB_B];
	char *seen;

	if (!seen_apart(pair, place, f))
		return LAB_CANNOT_TELL;
	if (least >= CLIFF_SEEDS)
		return judgement;
	seen = f->words;
	f->words = xasprintf(
		"%s; seen in %zu run%s, and claimed from %d seeds of each on",
		seen, least, least == 1 ? "" : "s", CLIFF_SEEDS);
	f->more = CLIFF_SEEDS - least;
	free(seen);
	return LAB_CANNOT_TELL;
}

static enum lab_judgement
cliff_judgement(const struct lab_cliff_pair *pair,
		const struct lab_cliff_place place[LAB_SIDES],
		struct lab_finding *f)
{
	const bool sharp = lab_cliff_is_sharp(&place[LAB_A]) &&
			   lab_cliff_is_sharp(&place[LAB_B]);

	if (!sharp) {
		f->words = xstrdup("a slope: more decides than free pages do");
		return LAB_CANNOT_TELL;
	}
	if (place[LAB_B].low - place[LAB_A].high >= STEPS_APART)
		return moved(pair, place, f, LAB_WORSE);
	if (place[LAB_A].low - place[LAB_B].high >= STEPS_APART)
		return moved(pair, place, f, LAB_BETTER);
	/* Where both may be anywhere, nothing was seen. */
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
	/* Where nothing failed there is no cliff in sight. */
	if (!place[LAB_A].exhausted && !place[LAB_B].exhausted)
		return;
	f.change = (struct lab_estimate){
		.value = place[LAB_B].step - place[LAB_A].step,
		.low = place[LAB_B].low - place[LAB_A].high,
		.high = place[LAB_B].high - place[LAB_A].low,
	};
	f.judgement = cliff_judgement(pair, place, &f);
	f.real = f.judgement == LAB_WORSE || f.judgement == LAB_BETTER;
	cliff_words(pair, place, &f);
	lab_finding_add(comparison, &f);
}
