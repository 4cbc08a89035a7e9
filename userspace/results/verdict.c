// SPDX-License-Identifier: GPL-2.0-only
/*
 * results/verdict.c - see results/verdict.h.
 *
 * What was not seen to hold does not hold: a phase that did not end, a
 * record that is missing, is a failure and no pass.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "counts.h"
#include "inject/inject.h"
#include "lib/json.h"
#include "judged.h"
#include "loss_verdict.h"
#include "verdict.h"

void lab_verdict_add(json_t *verdicts, const char *kind, const char *name,
		     const char *claim, enum lab_holds holds, const char *found)
{
	static const char *const words[] = { "fail", "pass", "skip" };

	json_array_append_new(
		verdicts, json_pack("{s:s, s:s, s:s, s:s, s:s}", "kind", kind,
				    "name", name, "claim", claim, "verdict",
				    words[holds], "found", found));
}

static double probability_of(const struct lab_phase *phase)
{
	const struct lab_key *keys = phase->injector->keys;

	for (; keys && keys->name; keys++)
		if (!strcmp(keys->name, "probability"))
			return lab_setting_get(phase->inject, keys->name) /
			       100.0;
	return 0;
}

static void cell_words(const json_t *cell, char *text, size_t size)
{
	snprintf(text, size, "%s order %" PRIu64, lab_text(cell, "context"),
		 lab_number(cell, "order"));
}

static enum lab_holds judge_each(const struct lab_phase *phase,
				 const struct lab_expect *expect,
				 const json_t *cells, char *found, size_t size)
{
	size_t i, asked = 0, undecided = 0, broken = 0, at = 0;
	char why[200], where[64], untold[300] = "";
	struct lab_counts counts;
	json_t *cell;

	found[0] = '\0';
	json_array_foreach(cells, i, cell) {
		if (!lab_is(cell, "phase", phase->name))
			continue;
		/* What a kernel does not allow is not asked of it. */
		if (json_object_get(cell, "refusal"))
			continue;
		asked++;
		lab_counts_of(cell, &counts);
		cell_words(cell, where, sizeof(where));
		if (!lab_expect_decided(expect, &counts, why, sizeof(why))) {
			if (!undecided++)
				snprintf(untold, sizeof(untold), "%s: %s",
					 where, why);
			continue;
		}
		if (lab_expect_holds(expect, &counts, probability_of(phase),
				     why, sizeof(why)))
			continue;
		if (broken++ < 3 && at < size)
			at += snprintf(found + at, size - at, "%s%s: %s",
				       at ? "; " : "", where, why);
	}
	if (broken > 3 && at < size)
		snprintf(found + at, size - at, "; and %zu cells more",
			 broken - 3);
	if (!asked) {
		snprintf(found, size, "no cell could be fired");
		return LAB_SKIPPED;
	}
	if (broken)
		return LAB_DOES_NOT_HOLD;
	if (undecided) {
		snprintf(found, size, "%s; in %zu of %zu cells", untold,
			 undecided, asked);
		return LAB_SKIPPED;
	}
	snprintf(found, size, "in all of %zu cells", asked);
	return LAB_HOLDS;
}

static enum lab_holds judge_total(const struct lab_phase *phase,
				  const struct lab_expect *expect,
				  const json_t *cells, char *found, size_t size)
{
	struct lab_counts sum = {}, counts;
	json_t *cell;
	size_t i;

	json_array_foreach(cells, i, cell) {
		/* What a kernel does not allow is not asked of it. */
		if (!lab_is(cell, "phase", phase->name) ||
		    json_object_get(cell, "refusal"))
			continue;
		lab_counts_of(cell, &counts);
		lab_counts_add(&sum, &counts);
	}
	if (!lab_expect_decided(expect, &sum, found, size))
		return LAB_SKIPPED;
	return lab_expect_holds(expect, &sum, probability_of(phase), found,
				size) ?
		       LAB_HOLDS :
		       LAB_DOES_NOT_HOLD;
}

/* Why a phase was skipped, or NULL. */
const char *lab_skip_reason(const json_t *records, const char *phase)
{
	json_t *record;
	size_t i;

	json_array_foreach(records, i, record)
		if (lab_is(record, "record", "skip") &&
		    lab_is(record, "phase", phase))
			return lab_text(record, "reason");
	return NULL;
}

static bool phase_complete(const json_t *records, const char *phase)
{
	json_t *record;
	size_t i;

	json_array_foreach(records, i, record)
		if (lab_is(record, "record", "phase") &&
		    lab_is(record, "name", phase))
			return true;
	return false;
}

