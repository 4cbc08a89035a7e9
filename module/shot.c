// SPDX-License-Identifier: GPL-2.0-only
/*
 * shot.c - fires volleys: what is done here is done in every context.
 *
 * Only the request itself lies between the two readings of the clock. What
 * the shot met is read before, what it got is judged after.
 */
#include <linux/log2.h>
#include <linux/mm.h>

#include "oracles/oracles.h"

/* The bucket of a latency; see LAB_HIST_SUB_BITS in the UAPI header. */
static __always_inline unsigned int lab_hist_bucket(u64 ticks)
{
	unsigned int shift;

	if (ticks < LAB_HIST_SUB)
		return ticks;
	if (unlikely(ticks >> LAB_HIST_MAX_BITS))
		return LAB_HIST_BUCKETS - 1;
	shift = ilog2(ticks) - LAB_HIST_SUB_BITS;
	return (shift << LAB_HIST_SUB_BITS) + (ticks >> shift);
}

/* See LAB_CLIFF_STEPS in the UAPI header. */
static __always_inline unsigned int lab_cliff_bucket(struct zone *zone)
{
	unsigned long free = zone_page_state(zone, NR_FREE_PAGES);
	unsigned long min = READ_ONCE(zone->_watermark[WMARK_MIN]);
	unsigned long step;

	if (unlikely(!min))
		return LAB_CLIFF_BUCKETS - 1;
	step = free * LAB_CLIFF_STEPS / min;
	if (step < LAB_CLIFF_FINE)
		return step;
	step = LAB_CLIFF_FINE + step / LAB_CLIFF_STEPS -
	       LAB_CLIFF_FINE / LAB_CLIFF_STEPS;
	return min_t(unsigned long, step, LAB_CLIFF_BUCKETS - 1);
}

static __always_inline void lab_record_latency(struct lab_stats *stats,
					       u64 ticks)
{
	stats->histogram[lab_hist_bucket(ticks)]++;
	stats->latency_sum += ticks;
	if (unlikely(ticks < stats->latency_min))
		stats->latency_min = ticks;
	if (unlikely(ticks > stats->latency_max))
		stats->latency_max = ticks;
}

static __always_inline void lab_record_origin(struct lab_stats *stats,
					      const struct page *page)
{
	unsigned int node = page_to_nid(page);

	if (MAX_NUMNODES > LAB_MAX_NODES && node >= LAB_MAX_NODES)
		node = LAB_MAX_NODES - 1;
	stats->origin[node][page_zonenum(page)]++;
}

static noinline void lab_violation(struct lab_oracle_stats *stats, u64 shot)
{
	if (!stats->violations++)
		stats->culprit = shot;
}

static __always_inline void lab_oracles_got(struct lab_run *run,
					    const struct lab_shot *shot)
{
#define LAB_GOT(id, name)                                           \
	if (unlikely(!lab_##name##_got(run, shot)))                 \
		lab_violation(&run->stats->oracle[LAB_ORACLE_##id], \
			      shot->number);
	LAB_ORACLES(LAB_GOT)
#undef LAB_GOT
}

static __always_inline void lab_oracles_gone(struct lab_run *run,
					     const struct lab_shot *shot)
{
#define LAB_GONE(id, name)                                          \
	if (unlikely(!lab_##name##_gone(run, shot)))                \
		lab_violation(&run->stats->oracle[LAB_ORACLE_##id], \
			      shot->number);
	LAB_ORACLES(LAB_GONE)
#undef LAB_GONE
}

#define LAB_CLAIM(id, id_name) \
	[LAB_ORACLE_##id] = { .name = #id_name, .claim = LAB_CLAIM_##id },

const struct lab_oracle lab_oracles[LAB_ORACLE_COUNT] = { LAB_ORACLES(
	LAB_CLAIM) };

/* Gives a block back, checked. In the context of the shot, or of the owner. */
void lab_block_gone(struct lab_run *run, struct page *page, u64 number)
{
	const struct lab_shot shot = { .number = number, .page = page };

	lab_oracles_gone(run, &shot);
	run->api->free(run, page);
}

/* Puts a block into the ring, in place of the oldest when that is full. */
static noinline void lab_keep(struct lab_run *run, struct page *page,
			      u64 number)
{
	unsigned int head;

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
	run->held[head] = (struct lab_held){ page, number };
}

static noinline void lab_missed(struct lab_run *run, unsigned int cliff)
{
	bool exact = true;
	enum lab_outcome outcome = lab_frame_verdict(&run->frame, &exact);

	if (outcome == LAB_EXHAUSTED)
		run->stats->cliff_exhausted[cliff]++;
	run->stats->outcome[outcome]++;
	run->stats->unattributed += !exact;
}

static __always_inline void lab_fire(struct lab_run *run, struct lab_shot shot)
{
	struct lab_stats *stats = run->stats;
	unsigned int cliff = lab_cliff_bucket(run->zone);
	u64 start, end;

	run->frame.event = LAB_EVENT_NONE;
	start = lab_clock();
	shot.page = run->api->alloc(run);
	end = lab_clock();

	lab_oracles_got(run, &shot);
	if (unlikely(!shot.page)) {
		lab_missed(run, cliff);
		return;
	}
	stats->outcome[LAB_OK]++;
	stats->cliff_ok[cliff]++;
	lab_record_latency(stats, end - start);
	lab_record_origin(stats, shot.page);
	if (run->spec.hold) {
		lab_keep(run, shot.page, shot.number);
		return;
	}
	lab_oracles_gone(run, &shot);
	run->api->free(run, shot.page);
}

/* The loop that everything else is compared with. */
static __always_inline void lab_fire_bare(struct lab_run *run)
{
	struct page *page = run->api->alloc(run);

	if (page)
		run->api->free(run, page);
}

void lab_volley(struct lab_run *run)
{
	struct lab_stats *stats = run->stats;
	/*
	 * The state that every shot has to leave behind is that of the volley:
	 * nothing but shots could change it.
	 */
	struct lab_shot shot = {
		.number = stats->attempts,
		.preempt_count = preempt_count(),
		.rcu_depth = rcu_preempt_depth(),
		.irqs_off = irqs_disabled(),
	};
	unsigned int i;
	u64 start;

	stats->volleys++;
	if (!run->context->holds()) {
		stats->attempts += run->volley;
		stats->outcome[LAB_REFUSED] += run->volley;
		return;
	}

	start = lab_clock();
	if (run->spec.flags & LAB_RUN_BARE) {
		for (i = 0; i < run->volley; i++)
			lab_fire_bare(run);
	} else {
		lab_frame_enter(&run->frame);
		for (i = 0; i < run->volley; i++, shot.number++)
			lab_fire(run, shot);
		lab_frame_leave(&run->frame);
		stats->attempts += run->volley;
	}
	stats->volley_ticks += lab_clock() - start;
}
