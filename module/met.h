/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * met.h - the state that a shot meets: how many pages its preferred zone has
 * for it, and what the kernel will compare that number with.
 *
 * Follows mm/page_alloc.c, __zone_watermark_unusable_free(),
 * zone_watermark_fast() and __zone_watermark_ok(). It reads the same counters
 * as they do. These lag behind by what each CPU has not yet added
 * (mm/vmstat.c), so both see the same values.
 */
#ifndef LAB_MET_H
#define LAB_MET_H

#include <linux/vmstat.h>

#include "internal.h"

/* In any context. */
static __always_inline void lab_meet(const struct lab_shooter *shooter,
				     struct lab_met *met)
{
	const struct lab_mark_rule *rule = &shooter->rule;
	struct zone *zone = shooter->zone;

	met->free = zone_page_state(zone, NR_FREE_PAGES);
	met->cma = zone_page_state(zone, NR_FREE_CMA_PAGES);
	met->highatomic = lab_counted_highatomic(zone);
	met->min = READ_ONCE(zone->_watermark[WMARK_MIN]);
	met->boost = READ_ONCE(zone->watermark_boost);

	met->usable = met->free - met->cma - rule->block -
		      zone->lowmem_reserve[shooter->zone_limit];
	if (!rule->reserve)
		met->usable -= met->highatomic;
	met->mark = met->min;
	if (rule->boosted)
		met->mark += met->boost;
	met->known = met->mark && !(rule->reserve_unsure && met->highatomic) &&
		     !(rule->boost_unsure && met->boost);
}

/*
 * More free pages than this decide a shot alone, as long as the mark is min and
 * none of them is of a boost, of the highatomic reserve or of CMA: the fast pass can
 * serve it, and it is above all steps that are counted. In any context, before a
 * volley.
 */
static inline struct lab_plenty lab_plenty(const struct lab_shooter *shooter)
{
	const struct zone *zone = shooter->zone;
	const unsigned long min = READ_ONCE(zone->_watermark[WMARK_MIN]);
	const unsigned long low = READ_ONCE(zone->_watermark[WMARK_LOW]);
	const unsigned long top = min * LAB_CLIFF_TOP / LAB_CLIFF_STEPS;

	return (struct lab_plenty){
		.min = min,
		.free = min ? max(low, top) + shooter->rule.block +
					zone->lowmem_reserve[shooter->zone_limit] :
			      LONG_MAX,
	};
}

/* lab_meet() where there is plenty, of the free pages alone. */
static __always_inline void lab_meet_plenty(const struct lab_shooter *shooter,
					    struct lab_met *met)
{
	met->cma = 0;
	met->highatomic = 0;
	met->min = shooter->plenty.min;
	met->boost = 0;
	met->usable = met->free - shooter->rule.block -
		      shooter->zone->lowmem_reserve[shooter->zone_limit];
	met->mark = met->min;
	met->known = true;
}

/*
 * Whether there is plenty: then met has the free pages, and lab_meet_plenty() has
 * the rest. Every shot does it: a counter that is below zero, as may be while CPUs
 * add to it, is no plenty, so that none has to be cut off at zero.
 */
static __always_inline bool lab_meets_plenty(const struct lab_shooter *shooter,
					     struct lab_met *met)
{
	const struct zone *zone = shooter->zone;
	const long free = atomic_long_read(&zone->vm_stat[NR_FREE_PAGES]);

	met->free = free;
	return free > shooter->plenty.free &&
	       READ_ONCE(zone->_watermark[WMARK_MIN]) == shooter->plenty.min &&
	       !(READ_ONCE(zone->watermark_boost) |
		 lab_counted_highatomic(zone) |
		 atomic_long_read(&zone->vm_stat[NR_FREE_CMA_PAGES]));
}

/*
 * Pages that the request must leave in the zone, rounded as the kernel rounds
 * them.
 */
static __always_inline unsigned long
lab_mark_left(const struct lab_mark_rule *rule, unsigned long mark)
{
	if (rule->half)
		mark -= mark / 2;
	if (rule->quarter)
		mark -= mark / 4;
	return mark;
}

/*
 * Whether the fast pass can serve the shot: it may not use any reserve and
 * compares with the boosted low watermark. On 7.x an urgent request of a higher
 * order may use the highatomic reserve there, which no header shows.
 */
static __always_inline bool lab_met_fast(const struct lab_shooter *shooter,
					 const struct lab_met *met)
{
	long usable = met->usable;

	if (shooter->rule.reserve)
		usable -= met->highatomic;
	return usable > (long)(READ_ONCE(shooter->zone->_watermark[WMARK_LOW]) +
			       met->boost);
}

/* How often the kswapd of a zone's node has left its CPU. */
static inline unsigned long lab_kswapd_switches(const struct zone *zone)
{
	const struct task_struct *kswapd = READ_ONCE(zone->zone_pgdat->kswapd);

	return kswapd ? READ_ONCE(kswapd->nvcsw) + READ_ONCE(kswapd->nivcsw) :
			0;
}

/* Whether a CPU executes it, or has not yet left it. */
static inline bool lab_is_executed(const struct task_struct *task)
{
#ifdef CONFIG_SMP
	return READ_ONCE(task->on_cpu);
#else
	return task == current;
#endif
}

#define LAB_MAX_RECLAIM_RETRIES 16 /* mm/internal.h */

/* Whether kswapd is no longer woken, after failures in a row. */
static inline bool lab_kswapd_gave_up(const pg_data_t *pgdat)
{
	return lab_kswapd_failures(pgdat) >= LAB_MAX_RECLAIM_RETRIES;
}

#endif /* LAB_MET_H */
