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
