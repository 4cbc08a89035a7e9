// SPDX-License-Identifier: GPL-2.0-only
/*
 * compare/profile.c - fixed numbers that a kernel must meet.
 *
 * A vendor who validates a kernel may have no other kernel to compare with, but
 * limits. A section of a profile is a demand: patterns that select cells, and
 * what each of these must achieve in every run. A demand that selects no cell
 * is not met: it cannot have been checked.
 */
#include <errno.h>
#include <fnmatch.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/diagnostics.h"
#include "lib/alloc.h"
#include "lib/ini.h"
#include "scenario/source.h"
#include "compare.h"

enum bound { AT_LEAST, AT_MOST };

/* The limits for a cell: one key of a profile each. */
static const struct limit {
	const char *key;
	enum lab_quantity quantity;
	enum bound bound;
	size_t offset; /* of a double in struct lab_sample */
	const char *before; /* its name in earlier versions */
} limits[] = {
	{ "success", LAB_RATE, AT_LEAST, offsetof(struct lab_sample, success) },
	{ "p50", LAB_LATENCY, AT_MOST, offsetof(struct lab_sample, p50),
	  "median" },
	{ "p99", LAB_LATENCY, AT_MOST, offsetof(struct lab_sample, p99) },
	{ "max", LAB_LATENCY, AT_MOST, offsetof(struct lab_sample, max),
	  "longest" },
};

#define LIMITS (sizeof(limits) / sizeof(limits[0]))

/* The keys that hold patterns, which select cells. */
enum { SCENARIO, PHASE, CONTEXT, PATTERNS };
static const char *const pattern_keys[] = { "scenario", "phase", "context" };

struct demand {
	const char *name;
	const char *pattern[PATTERNS]; /* separated by blanks; NULL: any */
	double limit[LIMITS]; /* NaN: none */
	const char *unit; /* of latencies */
	const char *oracles; /* patterns; NULL: not demanded */
	size_t answered;
};

static bool matches(const char *patterns, const char *name)
{
	char *copy, *rest, *one;
	bool match = false;

	if (!patterns)
		return true;
	copy = xstrdup(patterns);
	rest = copy;
	while ((one = strsep(&rest, " \t")))
		match |= *one && !fnmatch(one, name, 0);
	free(copy);
	return match;
}

/* ---- reading ----------------------------------------------------------------- */

/* A percentage with its sign, or a number in the unit of latencies. */
static bool read_limit(const struct limit *limit, const char *text,
		       double *value)
{
	const bool rate = limit->quantity == LAB_RATE;
	char *end;

	*value = strtod(text, &end);
	if (end == text || !(*value >= 0) || !isfinite(*value) ||
	    strcmp(end, rate ? "%" : ""))
		return false;
	if (rate)
		*value /= 100;
	return !rate || *value <= 1;
}

static void read_entry(struct demand *demand, const struct lab_entry *entry,
		       const char *path, struct lab_complaints *complaints)
{
	size_t i;

	for (i = 0; i < PATTERNS; i++)
		if (!strcmp(entry->key, pattern_keys[i])) {
			demand->pattern[i] = entry->value;
			return;
		}
	for (i = 0; i < LIMITS; i++) {
		if (strcmp(entry->key, limits[i].key) &&
		    (!limits[i].before || strcmp(entry->key, limits[i].before)))
			continue;
		if (!read_limit(&limits[i], entry->value, &demand->limit[i]))
			lab_complain(complaints, path, entry->line, entry->key,
				     "'%s'; allowed is %s", entry->value,
				     limits[i].quantity == LAB_RATE ?
					     "0% to 100%, with its %" :
					     "a number from 0 on");
		return;
	}
	if (!strcmp(entry->key, "oracles"))
		demand->oracles = entry->value;
	else if (!strcmp(entry->key, "unit"))
		demand->unit = entry->value;
	else
		lab_complain(
			complaints, path, entry->line, entry->key,
			"no such key; there are scenario, phase, context, success, p50, p99, max, unit, oracles");
}

/* A limit in instructions says nothing of nanoseconds. */
static void check_demand(const struct demand *demand,
			 const struct lab_section *section, const char *path,
			 struct lab_complaints *complaints)
{
	bool asks = demand->oracles, latency = false;
	size_t i;

	for (i = 0; i < LIMITS; i++) {
		if (isnan(demand->limit[i]))
			continue;
		asks = true;
		latency |= limits[i].quantity == LAB_LATENCY;
	}
	if (!asks)
		lab_complain(
			complaints, path, section->line, section->name,
			"asks for nothing; success, p50, p99, max or oracles do");
	if (latency &&
	    (!demand->unit || (strcmp(demand->unit, "instructions") &&
			       strcmp(demand->unit, "ns"))))
		lab_complain(
			complaints, path, section->line, section->name,
			"has a latency and no unit; unit = instructions (of the deterministic lab) or ns");
}

static struct demand read_demand(const struct lab_section *section,
				 const char *path,
				 struct lab_complaints *complaints)
{
	struct demand demand = { .name = section->name };
	size_t i;

	for (i = 0; i < LIMITS; i++)
		demand.limit[i] = NAN;
	for (i = 0; i < section->nentries; i++)
		read_entry(&demand, &section->entries[i], path, complaints);
	check_demand(&demand, section, path, complaints);
	return demand;
}

/* ---- judging ------------------------------------------------------------------ */

