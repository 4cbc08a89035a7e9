// SPDX-License-Identifier: GPL-2.0-only
/*
 * compare/judge.c - a verdict on each metric of each cell.
 *
 * First every finding gets its change and its p; then the p are corrected for
 * how many there are; then, and not before, a difference is claimed.
 */
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "lib/alloc.h"
#include "compare.h"

const char *const lab_judgement_words[] = {
	[LAB_WORSE] = "worse",
	[LAB_BETTER] = "better",
	[LAB_CANNOT_TELL] = "cannot tell",
	[LAB_NOT_COMPARABLE] = "not comparable",
	[LAB_SAME] = "same",
};

const char *const lab_kind_words[] = {
	[LAB_EXACTLY] = "exact",
	[LAB_CONDITIONAL] = "conditional",
	[LAB_CHAOTIC] = "chaotic",
};

/* A cliff that moved by less is where it was: shots meet whole steps. */
#define STEPS_APART 1.0
/* Shots that must have met the state between two cliffs, on each side. */
#define MET 20

/* What of a sample is compared over seeds. */
static const struct metric {
	const char *name;
	enum lab_kind kind;
	enum lab_quantity quantity;
	size_t offset; /* of a double in struct lab_sample */
} metrics[] = {
	{ "success", LAB_CHAOTIC, LAB_RATE,
	  offsetof(struct lab_sample, success) },
	{ "p50", LAB_CHAOTIC, LAB_LATENCY, offsetof(struct lab_sample, p50) },
	{ "p99", LAB_CHAOTIC, LAB_LATENCY, offsetof(struct lab_sample, p99) },
	{ "max", LAB_CHAOTIC, LAB_LATENCY, offsetof(struct lab_sample, max) },
/* Given the passage taken: how many took it is the chaotic part. */
#define BY_PASSAGE(id, passage)                            \
	{ "mean, " #passage, LAB_CONDITIONAL, LAB_LATENCY, \
	  offsetof(struct lab_sample, mean[LAB_PASSAGE_##id]) },
	LAB_PASSAGES(BY_PASSAGE)
};

#define METRICS (sizeof(metrics) / sizeof(metrics[0]))

/* Numbers of a cell that are 0 in a kernel that is right. */
static const struct fault {
	const char *name;
	size_t offset; /* of a uint64_t in struct lab_cell_side */
} faults[] = {
	{ "violations", offsetof(struct lab_cell_side, violations) },
	{ "held", offsetof(struct lab_cell_side, held) },
	{ "unattributed", offsetof(struct lab_cell_side, unattributed) },
};

#define FAULTS (sizeof(faults) / sizeof(faults[0]))

void lab_finding_add(struct lab_comparison *comparison,
		     const struct lab_finding *finding)
{
	const size_t at = comparison->rows;

	if (!(at & (at + 1)))
		comparison->row =
			xcheck(reallocarray(comparison->row, 2 * (at + 1),
					    sizeof(*comparison->row)));
	comparison->row[at] = *finding;
	comparison->rows++;
}

static struct lab_finding of_cell(const struct lab_scenario_pair *scenario,
				  const struct lab_cell_pair *cell,
				  const char *metric)
{
	const struct lab_conditions *a = &scenario->conditions[LAB_A];

	return (struct lab_finding){
		.metric = metric,
		.scenario = scenario->name,
		.where = cell->where,
		.context = cell->context,
		.api = cell->api,
		.order = cell->order,
		.unit = *a->unit ? a->unit : scenario->conditions[LAB_B].unit,
		.seeds = { cell->side[LAB_A].count, cell->side[LAB_B].count },
		.p = NAN,
		.judgement = LAB_SAME,
	};
}

/* ---- exact ----------------------------------------------------------------- */

static void judge_faults(struct lab_comparison *comparison,
			 const struct lab_scenario_pair *scenario,
			 const struct lab_cell_pair *cell)
{
	size_t i, side;

	for (i = 0; i < FAULTS; i++) {
		struct lab_finding f = of_cell(scenario, cell, faults[i].name);

		f.quantity = LAB_NUMBER;
		for (side = 0; side < LAB_SIDES; side++)
			f.value[side] =
				*(const uint64_t *)((const char *)&cell
							    ->side[side] +
						    faults[i].offset);
		if (!f.value[LAB_A] && !f.value[LAB_B])
			continue;
		if (!f.value[LAB_A] || !f.value[LAB_B])
			f.judgement = f.value[LAB_A] ? LAB_BETTER : LAB_WORSE;
		else
			f.words = xstrdup("broken on both sides");
		f.real = f.value[LAB_A] != f.value[LAB_B];
		lab_finding_add(comparison, &f);
	}
}

/* The number that all runs agree on; NaN when they do not. */
static double agreed(const struct lab_cell_side *side)
{
	size_t i;

	for (i = 1; i < side->count; i++)
		if (side->sample[i].min != side->sample[0].min)
			return NAN;
	return side->count ? side->sample[0].min : NAN;
}

/*
 * Where nothing is short and instructions are counted, the fast way takes the
 * same number of them in every run: what it takes is the kernel's.
 */
static void judge_min(struct lab_comparison *comparison,
		      const struct lab_scenario_pair *scenario,
		      const struct lab_cell_pair *cell)
{
	struct lab_finding f = of_cell(scenario, cell, "min");

	if (strcmp(f.unit, "instructions") || cell->side[LAB_A].busy ||
	    cell->side[LAB_B].busy)
		return;
	f.quantity = LAB_LATENCY;
	f.value[LAB_A] = agreed(&cell->side[LAB_A]);
	f.value[LAB_B] = agreed(&cell->side[LAB_B]);
	if (!(f.value[LAB_A] > 0) || isnan(f.value[LAB_B]))
		return;
	f.change.value = f.value[LAB_B] / f.value[LAB_A] - 1;
	f.change.low = f.change.value;
	f.change.high = f.change.value;
	f.real = f.change.value != 0;
	if (fabs(f.change.value) >= comparison->threshold)
		f.judgement = f.change.value > 0 ? LAB_WORSE : LAB_BETTER;
	lab_finding_add(comparison, &f);
}

/* ---- conditional ----------------------------------------------------------- */

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
		return seen_apart(pair, place, f) ? LAB_WORSE : LAB_CANNOT_TELL;
	if (place[LAB_A].low - place[LAB_B].high >= STEPS_APART)
		return seen_apart(pair, place, f) ? LAB_BETTER :
						    LAB_CANNOT_TELL;
	/* Where both may be anywhere, nothing was seen. */
	if (f->change.high - f->change.low > 2 * STEPS_APART + 1)
		return LAB_CANNOT_TELL;
	return LAB_SAME;
}

static void judge_cliff(struct lab_comparison *comparison,
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

/* ---- chaotic --------------------------------------------------------------- */

/* Room for the values of both sides, and for what is made of them. */
struct room {
	double *value[LAB_SIDES], *shots[LAB_SIDES], *differences;
	size_t count[LAB_SIDES];
	size_t size[LAB_SIDES];
};

static void make_room(struct room *room, const struct lab_cell_pair *cell)
{
	size_t side;

	for (side = 0; side < LAB_SIDES; side++) {
		if (cell->side[side].count <= room->size[side])
			continue;
		room->size[side] = cell->side[side].count;
		room->value[side] = xcheck(reallocarray(
			room->value[side], room->size[side], sizeof(double)));
		room->shots[side] = xcheck(reallocarray(
			room->shots[side], room->size[side], sizeof(double)));
	}
	room->differences = xcheck(reallocarray(
		room->differences, room->size[LAB_A] * room->size[LAB_B] + 1,
		sizeof(double)));
}

static void free_room(struct room *room)
{
	size_t side;

	for (side = 0; side < LAB_SIDES; side++) {
		free(room->value[side]);
		free(room->shots[side]);
	}
	free(room->differences);
}

double lab_sample_value(const struct lab_sample *sample, size_t offset)
{
	double value;

	memcpy(&value, (const char *)sample + offset, sizeof(value));
	return value;
}

/* Those seeds that have a value. */
static void fill_room(struct room *room, const struct lab_cell_pair *cell,
		      const struct metric *metric)
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
			room->value[side][n] = value;
			room->shots[side][n++] = s->sample[i].shots;
		}
		room->count[side] = n;
	}
}

