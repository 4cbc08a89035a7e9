// SPDX-License-Identifier: GPL-2.0-only
/*
 * compare/gather.c - from runs to samples.
 *
 * A run is read, what is compared is taken out of it, and it is dropped: two
 * sets of runs need not fit in memory.
 */
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../json.h"
#include "../scenario/must.h"
#include "compare.h"
#include "names.h"
#include "turns.h"

#define FEW 20 /* shots of which the mean says little */

enum { CELLS, CLIFFS, CLAIMS };

void lab_compare_note(struct lab_comparison *comparison, const char *format,
		      ...)
{
	va_list args;
	char *text;
	int length;

	va_start(args, format);
	length = vasprintf(&text, format, args);
	va_end(args);
	must(length < 0 ? NULL : text);
	comparison->note = must_grow(comparison->note, comparison->notes);
	comparison->note[comparison->notes++] = text;
}

void lab_compare_keep(struct lab_comparison *comparison, char *text)
{
	comparison->kept = must_grow(comparison->kept, comparison->nkept);
	comparison->kept[comparison->nkept++] = text;
}

/* Where a name is in a list, or where it belongs: then *there is false. */
static size_t find_name(json_t *index, const char *name, size_t count,
			bool *there)
{
	const json_t *at = json_object_get(index, name);

	*there = at;
	if (at)
		return json_integer_value(at);
	json_object_set_new(index, name, json_integer(count));
	return count;
}

/* ---- cells ---------------------------------------------------------------- */

static double latency_of(const json_t *cell, const char *key)
{
	if (!lab_number(cell, "ok"))
		return NAN;
	return lab_number(json_object_get(cell, "latency"), key);
}

static double mean_by(const json_t *cell, const char *passage)
{
	const json_t *means = json_object_get(json_object_get(cell, "latency"),
					      "mean_by_passage");

	if (lab_number(json_object_get(cell, "passage"), passage) < FEW)
		return NAN;
	/* Results that are older do not have it. */
	return json_object_get(means, passage) ? lab_number(means, passage) :
						 NAN;
}

static struct lab_sample sample_of(const json_t *cell)
{
	const double ok = lab_number(cell, "ok");
	const double shots = ok + lab_number(cell, "exhausted");
	struct lab_sample sample;
	size_t i;

	sample = (struct lab_sample){ .success = shots > 0 ? ok / shots : NAN,
				      .shots = shots,
				      .least = latency_of(cell, "min"),
				      .p50 = latency_of(cell, "p50"),
				      .p99 = latency_of(cell, "p99"),
				      .max = latency_of(cell, "max") };
	for (i = 0; i < LAB_PASSAGE_COUNT; i++)
		sample.mean[i] = mean_by(cell, lab_passage_name(i));
	return sample;
}

/* Whether every shot succeeded, and by the fast way. */
static bool is_quiet(const json_t *cell)
{
	const uint64_t fast =
		lab_number(json_object_get(cell, "passage"), "fast");

	return fast == lab_number(cell, "ok") &&
	       fast == lab_number(cell, "attempts");
}

static uint64_t violations_of(const json_t *cell)
{
	json_t *oracle;
	uint64_t sum = 0;
	size_t i;

	json_array_foreach(json_object_get(cell, "oracles"), i, oracle)
		sum += lab_number(oracle, "violations");
	return sum;
}

static struct lab_cell_pair *cell_pair(struct lab_scenario_pair *scenario,
				       const json_t *cell)
{
	char *where = lab_cell_words(cell, true);
	bool there;
	size_t at = find_name(scenario->index[CELLS], where, scenario->cells,
			      &there);

	if (there) {
		free(where);
		return &scenario->cell[at];
	}
	/* By doublings: there may be thousands. */
	if (!(at & (at + 1)))
		scenario->cell = must(reallocarray(scenario->cell, 2 * (at + 1),
						   sizeof(*scenario->cell)));
	scenario->cells++;
	scenario->cell[at] = (struct lab_cell_pair){
		.phase = must_strdup(lab_text(cell, "phase")),
		.where = where,
		.context = must_strdup(lab_text(cell, "context"))
	};
	return &scenario->cell[at];
}

static void add_cell(struct lab_scenario_pair *scenario, enum lab_side side,
		     const json_t *cell, const json_t *machine)
{
	struct lab_cell_side *s = &cell_pair(scenario, cell)->side[side];

	if (json_object_get(cell, "refusal")) {
		free(s->refusal);
		s->refusal = must_strdup(lab_text(cell, "refusal"));
		s->refused++;
		return;
	}
	s->violations += violations_of(cell);
	s->left += lab_number(cell, "left");
	s->unattributed += lab_number(cell, "unattributed");
	s->busy |= !is_quiet(cell);
	s->turns |= lab_takes_turns(cell, machine);
	s->sample = must_grow(s->sample, s->count);
	s->sample[s->count++] = sample_of(cell);
}

