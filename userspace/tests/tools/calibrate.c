// SPDX-License-Identifier: GPL-2.0-only
/*
 * calibrate.c - how often a comparison of a kernel with itself claims anything.
 *
 *	calibrate [--success POINTS] [--p50 PERCENT] [--mean PERCENT]
 *		  SEEDS COMPARISONS SET...
 *
 * A SET is a folder of runs of one kernel; several are the same source in
 * other layouts, with as many seeds of each scenario as there are. Each
 * comparison draws a set for either side and SEEDS seeds: of one set no seed
 * twice, of two sets the same ones, as "lab --seeds" has them. Prints what was
 * claimed, how often, and the bound below which the rate is at 95 % (Clopper
 * and Pearson; comparisons share runs, so that it is a little too low).
 *
 * --success, --p50 and --mean change B by so much: the first in cells that are
 * neither always nor never successful, the last the means of those that took a
 * slower way than the fast one. Then the rate is what is found.
 */
#include <err.h>
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cdf.h>

#include "compare/compare.h"
#include "lib/alloc.h"
#include "lib/json.h"
#include "lib/random.h"

#define MOST_TOLD 5 /* comparisons whose claims are printed */

struct set {
	struct lab_run *run;
	size_t runs;
};

struct task {
	struct set *set;
	size_t sets, seeds, comparisons;
	double success, p50, mean; /* parts of 1 */
	uint64_t state;
};

static void load(struct set *set, const char *where)
{
	struct lab_run_list list = {};
	size_t i;

	if (!lab_runs_find(&list, where))
		exit(2);
	set->run = xcheck(calloc(list.count, sizeof(*set->run)));
	for (i = 0; i < list.count; i++)
		if (!lab_run_load(&set->run[set->runs++], list.path[i]))
			exit(2);
	lab_runs_free(&list);
}

static double seed_of(const struct lab_run *run)
{
	return lab_number(run->results, "seed");
}

/* ---- what is planted ------------------------------------------------------- */

static void change_success(json_t *cell, double by)
{
	const double ok = lab_number(cell, "ok");
	const double exhausted = lab_number(cell, "exhausted");
	const double all = ok + exhausted;
	double now;

	if (!ok || !exhausted)
		return;
	now = fmin(all, fmax(0, round(ok + by * all)));
	json_object_set_new(cell, "ok", json_integer(now));
	json_object_set_new(cell, "exhausted", json_integer(all - now));
}

static void change_p50(json_t *cell, double by)
{
	json_t *latency = json_object_get(cell, "latency");

	json_object_set_new(
		latency, "p50",
		json_integer(round(lab_number(latency, "p50") * (1 + by))));
}

static void change_means(json_t *cell, double by)
{
	json_t *means = json_object_get(json_object_get(cell, "latency"),
					"mean_by_passage");
	const char *passage;
	json_t *mean;
	void *next;

	json_object_foreach_safe(means, next, passage, mean)
	{
		const double now = json_number_value(mean) * (1 + by);

		if (strcmp(passage, "fast") != 0)
			json_object_set_new(means, passage,
					    json_integer(round(now)));
	}
}

static bool plants(const struct task *task)
{
	return task->success != 0 || task->p50 != 0 || task->mean != 0;
}

static struct lab_run changed(const struct task *task,
			      const struct lab_run *run)
{
	struct lab_run copy = *run;
	json_t *cell;
	size_t i;

	copy.results = xcheck(json_deep_copy(run->results));
	json_array_foreach(json_object_get(copy.results, "cells"), i, cell) {
		if (task->success != 0)
			change_success(cell, task->success);
		if (task->p50 != 0)
			change_p50(cell, task->p50);
		if (task->mean != 0)
			change_means(cell, task->mean);
	}
	return copy;
}

/* ---- comparisons ------------------------------------------------------------ */

/* Seeds in an order of chance; each as often as it is first named. */
static size_t draw_seeds(const struct set *set, double *seed, uint64_t *state)
{
	size_t i, j, n = 0;
	double one;

	for (i = 0; i < set->runs; i++) {
		one = seed_of(&set->run[i]);
		for (j = 0; j < n && seed[j] != one; j++)
			;
		if (j == n)
			seed[n++] = one;
	}
	for (i = n; i > 1; i--) {
		j = lab_random(state) % i;
		one = seed[i - 1];
		seed[i - 1] = seed[j];
		seed[j] = one;
	}
	return n;
}

