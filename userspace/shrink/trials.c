// SPDX-License-Identifier: GPL-2.0-only
/* shrink/trials.c - candidates in guests; see shrink/shrink.h. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lab/fits.h"
#include "lib/alloc.h"
#include "lib/exit.h"
#include "lib/ini_write.h"
#include "lib/json.h"
#include "shrink.h"

/* Runs of one batch: a scenario for each, or a seed for each. */
struct batch {
	struct lab_shrink *shrink;
	struct lab_scenario **scenario;
	size_t count;
	uint64_t first; /* seed */
	bool *judged, *fails;
};

static const json_t *failed(const struct lab_shrink *shrink,
			    const json_t *results)
{
	const struct lab_shrink_target *target = &shrink->target;
	json_t *verdict;
	size_t i;

	/* Of a harness that broke nothing is known. */
	if (!lab_is(results, "verdict", "fail"))
		return NULL;
	json_array_foreach(json_object_get(results, "verdicts"), i, verdict) {
		if (!lab_is(verdict, "verdict", "fail"))
			continue;
		if (!target->name &&
		    (!shrink->verdict ||
		     strstr(lab_text(verdict, "name"), shrink->verdict)))
			return verdict;
		if (target->name && lab_is(verdict, "kind", target->kind) &&
		    lab_is(verdict, "name", target->name) &&
		    (strcmp(target->kind, "ending") != 0 ||
		     lab_is(results, "ending", target->ending)))
			return verdict;
	}
	return NULL;
}

static void set_target(struct lab_shrink *shrink, const struct lab_job *job,
		       const json_t *results, const json_t *verdict)
{
	struct lab_shrink_target *target = &shrink->target;

	if (!target->name) {
		shrink->seed = job->seed;
		target->kind = xstrdup(lab_text(verdict, "kind"));
		target->name = xstrdup(lab_text(verdict, "name"));
		target->ending = xstrdup(lab_text(results, "ending"));
	}
	if (job->seed != shrink->seed)
		return;
	free(target->found);
	target->found = xstrdup(lab_text(verdict, "found"));
}

static void take(void *arg, const struct lab_job *job, const json_t *results)
{
	struct batch *batch = arg;
	const json_t *verdict = failed(batch->shrink, results);
	size_t i = 0;

	if (batch->count == 1)
		i = job->seed - batch->first;
	else
		while (batch->scenario[i] != job->scenario)
			i++;
	batch->judged[i] = true;
	batch->fails[i] = verdict;
	if (verdict)
		set_target(batch->shrink, job, results, verdict);
}

/* False when not all could be judged: then shrink->code says why. */
static bool run_batch(struct batch *batch, uint64_t seeds)
{
	struct lab_shrink *shrink = batch->shrink;
	struct lab_plan *plan = &shrink->plan;
	size_t i;
	int code;

	plan->scenarios = batch->scenario;
	plan->nscenarios = batch->count;
	plan->jobs = shrink->jobs; /* as many as fitted last time, else */
	plan->take = take;
	plan->take_arg = batch;
	shrink->runs += batch->count * seeds;
	code = lab_jobs_run(plan, batch->first, seeds);
	plan->scenarios = NULL;
	plan->nscenarios = 0;
	for (i = 0; i < batch->count * seeds; i++)
		if (!batch->judged[i])
			shrink->code = code ? code : LAB_HARNESS;
	return !shrink->code;
}

static struct lab_shrink_tried *find_tried(struct lab_shrink *shrink,
					   const char *text)
{
	size_t i;

	for (i = 0; i < shrink->ntried; i++)
		if (!strcmp(shrink->tried[i].text, text))
			return &shrink->tried[i];
	return NULL;
}

static void remember(struct lab_shrink *shrink, const char *text, bool fails)
{
	struct lab_shrink_tried *tried;

	shrink->tried = xgrow(shrink->tried, shrink->ntried);
	tried = &shrink->tried[shrink->ntried++];
	strcpy(tried->text, text);
	tried->fails = fails;
}

/* An expectation that was taken away cannot fail: that needs no guest. */
static bool still_asks(const struct lab_shrink *shrink,
		       const struct lab_sections *sections)
{
	size_t i, j;

	if (strcmp(shrink->target.kind, "expectation") != 0)
		return true;
	for (i = 0; i < sections->count; i++) {
		const struct lab_section *section = &sections->section[i];

		for (j = 0; j < section->nentries; j++) {
			char *name;
			bool same;

			if (strcmp(section->entries[j].key, LAB_REPEATABLE))
				continue;
			name = xasprintf("%s: %s",
					 section->name + strlen("phase "),
					 section->entries[j].value);
			same = !strcmp(name, shrink->target.name);
			free(name);
			if (same)
				return true;
		}
	}
	return false;
}