static void judge_phase(json_t *verdicts, const struct lab_phase *phase,
			const json_t *records, const json_t *cells,
			const json_t *losses)
{
	const char *skipped = lab_skip_reason(records, phase->name);
	const bool complete = phase_complete(records, phase->name);
	const bool expected = lab_loss_is_expected(lab_loss_fatal(losses));
	char found[800], name[200];
	enum lab_holds holds;
	size_t i;

	for (i = 0; i < phase->nexpects; i++) {
		const struct lab_expect *expect = &phase->expects[i];

		if (skipped) {
			holds = LAB_SKIPPED;
			snprintf(found, sizeof(found), "%s", skipped);
		} else if (!complete) {
			holds = expected ? LAB_SKIPPED : LAB_DOES_NOT_HOLD;
			snprintf(found, sizeof(found),
				 "the phase did not come to its end");
		} else if (expect->scope == LAB_EACH) {
			holds = judge_each(phase, expect, cells, found,
					   sizeof(found));
		} else {
			holds = judge_total(phase, expect, cells, found,
					    sizeof(found));
		}
		snprintf(name, sizeof(name), "%s: %s", phase->name,
			 expect->words);
		lab_verdict_add(verdicts, "expectation", name, expect->words,
				holds, found);
	}
}

struct oracle_sum {
	uint64_t checked, violations;
	char culprit[200];
};

static void sum_oracle(const json_t *cells, const char *name,
		       struct oracle_sum *sum)
{
	json_t *cell, *oracle;
	size_t i, j;

	json_array_foreach(cells, i, cell) {
		json_array_foreach(json_object_get(cell, "oracles"), j,
				   oracle) {
			if (!lab_is(oracle, "name", name))
				continue;
			sum->checked += lab_number(oracle, "checked");
			if (lab_number(oracle, "violations") &&
			    !sum->violations)
				snprintf(sum->culprit, sizeof(sum->culprit),
					 "%s: %s order %" PRIu64
					 ", shot %" PRIu64,
					 lab_text(cell, "phase"),
					 lab_text(cell, "context"),
					 lab_number(cell, "order"),
					 lab_number(oracle, "culprit"));
			sum->violations += lab_number(oracle, "violations");
		}
	}
}

static void judge_oracles(json_t *verdicts, const json_t *records,
			  const json_t *cells)
{
	json_t *record;
	char found[400];
	size_t i;

	json_array_foreach(records, i, record) {
		struct oracle_sum sum = {};

		if (!lab_is(record, "record", "oracle"))
			continue;
		sum_oracle(cells, lab_text(record, "name"), &sum);
		if (sum.violations)
			snprintf(found, sizeof(found),
				 "broken %" PRIu64 " times in %" PRIu64
				 " checks, first by %s",
				 sum.violations, sum.checked, sum.culprit);
		else
			snprintf(found, sizeof(found),
				 "in all of %" PRIu64 " checks", sum.checked);
		lab_verdict_add(verdicts, "oracle", lab_text(record, "name"),
				lab_text(record, "claim"),
				!sum.checked   ? LAB_SKIPPED :
				sum.violations ? LAB_DOES_NOT_HOLD :
						 LAB_HOLDS,
				found);
	}
}

static void judge_leaks(json_t *verdicts, const json_t *records,
			const json_t *cells)
{
	uint64_t blocks = 0, pages = 0;
	json_t *one;
	char found[200];
	size_t i;

	json_array_foreach(cells, i, one)
		blocks += lab_number(one, "held");
	json_array_foreach(records, i, one)
		if (lab_is(one, "record", "phase"))
			pages += lab_number(one, "pages_left");
	snprintf(found, sizeof(found),
		 "%" PRIu64 " blocks and %" PRIu64 " pages were left", blocks,
		 pages);
	lab_judged_add(verdicts, LAB_JUDGED_LEAK,
		       blocks || pages ? LAB_DOES_NOT_HOLD : LAB_HOLDS, found);
}

/*
 * The pages that the kernel must have counted for a cell, at least. Slabs and
 * page fragments choose the order of their requests themselves, and bulk may
 * give less than it was asked for.
 */
static uint64_t pages_owed(const json_t *cell)
{
	static const char *const own_way[] = { "kmalloc", "kmem_cache",
					       "page_frag" };
	const json_t *passage = json_object_get(cell, "passage");
	uint64_t asked = lab_number(cell, "ok") - lab_number(passage, "store");
	size_t i;

	for (i = 0; i < sizeof(own_way) / sizeof(own_way[0]); i++)
		if (lab_is(cell, "api", own_way[i]))
			return 0;
	return asked << lab_number(cell, "order");
}

