// SPDX-License-Identifier: GPL-2.0-only
/*
 * compare/pooled.c - tests cells that change together as one group.
 *
 * With five seeds, no single one of a thousand metrics can be significant: the
 * lowest p of five and five values is 0.008. But a change in the allocator
 * shows in every context and phase. So first the cells of one metric, interface
 * and order are tested together, by their mean, which is one number per seed.
 * The cells of one run are not independent samples, not even for conditional
 * metrics: one seed made the fast path of all cells of an order 4 % longer.
 *
 * The threshold for a group's mean is the amount by which it changes if one of
 * its cells changes by the threshold, but at least a fifth of the threshold.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>

#include "lib/alloc.h"
#include "judge.h"

/*
 * From this number of runs on, runs of the same seed are paired. The values of
 * one seed on two kernels have a correlation of about 0.5; pairing halves the
 * degrees of freedom, which is worth it only with that many runs.
 */
#define PAIRED_FROM 9
/* The mean of fewer cells has no known distribution: only ranks are tested. */
#define MANY_CELLS 8
/* With fewer runs the variance of a cell is not known. */
#define FEW_RUNS 5
/* At most so many cells count when a threshold is divided among them. */
#define SHARED_BY 5.0

double lab_seed_metric_scale(const struct lab_seed_metric *metric, double value)
{
	return metric->quantity == LAB_RATE ? value : log(fmax(1, value));
}

static bool is_of(const struct lab_group_test *group,
		  const struct lab_scenario_pair *scenario,
		  const struct lab_cell_pair *cell,
		  const struct lab_seed_metric *metric)
{
	return group->scenario == scenario && group->metric == metric &&
	       group->order == cell->order && !strcmp(group->api, cell->api);
}

size_t lab_group_of(struct lab_comparison *comparison,
		    const struct lab_scenario_pair *scenario,
		    const struct lab_cell_pair *cell,
		    const struct lab_seed_metric *metric)
{
	size_t i;

	for (i = comparison->groups; i--;)
		if (is_of(&comparison->group[i], scenario, cell, metric))
			return i + 1;
	comparison->group = xgrow(comparison->group, comparison->groups);
	comparison->group[comparison->groups++] = (struct lab_group_test){
		.scenario = scenario,
		.metric = metric,
		.api = cell->api,
		.order = cell->order,
		.unit = *scenario->conditions[LAB_A].unit ?
				scenario->conditions[LAB_A].unit :
				scenario->conditions[LAB_B].unit,
		.least_p = 1,
		.p = 1,
	};
	return comparison->groups;
}

/* The variance of a cell's scaled values within the two sides. */
static double variance_within(const struct lab_group_test *group,
			      const double *value)
{
	const size_t n = group->scenario->runs[LAB_A];
	const size_t m = group->scenario->runs[LAB_B];
	const struct lab_mean a = lab_mean(value, n);
	const struct lab_mean b = lab_mean(value + n, m);

	return (a.variance + b.variance) / 2;
}

void lab_group_add(struct lab_group_test *group,
		   const struct lab_values *values, double p)
{
	double *value;
	size_t side, i, n = 0;

	group->tests++;
	group->least_p = fmin(group->least_p, p);
	for (side = 0; side < LAB_SIDES; side++)
		if (values->count[side] != group->scenario->runs[side])
			return;
	value = xcheck(calloc(values->count[LAB_A] + values->count[LAB_B],
			      sizeof(*value)));
	for (side = 0; side < LAB_SIDES; side++)
		for (i = 0; i < values->count[side]; i++)
			value[n++] = lab_seed_metric_scale(group->metric,
							   values->of[side][i]);
	group->value = xgrow(group->value, group->cells);
	group->value[group->cells++] = value;
}

void lab_groups_free(struct lab_comparison *comparison)
{
	while (comparison->groups) {
		struct lab_group_test *group =
			&comparison->group[--comparison->groups];

		while (group->cells)
			free(group->value[--group->cells]);
		free(group->value);
	}
	free(comparison->group);
	comparison->group = NULL;
}

/* ---- pairs of seeds -------------------------------------------------------- */

/* The runs of each side, in the order of their seeds. */
struct pairing {
	size_t *at[LAB_SIDES];
	size_t pairs; /* 0: not paired */
};

static size_t *by_seed(const uint64_t *seed, size_t n)
{
	double *key = xcheck(calloc(n + 1, sizeof(*key)));
	size_t *at = xcheck(calloc(n + 1, sizeof(*at))), i;

	for (i = 0; i < n; i++)
		key[i] = seed[i];
	gsl_sort_index(at, key, 1, n);
	free(key);
	return at;
}

/* Only if both sides have the same seeds, and the seed decides what happens. */
static struct pairing pair_seeds(const struct lab_scenario_pair *scenario)
{
	const size_t n = scenario->runs[LAB_A];
	struct pairing pairing = {};
	size_t side, i;