/* A guest that cannot hold what it boots would fail, and not by the kernel. */
static bool fits(const struct lab_shrink *shrink,
		 const struct lab_scenario *scenario)
{
	const struct lab_machine machine =
		lab_plan_machine(&shrink->plan, scenario);
	char why[512];

	return lab_bundle_fits(&shrink->plan.bundle, &machine, why,
			       sizeof(why));
}

static struct lab_scenario *parse(const struct lab_shrink *shrink,
				  const char *text)
{
	char *path = xasprintf("%s.ini", shrink->name);
	struct lab_scenario *scenario =
		lab_scenario_try(shrink->name, path, text);

	free(path);
	if (scenario && !fits(shrink, scenario)) {
		lab_scenario_free(scenario);
		scenario = NULL;
	}
	return scenario;
}

/* A candidate that is to be tried in the next batch. */
struct wanted {
	char text[LAB_FINGERPRINT];
	struct lab_scenario *scenario;
};

/* Whether it is known by now whether it fails; else the scenario to be run. */
static bool look_up(struct lab_shrink *shrink,
		    const struct lab_sections *candidate, bool *fails,
		    struct wanted *wanted)
{
	char *text = lab_sections_text(candidate);
	const struct lab_shrink_tried *tried;

	lab_fingerprint(text, wanted->text);
	tried = find_tried(shrink, wanted->text);
	*fails = tried && tried->fails;
	if (!tried) {
		wanted->scenario = still_asks(shrink, candidate) ?
					   parse(shrink, text) :
					   NULL;
		if (!wanted->scenario)
			remember(shrink, wanted->text, false);
	}
	free(text);
	return tried || !wanted->scenario;
}

static bool run_wanted(struct lab_shrink *shrink, struct wanted *wanted,
		       size_t count)
{
	struct batch batch = {
		.shrink = shrink,
		.scenario = xcheck(calloc(count, sizeof(*batch.scenario))),
		.count = count,
		.first = shrink->seed,
		.judged = xcheck(calloc(count, sizeof(bool))),
		.fails = xcheck(calloc(count, sizeof(bool))),
	};
	bool ran;
	size_t i;

	for (i = 0; i < count; i++)
		batch.scenario[i] = wanted[i].scenario;
	ran = run_batch(&batch, 1);
	for (i = 0; i < count; i++) {
		if (batch.judged[i])
			remember(shrink, wanted[i].text, batch.fails[i]);
		lab_scenario_free(wanted[i].scenario);
	}
	free(batch.scenario);
	free(batch.judged);
	free(batch.fails);
	return ran;
}

/*
 * Runs what is not known of the candidates from one on, as many as are run at a
 * time. False when nothing more may be run.
 */
static bool run_some(struct lab_shrink *shrink,
		     const struct lab_sections *candidates, size_t count)
{
	const uint64_t left = shrink->most - shrink->runs;
	const size_t most = shrink->jobs < left ? shrink->jobs : left;
	struct wanted *wanted = xcheck(calloc(most + 1, sizeof(*wanted)));
	size_t i, n = 0;
	bool fails, ran = false;

	for (i = 0; i < count && n < most; i++) {
		size_t j = 0;

		if (look_up(shrink, &candidates[i], &fails, &wanted[n]))
			continue;
		while (strcmp(wanted[j].text, wanted[n].text) != 0)
			j++;
		if (j == n)
			n++;
		else
			lab_scenario_free(wanted[n].scenario);
	}
	if (n)
		ran = run_wanted(shrink, wanted, n);
	free(wanted);
	return ran;
}

long lab_shrink_ask(struct lab_shrink *shrink,
		    const struct lab_sections *candidates, size_t count)
{
	struct wanted wanted;
	size_t i = 0;
	bool fails;

	while (i < count) {
		if (look_up(shrink, &candidates[i], &fails, &wanted)) {
			if (fails)
				return (long)i;
			i++;
			continue;
		}
		lab_scenario_free(wanted.scenario);
		if (shrink->runs >= shrink->most ||
		    !run_some(shrink, &candidates[i], count - i))
			return -1;
	}
	return (long)count;
}

uint64_t lab_shrink_seeds(struct lab_shrink *shrink, uint64_t first,
			  uint64_t seeds)
{
	char *text = lab_sections_text(&shrink->now);
	struct lab_scenario *scenario = parse(shrink, text);
	struct batch batch = {
		.shrink = shrink,
		.scenario = &scenario,
		.count = 1,
		.first = first,
		.judged = xcheck(calloc(seeds, sizeof(bool))),
		.fails = xcheck(calloc(seeds, sizeof(bool))),
	};
	uint64_t i, failing = 0;

	free(text);
	if (!scenario)
		shrink->code = LAB_HARNESS;
	else
		run_batch(&batch, seeds);
	for (i = 0; i < seeds; i++)
		failing += batch.fails[i];
	lab_scenario_free(scenario);
	free(batch.judged);
	free(batch.fails);
	return failing;
}
