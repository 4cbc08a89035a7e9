// SPDX-License-Identifier: GPL-2.0-only
/*
 * compare/gather.c - from runs to samples.
 *
 * A run is read, what comparing needs is extracted, and the rest is freed: two
 * sets of runs need not fit in memory.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/alloc.h"
#include "lib/progress.h"
#include "compare.h"
#include "cache.h"
#include "judge.h"

enum { CELLS, CLIFFS, CLAIMS };

void lab_compare_note(struct lab_comparison *comparison, const char *format,
		      ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = xvasprintf(format, args);
	va_end(args);
	comparison->note = xgrow(comparison->note, comparison->notes);
	comparison->note[comparison->notes++] = text;
}

/*
 * The index of a name in a list, or where to insert it: then *there is false.
 */
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

/* The run that is being read, and where its values belong. */
struct reading {
	const struct lab_extract *extract;
	struct lab_scenario_pair *scenario;
	enum lab_side side;
};

static const char *text(const struct reading *of, uint32_t at)
{
	return lab_extract_text(of->extract, at);
}

static size_t cliff_index(const struct reading *of,
			  const struct lab_extract_cell *cell)
{
	struct lab_scenario_pair *scenario = of->scenario;
	const char *where = text(of, cell->what);
	bool there;
	size_t at = find_name(scenario->index[CLIFFS], where, scenario->cliffs,
			      &there);

	if (there)
		return at;
	if (!(at & (at + 1)))
		scenario->cliff =
			xcheck(reallocarray(scenario->cliff, 2 * (at + 1),
					    sizeof(*scenario->cliff)));
	scenario->cliffs++;
	scenario->cliff[at] = (struct lab_cliff_pair){
		.where = xstrdup(where),
		.context = xstrdup(text(of, cell->context)),
		.api = xstrdup(text(of, cell->api)),
		.order = cell->order,
		.gfp = xstrdup(text(of, cell->gfp))
	};
	return at;
}

/*
 * index: of the cell in its run. In most runs that equals its index in the
 * first run.
 */
static struct lab_cell_pair *cell_pair(const struct reading *of,
				       const struct lab_extract_cell *cell,
				       size_t index)
{
	struct lab_scenario_pair *scenario = of->scenario;
	const char *where = text(of, cell->where);
	size_t at, cliff;
	bool there;

	if (index < scenario->cells &&
	    !strcmp(scenario->cell[index].where, where))
		return &scenario->cell[index];
	at = find_name(scenario->index[CELLS], where, scenario->cells, &there);
	if (there)
		return &scenario->cell[at];
	/* Grows by doubling: there may be thousands of cells. */
	if (!(at & (at + 1)))
		scenario->cell = xcheck(reallocarray(
			scenario->cell, 2 * (at + 1), sizeof(*scenario->cell)));
	scenario->cells++;
	cliff = cliff_index(of, cell);
	scenario->cell[at] = (struct lab_cell_pair){
		.phase = xstrdup(text(of, cell->phase)),
		.where = xstrdup(where),
		.context = xstrdup(text(of, cell->context)),
		.api = xstrdup(text(of, cell->api)),
		.order = cell->order,
		.cliff = cliff,
	};
	return &scenario->cell[at];
}

/* All phases of a run together give one estimate of the cliff. */
static void add_cliff(const struct reading *of,
		      const struct lab_extract_cell *cell,
		      struct lab_cliff_pair *pair)
{
	const struct lab_cliff_row *rows = of->extract->row + cell->row;

	if (!cell->rows)
		return;
	lab_cliff_add(&pair->sum[of->side], rows, cell->rows);
	lab_cliff_add(&pair->now, rows, cell->rows);
	pair->over_usable[of->side] |= cell->usable;
	pair->over_free[of->side] |= !cell->usable;
	pair->met = true;
}

static void add_cell(const struct reading *of,
		     const struct lab_extract_cell *cell, size_t index)
{
	struct lab_cell_pair *pair = cell_pair(of, cell, index);
	struct lab_cell_side *s = &pair->side[of->side];

	add_cliff(of, cell, &of->scenario->cliff[pair->cliff]);
	if (cell->refused) {
		free(s->refusal);
		s->refusal = xstrdup(text(of, cell->refusal));
		s->refused++;
		return;
	}
	s->violations += cell->violations;
	s->held += cell->held;
	s->unattributed += cell->unattributed;
	s->victim_wrong += cell->victim_wrong;
	s->victim_stuck += cell->victim_stuck;
	s->busy |= cell->busy;
	s->time_shared |= cell->time_shared;
	s->sample = xgrow(s->sample, s->count);
	s->sample[s->count++] = cell->sample;
}

static void end_cliffs(struct lab_scenario_pair *scenario, enum lab_side side)
{
	size_t i;

	for (i = 0; i < scenario->cliffs; i++) {
		struct lab_cliff_pair *pair = &scenario->cliff[i];

		if (!pair->met)
			continue;
		pair->seen[side] = xgrow(pair->seen[side], pair->count[side]);
		pair->seen[side][pair->count[side]++] =
			lab_cliff_see(&pair->now);
		memset(&pair->now, 0, sizeof(pair->now));
		pair->met = false;
	}
}