static double worst_of(const struct lab_cell_side *side,
		       const struct limit *limit)
{
	double worst = NAN;
	size_t i;

	for (i = 0; i < side->count; i++) {
		const double value =
			lab_sample_value(&side->sample[i], limit->offset);

		if (limit->bound == AT_LEAST)
			worst = fmin(worst, value);
		else
			worst = fmax(worst, value);
	}
	return worst;
}

static void judge_limit(struct lab_comparison *comparison,
			const struct lab_scenario_pair *scenario,
			const struct lab_cell_pair *cell, struct demand *demand,
			size_t which)
{
	const struct limit *limit = &limits[which];
	const double worst = worst_of(&cell->side[LAB_B], limit);
	struct lab_finding f = {
		.quantity = limit->quantity,
		.metric = limit->key,
		.scenario = scenario->name,
		.where = cell->where,
		.context = cell->context,
		.unit = limit->quantity == LAB_LATENCY ? demand->unit : "",
		.value = { demand->limit[which], worst },
		.seeds = { 0, cell->side[LAB_B].count },
		.p = NAN,
		.judgement = LAB_SAME,
	};

	if (isnan(worst))
		return;
	demand->answered++;
	if (limit->bound == AT_LEAST ? worst < demand->limit[which] :
				       worst > demand->limit[which])
		f.judgement = LAB_WORSE;
	f.change.value = limit->quantity == LAB_RATE ?
				 worst - demand->limit[which] :
				 worst / fmax(1, demand->limit[which]) - 1;
	f.change.low = f.change.value;
	f.change.high = f.change.value;
	f.words = xasprintf("[%s] asks for %s that, in every run", demand->name,
			    limit->bound == AT_LEAST ? "at least" : "at most");
	lab_finding_add(comparison, &f);
}

static void judge_cells(struct lab_comparison *comparison,
			const struct lab_scenario_pair *scenario,
			struct demand *demand)
{
	const char *unit = scenario->conditions[LAB_B].unit;
	size_t i, which;

	for (i = 0; i < scenario->cells; i++) {
		const struct lab_cell_pair *cell = &scenario->cell[i];

		if (!matches(demand->pattern[PHASE], cell->phase) ||
		    !matches(demand->pattern[CONTEXT], cell->context))
			continue;
		for (which = 0; which < LIMITS; which++) {
			if (isnan(demand->limit[which]))
				continue;
			if (limits[which].quantity == LAB_LATENCY &&
			    strcmp(demand->unit, unit))
				continue;
			judge_limit(comparison, scenario, cell, demand, which);
		}
	}
}

static void judge_oracles(struct lab_comparison *comparison,
			  const struct lab_scenario_pair *scenario,
			  struct demand *demand)
{
	size_t i;

	for (i = 0; demand->oracles && i < scenario->claims; i++) {
		const struct lab_claim_pair *claim = &scenario->claim[i];
		struct lab_finding f = {
			.quantity = LAB_RUNS,
			.metric = "oracle",
			.scenario = scenario->name,
			.where = claim->name,
			.context = "",
			.unit = "runs",
			.value = { 0, claim->failed[LAB_B] },
			.seeds = { 0, claim->ran[LAB_B] },
			.p = NAN,
			.judgement = claim->failed[LAB_B] ? LAB_WORSE :
							    LAB_SAME,
		};

		/* An oracle that was not asked gives no result. */
		if (!claim->exact || !claim->ran[LAB_B] ||
		    !matches(strcmp(demand->oracles, "all") ? demand->oracles :
							      NULL,
			     claim->name))
			continue;
		demand->answered++;
		f.words = xasprintf("[%s] asks that it holds in every run",
				    demand->name);
		lab_finding_add(comparison, &f);
	}
}

static void judge_demand(struct lab_comparison *comparison,
			 struct demand *demand)
{
	size_t i;

	for (i = 0; i < comparison->scenarios; i++) {
		const struct lab_scenario_pair *scenario =
			&comparison->scenario[i];

		if (!matches(demand->pattern[SCENARIO], scenario->name))
			continue;
		judge_cells(comparison, scenario, demand);
		judge_oracles(comparison, scenario, demand);
	}
	if (!demand->answered) {
		const struct lab_finding f = {
			.quantity = LAB_NUMBER,
			.metric = "cells",
			.scenario = "",
			.where = xasprintf("[%s]", demand->name),
			.context = "",
			.unit = "",
			.p = NAN,
			.judgement = LAB_WORSE,
			.words = xstrdup(
				"nothing in these runs answers to it: not the scenario, the phase, the context, or the unit"),
		};

		lab_compare_keep(comparison, (char *)f.where);
		lab_finding_add(comparison, &f);
	}
}

bool lab_judge_by_profile(struct lab_comparison *comparison, const char *path)
{
	struct lab_complaints complaints = {};
	struct lab_sections sections = {};
	struct demand demand;
	char *text, why[200];
	bool good;
	size_t i;

	if (lab_source_read(path, &text, why, sizeof(why))) {
		fprintf(stderr, "labyrinth: %s: %s\n", path, why);
		return false;
	}
	lab_sections_read(path, text, &complaints, &sections);
	if (!complaints.count && !sections.count)
		lab_complain(&complaints, path, 1, NULL,
			     "no section: a profile that asks for nothing");
	comparison->profile = path;
	comparison->set[LAB_A].where = path;
	for (i = 0; i < sections.count; i++) {
		demand = read_demand(&sections.section[i], path, &complaints);
		if (!complaints.count)
			judge_demand(comparison, &demand);
	}
	good = !lab_complaints_end(&complaints);
	lab_findings_sort(comparison);
	lab_sections_free(&sections);
	free(text);
	return good;
}
