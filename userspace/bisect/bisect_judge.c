// SPDX-License-Identifier: GPL-2.0-only
/* bisect/bisect_judge.c - good or bad, by what runs found; see bisect/bisect.h. */
#include <stdlib.h>
#include <string.h>

#include "bisect.h"
#include "lab/booted.h"
#include "lib/alloc.h"
#include "lib/json.h"
#include "results/load.h"

/* What was found in the runs of a candidate. */
struct finding {
	enum lab_searched outcome;
	char *why;
};

static void take(json_t *candidate, struct finding *finding)
{
	json_object_set_new(candidate, "outcome",
			    json_string(lab_search_words[finding->outcome]));
	json_object_set_new(candidate, "why",
			    json_string(finding->why ? finding->why : ""));
	free(finding->why);
}

/* The verdict that target names; NULL: the run has none. */
static const json_t *find_verdict(const json_t *results, const json_t *target)
{
	json_t *verdict;
	size_t i;

	json_array_foreach(json_object_get(results, "verdicts"), i, verdict)
		if (lab_is(verdict, "kind", lab_text(target, "kind")) &&
		    lab_is(verdict, "name", lab_text(target, "name")))
			return verdict;
	return NULL;
}

/*
 * One run: bad when the verdict fails, good when it passes. A run that ended
 * before the verdict could be given says nothing of it.
 */
static enum lab_searched judge_run(const struct lab_run *run,
				   const json_t *target, char **why)
{
	const json_t *verdict = find_verdict(run->results, target);
	const bool ended = lab_is(run->results, "ending", "ended") ||
			   lab_is(target, "kind", "ending");

	free(*why);
	*why = NULL;
	if (verdict && lab_is(verdict, "verdict", "fail") &&
	    (!lab_is(target, "kind", "ending") ||
	     lab_is(run->results, "ending", lab_text(target, "ending")))) {
		*why = xasprintf("seed %ju: %s: %s",
				 (uintmax_t)lab_number(run->results, "seed"),
				 lab_text(verdict, "name"),
				 lab_text(verdict, "found"));
		return LAB_BAD;
	}
	if (ended && (lab_is(target, "kind", "ending") ||
		      (verdict && lab_is(verdict, "verdict", "pass")))) {
		*why = xasprintf("%s: %s", lab_text(target, "name"),
				 verdict ? lab_text(verdict, "found") :
					   "ended");
		return LAB_GOOD;
	}
	*why = xasprintf("seed %ju: the verdict %s was not reached: %s",
			 (uintmax_t)lab_number(run->results, "seed"),
			 lab_text(target, "name"),
			 lab_text(run->results, "ending"));
	return LAB_UNTESTABLE;
}

/* Verdicts of several scenarios may have the same name. */
static bool of_scenario(const struct lab_run *run, const json_t *target)
{
	return lab_is(json_object_get(run->results, "scenario"), "name",
		      lab_text(target, "scenario"));
}

static struct finding judge_verdicts(const json_t *candidate,
				     const json_t *target)
{
	const json_t *runs = json_object_get(candidate, "runs");
	struct finding finding = { .outcome = LAB_UNTESTABLE };
	size_t i, judged = 0;
	char *why = NULL;
	json_t *path;

	/* One that fails decides, then one that says nothing. */
	json_array_foreach(runs, i, path) {
		enum lab_searched outcome = LAB_UNTESTABLE;
		struct lab_run run;

		if (lab_run_load_one(&run, json_string_value(path))) {
			if (!of_scenario(&run, target)) {
				lab_run_free(&run);
				continue;
			}
			outcome = judge_run(&run, target, &why);
			lab_run_free(&run);
		}
		if (!judged++ || outcome == LAB_BAD ||
		    (outcome == LAB_UNTESTABLE &&
		     finding.outcome == LAB_GOOD)) {
			free(finding.why);
			finding.why = why;
			finding.outcome = outcome;
			why = NULL;
		}
		if (outcome == LAB_BAD)
			break;
	}
	free(why);
	return finding;
}

void lab_bisect_judge(const struct lab_bisect *bisect, const json_t *good,
		      json_t *candidate, unsigned int look)
{
	const json_t *target = json_object_get(bisect->state, "target");
	struct finding finding;

	if (bisect->metric) {
		lab_bisect_judge_metric(bisect, good, candidate, look);
		return;
	}
	finding = judge_verdicts(candidate, target);
	take(candidate, &finding);
}

