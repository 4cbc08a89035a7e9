// SPDX-License-Identifier: GPL-2.0-only
/*
 * compare/seeds.c - chaotic metrics: samples with one value per seed.
 *
 * First every finding gets its change and its p. Then groups of cells are
 * tested, so that at most a share alpha of all comparisons claims anything that
 * is not so (Holm). Then, in groups that differ, the cells are tested
 * (Benjamini and Bogomolov 2014). Only after that a difference is claimed, if
 * the end of its confidence interval that is nearer to 0 exceeds the threshold.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>

#include "lib/alloc.h"
#include "judge.h"

/*
 * If a rate is near 0 or 1, a large relative change is only a few points. So a
 * change is also claimed if the odds of failing certainly doubled.
 */
#define LN_TWICE 0.693147180559945309

static const struct lab_seed_metric metrics[] = {
	{ "success", LAB_CHAOTIC, LAB_RATE,
	  offsetof(struct lab_sample, success) },
	{ "p50", LAB_CHAOTIC, LAB_LATENCY, offsetof(struct lab_sample, p50) },
	{ "p99", LAB_CHAOTIC, LAB_LATENCY, offsetof(struct lab_sample, p99) },
	{ "max", LAB_CHAOTIC, LAB_LATENCY, offsetof(struct lab_sample, max) },
	/*
	 * Given that a shot failed: the number of failures is the chaotic part.
	 */
	{ "p50, exhausted", LAB_CONDITIONAL, LAB_LATENCY,
	  offsetof(struct lab_sample, p50_exhausted) },
/* Given the passage: how many shots took it is the chaotic part. */
#define BY_PASSAGE(id, passage)                            \
	{ "mean, " #passage, LAB_CONDITIONAL, LAB_LATENCY, \
	  offsetof(struct lab_sample, mean[LAB_PASSAGE_##id]) },
	LAB_PASSAGES(BY_PASSAGE)
};

#define METRICS (sizeof(metrics) / sizeof(metrics[0]))

/* Memory for the values of both sides and for what is computed from them. */
struct room {
	struct lab_values values;
	double *shots[LAB_SIDES], *scaled[LAB_SIDES], *differences;
};

static double *doubles(size_t n)
{
	return xcheck(calloc(n + 1, sizeof(double)));
}

static struct room make_room(const struct lab_cell_pair *cell)
{
	struct room room = {};
	size_t side, n;

	for (side = 0; side < LAB_SIDES; side++) {
		n = cell->side[side].count;
		room.values.of[side] = doubles(n);
		room.shots[side] = doubles(n);
		room.scaled[side] = doubles(n);
	}
	room.differences =
		doubles(cell->side[LAB_A].count * cell->side[LAB_B].count);
	return room;
}

static void free_room(struct room *room)
{
	size_t side;

	for (side = 0; side < LAB_SIDES; side++) {
		free(room->values.of[side]);
		free(room->shots[side]);
		free(room->scaled[side]);
	}
	free(room->differences);
}

double lab_sample_value(const struct lab_sample *sample, size_t offset)
{
	double value;

	memcpy(&value, (const char *)sample + offset, sizeof(value));
	return value;
}

/* Only of seeds with a value. */
static void fill_room(struct room *room, const struct lab_cell_pair *cell,
		      const struct lab_seed_metric *metric)
{
	size_t side, i;

	for (side = 0; side < LAB_SIDES; side++) {
		const struct lab_cell_side *s = &cell->side[side];
		size_t n = 0;

		for (i = 0; i < s->count; i++) {
			const double value =
				lab_sample_value(&s->sample[i], metric->offset);

			if (isnan(value))
				continue;
			room->values.of[side][n] = value;
			room->shots[side][n++] = s->sample[i].shots;
		}
		room->values.count[side] = n;
	}
}

static bool all_equal(const struct lab_values *values)
{
	const double first = values->of[LAB_A][0];
	size_t side, i;

	for (side = 0; side < LAB_SIDES; side++)
		for (i = 0; i < values->count[side]; i++)
			if (values->of[side][i] != first)
				return false;
	return true;
}

static struct lab_estimate shift_of(struct room *room, double alpha)
{
	return lab_shift(room->scaled[LAB_A], room->values.count[LAB_A],
			 room->scaled[LAB_B], room->values.count[LAB_B], alpha,
			 room->differences);
}

/* Of failing. Half a shot of each outcome is added, so that neither is 0. */
static double log_odds(double success, double shots)
{
	const double ok = success * shots;

	return log((shots - ok + 0.5) / (ok + 0.5));
}

static void change_rate(struct room *room, double alpha, struct lab_finding *f)
{
	const struct lab_values *v = &room->values;
	size_t side, i;

	for (side = 0; side < LAB_SIDES; side++) {
		f->value[side] = gsl_stats_mean(v->of[side], 1, v->count[side]);
		for (i = 0; i < v->count[side]; i++)
			room->scaled[side][i] =
				log_odds(v->of[side][i], room->shots[side][i]);
	}
	f->change = lab_rate_change(v->of[LAB_A], v->count[LAB_A], v->of[LAB_B],
				    v->count[LAB_B], alpha);
	f->odds = shift_of(room, alpha);
}

/*
 * The change is the median over all pairs of seeds. Where seeds have two levels
 * it may have another sign than the difference of the medians, which are shown.
 */
static char *change_words(const struct lab_finding *f)
{
	if (f->change.value * (f->value[LAB_B] - f->value[LAB_A]) >= 0)
		return NULL;
	return xstrdup(
		"seeds are at several levels: the change is the median over all pairs of them, the values are the medians of each side");
}

/*
 * Relative change, by logarithms, so that increase and decrease are symmetric.
 */
static void change_latency(struct room *room, double alpha,
			   struct lab_finding *f)
{
	const struct lab_values *v = &room->values;
	size_t side, i;

	for (side = 0; side < LAB_SIDES; side++) {
		for (i = 0; i < v->count[side]; i++)
			room->scaled[side][i] = log(fmax(1, v->of[side][i]));
		gsl_sort(v->of[side], 1, v->count[side]);
		f->value[side] = gsl_stats_median_from_sorted_data(
			v->of[side], 1, v->count[side]);
	}
	f->change = shift_of(room, alpha);
	f->change.value = expm1(f->change.value);
	f->change.low = expm1(f->change.low);
	f->change.high = expm1(f->change.high);
	f->words = change_words(f);
}

/* Then waiting for a time slice is most of the latency. */
static bool is_time_shared(const struct lab_cell_pair *cell,
			   const struct lab_seed_metric *metric)
{
	return metric->quantity == LAB_LATENCY &&
	       metric->offset != offsetof(struct lab_sample, p50) &&
	       metric->offset != offsetof(struct lab_sample, p50_exhausted) &&
	       (cell->side[LAB_A].time_shared || cell->side[LAB_B].time_shared);
}

static void measure(struct lab_comparison *comparison, struct room *room,
		    const struct lab_scenario_pair *scenario,
		    const struct lab_cell_pair *cell,
		    const struct lab_seed_metric *metric)
{
	struct lab_finding f =
		lab_finding_of_cell(scenario, cell, metric->name);
	const struct lab_values *v = &room->values;

	fill_room(room, cell, metric);
	f.kind = metric->kind;
	f.quantity = metric->quantity;
	f.seeds[LAB_A] = v->count[LAB_A];
	f.seeds[LAB_B] = v->count[LAB_B];
	if (!f.seeds[LAB_A] || !f.seeds[LAB_B])
		return;
	f.group = lab_group_of(comparison, scenario, cell, metric);
	if (all_equal(v)) {
		f.value[LAB_A] = v->of[LAB_A][0];
		f.value[LAB_B] = f.value[LAB_A];
		lab_finding_add(comparison, &f);
		return;
	}
	f.p = lab_mann_whitney(v->of[LAB_A], f.seeds[LAB_A], v->of[LAB_B],
			       f.seeds[LAB_B]);
	lab_group_add(&comparison->group[f.group - 1], v, f.p);
	if (metric->quantity == LAB_RATE)
		change_rate(room, comparison->alpha, &f);
	else
		change_latency(room, comparison->alpha, &f);
	f.judgement = LAB_CANNOT_TELL;
	lab_finding_add(comparison, &f);
}

void lab_judge_seeds(struct lab_comparison *comparison,
		     const struct lab_scenario_pair *scenario,
		     const struct lab_cell_pair *cell)
{
	struct room room = make_room(cell);
	size_t i;

	for (i = 0; i < METRICS; i++)
		if (!is_time_shared(cell, &metrics[i]))
			measure(comparison, &room, scenario, cell, &metrics[i]);
	free_room(&room);
}

/*
 * Whether an expectation holds depends on the seed. An oracle that reports
 * something on one side only does not depend on chance; if on both, how often
 * it does.
 */
void lab_judge_claim(struct lab_comparison *comparison,
		     const struct lab_scenario_pair *scenario,
		     const struct lab_claim_pair *claim)
{
	const double a = claim->ran[LAB_A], b = claim->ran[LAB_B];
	const bool both = claim->failed[LAB_A] && claim->failed[LAB_B];
	struct lab_finding f = {
		.kind = claim->exact ? LAB_EXACTLY : LAB_CHAOTIC,
		.quantity = LAB_RUNS,
		.metric = "claim",
		.scenario = scenario->name,
		.where = claim->name,
		.context = "",
		.unit = "runs",
		.value = { claim->failed[LAB_A], claim->failed[LAB_B] },
		.seeds = { claim->ran[LAB_A], claim->ran[LAB_B] },
		.p = NAN,
		.judgement = LAB_SAME,
	};

	if (!a || !b || (!claim->failed[LAB_A] && !claim->failed[LAB_B]))
		return;
	f.change.value = f.value[LAB_B] / b - f.value[LAB_A] / a;
	if (claim->exact && !both) {
		f.real = true;
		f.judgement = claim->failed[LAB_A] ? LAB_BETTER : LAB_WORSE;
	} else if (f.value[LAB_A] != a || f.value[LAB_B] != b) {
		f.p = lab_fisher(claim->failed[LAB_A], a, claim->failed[LAB_B],
				 b);
		f.judgement = LAB_CANNOT_TELL;
	}
	lab_finding_add(comparison, &f);
}

/*
 * ---- p, corrected for the number of tests
 * ------------------------------------
 */

static bool is_test(const struct lab_finding *f)
{
	return !isnan(f->p) && !f->group;
}

/*
 * The lowest p that this number of failures in this number of runs could give.
 */
static double attainable_of(const struct lab_finding *f)
{
	const unsigned int hits = f->value[LAB_A] + f->value[LAB_B];
	const unsigned int n = f->seeds[LAB_A], m = f->seeds[LAB_B];

	return fmin(
		lab_fisher(hits < n ? hits : n, n, hits < n ? 0 : hits - n, m),
		lab_fisher(hits < m ? 0 : hits - m, n, hits < m ? hits : m, m));
}

/* Everything that is tested first, in one list: groups, then claims. */
struct families {
	double **p;
	double *least;
	size_t count;
};

static void add_family(struct families *all, double *p, double least)
{
	all->p[all->count] = p;
	all->least[all->count++] = least;
}

static void find_families(struct lab_comparison *comparison,
			  struct families *all)
{
	const size_t most = comparison->groups + comparison->rows + 1;
	size_t i;

	all->p = xcheck(calloc(most, sizeof(*all->p)));
	all->least = doubles(most);
	for (i = 0; i < comparison->groups; i++)
		if (comparison->group[i].tests)
			add_family(all, &comparison->group[i].p,
				   comparison->group[i].attainable);
	for (i = 0; i < comparison->rows; i++)
		if (is_test(&comparison->row[i]))
			add_family(all, &comparison->row[i].p,
				   attainable_of(&comparison->row[i]));
}

/* Tests that could not have been passed take no share of alpha. */
static void correct_families(struct lab_comparison *comparison)
{
	struct families all = {};
	size_t i, share, n = 0;
	double *p;

	find_families(comparison, &all);
	share = lab_tarone(all.least, all.count, comparison->alpha);
	p = doubles(all.count);
	for (i = 0; i < all.count; i++)
		if (all.least[i] <= comparison->alpha / share)
			p[n++] = *all.p[i];
	lab_holm(p, n);
	comparison->tests = n ? n : 1;
	n = 0;
	for (i = 0; i < all.count; i++)
		*all.p[i] = all.least[i] <= comparison->alpha / share ? p[n++] :
									1;
	free(p);
	free(all.p);
	free(all.least);
}

static bool is_cell_of(const struct lab_finding *f, size_t group)
{
	return f->group == group && !f->cells && !isnan(f->p);
}

/* rate: share of groups that were found to differ. */
static void correct_cells(struct lab_comparison *comparison, size_t index,
			  double rate)
{
	const struct lab_group_test *group = &comparison->group[index];
	double *p = doubles(group->tests);
	size_t i, n = 0;

	for (i = 0; i < comparison->rows; i++)
		if (is_cell_of(&comparison->row[i], index + 1))
			p[n++] = comparison->row[i].p;
	lab_benjamini_hochberg(p, n);
	n = 0;
	for (i = 0; i < comparison->rows; i++)
		if (is_cell_of(&comparison->row[i], index + 1))
			comparison->row[i].p =
				fmin(1, fmax(group->p, p[n++] / rate));
	free(p);
}

static void correct_all(struct lab_comparison *comparison)
{
	size_t i, found = 0;

	correct_families(comparison);
	for (i = 0; i < comparison->groups; i++)
		found += comparison->group[i].tests &&
			 comparison->group[i].p <= comparison->alpha;
	for (i = 0; i < comparison->groups; i++)
		if (comparison->group[i].tests)
			correct_cells(comparison, i,
				      fmax(1, found) / comparison->tests);
	/* Refills name their cells, and are of no group that is tested. */
	for (i = 0; i < comparison->rows; i++)
		if (comparison->row[i].cells && comparison->row[i].group)
			comparison->row[i].p =
				comparison->group[comparison->row[i].group - 1]
					.p;
}

/* ---- verdicts --------------------------------------------------------------- */

/* The change with its sign set so that positive is worse. */
static struct lab_estimate to_the_worse(const struct lab_finding *f)
{
	const struct lab_estimate c = f->change;

	if (f->quantity != LAB_RATE)
		return c;
	return (struct lab_estimate){ -c.value, -c.high, -c.low };
}

/* 1: certainly up, by at least limit; -1: certainly down; 0: neither. */
static int certainly(const struct lab_estimate *change, double limit)
{
	if (change->low > 0 && change->low >= limit)
		return 1;
	return change->high < 0 && -change->high >= limit ? -1 : 0;
}

static bool certainly_within(const struct lab_estimate *change, double limit)
{
	return change->low > -limit && change->high < limit;
}

static bool has_odds(const struct lab_finding *f)
{
	return f->quantity == LAB_RATE && !f->cells;
}

/*
 * Whether a difference that was not found would have been found if it existed.
 */
static bool could_be_told(const struct lab_comparison *comparison,
			  const struct lab_finding *f)
{
	const double threshold = lab_threshold_of(comparison, f);
	const size_t floor = lab_rate_floor(threshold, comparison->alpha);

	if (!certainly_within(&f->change, threshold))
		return false;
	if (f->quantity != LAB_RATE)
		return true;
	return f->seeds[LAB_A] >= floor && f->seeds[LAB_B] >= floor &&
	       (!has_odds(f) || certainly_within(&f->odds, LN_TWICE));
}

/*
 * The number of tests that share alpha, if this finding is the only difference.
 */
static double tests_of(const struct lab_comparison *comparison,
		       const struct lab_finding *f)
{
	const struct lab_group_test *group = &comparison->group[f->group - 1];

	return comparison->tests * (f->cells ? 1 : 2 * group->tests);
}

static size_t fewest_seeds(const struct lab_finding *f)
{
	return f->seeds[LAB_A] < f->seeds[LAB_B] ? f->seeds[LAB_A] :
						   f->seeds[LAB_B];
}

/* A single cell is tested by ranks, for which there is a lowest p. */
static size_t seeds_for_ranks(const struct lab_comparison *comparison,
			      const struct lab_finding *f)
{
	const double tests = tests_of(comparison, f);
	size_t least = 0;

	while (!f->cells && least < LAB_MANY_SEEDS &&
	       lab_least_p(least, least) * tests > comparison->alpha)
		least++;
	return least;
}

static double half_width(const struct lab_finding *f)
{
	return (f->change.high - f->change.low) / 2;
}

size_t lab_finding_seeds_for(const struct lab_comparison *comparison,
			     const struct lab_finding *f, double effect)
{
	const size_t least = seeds_for_ranks(comparison, f);
	const size_t n = fewest_seeds(f);
	size_t seeds;

	/* An infinite interval says nothing about the number of seeds. */
	if (!isfinite(half_width(f)) || n < 2)
		return least > n + 1 ? least : n + 1;
	seeds = lab_seeds_for(effect, half_width(f), n,
			      lab_threshold_of(comparison, f),
			      comparison->alpha, tests_of(comparison, f));
	return seeds > least ? seeds : least;
}

/* The effect that seeds are counted for. */
static double effect_of(const struct lab_comparison *comparison,
			const struct lab_finding *f)
{
	/* A cell is claimed if its change certainly exceeds the threshold. */
	const double effect = f->cells ? comparison->threshold :
					 2 * comparison->threshold;

	return fmax(effect, 0.01);
}

static void tell_detectable(const struct lab_comparison *comparison,
			    struct lab_finding *f)
{
	const size_t n = fewest_seeds(f);
	size_t seeds;

	f->effect = effect_of(comparison, f);
	if (n >= seeds_for_ranks(comparison, f))
		f->detectable = lab_detectable(half_width(f), n,
					       lab_threshold_of(comparison, f),
					       comparison->alpha,
					       tests_of(comparison, f));
	seeds = lab_finding_seeds_for(comparison, f, f->effect);
	f->more = seeds > n ? seeds - n : 0;
}

static void decide_rate_or_latency(const struct lab_comparison *comparison,
				   struct lab_finding *f)
{
	const struct lab_estimate change = to_the_worse(f);
	const double threshold = lab_threshold_of(comparison, f);
	int way = certainly(&change, threshold);

	if (!way && has_odds(f))
		way = certainly(&f->odds, LN_TWICE);
	if (f->p > comparison->alpha)
		way = 0;
	else if (certainly(&change, 0))
		f->real = true;
	if (way) {
		f->real = true;
		f->judgement = way > 0 ? LAB_WORSE : LAB_BETTER;
	} else if (could_be_told(comparison, f)) {
		f->judgement = LAB_SAME;
	} else {
		tell_detectable(comparison, f);
	}
}

static void decide_claim(const struct lab_comparison *comparison,
			 struct lab_finding *f)
{
	if (f->p > comparison->alpha)
		return;
	f->real = true;
	f->judgement = f->change.value > 0 ? LAB_WORSE : LAB_BETTER;
}

void lab_decide_seeds(struct lab_comparison *comparison)
{
	size_t i;

	lab_judge_groups(comparison);
	correct_all(comparison);
	for (i = 0; i < comparison->rows; i++) {
		struct lab_finding *f = &comparison->row[i];

		if (isnan(f->p))
			continue;
		if (f->quantity == LAB_RUNS)
			decide_claim(comparison, f);
		else
			decide_rate_or_latency(comparison, f);
	}
}