/* ---- cliffs ---------------------------------------------------------------- */

static struct lab_cliff_pair *cliff_pair(struct lab_scenario_pair *scenario,
					 const json_t *cell)
{
	char *where = lab_cell_words(cell, false);
	bool there;
	size_t at = find_name(scenario->index[CLIFFS], where, scenario->cliffs,
			      &there);

	if (there) {
		free(where);
		return &scenario->cliff[at];
	}
	if (!(at & (at + 1)))
		scenario->cliff =
			must(reallocarray(scenario->cliff, 2 * (at + 1),
					  sizeof(*scenario->cliff)));
	scenario->cliffs++;
	scenario->cliff[at] = (struct lab_cliff_pair){
		.where = where,
		.context = must_strdup(lab_text(cell, "context")),
		.gfp = must_strdup(lab_text(cell, "gfp"))
	};
	return &scenario->cliff[at];
}

/* All phases of a run are one look at the cliff. */
static void add_cliff(struct lab_scenario_pair *scenario, enum lab_side side,
		      const json_t *cell)
{
	const json_t *rows = json_object_get(cell, "cliff");
	struct lab_cliff_pair *pair;

	if (!json_array_size(rows))
		return;
	pair = cliff_pair(scenario, cell);
	lab_cliff_add(&pair->sum[side], rows);
	lab_cliff_add(&pair->now, rows);
	pair->met = true;
}

static void end_cliffs(struct lab_scenario_pair *scenario, enum lab_side side)
{
	size_t i;

	for (i = 0; i < scenario->cliffs; i++) {
		struct lab_cliff_pair *pair = &scenario->cliff[i];

		if (!pair->met)
			continue;
		pair->seen[side] =
			must_grow(pair->seen[side], pair->count[side]);
		pair->seen[side][pair->count[side]++] =
			lab_cliff_see(&pair->now);
		memset(&pair->now, 0, sizeof(pair->now));
		pair->met = false;
	}
}

/* ---- claims ---------------------------------------------------------------- */

static struct lab_claim_pair *claim_pair(struct lab_scenario_pair *scenario,
					 const json_t *verdict)
{
	const char *name = lab_text(verdict, "name");
	bool there;
	size_t at = find_name(scenario->index[CLAIMS], name, scenario->claims,
			      &there);

	if (there)
		return &scenario->claim[at];
	scenario->claim = must_grow(scenario->claim, scenario->claims);
	scenario->claims++;
	scenario->claim[at] = (struct lab_claim_pair){
		.name = must_strdup(name),
		.exact = !lab_is(verdict, "kind", "expectation"),
	};
	return &scenario->claim[at];
}

static void add_claim(struct lab_scenario_pair *scenario, enum lab_side side,
		      const json_t *verdict)
{
	struct lab_claim_pair *claim = claim_pair(scenario, verdict);

	claim->failed[side] += lab_is(verdict, "verdict", "fail");
	claim->ran[side] += !lab_is(verdict, "verdict", "skip");
}

/* ---- runs ------------------------------------------------------------------ */

static struct lab_scenario_pair *
scenario_pair(struct lab_comparison *comparison, const char *name)
{
	struct lab_scenario_pair *scenario;
	size_t i;

	for (i = 0; i < comparison->scenarios; i++)
		if (!strcmp(comparison->scenario[i].name, name))
			return &comparison->scenario[i];
	comparison->scenario =
		must_grow(comparison->scenario, comparison->scenarios);
	scenario = &comparison->scenario[comparison->scenarios++];
	*scenario = (struct lab_scenario_pair){ .name = must_strdup(name) };
	for (i = 0; i < 3; i++)
		scenario->index[i] = must(json_object());
	for (i = 0; i < LAB_SIDES; i++)
		scenario->ran[i] = must(json_object());
	return scenario;
}

static struct lab_conditions conditions_of(const json_t *results)
{
	const json_t *machine = json_object_get(results, "machine");
	const json_t *cell =
		json_array_get(json_object_get(results, "cells"), 0);

	return (struct lab_conditions){
		.mode = must_strdup(lab_text(machine, "mode")),
		.qemu = must_strdup(lab_text(machine, "qemu")),
		.scenario_sha256 = must_strdup(lab_text(
			json_object_get(results, "scenario"), "sha256")),
		.unit = must_strdup(
			lab_text(json_object_get(cell, "latency"), "unit")),
		.cpus = lab_number(machine, "cpus"),
		.nodes = lab_number(machine, "nodes"),
		.memory = lab_number(machine, "memory_per_node"),
		.icount_shift = lab_number(machine, "icount_shift"),
	};
}