static bool all_equal(const struct room *room)
{
	const double first = room->value[LAB_A][0];
	size_t side, i;

	for (side = 0; side < LAB_SIDES; side++)
		for (i = 0; i < room->count[side]; i++)
			if (room->value[side][i] != first)
				return false;
	return true;
}

static void change_rate(const struct room *room, double alpha,
			struct lab_finding *f)
{
	struct lab_rate rate[LAB_SIDES];
	size_t side;

	for (side = 0; side < LAB_SIDES; side++) {
		rate[side] = lab_rate(room->value[side], room->shots[side],
				      room->count[side]);
		f->value[side] = rate[side].rate;
	}
	f->change = lab_newcombe(&rate[LAB_A], &rate[LAB_B], alpha);
}

/* As a part of what it was: by logarithms, so that both ways are the same. */
static void change_latency(struct room *room, double alpha,
			   struct lab_finding *f)
{
	size_t side, i;

	for (side = 0; side < LAB_SIDES; side++) {
		const size_t n = room->count[side];
		double sum = 0;

		for (i = 0; i < n; i++) {
			sum += room->value[side][i];
			room->value[side][i] =
				log(fmax(1, room->value[side][i]));
		}
		f->value[side] = sum / n;
	}
	f->change = lab_shift(room->value[LAB_A], room->count[LAB_A],
			      room->value[LAB_B], room->count[LAB_B], alpha,
			      room->differences);
	f->change.value = expm1(f->change.value);
	f->change.low = expm1(f->change.low);
	f->change.high = expm1(f->change.high);
}