static void judge_counters(json_t *verdicts, const json_t *cells)
{
	size_t i, cells_asked = 0, broken = 0;
	char found[300], where[64];
	json_t *cell;

	found[0] = '\0';
	json_array_foreach(cells, i, cell) {
		const uint64_t owed = pages_owed(cell);
		const uint64_t counted = lab_number(cell, "pages_counted");

		if (!owed || !json_object_get(cell, "pages_counted"))
			continue;
		cells_asked++;
		if (counted >= owed)
			continue;
		cell_words(cell, where, sizeof(where));
		if (!broken++)
			snprintf(found, sizeof(found),
				 "%s, %s: %" PRIu64
				 " pages were counted of %" PRIu64
				 " handed out",
				 lab_text(cell, "phase"), where, counted, owed);
	}
	if (!broken)
		snprintf(found, sizeof(found), "in all of %zu cells",
			 cells_asked);
	lab_judged_add(verdicts, LAB_JUDGED_COUNTERS,
		       !cells_asked ? LAB_SKIPPED :
		       broken	    ? LAB_DOES_NOT_HOLD :
				      LAB_HOLDS,
		       found);
}

/*
 * Sums up a look at the zones. left: pages that are free, on per-CPU lists, or in
 * the memory of the program that fires the shots, which keeps what it recorded of
 * them and is no loss of the kernel's. managed: pages managed.
 */
static bool pages_at(const json_t *records, const char *phase,
		     const char *moment, int64_t *left, int64_t *managed)
{
	char at[256];
	json_t *record, *zone;
	size_t i, j;

	snprintf(at, sizeof(at), "%s: %s", phase, moment);
	*managed = 0;
	json_array_foreach(records, i, record) {
		if (!lab_is(record, "record", "zones") ||
		    !lab_is(record, "at", at))
			continue;
		*left = lab_number(record, "own");
		json_array_foreach(json_object_get(record, "zones"), j, zone) {
			*left += lab_number(zone, "free") +
				 lab_number(zone, "pcp");
			*managed += lab_number(zone, "managed");
		}
		return true;
	}
	return false;
}

/* A phase may keep this part of the memory, in slabs and other caches. */
#define BASELINE_PART 32

static void judge_baseline(json_t *verdicts,
			   const struct lab_scenario *scenario,
			   const json_t *records)
{
	int64_t before, after, managed, most = 0, missing;
	const char *worst = NULL;
	bool broken = false;
	char found[300];
	size_t i;

	for (i = 0; i < scenario->nphases; i++) {
		const char *phase = scenario->phases[i].name;

		if (!pages_at(records, phase, "before", &before, &managed) ||
		    !pages_at(records, phase, "after", &after, &managed))
			continue;
		missing = before - after;
		broken |= missing > managed / BASELINE_PART;
		if (!worst || missing > most) {
			most = missing;
			worst = phase;
		}
	}
	snprintf(found, sizeof(found), "%" PRId64 " pages at most, after %s",
		 most, worst ? worst : "none");
	lab_judged_add(verdicts, LAB_JUDGED_BASELINE,
		       !worst ? LAB_SKIPPED :
		       broken ? LAB_DOES_NOT_HOLD :
				LAB_HOLDS,
		       found);
}

/*
 * A level may miss what was asked for by this part of it, and by so many pages
 * at least.
 */
#define LEVEL_PART 10
#define LEVEL_PAGES 64

/*
 * A pressure that may sleep is held to the boosted watermark, and stays above
 * it.
 */
static bool level_missed(const json_t *record)
{
	const int64_t asked = lab_number(record, "asked");
	const int64_t reached = lab_number(record, "reached");
	const int64_t slack = asked / LEVEL_PART + LEVEL_PAGES;
	const int64_t boost = lab_number(record, "boost");

	return reached < asked - slack || reached > asked + slack + boost;
}

/*
 * Judges the pressures that were asked for a level: the claims of their phases
 * rest on it.
 */
static void judge_levels(json_t *verdicts, const json_t *records)
{
	size_t i, levels = 0, missed = 0;
	char found[300] = "";
	json_t *record;

	json_array_foreach(records, i, record) {
		if (!lab_is(record, "record", "pressure") ||
		    !json_object_get(record, "asked"))
			continue;
		levels++;
		if (!level_missed(record) || missed++)
			continue;
		snprintf(found, sizeof(found),
			 "%s, node %d: %" PRIu64 " of %" PRIu64 " %s",
			 lab_text(record, "driver"),
			 (int)lab_number(record, "node"),
			 lab_number(record, "reached"),
			 lab_number(record, "asked"), lab_text(record, "unit"));
	}
	if (!levels)
		return;
	if (!missed)
		snprintf(found, sizeof(found), "all of %zu", levels);
	lab_judged_add(verdicts, LAB_JUDGED_LEVELS,
		       missed ? LAB_DOES_NOT_HOLD : LAB_HOLDS, found);
}