static void gather_side(const struct task *task, struct lab_comparison *c,
			enum lab_side side, const struct set *set,
			const double *seed)
{
	size_t i, j;

	c->set[side].where = side == LAB_A ? "A" : "B";
	for (i = 0; i < set->runs; i++) {
		struct lab_run run = set->run[i];
		const bool plant = side == LAB_B && plants(task);

		for (j = 0; j < task->seeds && seed[j] != seed_of(&run); j++)
			;
		if (j == task->seeds)
			continue;
		if (plant)
			run = changed(task, &run);
		if (!lab_gather_run(c, side, &run))
			exit(2);
		if (plant)
			json_decref(run.results);
	}
}

static void tell(const struct lab_comparison *c)
{
	size_t i;

	for (i = 0; i < c->rows; i++) {
		const struct lab_finding *f = &c->row[i];

		if (f->judgement != LAB_WORSE && f->judgement != LAB_BETTER)
			continue;
		printf("# %s: %s: %s: %s: %g -> %g, %+g [%+g, %+g], p %.2g\n",
		       lab_judgement_words[f->judgement], f->scenario, f->where,
		       f->metric, f->value[LAB_A], f->value[LAB_B],
		       f->change.value, f->change.low, f->change.high, f->p);
	}
}

/* Whether anything was claimed. */
static bool compare_once(struct task *task, bool told)
{
	struct lab_comparison c = { .threshold = LAB_THRESHOLD,
				    .alpha = LAB_ALPHA };
	const struct set *a = &task->set[lab_random(&task->state) % task->sets];
	const struct set *b = &task->set[lab_random(&task->state) % task->sets];
	double *seed = xcheck(calloc(a->runs + 1, sizeof(*seed)));
	const size_t n = draw_seeds(a, seed, &task->state);
	bool claimed;

	if (n < (a == b ? 2 : 1) * task->seeds)
		errx(2, "a set has %zu seeds, too few for %zu on each side", n,
		     task->seeds);
	gather_side(task, &c, LAB_A, a, seed);
	gather_side(task, &c, LAB_B, b, a == b ? seed + task->seeds : seed);
	lab_judge(&c);
	claimed = c.count[LAB_WORSE] || c.count[LAB_BETTER];
	if (claimed && told)
		tell(&c);
	lab_comparison_free(&c);
	free(seed);
	return claimed;
}

/* The largest rate that makes so few of them no rarer than 1 in 20. */
static double bound(size_t claims, size_t of)
{
	return claims == of ? 1 :
			      gsl_cdf_beta_Qinv(0.05, claims + 1.0,
						(double)(of - claims));
}

static void calibrate(struct task *task)
{
	size_t i, claims = 0;

	for (i = 0; i < task->comparisons; i++)
		claims += compare_once(task, claims < MOST_TOLD);
	printf("%zu of %zu comparisons of %zu seeds claim a difference: %.2f %%, below %.2f %% at 95 %%\n",
	       claims, task->comparisons, task->seeds,
	       100.0 * claims / task->comparisons,
	       100 * bound(claims, task->comparisons));
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "success", required_argument, NULL, 's' },
		{ "p50", required_argument, NULL, 'p' },
		{ "mean", required_argument, NULL, 'm' },
		{},
	};
	struct task task = { .state = 1 };
	int option, i;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == '?')
			return 2;
		*(option == 's' ? &task.success :
		  option == 'p' ? &task.p50 :
				  &task.mean) = atof(optarg) / 100;
	}
	if (argc - optind < 3)
		errx(2,
		     "usage: calibrate [--success POINTS] [--p50 PERCENT] [--mean PERCENT] SEEDS COMPARISONS SET...");
	task.seeds = strtoul(argv[optind], NULL, 10);
	task.comparisons = strtoul(argv[optind + 1], NULL, 10);
	if (!task.seeds || !task.comparisons)
		errx(2, "SEEDS and COMPARISONS are numbers from 1 on");
	task.sets = argc - optind - 2;
	task.set = xcheck(calloc(task.sets, sizeof(*task.set)));
	for (i = 0; i < (int)task.sets; i++)
		load(&task.set[i], argv[optind + 2 + i]);
	calibrate(&task);
	return 0;
}