/* ---- claims ---------------------------------------------------------------- */

static struct lab_claim_pair *claim_pair(struct lab_scenario_pair *scenario,
					 const char *name, bool exact)
{
	bool there;
	size_t at = find_name(scenario->index[CLAIMS], name, scenario->claims,
			      &there);

	if (there)
		return &scenario->claim[at];
	scenario->claim = xgrow(scenario->claim, scenario->claims);
	scenario->claims++;
	scenario->claim[at] = (struct lab_claim_pair){
		.name = xstrdup(name),
		.exact = exact,
	};
	return &scenario->claim[at];
}

static void add_claim(const struct reading *of,
		      const struct lab_extract_claim *one)
{
	struct lab_claim_pair *claim =
		claim_pair(of->scenario, text(of, one->name), one->exact);

	claim->failed[of->side] += one->failed;
	claim->ran[of->side] += one->ran;
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
		xgrow(comparison->scenario, comparison->scenarios);
	scenario = &comparison->scenario[comparison->scenarios++];
	*scenario = (struct lab_scenario_pair){ .name = xstrdup(name) };
	for (i = 0; i < 3; i++)
		scenario->index[i] = xcheck(json_object());
	for (i = 0; i < LAB_SIDES; i++)
		scenario->ran[i] = xcheck(json_object());
	return scenario;
}

static struct lab_conditions conditions_of(const struct lab_extract *extract)
{
	const struct lab_extract_head *head = extract->head;

	return (struct lab_conditions){
		.mode = xstrdup(lab_extract_text(extract, head->mode)),
		.qemu = xstrdup(lab_extract_text(extract, head->qemu)),
		.scenario_sha256 = xstrdup(
			lab_extract_text(extract, head->scenario_sha256)),
		.unit = xstrdup(lab_extract_text(extract, head->unit)),
		.cpus = head->cpus,
		.nodes = head->nodes,
		.memory = head->memory,
		.icount_shift = head->icount_shift,
		.boot = xstrdup(lab_extract_text(extract, head->boot)),
	};
}

static void free_conditions(struct lab_conditions *conditions)
{
	free(conditions->mode);
	free(conditions->qemu);
	free(conditions->scenario_sha256);
	free(conditions->unit);
	free(conditions->boot);
}

static bool same_text(const char *what, const char *a, const char *b, char *why,
		      size_t size)
{
	if (!strcmp(a, b))
		return true;
	snprintf(why, size, "%s %.150s and %.150s", what, a, b);
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
	       same_text("boots with", *a->boot ? a->boot : "nothing added",
			 *b->boot ? b->boot : "nothing added", why, size) &&
	       same_text("texts of the scenario,", a->scenario_sha256,
			 b->scenario_sha256, why, size) &&
	       /* A run that fired nothing has no unit. */
	       (!*a->unit || !*b->unit ||
		same_text("latencies in", a->unit, b->unit, why, size));
}

/* A set must be of one kernel, or it says nothing about any. */
static bool same_kernel(struct lab_set *set, const struct lab_extract *extract,
			const char *path)
{
	const char *release = lab_extract_text(extract, extract->head->release);
	const char *build_id =
		lab_extract_text(extract, extract->head->build_id);

	if (!*release)
		return true;
	if (!set->release) {
		set->release = xstrdup(release);
		set->build_id = xstrdup(build_id);
		return true;
	}
	if (!strcmp(set->release, release) && !strcmp(set->build_id, build_id))
		return true;
	fprintf(stderr,
		"labyrinth: %s: kernel %s, build %.12s, but others in %s are of %s, build %.12s; name the runs of one kernel, by a folder (lab --out) or a pattern (labyrinth compare --help)\n",
		path, release, build_id, set->where, set->release,
		set->build_id);
	return false;
}

/* Runs of another version of the program may have been made in another way. */
static void note_program(struct lab_comparison *comparison, struct lab_set *set,
			 const struct lab_extract *extract, const char *path)
{
	const char *program = lab_extract_text(extract, extract->head->program);

	if (!*program)
		return;
	if (!set->program)
		set->program = xstrdup(program);
	else if (strcmp(set->program, program))
		lab_compare_note(
			comparison,
			"%s: made by another build of labyrinth than others in %s",
			path, set->where);
}

/*
 * A run that occurs twice is counted once. In deterministic mode two runs with
 * the same seed are counted once too, even if they differ: one seed is one
 * sample.
 */