/* Dominated by vCPU time slices, not by the kernel: see time_shared.h. */
static bool is_time_shared(const struct lab_cell_pair *cell,
			   const struct metric *metric)
{
	return metric->quantity == LAB_LATENCY &&
	       metric->offset != offsetof(struct lab_sample, p50) &&
	       (cell->side[LAB_A].time_shared || cell->side[LAB_B].time_shared);
}

static void measure(struct lab_comparison *comparison, struct room *room,
		    const struct lab_scenario_pair *scenario,
		    const struct lab_cell_pair *cell,
		    const struct metric *metric)
{
	struct lab_finding f = of_cell(scenario, cell, metric->name);

	fill_room(room, cell, metric);
	f.kind = metric->kind;
	f.quantity = metric->quantity;
	f.seeds[LAB_A] = room->count[LAB_A];
	f.seeds[LAB_B] = room->count[LAB_B];
	if (!f.seeds[LAB_A] || !f.seeds[LAB_B])
		return;
	if (all_equal(room)) {
		f.value[LAB_A] = room->value[LAB_A][0];
		f.value[LAB_B] = f.value[LAB_A];
		lab_finding_add(comparison, &f);
		return;
	}
	f.p = lab_mann_whitney(room->value[LAB_A], f.seeds[LAB_A],
			       room->value[LAB_B], f.seeds[LAB_B]);
	if (metric->quantity == LAB_RATE)
		change_rate(room, comparison->alpha, &f);
	else
		change_latency(room, comparison->alpha, &f);
	f.judgement = LAB_CANNOT_TELL;
	lab_finding_add(comparison, &f);
}

/* Of claims: whether they hold is decided by the seed, or by no chance. */
static void judge_claim(struct lab_comparison *comparison,
			const struct lab_scenario_pair *scenario,
			const struct lab_claim_pair *claim)
{
	const double a = claim->ran[LAB_A], b = claim->ran[LAB_B];
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
	f.real = f.change.value != 0;
	if (claim->exact) {
		if (!claim->failed[LAB_A] || !claim->failed[LAB_B])
			f.judgement = claim->failed[LAB_A] ? LAB_BETTER :
							     LAB_WORSE;
	} else {
		f.p = lab_fisher(claim->failed[LAB_A], a, claim->failed[LAB_B],
				 b);
		f.judgement = LAB_CANNOT_TELL;
	}
	lab_finding_add(comparison, &f);
}

