// SPDX-License-Identifier: GPL-2.0-only
/*
 * shot.c - fires volleys: this code runs in every context.
 *
 * Only the request itself lies between the two readings of the clock. The state
 * is read before, the block is judged after. Counts that follow from others are
 * computed later, in lab_shooter_sum_up().
 */
#include <linux/bitops.h>
#include <linux/mm.h>

#include "held.h"
#include "oracles/oracles.h"
#include "met.h"
#include "ring.h"

/* The bucket of a latency; see LAB_HIST_SUB_BITS in the UAPI header. */
static __always_inline unsigned int lab_hist_bucket(u64 ticks)
{
	unsigned int shift;

	/* One comparison for both ends, as every shot makes it. */
	if (unlikely(ticks - LAB_HIST_SUB >=
		     (1ull << LAB_HIST_MAX_BITS) - LAB_HIST_SUB))
		return ticks < LAB_HIST_SUB ? ticks : LAB_HIST_BUCKETS - 1;
	shift = __fls(ticks) - LAB_HIST_SUB_BITS;
	return (shift << LAB_HIST_SUB_BITS) + (ticks >> shift);
}

/*
 * See LAB_CLIFF_STEPS in the UAPI header. A zone with one page more than the
 * request has to leave is in the first bucket in which the request succeeds.
 */
static __always_inline unsigned int
lab_cliff_bucket(const struct lab_mark_rule *rule, const struct lab_met *met)
{
	const long left = lab_mark_left(rule, met->mark);
	const long above = (met->usable - left - 1) * LAB_CLIFF_STEPS +
			   (long)(rule->step * met->mark);
	unsigned long step;

	if (unlikely(above < 0))
		return 0;
	step = above / met->mark;
	if (step < LAB_CLIFF_FINE)
		return step;
	step = LAB_CLIFF_FINE + step / LAB_CLIFF_STEPS -
	       LAB_CLIFF_FINE / LAB_CLIFF_STEPS;
	return min_t(unsigned long, step, LAB_CLIFF_BUCKETS - 1);
}

static __always_inline void lab_record_latency(struct lab_latency *latency,
					       u64 ticks)
{
	latency->histogram[lab_hist_bucket(ticks)]++;
	latency->sum += ticks;
	if (unlikely(ticks < latency->min))
		latency->min = ticks;
	if (unlikely(ticks > latency->max))
		latency->max = ticks;
}

static __always_inline unsigned int lab_stats_node(int node)
{
	if (MAX_NUMNODES > LAB_MAX_NODES && node >= LAB_MAX_NODES)
		return LAB_MAX_NODES - 1;
	return node;
}

static noinline enum lab_passage lab_record_detour(struct lab_shooter *shooter,
						   const struct page *page)
{
	const int node = page_to_nid(page);

	shooter->stats->origin[lab_stats_node(node)][page_zonenum(page)]++;
	return node == shooter->zone_node ? LAB_PASSAGE_OTHER_ZONE :
					    LAB_PASSAGE_OTHER_NODE;
}

/*
 * Counts which zone the block is from, and which pass found it. Blocks of the
 * preferred zone by the fast pass are not counted: lab_shooter_sum_up()
 * computes them.
 */
static __always_inline enum lab_passage
lab_record_way(struct lab_shooter *shooter, const struct lab_shot *shot,
	       const struct page *page, u64 ticks, bool plenty, bool stored)
{
	enum lab_passage passage = LAB_PASSAGE_FAST;

	if (unlikely(page_zone_id((struct page *)page) != shooter->zone_id))
		passage = lab_record_detour(shooter, page);
	else if (!plenty && unlikely(!lab_met_fast(shooter, &shot->met)))
		passage = shot->met.usable > (long)shot->met.mark ?
				  LAB_PASSAGE_SLOW :
				  LAB_PASSAGE_RESERVE;
	if (unlikely(stored))
		passage = LAB_PASSAGE_STORE;
	if (unlikely(passage != LAB_PASSAGE_FAST)) {
		shooter->stats->passage[passage]++;
		shooter->stats->passage_ticks[passage] += ticks;
	}
	return passage;
}

static noinline void lab_violation(struct lab_shooter *shooter,
				   enum lab_oracle_id id, u64 shot)
{
	struct lab_oracle_stats *stats = &shooter->stats->oracle[id];

	if (!stats->violations++)
		stats->culprit = shot;
}