static void free_conditions(struct lab_conditions *conditions)
{
	free(conditions->mode);
	free(conditions->qemu);
	free(conditions->scenario_sha256);
	free(conditions->unit);
}

static bool same_text(const char *what, const char *a, const char *b, char *why,
		      size_t size)
{
	if (!strcmp(a, b))
		return true;
	snprintf(why, size, "%s %.40s and %.40s", what, a, b);
	return false;
}

static bool same_number(const char *what, uint64_t a, uint64_t b, char *why,
			size_t size)
{
	if (a == b)
		return true;
	snprintf(why, size, "%s %" PRIu64 " and %" PRIu64, what, a, b);
	return false;
}

bool lab_conditions_agree(const struct lab_conditions *a,
			  const struct lab_conditions *b, char *why,
			  size_t size)
{
	return same_text("modes", a->mode, b->mode, why, size) &&
	       same_text("QEMU", a->qemu, b->qemu, why, size) &&
	       same_number("CPUs:", a->cpus, b->cpus, why, size) &&
	       same_number("nodes:", a->nodes, b->nodes, why, size) &&
	       same_number("bytes per node:", a->memory, b->memory, why,
			   size) &&
	       same_number("icount shifts", a->icount_shift, b->icount_shift,
			   why, size) &&
	       same_text("texts of the scenario,", a->scenario_sha256,
			 b->scenario_sha256, why, size) &&
	       /* A run that fired nothing has no unit. */
	       (!*a->unit || !*b->unit ||
		same_text("latencies in", a->unit, b->unit, why, size));
}

/* A set is of one kernel, or it says nothing of any. */
static bool same_kernel(struct lab_set *set, const struct lab_run *run)
{
	const json_t *kernel = json_object_get(run->results, "kernel");
	const char *release = lab_text(kernel, "release");
	const char *build_id = lab_text(kernel, "build_id");

	if (!*release)
		return true;
	if (!set->release) {
		set->release = must_strdup(release);
		set->build_id = must_strdup(build_id);
		return true;
	}
	if (!strcmp(set->release, release) && !strcmp(set->build_id, build_id))
		return true;
	fprintf(stderr,
		"labyrinth: %s: kernel %s, build %.12s, but others in %s are of %s, build %.12s; name the runs of one kernel, by a folder (lab --out) or a pattern (labyrinth compare --help)\n",
		run->path ? run->path : "a run", release, build_id, set->where,
		set->release, set->build_id);
	return false;
}

/* Runs that another program made may have been made another way. */
static void note_program(struct lab_comparison *comparison, struct lab_set *set,
			 const struct lab_run *run)
{
	const char *program =
		lab_text(json_object_get(run->results, "program"), "build_id");

	if (!*program)
		return;
	if (!set->program)
		set->program = must_strdup(program);
	else if (strcmp(set->program, program))
		lab_compare_note(
			comparison,
			"%s: made by another build of labyrinth than others in %s",
			run->path ? run->path : "a run", set->where);
}

/*
 * A run that is there twice is one, and so is, in deterministic mode, one that
 * is there with two outcomes: two of a seed are no two samples.
 */
static bool is_new(struct lab_comparison *comparison,
		   struct lab_scenario_pair *scenario, enum lab_side side,
		   const struct lab_run *run)
{
	json_t *ran = scenario->ran[side];
	const char *path = run->path ? run->path : "a run";
	char seed[32];

	snprintf(seed, sizeof(seed), "seed %" PRIu64,
		 lab_number(run->results, "seed"));
	if (json_object_get(ran, run->fingerprint)) {
		lab_compare_note(comparison,
				 "%s: left out, the same as another run", path);
		return false;
	}
	if (lab_is(json_object_get(run->results, "machine"), "mode",
		   "deterministic") &&
	    json_object_get(ran, seed)) {
		lab_compare_note(
			comparison,
			"%s: left out, %s is there with another outcome", path,
			seed);
		return false;
	}
	json_object_set_new(ran, run->fingerprint, json_true());
	json_object_set_new(ran, seed, json_true());
	return true;
}