/*
 * Seeds more: for the interval to be narrow enough, for p to be small enough,
 * and for so small a p to be possible at all.
 */
static size_t more_of(const struct lab_comparison *comparison,
		      const struct lab_finding *f, size_t tests)
{
	const size_t n = f->seeds[LAB_A] < f->seeds[LAB_B] ? f->seeds[LAB_A] :
							     f->seeds[LAB_B];
	const double size = fabs(f->change.value);
	const bool large = size >= comparison->threshold;
	const double half = (f->change.high - f->change.low) / 2;
	size_t more, claim = 0, least = 0;

	more = lab_seeds_more(n, half,
			      large ? size : comparison->threshold - size);
	if (large)
		claim = lab_seeds_to_claim(n, f->p, comparison->alpha);
	while (n + least < LAB_MANY_SEEDS &&
	       lab_least_p(n + least, n + least) * tests > comparison->alpha)
		least++;
	more = claim > more ? claim : more;
	return more > least ? more : least;
}

static enum lab_judgement direction(const struct lab_finding *f)
{
	const bool up = f->change.value > 0;

	return up == (f->quantity == LAB_RATE) ? LAB_BETTER : LAB_WORSE;
}

static void claim_broken(const struct lab_comparison *comparison,
			 struct lab_finding *f)
{
	const bool mostly[LAB_SIDES] = {
		2 * f->value[LAB_A] > f->seeds[LAB_A],
		2 * f->value[LAB_B] > f->seeds[LAB_B],
	};

	/* What must hold in every run is broken when it holds in few. */
	if (!f->value[LAB_A] && mostly[LAB_B])
		f->judgement = LAB_WORSE;
	else if (f->p <= comparison->alpha)
		f->judgement = direction(f);
	else if (mostly[LAB_A] && mostly[LAB_B])
		f->judgement = LAB_SAME;
}

/* At last: a difference, none, or no telling. p is corrected by now. */
static void decide(const struct lab_comparison *comparison,
		   struct lab_finding *f, size_t tests)
{
	const double threshold = comparison->threshold;
	const struct lab_estimate *change = &f->change;

	if (f->quantity == LAB_RUNS) {
		claim_broken(comparison, f);
		return;
	}
	if (f->p <= comparison->alpha && change->low * change->high > 0)
		f->real = true;
	if (f->real && fabs(change->value) >= threshold)
		f->judgement = direction(f);
	else if (change->low > -threshold && change->high < threshold)
		f->judgement = LAB_SAME;
	else
		f->more = more_of(comparison, f, tests);
}

static void decide_all(struct lab_comparison *comparison)
{
	double *p = xcheck(calloc(comparison->rows + 1, sizeof(*p)));
	size_t i, n = 0;

	for (i = 0; i < comparison->rows; i++)
		if (!isnan(comparison->row[i].p))
			p[n++] = comparison->row[i].p;
	lab_benjamini_hochberg(p, n);
	n = 0;
	for (i = 0; i < comparison->rows; i++)
		if (!isnan(comparison->row[i].p))
			comparison->row[i].p = p[n++];
	for (i = 0; i < comparison->rows; i++)
		if (!isnan(comparison->row[i].p))
			decide(comparison, &comparison->row[i], n);
	free(p);
}

/* ---- all of it ------------------------------------------------------------- */

static void not_comparable(struct lab_comparison *comparison,
			   const struct lab_scenario_pair *scenario,
			   const struct lab_cell_pair *cell, char *words)
{
	struct lab_finding f = {
		.metric = cell ? "cell" : "scenario",
		.scenario = scenario->name,
		.where = cell ? cell->where : scenario->name,
		.context = cell ? cell->context : "",
		.unit = "",
		.seeds = { scenario->runs[LAB_A], scenario->runs[LAB_B] },
		.p = NAN,
		.judgement = LAB_NOT_COMPARABLE,
		.words = words,
	};

	lab_finding_add(comparison, &f);
}

