// SPDX-License-Identifier: GPL-2.0-only
/*
 * explain/state.c - a scenario that brings a guest into the state of a report
 * and tests whether the request is served there.
 *
 * The state is not copied page by page, because a guest is smaller: what
 * decides the verdict is copied. That is the number of usable pages in
 * sixteenths of min, and what the free pages are reserved for. Each verdict is
 * a row with a function.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "explain.h"

static const struct lab_explained_zone *
main_zone(const struct lab_explanation *e)
{
	return e->main_zone < 0 ? NULL : &e->zone[e->main_zone];
}

static const char *context_of(const struct lab_explanation *e)
{
	static const char *const contexts[LAB_IN_COUNT] = {
		[LAB_IN_TASK] = "task",
		[LAB_IN_HARDIRQ] = "hardirq_hrtimer",
	};

	return contexts[e->culprit.context] ? contexts[e->culprit.context] :
					      "softirq_tasklet";
}

/* Flags that a scenario can use; others do not matter for the verdict. */
static const char *flags_of(const struct lab_explanation *e)
{
	if (e->facts.flags & LAB_REQ_NOMEMALLOC)
		return "GFP_ATOMIC|__GFP_NOMEMALLOC";
	return e->facts.flags & LAB_REQ_HIGH ? "GFP_ATOMIC" : "GFP_NOWAIT";
}

/* Usable pages when the request failed, in sixteenths of min. */
static int64_t sixteenths(const struct lab_explained_zone *zone)
{
	const int64_t min = zone->pages.min -
			    (zone->pages.boost > 0 ? zone->pages.boost : 0);

	return min > 0 && zone->check.usable > 0 ?
		       zone->check.usable * 16 / min :
		       0;
}

static void write_start(FILE *to, const struct lab_explanation *e,
			const char *claim, const char *scaled)
{
	const struct lab_explained_zone *zone = main_zone(e);
	char title[LAB_PHRASE];

	lab_phrase_title(e, title);
	fprintf(to,
		"# SPDX-License-Identifier: GPL-2.0-only\n"
		"# From a report: %.150s\n"
		"# of kernel %.80s; verdict: %s.\n"
		"# There: zone %s of %" PRId64 " pages, min %" PRId64
		", %" PRId64 " usable, %" PRId64 " have to stay.\n"
		"# Scaled: %s\n\n"
		"[scenario]\nclaim = %s\ntakes = 15s\n",
		title, e->report->release[0] ? e->report->release : "unknown",
		lab_verdict_names[e->verdict], zone->zone->name,
		zone->zone->managed == LAB_UNSAID ?
			(int64_t)0 :
			zone->zone->managed / e->page_kib,
		zone->pages.min, zone->check.usable, zone->check.mark, scaled,
		claim);
}

/*
 * All free pages are in the highatomic reserve. The scenario fills the reserve
 * first.
 */
static void highatomic(FILE *to, const struct lab_explanation *e)
{
	write_start(
		to, e,
		"A single atomic page is served while blocks of the highatomic reserve are free",
		"one node of 320 MiB; the reserve is as large as its limit lets it be, not past it");
	fprintf(to,
		"\n[guest]\nmemory = 320M\ndeadline = 5m\n\n"
		"# One node of two is used up; the other keeps the guest alive.\n"
		"[phase *]\ncpu = 1\nnode = 1\ncontext = %s\nmin-free = 3M\n"
		"gfp = GFP_ATOMIC|__GFP_THISNODE|__GFP_NOWARN\n"
		"shots = 100000\nhold = 100000\n\n"
		"[phase build]\norder = 1\nshots = 50000\nhold = 50000\n"
		"expect = each highatomic > 0\n\n"
		"# The question: down to the same depth as without a reserve.\n"
		"[phase ask]\norder = %u\ngfp = %s|__GFP_THISNODE|__GFP_NOWARN\n"
		"expect = each highatomic > 0\n"
		"expect = each deepest <= %u/16\n",
		context_of(e), e->facts.order, flags_of(e),
		2 * main_zone(e)->check.eighths);
}

/*
 * The reserve is a large part of its zone: only the limit of its size is
 * tested.
 */
static void reserve_size(FILE *to, const struct lab_explanation *e)
{
	write_start(
		to, e,
		"The highatomic reserve of a small zone is no large part of it",
		"one node of 96 MiB, of which 1 % is less than a pageblock, as there");
	fprintf(to,
		"\n[guest]\nmemory = 96M\ndeadline = 5m\n\n"
		"# One node of two is used up; the other keeps the guest alive.\n"
		"[phase ask]\ncpu = 1\nnode = 1\ncontext = softirq_tasklet\n"
		"order = 1\nmin-free = 3M\n"
		"gfp = GFP_ATOMIC|__GFP_THISNODE|__GFP_NOWARN\n"
		"shots = 30000\nhold = 30000\n"
		"expect = each exhausted > 0\n"
		"expect = each highatomic_share <= 2%%\n");
}

/*
 * Few pages are usable: the scenario finds the share of min at which requests
 * fail.
 */
static void depth(FILE *to, const struct lab_explanation *e)
{
	const struct lab_explained_zone *zone = main_zone(e);
	char claim[120];

	snprintf(claim, sizeof(claim),
		 "A request with %" PRId64
		 "/16 of min usable, as in the report, is served",
		 sixteenths(zone));
	write_start(
		to, e, claim,
		"one node of 96 MiB with min of 24 MiB, so that a sixteenth is some hundred pages");
	fprintf(to,
		"\n[guest]\nmemory = 96M\ndeadline = 5m\n\n"
		"# One node of two is used up; the other keeps the guest alive.\n"
		"[phase ask]\ncpu = 1\nnode = 1\nmin-free = 24M\n"
		"shots = 30000\nhold = 30000\ncontext = %s\norder = %u\n"
		"gfp = %s|__GFP_THISNODE|__GFP_NOWARN\n"
		"# It is served there when the deepest shot that succeeded is no higher.\n"
		"expect = each deepest <= %" PRId64 "/16\n",
		context_of(e), e->facts.order, flags_of(e), sixteenths(zone));
}

static const struct {
	enum lab_verdict verdict;
	bool only_order_0;
	void (*write)(FILE *to, const struct lab_explanation *e);
} rows[] = {
	{ LAB_VERDICT_HIGHATOMIC, true, highatomic },
	{ LAB_VERDICT_BELOW_MARK, true, depth },
	{ LAB_VERDICT_BOOST, true, depth },
};

bool lab_explain_scenario(FILE *to, const struct lab_explanation *e,
			  const char **why)
{
	size_t i;

	if (lab_reserve_is_large(e)) {
		reserve_size(to, e);
		return true;
	}
	*why = "scenarios are written of requests that cannot wait";
	if (e->facts.flags & LAB_REQ_WAIT || e->facts.no_watermarks)
		return false;
	*why = "a scenario cannot set up what its verdict is about";
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].verdict != e->verdict || !main_zone(e) ||
		    (rows[i].only_order_0 && e->facts.order))
			continue;
		/*
		 * A boost that the scenario did not cause may make GFP_NOWAIT
		 * fail.
		 */
		if (!(e->facts.flags & LAB_REQ_HIGH))
			continue;
		rows[i].write(to, e);
		return true;
	}
	return false;
}