bool lab_bisect_run_fails(const struct lab_bisect *bisect, const char *path)
{
	const json_t *target = json_object_get(bisect->state, "target");
	struct lab_run run;
	char *why = NULL;
	bool fails;

	if (!lab_run_load_one(&run, path))
		return false;
	if (json_is_true(json_object_get(bisect->state, "boots")))
		fails = !lab_run_booted(&run);
	else
		fails = of_scenario(&run, target) &&
			judge_run(&run, target, &why) == LAB_BAD;
	free(why);
	lab_run_free(&run);
	return fails;
}

/* The first verdict of BAD that fails, and that GOOD passes: new, or NULL. */
static json_t *choose_target(const struct lab_bisect *bisect,
			     const json_t *good, const json_t *results,
			     size_t *failing)
{
	json_t *verdict;
	size_t i;

	json_array_foreach(json_object_get(results, "verdicts"), i, verdict) {
		struct finding finding;
		json_t *target;

		if (!lab_is(verdict, "verdict", "fail") ||
		    (bisect->verdict &&
		     !strstr(lab_text(verdict, "name"), bisect->verdict)))
			continue;
		(*failing)++;
		target = json_pack(
			"{s:s, s:s, s:s, s:s}", "scenario",
			lab_text(json_object_get(results, "scenario"), "name"),
			"kind", lab_text(verdict, "kind"), "name",
			lab_text(verdict, "name"), "ending",
			lab_text(results, "ending"));
		finding = judge_verdicts(good, target);
		free(finding.why);
		if (finding.outcome == LAB_GOOD)
			return target;
		json_decref(target);
	}
	return NULL;
}

static bool aim_at_verdict(struct lab_bisect *bisect, json_t *good, json_t *bad)
{
	json_t *target = NULL, *path;
	size_t i, failing = 0;

	json_array_foreach(json_object_get(bad, "runs"), i, path) {
		struct lab_run run;

		if (target || !lab_run_load_one(&run, json_string_value(path)))
			continue;
		target = choose_target(bisect, good, run.results, &failing);
		lab_run_free(&run);
	}
	if (target) {
		json_object_set_new(bisect->state, "target", target);
		return true;
	}
	if (failing)
		fprintf(stderr,
			"labyrinth: GOOD is not good: each verdict that fails on BAD fails on GOOD as well, or is not reached there: %s and %s\n",
			lab_text(good, "kernel"), lab_text(bad, "kernel"));
	else
		fprintf(stderr,
			"labyrinth: BAD is not bad: %s%s%s fails on %s\n",
			bisect->verdict ? "no verdict with \"" : "no verdict",
			bisect->verdict ? bisect->verdict : "",
			bisect->verdict ? "\" in its name" : "",
			lab_text(bad, "kernel"));
	return false;
}

void lab_bisect_compared_with(json_t *candidate)
{
	json_object_set_new(candidate, "outcome",
			    json_string(lab_search_words[LAB_GOOD]));
	json_object_set_new(candidate, "why",
			    json_string("what others are compared with"));
}

static json_t *bad_of(const struct lab_bisect *bisect)
{
	json_t *candidates = json_object_get(bisect->state, "candidates");

	return json_array_get(candidates, json_array_size(candidates) - 1);
}

bool lab_bisect_aim(struct lab_bisect *bisect)
{
	json_t *good = json_object_get(bisect->state, "good");

	if (bisect->metric) {
		lab_bisect_compared_with(good);
		return true;
	}
	if (!json_object_get(bisect->state, "target") &&
	    !aim_at_verdict(bisect, good, bad_of(bisect)))
		return false;
	lab_bisect_judge(bisect, good, good, 1);
	return true;
}

bool lab_bisect_aimed(const struct lab_bisect *bisect)
{
	const json_t *bad = bad_of(bisect);

	if (lab_is(bad, "outcome", lab_search_words[LAB_BAD]))
		return true;
	fprintf(stderr, "labyrinth: BAD is not bad: %s: %s\n",
		lab_text(bad, "kernel"), lab_text(bad, "why"));
	return false;
}