/* True when a cell was not fired somewhere; two refusals are the same. */
static bool judge_absence(struct lab_comparison *comparison,
			  const struct lab_scenario_pair *scenario,
			  const struct lab_cell_pair *cell)
{
	const struct lab_cell_side *a = &cell->side[LAB_A];
	const struct lab_cell_side *b = &cell->side[LAB_B];

	if (a->count && b->count)
		return false;
	if (a->refused && b->refused)
		return true;
	if (a->refusal || b->refusal)
		not_comparable(comparison, scenario, cell,
			       xasprintf("refused in %s: %s",
					 a->refusal ? "A" : "B",
					 a->refusal ? a->refusal : b->refusal));
	else
		not_comparable(comparison, scenario, cell,
			       xasprintf("not fired in %s",
					 a->count ? "B" : "A"));
	return true;
}

static void judge_scenario(struct lab_comparison *comparison,
			   struct lab_scenario_pair *scenario,
			   struct room *room)
{
	char why[160];
	size_t i, j;

	for (i = 0; i < LAB_SIDES; i++)
		if (!scenario->runs[i]) {
			not_comparable(comparison, scenario, NULL,
				       xasprintf("%s has no run of it",
						 i == LAB_A ? "A" : "B"));
			return;
		}
	if (!lab_conditions_agree(&scenario->conditions[LAB_A],
				  &scenario->conditions[LAB_B], why,
				  sizeof(why))) {
		not_comparable(comparison, scenario, NULL, xstrdup(why));
		return;
	}
	for (i = 0; i < scenario->claims; i++)
		judge_claim(comparison, scenario, &scenario->claim[i]);
	for (i = 0; i < scenario->cliffs; i++)
		judge_cliff(comparison, scenario, &scenario->cliff[i]);
	for (i = 0; i < scenario->cells; i++) {
		struct lab_cell_pair *cell = &scenario->cell[i];

		if (judge_absence(comparison, scenario, cell))
			continue;
		make_room(room, cell);
		judge_faults(comparison, scenario, cell);
		judge_min(comparison, scenario, cell);
		for (j = 0; j < METRICS; j++)
			if (!is_time_shared(cell, &metrics[j]))
				measure(comparison, room, scenario, cell,
					&metrics[j]);
	}
}

/* The gravest first; among equals what weighs most, then the largest change. */
static int by_gravity(const void *a, const void *b)
{
	const struct lab_finding *x = a, *y = b;
	const double left = fabs(x->change.value);
	const double right = fabs(y->change.value);

	if (x->judgement != y->judgement)
		return (int)x->judgement - (int)y->judgement;
	if (x->quantity != y->quantity)
		return (int)x->quantity - (int)y->quantity;
	if (left != right)
		return left < right ? 1 : -1;
	return strcmp(x->where, y->where);
}

static void note_same_kernel(struct lab_comparison *comparison)
{
	const char *a = comparison->set[LAB_A].build_id;
	const char *b = comparison->set[LAB_B].build_id;

	if (a && b && *a && !strcmp(a, b))
		lab_compare_note(
			comparison,
			"both sides are of the same kernel: what differs is chance, or was measured otherwise");
}

void lab_findings_sort(struct lab_comparison *comparison)
{
	size_t i;

	qsort(comparison->row, comparison->rows, sizeof(*comparison->row),
	      by_gravity);
	for (i = 0; i < comparison->rows; i++)
		comparison->count[comparison->row[i].judgement]++;
}

void lab_judge(struct lab_comparison *comparison)
{
	struct room room = {};
	size_t i;

	for (i = 0; i < comparison->scenarios; i++)
		judge_scenario(comparison, &comparison->scenario[i], &room);
	free_room(&room);
	note_same_kernel(comparison);
	decide_all(comparison);
	lab_findings_sort(comparison);
}

enum lab_judgement lab_judgement(const struct lab_comparison *comparison)
{
	return comparison->rows ? comparison->row[0].judgement :
				  LAB_NOT_COMPARABLE;
}