static __always_inline void lab_oracles_look(struct lab_shooter *shooter,
					     const struct lab_shot *shot)
{
	const u32 asked = shooter->spec.oracles;

#define LAB_ASK(id, name, claim)                        \
	if (asked & 1u << LAB_ORACLE_##id &&            \
	    unlikely(!lab_##name##_got(shooter, shot))) \
		lab_violation(shooter, LAB_ORACLE_##id, shot->number);
	LAB_ORACLES(LAB_ASK)
#undef LAB_ASK
}

/* The oracles check each page of a chain as a block. */
static noinline void lab_oracles_look_at_chain(struct lab_shooter *shooter,
					       struct lab_shot shot)
{
	while (shot.block) {
		void *next = (void *)page_private(virt_to_page(shot.block));

		lab_oracles_look(shooter, &shot);
		shot.block = next;
		shot.piece++;
	}
}

static noinline void lab_oracles_ask(struct lab_shooter *shooter,
				     const struct lab_shot *shot)
{
	if (unlikely(shooter->api->chain) && shot->block)
		lab_oracles_look_at_chain(shooter, *shot);
	else
		lab_oracles_look(shooter, shot);
}

#define LAB_CLAIM(id, id_name, id_claim) \
	[LAB_ORACLE_##id] = { .name = #id_name, .claim = id_claim },

const struct lab_oracle lab_oracles[LAB_ORACLE_COUNT] = { LAB_ORACLES(
	LAB_CLAIM) };

static noinline bool lab_chain_gone(const struct lab_shooter *shooter,
				    struct lab_shot shot)
{
	bool good = true;

	for (; shot.block; shot.piece++) {
		good &= lab_exclusive_gone(shooter, &shot);
		shot.block = (void *)page_private(virt_to_page(shot.block));
	}
	return good;
}

/* Checks a block and frees it. In the context of the shot, or of the owner. */
void lab_block_gone(struct lab_shooter *shooter, void *block, u64 number)
{
	const struct lab_shot shot = { .number = number, .block = block };

	if (lab_busted_gone(shooter, block, number))
		return;
	if (shooter->spec.oracles & 1u << LAB_ORACLE_EXCLUSIVE &&
	    unlikely(shooter->api->chain ? !lab_chain_gone(shooter, shot) :
					   !lab_exclusive_gone(shooter, &shot)))
		lab_violation(shooter, LAB_ORACLE_EXCLUSIVE, number);
	shooter->api->free(shooter, block);
}

/* Frees the block that spec.victim selects; count is not 0. */
void lab_held_free(struct lab_shooter *shooter)
{
	const struct lab_held held = lab_held_pop(shooter);

	lab_block_gone(shooter, held.block, held.shot);
}

/* Whether the state that the shot met decides its outcome. */
static __always_inline bool lab_state_tells(const struct lab_shooter *shooter,
					    const struct lab_shot *shot)
{
	return shot->met.known && !shooter->steered;
}

/*
 * kswapd removes the boost of a zone when it is done, and a request that takes a
 * block of another migratetype adds one (mm/vmscan.c, balance_pgdat();
 * mm/page_alloc.c, boost_watermark()). So the allocator may have seen another boost
 * than the shot did, and what the shot met is not known.
 */
static noinline void lab_boost_moved(struct lab_shooter *shooter,
				     struct lab_shot *shot)
{
	if (!shot->met.known || shooter->steered)
		return;
	shot->met.known = false;
	shooter->stats->unknown[LAB_UNKNOWN_BOOST]++;
}

/* It was given what the boosted mark does not allow: there was less boost. */
static noinline void lab_record_low_step(struct lab_shooter *shooter,
					 struct lab_shot *shot)
{
	const struct lab_met *met = &shot->met;
	const unsigned long left = lab_mark_left(&shooter->rule, met->mark);

	if (met->boost && shooter->rule.boosted && met->usable <= (long)left) {
		lab_boost_moved(shooter, shot);
		shooter->stats->apart_ok++;
	} else {
		shooter->stats
			->cliff_ok[lab_cliff_bucket(&shooter->rule, met)]++;
	}
}

/*
 * Counts a shot that was ok. Those above all buckets are not counted:
 * lab_shooter_sum_up() computes them.
 */
static __always_inline void lab_record_step(struct lab_shooter *shooter,
					    struct lab_shot *shot,
					    enum lab_passage passage,
					    bool plenty)
{
	struct lab_stats *stats = shooter->stats;

	if (unlikely(passage == LAB_PASSAGE_STORE))
		return;
	if (unlikely(passage >= LAB_PASSAGE_OTHER_ZONE || shooter->steered ||
		     !(plenty || shot->met.known)))
		stats->apart_ok++;
	else if (!plenty && unlikely(shot->met.usable <
				     (long)(shot->met.mark * LAB_CLIFF_TOP /
					    LAB_CLIFF_STEPS)))
		lab_record_low_step(shooter, shot);
}

/* See struct lab_event. page is NULL but for a shot that was ok. */
static noinline void lab_emit(struct lab_shooter *shooter,
			      const struct lab_shot *shot, u64 start, u64 ticks,
			      enum lab_outcome outcome,
			      enum lab_passage passage, const struct page *page)
{
	struct lab_event *event;
	u64 sequence;

	event = lab_event_place(shooter->events, &sequence);
	if (unlikely(!event)) {
		shooter->stats->events_lost++;
		return;
	}
	event->shot = shot->number;
	event->clock = start - shooter->epoch;
	event->latency = min_t(u64, ticks, U32_MAX);
	event->free = shot->met.free;
	event->cma = shot->met.cma;
	event->highatomic = shot->met.highatomic;
	event->min = shot->met.min;
	event->boost = shot->met.boost;
	event->usable = shot->met.usable;
	event->mark = lab_state_tells(shooter, shot) ? shot->met.mark : 0;
	event->part = shooter->index;
	event->context = shooter->spec.context;
	event->order = shooter->spec.order;
	event->outcome = outcome;
	event->passage = passage;
	event->node = page ? (s8)lab_stats_node(page_to_nid(page)) : -1;
	event->zone = page ? (s8)page_zonenum(page) : -1;
	event->pad = 0;
	lab_event_publish(event, sequence);
}

static noinline enum lab_outcome lab_missed(struct lab_shooter *shooter,
					    struct lab_shot *shot, u64 ticks)
{
	struct lab_stats *stats = shooter->stats;
	enum lab_outcome outcome;
	bool exact = true;

	outcome = shooter->api->genuine ?
			  lab_lockless_verdict(shooter, shot->met.free) :
			  lab_frame_verdict(&shooter->frame, &exact);
	stats->outcome[outcome]++;
	if (outcome == LAB_REFUSED)
		stats->contended++;
	else
		lab_record_latency(&stats->latency[outcome], ticks);
	stats->unattributed += !exact;
	if (outcome != LAB_EXHAUSTED)
		return outcome;
	if (shooter->rule.boosted &&
	    unlikely(READ_ONCE(shooter->zone->watermark_boost) !=
		     shot->met.boost))
		lab_boost_moved(shooter, shot);
	if (likely(lab_state_tells(shooter, shot)))
		stats->cliff_exhausted[lab_cliff_bucket(&shooter->rule,
							&shot->met)]++;
	else
		stats->apart_exhausted++;
	if (shooter->spec.pattern == LAB_PATTERN_EXHAUST)
		shooter->drain = true;
	return outcome;
}

/* Rare states. Not inlined, because most runs never come here. */
static noinline void lab_record_state(struct lab_shooter *shooter,
				      const struct lab_met *met)
{
	struct lab_stats *stats = shooter->stats;

	stats->boosted += !!met->boost;
	stats->reserved += !!met->highatomic;
	stats->with_cma += !!met->cma;
	if (met->known || shooter->steered)
		return;
	if (!met->mark)
		stats->unknown[LAB_UNKNOWN_MEMORYLESS]++;
	else if (shooter->rule.reserve_unsure && met->highatomic)
		stats->unknown[LAB_UNKNOWN_RESERVE]++;
	else
		stats->unknown[LAB_UNKNOWN_BOOST]++;
}

/* Returns whether there is plenty: then met has no more than the free pages. */
static __always_inline bool lab_look(struct lab_shooter *shooter,
				     struct lab_met *met)
{
	if (likely(lab_meets_plenty(shooter, met)))
		return true;
	lab_meet(shooter, met);
	if (unlikely(met->boost | met->highatomic | met->cma) ||
	    unlikely(!met->known))
		lab_record_state(shooter, met);
	return false;
}

/* Counts a shot whose request is not made. */
static noinline void lab_refuse(struct lab_shooter *shooter,
				struct lab_shot *shot)
{
	shooter->stats->outcome[LAB_REFUSED]++;
	if (!shooter->events)
		return;
	lab_meet(shooter, &shot->met);
	lab_emit(shooter, shot, lab_clock(), 0, LAB_REFUSED, LAB_PASSAGE_FAST,
		 NULL);
}

/*
 * Refuses a shot that would keep its block when the machine has too few free
 * pages.
 */
static noinline void lab_floored(struct lab_shooter *shooter,
				 struct lab_shot *shot)
{
	lab_refuse(shooter, shot);
	shooter->stats->floored++;
	if (shooter->spec.pattern == LAB_PATTERN_EXHAUST)
		shooter->drain = true;
}

static __always_inline bool lab_at_floor(const struct lab_shooter *shooter)
{
	return shooter->hold &&
	       unlikely(global_zone_page_state(NR_FREE_PAGES) < shooter->floor);
}

/* Keeps the block; when the ring is full, one block is freed for it. */
static noinline void lab_keep(struct lab_shooter *shooter,
			      const struct lab_shot *shot)
{
	if (shooter->count == shooter->hold)
		lab_held_free(shooter);
	lab_held_push(shooter, shot->block, shot->number);
}

/* Whether this shot interrupted a request that is in flight. */
static noinline bool lab_interrupts(const struct lab_shooter *shooter)
{
	unsigned int i;

	if (READ_ONCE(shooter->interrupts) == LAB_INTERRUPTS_REQUEST)
		return true;
	for (i = 0; i < shooter->index; i++)
		if (READ_ONCE(shooter->part[i]->in_flight))
			return true;
	return false;
}

/*
 * A debugger stops here, before a shot that it chose: userspace/lab/stand.c, which
 * reads the arguments. clock: ticks since SETUP. ring: of the events so far, or NULL.
 */
notrace noinline void lab_stand_here(const struct lab_shooter *shooter,
				     u64 number, u64 clock,
				     const struct lab_ring *ring)
{
	asm volatile("" : : "r"(shooter), "r"(number), "r"(clock), "r"(ring));
}

static noinline void lab_stand(const struct lab_shooter *shooter,
			       const struct lab_shot *shot)
{
	lab_stand_here(shooter, shot->number, lab_clock() - shooter->epoch,
		       lab_events_ring(shooter->events));
}

/*
 * One shot. full adds what most runs do not need: keeping blocks, oracles,
 * events, parts. Without it, a shot takes a sixth less time.
 */
static __always_inline void lab_fire(struct lab_shooter *shooter,
				     struct lab_shot *shot, const bool full)
{
	struct lab_stats *stats = shooter->stats;
	enum lab_outcome outcome = LAB_OK;
	enum lab_passage passage = LAB_PASSAGE_FAST;
	struct page *page = NULL;
	bool plenty = false, stored;
	u64 start, ticks;

	if (unlikely(shot->number == shooter->stand))
		lab_stand(shooter, shot);
	if (full && lab_at_floor(shooter)) {
		lab_floored(shooter, shot);
		return;
	}
	if (full && (shooter->parts > 1 || shooter->context->nolock_only)) {
		stats->interrupting += lab_interrupts(shooter);
		WRITE_ONCE(shooter->in_flight, true);
	}
	if (!(full && shooter->spec.flags & LAB_RUN_BLIND))
		plenty = lab_look(shooter, &shot->met);
	if (full && plenty)
		lab_meet_plenty(shooter, &shot->met);
	shooter->frame.said = (struct lab_said){};

	start = lab_clock();
	shot->block = shooter->api->alloc(shooter);
	ticks = lab_clock() - start;

	if (full && shooter->parts > 1)
		WRITE_ONCE(shooter->in_flight, false);
	stored = shooter->api->stores && !shooter->frame.said.served;
	if (full) {
		shot->asked = !stored;
		lab_busted_got(shooter, shot);
	}

	if (likely(shot->block)) {
		page = virt_to_page(shot->block);
		passage = lab_record_way(shooter, shot, page, ticks, plenty,
					 stored);
		lab_record_step(shooter, shot, passage, plenty);
		lab_record_latency(&stats->latency[LAB_OK], ticks);
	} else {
		if (!full && plenty)
			lab_meet_plenty(shooter, &shot->met);
		outcome = lab_missed(shooter, shot, ticks);
	}
	if (full) {
		shot->missed = outcome == LAB_EXHAUSTED;
		if (shooter->spec.oracles)
			lab_oracles_ask(shooter, shot);
		lab_busted_judged(shooter, shot);
		if (shooter->events)
			lab_emit(shooter, shot, start, ticks, outcome, passage,
				 page);
	}
	if (unlikely(!shot->block))
		return;
	if (full && shooter->hold)
		lab_keep(shooter, shot);
	else if (full)
		lab_block_gone(shooter, shot->block, shot->number);
	else
		shooter->api->free(shooter, shot->block);
}

/* The empty loop that the costs of everything else are compared with. */
static __always_inline void lab_fire_bare(struct lab_shooter *shooter)
{
	void *block = shooter->api->alloc(shooter);

	if (block)
		shooter->api->free(shooter, block);
}

static __always_inline void lab_fire_all(struct lab_shooter *shooter,
					 struct lab_shot *shot, const bool full)
{
	unsigned int i;

	for (i = 0; i < shooter->volley; i++, shot->number++)
		lab_fire(shooter, shot, full);
}

void lab_volley_refused(struct lab_shooter *shooter)
{
	struct lab_shot shot = { .number = shooter->stats->attempts };
	unsigned int i;

	for (i = 0; i < shooter->volley; i++, shot.number++)
		lab_refuse(shooter, &shot);
	shooter->stats->attempts += shooter->volley;
}

/*
 * Whether a memory policy or a cpuset of the task sends its requests to other
 * zones than the preferred one, whose state then says nothing about them. The
 * policy is ignored in interrupts and in sections with bottom halves off
 * (mm/mempolicy.c, get_task_policy() and alloc_pages() under in_interrupt());
 * cpusets are ignored only in interrupts (mm/page_alloc.c,
 * prepare_alloc_pages()).
 */
static bool lab_is_steered(const struct lab_shooter *shooter,
			   enum lab_unknown *by)
{
#ifdef CONFIG_NUMA
	*by = LAB_UNKNOWN_POLICY;
	if (!in_interrupt() && shooter->spec.node == LAB_NODE_ANY &&
	    READ_ONCE(current->mempolicy))
		return true;
#endif
#ifdef CONFIG_CPUSETS
	*by = LAB_UNKNOWN_CPUSET;
	if (in_task() &&
	    !nodes_subset(node_states[N_MEMORY], current->mems_allowed))
		return true;
#endif
	return false;
}

static void lab_volley_measured(struct lab_shooter *shooter)
{
	/*
	 * Every shot has to restore the state at the beginning of the volley:
	 * only the shots could change it.
	 */
	struct lab_shot shot = {
		.number = shooter->stats->attempts,
		.preempt_count = preempt_count(),
		.rcu_depth = rcu_preempt_depth(),
		.irqs_off = irqs_disabled(),
		.switches = READ_ONCE(current->nvcsw),
		/* If the state is not read: see lab_shooter_sum_up(). */
		.met = { .free = ULONG_MAX, .usable = LONG_MAX },
	};
	enum lab_unknown by = LAB_UNKNOWN_COUNT;

	if (shooter->spec.pattern == LAB_PATTERN_REFILL)
		while (shooter->count &&
		       shooter->count + shooter->volley > shooter->hold)
			lab_held_free(shooter);

	shooter->steered = lab_is_steered(shooter, &by);
	if (unlikely(shooter->steered))
		shooter->stats->unknown[by] += shooter->volley;
	shooter->kswapd_switches = lab_kswapd_switches(shooter->zone);
	shooter->kswapd_gave_up = lab_kswapd_gave_up(shooter->zone->zone_pgdat);
	shooter->plenty = lab_plenty(shooter);
	lab_frame_enter(&shooter->frame, shooter->api->stores);
	if (shooter->spec.oracles || shooter->hold || shooter->events ||
	    shooter->parts > 1 || shooter->spec.flags & LAB_RUN_BLIND)
		lab_fire_all(shooter, &shot, true);
	else
		lab_fire_all(shooter, &shot, false);
	lab_frame_leave(&shooter->frame);
	shooter->stats->attempts += shooter->volley;
}

void lab_volley(struct lab_shooter *shooter)
{
	struct lab_stats *stats = shooter->stats;
	unsigned int i;
	u64 ticks;

	stats->volleys++;
	if (unlikely(raw_smp_processor_id() != shooter->spec.cpu ||
		     !shooter->context->holds())) {
		lab_volley_refused(shooter);
		return;
	}

	ticks = lab_clock();
	if (shooter->spec.flags & LAB_RUN_BARE)
		for (i = 0; i < shooter->volley; i++)
			lab_fire_bare(shooter);
	else
		lab_volley_measured(shooter);
	ticks = lab_clock() - ticks;
	stats->volley_ticks += ticks;
	if (ticks > stats->volley_max)
		stats->volley_max = ticks;
}