/* Judges the pressures that know which bytes they should receive. */
static void judge_payload(json_t *verdicts, const json_t *records)
{
	uint64_t verified = 0, wrong = 0;
	char found[200];
	json_t *record;
	size_t i;

	json_array_foreach(records, i, record) {
		if (!lab_is(record, "record", "pressure"))
			continue;
		verified += lab_number(record, "verified");
		wrong += lab_number(record, "wrong");
	}
	if (!verified && !wrong)
		return;
	snprintf(found, sizeof(found),
		 "%" PRIu64 " bytes of %" PRIu64 " were wrong", wrong,
		 verified);
	lab_judged_add(verdicts, LAB_JUDGED_PAYLOAD,
		       wrong ? LAB_DOES_NOT_HOLD : LAB_HOLDS, found);
}

static void judge_attribution(json_t *verdicts, const json_t *cells)
{
	uint64_t unattributed = 0;
	json_t *cell;
	char found[200];
	size_t i;

	json_array_foreach(cells, i, cell)
		unattributed += lab_number(cell, "unattributed");
	snprintf(found, sizeof(found), "%" PRIu64 " could not be told",
		 unattributed);
	lab_judged_add(verdicts, LAB_JUDGED_ATTRIBUTION,
		       unattributed ? LAB_DOES_NOT_HOLD : LAB_HOLDS, found);
}

static void judge_settings(json_t *verdicts, const json_t *records)
{
	uint64_t settings = 0, looked_at = 0;
	size_t i, phases = 0;
	char found[600] = "", held[120];
	json_t *record;

	json_array_foreach(records, i, record) {
		if (!lab_is(record, "record", "restored"))
			continue;
		phases++;
		settings += lab_number(record, "settings");
		looked_at = lab_number(record, "looked_at");
		if (!json_is_true(json_object_get(record, "ok")))
			snprintf(found, sizeof(found), "%s: %s",
				 lab_text(record, "phase"),
				 lab_text(record, "why"));
	}
	if (!found[0])
		snprintf(held, sizeof(held),
			 "after every phase, %" PRIu64
			 " changes were undone and %" PRIu64
			 " settings looked at",
			 settings, looked_at);
	lab_judged_add(verdicts, LAB_JUDGED_SETTINGS,
		       found[0] ? LAB_DOES_NOT_HOLD :
		       phases	? LAB_HOLDS :
				  LAB_SKIPPED,
		       found[0] ? found : held);
}

/* A phase that expects the OOM killer says so for the process that fires, too. */
static void judge_ending(json_t *verdicts, const json_t *losses,
			 enum lab_ending ending, const char *why)
{
	const json_t *fatal = lab_loss_fatal(losses);
	char words[700];

	if (ending == LAB_KILLED)
		lab_loss_words(fatal, words, sizeof(words));
	else
		snprintf(words, sizeof(words), "%s", why);
	lab_verdict_add(verdicts, "ending", "ending",
			"the run comes to its end",
			ending == LAB_ENDED ? LAB_HOLDS :
			ending == LAB_UNFIT || (ending == LAB_KILLED &&
						lab_loss_is_expected(fatal)) ?
					      LAB_SKIPPED :
					      LAB_DOES_NOT_HOLD,
			ending == LAB_ENDED ? "it did" : words);
}

const char *lab_verdicts_sum(const json_t *verdicts, enum lab_ending ending)
{
	size_t i, failed = 0, passed = 0;
	json_t *verdict;

	if (ending == LAB_STALLED || ending == LAB_BROKE)
		return "broken";
	if (ending == LAB_UNFIT)
		return "skip";
	json_array_foreach(verdicts, i, verdict) {
		failed += lab_is(verdict, "verdict", "fail");
		passed += lab_is(verdict, "verdict", "pass") &&
			  lab_is(verdict, "kind", "expectation");
	}
	return failed ? "fail" : passed ? "pass" : "skip";
}

/* Nothing was asked of a kernel that could not be a guest. */
static void skip_all(json_t *verdicts)
{
	json_t *verdict;
	size_t i;

	json_array_foreach(verdicts, i, verdict)
		if (lab_is(verdict, "verdict", "fail"))
			json_object_set_new(verdict, "verdict",
					    json_string("skip"));
}

json_t *lab_verdicts(const struct lab_scenario *scenario, const json_t *records,
		     const json_t *cells, const json_t *losses,
		     enum lab_ending ending, const char *why)
{
	json_t *verdicts = json_array();
	size_t i;

	judge_ending(verdicts, losses, ending, why);
	for (i = 0; i < scenario->nphases; i++)
		judge_phase(verdicts, &scenario->phases[i], records, cells,
			    losses);
	judge_oracles(verdicts, records, cells);
	judge_leaks(verdicts, records, cells);
	judge_baseline(verdicts, scenario, records);
	judge_counters(verdicts, cells);
	judge_levels(verdicts, records);
	judge_payload(verdicts, records);
	judge_attribution(verdicts, cells);
	judge_settings(verdicts, records);
	lab_losses_judge(verdicts, losses);
	if (ending == LAB_UNFIT)
		skip_all(verdicts);
	return verdicts;
}