/* All runs of a scenario in a set are made alike. */
static bool fits_conditions(struct lab_scenario_pair *scenario,
			    enum lab_side side, const struct lab_set *set,
			    const struct lab_run *run)
{
	struct lab_conditions conditions = conditions_of(run->results);
	char why[160];
	bool good = true;

	if (!scenario->runs[side]) {
		scenario->conditions[side] = conditions;
		return true;
	}
	if (!lab_conditions_agree(&scenario->conditions[side], &conditions, why,
				  sizeof(why))) {
		fprintf(stderr,
			"labyrinth: %s: unlike others of %s in %s: %s; name only runs that were made alike\n",
			run->path ? run->path : "a run", scenario->name,
			set->where, why);
		good = false;
	}
	free_conditions(&conditions);
	return good;
}

bool lab_gather_run(struct lab_comparison *comparison, enum lab_side side,
		    const struct lab_run *run)
{
	struct lab_set *set = &comparison->set[side];
	const json_t *results = run->results;
	struct lab_scenario_pair *scenario;
	json_t *one;
	size_t i;

	if (lab_is(results, "verdict", "broken")) {
		lab_compare_note(
			comparison,
			"%s: left out, the harness broke: it says nothing of the kernel",
			run->path ? run->path : "a run");
		set->broken++;
		return true;
	}
	if (!same_kernel(set, run))
		return false;
	scenario = scenario_pair(comparison,
				 lab_text(json_object_get(results, "scenario"),
					  "name"));
	if (!fits_conditions(scenario, side, set, run))
		return false;
	if (!is_new(comparison, scenario, side, run))
		return true;
	note_program(comparison, set, run);
	set->runs++;
	scenario->runs[side]++;
	json_array_foreach(json_object_get(results, "cells"), i, one) {
		add_cell(scenario, side, one,
			 json_object_get(results, "machine"));
		add_cliff(scenario, side, one);
	}
	end_cliffs(scenario, side);
	json_array_foreach(json_object_get(results, "verdicts"), i, one)
		add_claim(scenario, side, one);
	return true;
}

static void show(const char *where, size_t done, size_t count)
{
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\r\033[K%s%.60s: %zu of %zu runs read%s",
			done == count ? "" : "[", where, done, count,
			done == count ? "\r\033[K" : "]");
}

bool lab_gather(struct lab_comparison *comparison, enum lab_side side,
		const char *where)
{
	struct lab_run_list list = {};
	struct lab_run run;
	bool good;
	size_t i;

	comparison->set[side].where = where;
	good = lab_runs_find(&list, where);
	/* All of them, so that every bad one is named. */
	for (i = 0; i < list.count; i++) {
		show(where, i, list.count);
		if (!lab_run_load(&run, list.path[i])) {
			good = false;
			continue;
		}
		good &= lab_gather_run(comparison, side, &run);
		lab_run_free(&run);
	}
	show(where, i, list.count);
	lab_runs_free(&list);
	return good;
}

/* ---- giving back ----------------------------------------------------------- */

static void free_scenario(struct lab_scenario_pair *scenario)
{
	size_t i, side;

	for (side = 0; side < LAB_SIDES; side++) {
		for (i = 0; i < scenario->cells; i++) {
			free(scenario->cell[i].side[side].sample);
			free(scenario->cell[i].side[side].refusal);
		}
		for (i = 0; i < scenario->cliffs; i++)
			free(scenario->cliff[i].seen[side]);
		free_conditions(&scenario->conditions[side]);
		json_decref(scenario->ran[side]);
	}
	for (i = 0; i < scenario->cells; i++) {
		free(scenario->cell[i].phase);
		free(scenario->cell[i].where);
		free(scenario->cell[i].context);
	}
	for (i = 0; i < scenario->cliffs; i++) {
		free(scenario->cliff[i].where);
		free(scenario->cliff[i].context);
		free(scenario->cliff[i].gfp);
	}
	for (i = 0; i < scenario->claims; i++)
		free(scenario->claim[i].name);
	for (i = 0; i < 3; i++)
		json_decref(scenario->index[i]);
	free(scenario->cell);
	free(scenario->cliff);
	free(scenario->claim);
	free(scenario->name);
}

void lab_comparison_free(struct lab_comparison *comparison)
{
	size_t i;

	for (i = 0; i < comparison->scenarios; i++)
		free_scenario(&comparison->scenario[i]);
	free(comparison->scenario);
	for (i = 0; i < comparison->rows; i++)
		free(comparison->row[i].words);
	free(comparison->row);
	for (i = 0; i < comparison->notes; i++)
		free(comparison->note[i]);
	free(comparison->note);
	while (comparison->nkept)
		free(comparison->kept[--comparison->nkept]);
	free(comparison->kept);
	for (i = 0; i < LAB_SIDES; i++) {
		free(comparison->set[i].release);
		free(comparison->set[i].build_id);
		free(comparison->set[i].program);
	}
	memset(comparison, 0, sizeof(*comparison));
}
