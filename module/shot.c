// SPDX-License-Identifier: GPL-2.0-only
/*
 * shot.c - fires volleys: what is done here is done in every context.
 *
 * Only the request itself lies between the two readings of the clock. What
 * the shot met is read before, what it got is judged after.
 */
#include <linux/irqflags.h>
#include <linux/log2.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>

#include "labyrinth.h"

/* The bucket of a latency; see LAB_HIST_SUB_BITS in the UAPI header. */
static unsigned int lab_hist_bucket(u64 ticks)
{
	unsigned int shift;

	if (ticks < LAB_HIST_SUB)
		return ticks;
	if (ticks >> LAB_HIST_MAX_BITS)
		return LAB_HIST_BUCKETS - 1;
	shift = ilog2(ticks) - LAB_HIST_SUB_BITS;
	return (shift << LAB_HIST_SUB_BITS) + (ticks >> shift);
}

static void lab_record_latency(struct lab_stats *stats, u64 ticks)
{
	stats->histogram[lab_hist_bucket(ticks)]++;
	stats->latency_sum += ticks;
	if (ticks < stats->latency_min)
		stats->latency_min = ticks;
	if (ticks > stats->latency_max)
		stats->latency_max = ticks;
}

static void lab_record_origin(struct lab_stats *stats, const struct page *page)
{
	unsigned int node = page_to_nid(page);

	if (node >= LAB_MAX_NODES)
		node = LAB_MAX_NODES - 1;
	stats->origin[node][page_zonenum(page)]++;
}

static void lab_oracle_count(struct lab_oracle_stats *stats, bool held,
			     u64 shot)
{
	stats->checked++;
	if (held)
		return;
	if (!stats->violations++)
		stats->culprit = shot;
}

static void lab_oracles_got(struct lab_run *run, const struct lab_shot *shot)
{
	unsigned int i;

	for (i = 0; i < LAB_ORACLE_COUNT; i++)
		lab_oracle_count(&run->stats->oracle[i],
				 lab_oracles[i]->got(run, shot), shot->number);
}

/* Gives a block back, checked. In the context of the shot, or of the owner. */
void lab_block_gone(struct lab_run *run, struct page *page, u64 number)
{
	const struct lab_shot shot = { .number = number, .page = page };
	unsigned int i;

	for (i = 0; i < LAB_ORACLE_COUNT; i++) {
		if (!lab_oracles[i]->gone)
			continue;
		lab_oracle_count(&run->stats->oracle[i],
				 lab_oracles[i]->gone(run, &shot), number);
	}
	run->api->free(run, page);
}

/* Keeps a block in place of the oldest, or frees it when nothing is kept. */
static void lab_keep_or_free(struct lab_run *run, const struct lab_shot *shot)
{
	unsigned int head;

	if (!run->spec.hold) {
		lab_block_gone(run, shot->page, shot->number);
		return;
	}

	if (run->count == run->spec.hold) {
		head = run->tail;
		lab_block_gone(run, run->held[head].page, run->held[head].shot);
		if (++run->tail == run->spec.hold)
			run->tail = 0;
	} else {
		head = run->tail + run->count;
		if (head >= run->spec.hold)
			head -= run->spec.hold;
		WRITE_ONCE(run->count, run->count + 1);
	}
	run->held[head] = (struct lab_held){ shot->page, shot->number };
}

static void lab_fire(struct lab_run *run)
{
	struct lab_stats *stats = run->stats;
	enum lab_outcome outcome = LAB_OK;
	struct lab_shot shot = {
		.number = stats->attempts,
		.preempt_count = preempt_count(),
		.rcu_depth = rcu_preempt_depth(),
		.irqs_off = irqs_disabled(),
	};
	unsigned int cliff = lab_cliff_bucket(run->zone);
	bool exact = true;
	u64 start, end;

	run->frame.event = LAB_EVENT_NONE;
	start = lab_clock();
	shot.page = run->api->alloc(run);
	end = lab_clock();

	stats->attempts++;
	lab_oracles_got(run, &shot);

	if (shot.page) {
		stats->cliff_ok[cliff]++;
		lab_record_latency(stats, end - start);
		lab_record_origin(stats, shot.page);
		lab_keep_or_free(run, &shot);
	} else {
		outcome = lab_frame_verdict(&run->frame, &exact);
		if (outcome == LAB_EXHAUSTED)
			stats->cliff_exhausted[cliff]++;
		stats->unattributed += !exact;
	}
	stats->outcome[outcome]++;
}

/* The loop that everything else is compared with. */
static void lab_fire_bare(struct lab_run *run)
{
	struct page *page = run->api->alloc(run);

	if (page)
		run->api->free(run, page);
}

void lab_volley(struct lab_run *run)
{
	struct lab_stats *stats = run->stats;
	unsigned int i;
	u64 start;

	stats->volleys++;
	if (!run->context->holds()) {
		stats->attempts += run->volley;
		stats->outcome[LAB_REFUSED] += run->volley;
		return;
	}

	if (run->spec.flags & LAB_RUN_BARE) {
		start = lab_clock();
		for (i = 0; i < run->volley; i++)
			lab_fire_bare(run);
		stats->volley_ticks += lab_clock() - start;
		return;
	}

	start = lab_clock();
	lab_frame_enter(&run->frame);
	for (i = 0; i < run->volley; i++)
		lab_fire(run);
	lab_frame_leave(&run->frame);
	stats->volley_ticks += lab_clock() - start;
}