	if (n != scenario->runs[LAB_B] || n < PAIRED_FROM ||
	    strcmp(scenario->conditions[LAB_A].mode, "deterministic") != 0)
		return pairing;
	for (side = 0; side < LAB_SIDES; side++)
		pairing.at[side] = by_seed(scenario->seed[side], n);
	for (i = 0; i < n; i++)
		if (scenario->seed[LAB_A][pairing.at[LAB_A][i]] !=
		    scenario->seed[LAB_B][pairing.at[LAB_B][i]])
			return pairing;
	pairing.pairs = n;
	return pairing;
}

static void free_pairing(struct pairing *pairing)
{
	free(pairing->at[LAB_A]);
	free(pairing->at[LAB_B]);
}

static bool has_few_runs(const struct lab_group_test *group)
{
	return group->scenario->runs[LAB_A] < FEW_RUNS ||
	       group->scenario->runs[LAB_B] < FEW_RUNS;
}

/* ---- the test -------------------------------------------------------------- */

/*
 * The weight of each cell: lower if it varies more, by the deviation that
 * belongs to its own variance plus that of the median cell. Variances are taken
 * within the sides, so they do not depend on the difference between the sides.
 * With few runs the variances are not known well enough, and all weights are
 * equal. The sum is 1.
 */
static double *weights_of(const struct lab_group_test *group)
{
	const size_t n = group->cells;
	double *weight = xcheck(calloc(n + 1, sizeof(*weight)));
	double *sorted = xcheck(calloc(n + 1, sizeof(*sorted)));
	double middle, sum = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		weight[i] = variance_within(group, group->value[i]);
		sorted[i] = weight[i];
	}
	gsl_sort(sorted, 1, n);
	middle = gsl_stats_median_from_sorted_data(sorted, 1, n);
	free(sorted);
	for (i = 0; i < n; i++) {
		const bool known = middle > 0 && !has_few_runs(group);

		weight[i] = known ? 1 / sqrt(weight[i] + middle) : 1;
		sum += weight[i];
	}
	for (i = 0; i < n; i++)
		weight[i] /= sum;
	return weight;
}

/* The weighted mean of a group's cells in each run: of A, then of B. */
static double *means_of(const struct lab_group_test *group)
{
	const size_t runs =
		group->scenario->runs[LAB_A] + group->scenario->runs[LAB_B];
	double *mean = xcheck(calloc(runs + 1, sizeof(*mean)));
	double *weight = weights_of(group);
	size_t i, run;

	for (i = 0; i < group->cells; i++)
		for (run = 0; run < runs; run++)
			mean[run] += weight[i] * group->value[i][run];
	free(weight);
	return mean;
}

/* The values that a group's test uses. */
struct sample {
	double *mean[LAB_SIDES]; /* both in one block of memory */
	struct lab_mean of[LAB_SIDES];
	double *difference; /* of pairs; or NULL */
	struct lab_mean differences;
};

static struct sample sample_of(const struct lab_group_test *group,
			       const struct pairing *pairing)
{
	struct sample sample = {};
	size_t side, i;

	sample.mean[LAB_A] = means_of(group);
	sample.mean[LAB_B] = sample.mean[LAB_A] + group->scenario->runs[LAB_A];
	for (side = 0; side < LAB_SIDES; side++)
		sample.of[side] = lab_mean(sample.mean[side],
					   group->scenario->runs[side]);
	if (!pairing->pairs)
		return sample;
	sample.difference =
		xcheck(calloc(pairing->pairs, sizeof(*sample.difference)));
	for (i = 0; i < pairing->pairs; i++)
		sample.difference[i] =
			sample.mean[LAB_B][pairing->at[LAB_B][i]] -
			sample.mean[LAB_A][pairing->at[LAB_A][i]];
	sample.differences = lab_mean(sample.difference, pairing->pairs);
	return sample;
}

static void free_sample(struct sample *sample)
{
	free(sample->mean[LAB_A]);
	free(sample->difference);
}

static double variance_of(const struct sample *sample)
{
	if (sample->difference)
		return sample->differences.variance;
	return (sample->of[LAB_A].variance + sample->of[LAB_B].variance) / 2;
}

/* Whether the test of one cell could be passed, given the number of others. */
static bool cells_can_tell(const struct lab_comparison *comparison,
			   const struct lab_group_test *group)
{
	return 2.0 * comparison->groups * group->tests *
		       lab_least_p(group->scenario->runs[LAB_A],
				   group->scenario->runs[LAB_B]) <=
	       comparison->alpha;
}