static bool is_new(struct lab_comparison *comparison, const struct reading *of,
		   const char *path)
{
	const struct lab_extract_head *head = of->extract->head;
	json_t *ran = of->scenario->ran[of->side];
	char seed[32];

	snprintf(seed, sizeof(seed), "seed %" PRIu64, head->seed);
	if (json_object_get(ran, of->extract->fingerprint)) {
		lab_compare_note(comparison,
				 "%s: left out, the same as another run", path);
		return false;
	}
	if (!strcmp(text(of, head->mode), "deterministic") &&
	    json_object_get(ran, seed)) {
		lab_compare_note(
			comparison,
			"%s: left out, %s is there with another outcome", path,
			seed);
		return false;
	}
	json_object_set_new(ran, of->extract->fingerprint, json_true());
	json_object_set_new(ran, seed, json_true());
	return true;
}

/* All runs of one scenario in a set must have the same conditions. */
static bool fits_conditions(const struct reading *of, const struct lab_set *set,
			    const char *path)
{
	struct lab_scenario_pair *scenario = of->scenario;
	struct lab_conditions conditions = conditions_of(of->extract);
	char why[160];
	bool good = true;

	if (!scenario->runs[of->side]) {
		scenario->conditions[of->side] = conditions;
		return true;
	}
	if (!lab_conditions_agree(&scenario->conditions[of->side], &conditions,
				  why, sizeof(why))) {
		fprintf(stderr,
			"labyrinth: %s: unlike others of %s in %s: %s; name only runs that were made alike\n",
			path, scenario->name, set->where, why);
		good = false;
	}
	free_conditions(&conditions);
	return good;
}

static bool gather(struct lab_comparison *comparison, enum lab_side side,
		   const struct lab_extract *extract, const char *path)
{
	struct lab_set *set = &comparison->set[side];
	struct reading of = { .extract = extract, .side = side };
	size_t i;

	if (extract->head->broken) {
		lab_compare_note(
			comparison,
			"%s: left out, the harness broke: it says nothing of the kernel",
			path);
		set->broken++;
		return true;
	}
	if (!same_kernel(set, extract, path))
		return false;
	of.scenario =
		scenario_pair(comparison, text(&of, extract->head->scenario));
	if (!fits_conditions(&of, set, path))
		return false;
	if (!is_new(comparison, &of, path))
		return true;
	note_program(comparison, set, extract, path);
	set->runs++;
	of.scenario->seed[side] =
		xgrow(of.scenario->seed[side], of.scenario->runs[side]);
	of.scenario->seed[side][of.scenario->runs[side]++] =
		extract->head->seed;
	for (i = 0; i < extract->head->cells; i++)
		add_cell(&of, &extract->cell[i], i);
	end_cliffs(of.scenario, side);
	for (i = 0; i < extract->head->claims; i++)
		add_claim(&of, &extract->claim[i]);
	return true;
}

bool lab_gather_run(struct lab_comparison *comparison, enum lab_side side,
		    const struct lab_run *run)
{
	struct lab_extract extract;
	bool good;

	lab_extract(&extract, run);
	good = gather(comparison, side, &extract,
		      run->path ? run->path : "a run");
	lab_extract_free(&extract);
	return good;
}

/* ---- folders --------------------------------------------------------------- */

static void show(const char *where, size_t done, size_t count)
{
	if (done < count)
		lab_progress("[%.60s: %zu of %zu runs read]", where, done,
			     count);
	else
		lab_progress_clear();
}

/*
 * Reads the extract from the cache, or the run itself, and then stores its
 * extract.
 */
static bool take_extract(struct lab_extract *extract, const char *path,
			 const char *fingerprint)
{
	struct lab_run run;

	if (*fingerprint && lab_cache_find(extract, fingerprint))
		return true;
	if (!lab_run_load(&run, path))
		return false;
	lab_extract(extract, &run);
	lab_run_free(&run);
	lab_cache_add(extract);
	return true;
}

bool lab_gather(struct lab_comparison *comparison, enum lab_side side,
		const char *where)
{
	struct lab_run_list list = {};
	struct lab_extract extract;
	char(*fingerprint)[LAB_FINGERPRINT];
	bool good;
	size_t i;

	comparison->set[side].where = where;
	good = lab_runs_find(&list, where);
	fingerprint = lab_runs_fingerprint(&list);
	/* Goes on after an error, so that every bad run is named. */
	for (i = 0; i < list.count; i++) {
		show(where, i, list.count);
		if (!take_extract(&extract, list.path[i], fingerprint[i])) {
			good = false;
			continue;
		}
		good &= gather(comparison, side, &extract, list.path[i]);
		lab_extract_free(&extract);
	}
	show(where, i, list.count);
	free(fingerprint);
	lab_runs_free(&list);
	lab_cache_prune();
	return good;
}

/*
 * ---- freeing ---------------------------------------------------------------
 */

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
		free(scenario->seed[side]);
	}
	for (i = 0; i < scenario->cells; i++) {
		free(scenario->cell[i].phase);
		free(scenario->cell[i].where);
		free(scenario->cell[i].context);
		free(scenario->cell[i].api);
	}
	for (i = 0; i < scenario->cliffs; i++) {
		free(scenario->cliff[i].where);
		free(scenario->cliff[i].context);
		free(scenario->cliff[i].api);
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
	lab_groups_free(comparison);
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
