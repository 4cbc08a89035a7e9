// SPDX-License-Identifier: GPL-2.0-only
/*
 * compare/seeds.c - what is chaotic, as samples: a number per seed.
 *
 * First every finding gets its change and its p; then the p are corrected for
 * how many there are; then, and not before, a difference is claimed.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/alloc.h"
#include "judge.h"

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
	struct lab_finding f =
		lab_finding_of_cell(scenario, cell, metric->name);

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

void lab_judge_seeds(struct lab_comparison *comparison,
		     const struct lab_scenario_pair *scenario,
		     const struct lab_cell_pair *cell)
{
	struct room room = {};
	size_t i;

	make_room(&room, cell);
	for (i = 0; i < METRICS; i++)
		if (!is_time_shared(cell, &metrics[i]))
			measure(comparison, &room, scenario, cell, &metrics[i]);
	free_room(&room);
}

/* Of claims: whether they hold is decided by the seed, or by no chance. */
void lab_judge_claim(struct lab_comparison *comparison,
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

void lab_decide_seeds(struct lab_comparison *comparison)
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
