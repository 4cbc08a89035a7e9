// SPDX-License-Identifier: GPL-2.0-only
/* why/chances.c - the run again, with other chance from a cell on; see why/why.h. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/alloc.h"
#include "lib/exit.h"
#include "lib/json.h"
#include "lib/random.h"
#include "results/cell_name.h"
#include "why.h"

/* Runs with other chance from one cell on. */
struct batch {
	struct lab_why *why;
	size_t cell;
	struct lab_moment *moment;
	int code;
};

static const json_t *cells_of(const json_t *results)
{
	return json_object_get(results, "cells");
}

/* The first that failed, and is the one that counts. */
static const json_t *find_failed(const struct lab_why *why)
{
	const json_t *verdict;
	size_t i;

	json_array_foreach(json_object_get(why->was.results, "verdicts"), i,
			   verdict)
		if (lab_is(verdict, "verdict", "fail") &&
		    (!why->verdict ||
		     strstr(lab_text(verdict, "name"), why->verdict)))
			return verdict;
	return NULL;
}

static bool fails_so(const struct lab_why *why, const json_t *results)
{
	const json_t *verdict;
	size_t i;

	json_array_foreach(json_object_get(results, "verdicts"), i, verdict)
		if (lab_is(verdict, "kind", lab_text(why->failed, "kind")) &&
		    lab_is(verdict, "name", lab_text(why->failed, "name")))
			return lab_is(verdict, "verdict", "fail");
	return false;
}

/* Until the moment it has to be the run that is asked about. */
static bool is_the_run(const struct batch *batch, const json_t *results)
{
	const json_t *was = cells_of(batch->why->was.results);
	size_t i;

	for (i = 0; i < batch->cell; i++) {
		const json_t *cell = json_array_get(was, i);
		char *name;

		if (json_equal(cell, json_array_get(cells_of(results), i)))
			continue;
		name = lab_cell_words(cell, true);
		printf("NOT THE SAME: %s\n  %s, which chance was not touched before\n",
		       batch->why->was.path, name);
		free(name);
		return false;
	}
	return true;
}

static void take(void *arg, const struct lab_job *job, const json_t *results)
{
	struct batch *batch = arg;
	struct lab_why *why = batch->why;

	(void)job;
	if (batch->code)
		return;
	/* Of a harness that broke nothing is known. */
	if (lab_is(results, "verdict", "broken"))
		return;
	if (!lab_recipe_fits(&why->recipe, &why->was, results))
		batch->code = LAB_USAGE;
	else if (!is_the_run(batch, results))
		batch->code = LAB_FAIL;
	batch->moment->runs++;
	batch->moment->fails += fails_so(why, results);
}

/* So many that follow those that the moment has had. */
static struct lab_reseed *reseeds(size_t cell, uint64_t had, uint64_t count)
{
	struct lab_reseed *list = xcheck(calloc(count, sizeof(*list)));
	uint64_t i, random = 0;

	while (had--)
		lab_random(&random);
	for (i = 0; i < count; i++)
		list[i] = (struct lab_reseed){ .cell = cell,
					       .with = lab_random(&random) };
	return list;
}

static int try(void *arg, size_t cell, struct lab_moment *moment)
{
	struct lab_why *why = arg;
	struct batch batch = { .why = why, .cell = cell, .moment = moment };
	struct lab_plan *plan = &why->plan;
	struct lab_reseed *list = reseeds(cell, moment->runs, why->seeds);
	const uint64_t had = moment->runs;
	int code;

	plan->jobs = why->jobs; /* as many as fitted last time, else */
	plan->take = take;
	plan->take_arg = &batch;
	plan->reseeds = list;
	why->runs += why->seeds;
	code = lab_jobs_run(plan, why->recipe.seed, why->seeds);
	plan->reseeds = NULL;
	free(list);
	if (batch.code)
		return batch.code;
	if (moment->runs == had) {
		fprintf(stderr,
			"labyrinth: no run with other chance from cell %zu on came to a verdict\n",
			cell + 1);
		return code ? code : LAB_HARNESS;
	}
	fprintf(stderr,
		"labyrinth: other chance from cell %zu of %zu on: %" PRIu64
		" of %" PRIu64 " fail\n",
		cell + 1, why->decision.cells, moment->fails, moment->runs);
	/* It was interrupted, or all that it could say is less than was asked for. */
	return moment->runs == had + why->seeds ? 0 : LAB_HARNESS;
}

/* One that the phase of an expectation, or a broken oracle, has. */
static bool matters(const struct lab_why *why, const json_t *cell)
{
	const char *name = lab_text(why->failed, "name");
	const char *phase = lab_text(cell, "phase");
	const json_t *oracle;
	size_t i;

	if (lab_is(why->failed, "kind", "expectation"))
		return !strncmp(name, phase, strlen(phase)) &&
		       name[strlen(phase)] == ':';
	json_array_foreach(json_object_get(cell, "oracles"), i, oracle)
		if (lab_is(oracle, "name", name) &&
		    lab_number(oracle, "violations"))
			return true;
	return false;
}

/*
 * Cells after which the verdict cannot change: all of an expectation's phase, of an
 * oracle those up to the first that broke it. Of other verdicts nothing is known.
 */
static size_t cells_that_decide(const struct lab_why *why)
{
	const json_t *cells = cells_of(why->was.results), *cell;
	const bool first = !lab_is(why->failed, "kind", "expectation");
	size_t i, decide = 0;

	json_array_foreach((json_t *)cells, i, cell)
		if (matters(why, cell) && !(first && decide))
			decide = i + 1;
	return decide ?: json_array_size(cells);
}

static void say_no_failure(const struct lab_why *why)
{
	if (why->verdict)
		fprintf(stderr,
			"labyrinth: no verdict of %s that fails has \"%s\" in its name\n",
			why->was.path, why->verdict);
	else
		fprintf(stderr, "labyrinth: %s did not fail\n", why->was.path);
}

int lab_why(struct lab_why *why)
{
	struct lab_decision *decision = &why->decision;
	int code;

	why->failed = find_failed(why);
	if (!why->failed) {
		say_no_failure(why);
		return LAB_SKIP;
	}
	decision->cells = cells_that_decide(why);
	decision->moment =
		xcheck(calloc(decision->cells + 1, sizeof(*decision->moment)));
	code = lab_recipe_prepare(&why->recipe, &why->was, &why->plan);
	if (code)
		return code;
	fprintf(stderr,
		"labyrinth: %s: %zu cells, %" PRIu64
		" runs at each moment, %" PRIu64
		" in all, or some more or less\n",
		lab_text(why->failed, "name"), decision->cells, why->seeds,
		lab_decide_runs(decision->cells, why->all, why->seeds));
	return lab_decide(decision, why->all, try, why);
}

void lab_why_free(struct lab_why *why)
{
	free(why->decision.moment);
	lab_recipe_free(&why->recipe);
	lab_run_free(&why->was);
}