static struct lab_estimate test_group(const struct lab_comparison *comparison,
				      struct lab_group_test *group,
				      const struct sample *sample, double least)
{
	const double alpha = comparison->alpha;
	const size_t n = group->scenario->runs[LAB_A];
	const size_t m = group->scenario->runs[LAB_B];
	struct lab_estimate change;
	double p;

	change = sample->difference ?
			 lab_student(&sample->differences, least, alpha, &p) :
			 lab_welch(&sample->of[LAB_A], &sample->of[LAB_B],
				   least, alpha, &p);
	if (group->cells < MANY_CELLS) {
		p = fmax(p, lab_mann_whitney(sample->mean[LAB_A], n,
					     sample->mean[LAB_B], m));
		group->attainable = lab_least_p(n, m);
	}
	group->p = p;
	/*
	 * A change can show in two ways: all cells by a little, or one cell by
	 * much.
	 */
	if (cells_can_tell(comparison, group))
		group->p = fmin(1, 2 * fmin(p, group->tests * group->least_p));
	return change;
}

/* The lower quartile of the variances of a metric's groups. */
static double usual_variance(const struct lab_comparison *comparison,
			     const struct sample *samples,
			     const struct lab_group_test *like)
{
	double *variance =
		xcheck(calloc(comparison->groups, sizeof(*variance)));
	double usual = 0, one;
	size_t i, n = 0;

	for (i = 0; i < comparison->groups; i++) {
		const struct lab_group_test *group = &comparison->group[i];

		if (group->metric != like->metric ||
		    group->scenario != like->scenario || !group->cells)
			continue;
		one = variance_of(&samples[i]);
		if (one > 0)
			variance[n++] = one;
	}
	gsl_sort(variance, 1, n);
	if (n)
		usual = gsl_stats_quantile_from_sorted_data(variance, 1, n,
							    0.25);
	free(variance);
	return usual;
}

static double shown(const struct lab_seed_metric *metric, double value)
{
	return metric->quantity == LAB_RATE ? value : exp(value);
}

static void add_row(struct lab_comparison *comparison, size_t index,
		    const struct sample *sample, struct lab_estimate change)
{
	const struct lab_group_test *group = &comparison->group[index];
	struct lab_finding f = {
		.kind = group->metric->kind,
		.quantity = group->metric->quantity,
		.metric = group->metric->name,
		.scenario = group->scenario->name,
		.where = xasprintf("%s, order %u: all %zu cells that vary",
				   group->api, group->order, group->cells),
		.context = "",
		.order = group->order,
		.unit = group->unit,
		.seeds = { group->scenario->runs[LAB_A],
			   group->scenario->runs[LAB_B] },
		.change = change,
		.p = group->p,
		.cells = group->cells,
		.group = index + 1,
		.judgement = LAB_CANNOT_TELL,
	};
	size_t side;

	for (side = 0; side < LAB_SIDES; side++)
		f.value[side] = shown(group->metric, sample->of[side].value);
	if (f.quantity == LAB_LATENCY) {
		f.change.value = expm1(change.value);
		f.change.low = expm1(change.low);
		f.change.high = expm1(change.high);
	}
	lab_compare_keep(comparison, (char *)f.where);
	lab_finding_add(comparison, &f);
}

static struct sample *sample_all(const struct lab_comparison *comparison)
{
	struct sample *samples =
		xcheck(calloc(comparison->groups + 1, sizeof(*samples)));
	const struct lab_scenario_pair *now = NULL;
	struct pairing pairing = {};
	size_t i;

	/* The groups of one scenario are consecutive. */
	for (i = 0; i < comparison->groups; i++) {
		const struct lab_group_test *group = &comparison->group[i];

		if (group->scenario != now) {
			free_pairing(&pairing);
			now = group->scenario;
			pairing = pair_seeds(now);
		}
		if (group->cells)
			samples[i] = sample_of(group, &pairing);
	}
	free_pairing(&pairing);
	return samples;
}

static double least_of_cells(const struct lab_group_test *group)
{
	return group->tests * lab_least_p(group->scenario->runs[LAB_A],
					  group->scenario->runs[LAB_B]);
}

void lab_judge_groups(struct lab_comparison *comparison)
{
	struct sample *samples = sample_all(comparison);
	struct lab_estimate change;
	size_t i;

	for (i = 0; i < comparison->groups; i++) {
		struct lab_group_test *group = &comparison->group[i];

		/*
		 * A group with a single cell adds nothing to the finding of
		 * that cell.
		 */
		if (group->cells < 2) {
			group->p = fmin(1, group->tests * group->least_p);
			group->attainable = least_of_cells(group);
			continue;
		}
		change = test_group(comparison, group, &samples[i],
				    usual_variance(comparison, samples, group));
		add_row(comparison, i, &samples[i], change);
	}
	for (i = 0; i < comparison->groups; i++)
		free_sample(&samples[i]);
	free(samples);
}

double lab_threshold_of(const struct lab_comparison *comparison,
			const struct lab_finding *finding)
{
	const double cells = fmin(fmax(1, finding->cells), SHARED_BY);

	return comparison->threshold / cells;
}
