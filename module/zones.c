// SPDX-License-Identifier: GPL-2.0-only
/*
 * zones.c - reads the state of zones, changing nothing.
 *
 * The allocator's own iterators (for_each_zone(), first_zones_zonelist())
 * need symbols that are not exported; nodes and zonelists are plain data.
 */
#include <linux/cpumask.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/nodemask.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/vmstat.h>

#include "internal.h"

/*
 * The zone that the allocator tries first. The node is online. An online node
 * need not have memory, and then a zonelist without fallback is empty. The
 * result is then the node's own zone, which exists but has no page and no
 * watermark, so that nothing is claimed about the state that a shot meets.
 */
struct zone *lab_preferred_zone(int node, gfp_t gfp)
{
	const struct zoneref *z = node_zonelist(node, gfp)->_zonerefs;

	while (z->zone && z->zone_idx > gfp_zone(gfp))
		z++;
	return z->zone ?: &NODE_DATA(node)->node_zones[gfp_zone(gfp)];
}

/*
 * The rule is the same from 5.10 to 7.3 except where compat.h says otherwise.
 * Requests of the module are unmovable, so they can never use pages of CMA.
 */
struct lab_mark_rule lab_mark_rule(const struct lab_shooter *shooter)
{
	const gfp_t gfp = shooter->gfp;
	/* alloc_pages_nolock() may not use any reserve, either. */
	const bool renounces = gfp & __GFP_NOMEMALLOC || shooter->api->genuine;
	const bool urgent = (gfp & LAB_GFP_URGENT) == LAB_GFP_URGENT;
	const bool half_urgent = !urgent && gfp & __GFP_HIGH;
	struct lab_mark_rule rule = {
		.block = (1ul << shooter->spec.order) - 1,
		.half = gfp & __GFP_HIGH,
		.quarter = gfp & __GFP_HIGH && !renounces,
		.step = LAB_CLIFF_STEPS,
		.boosted = shooter->spec.order || !urgent,
		.boost_unsure = half_urgent || shooter->api->any_order,
	};

	if (rule.half)
		rule.step -= LAB_CLIFF_STEPS / 2;
	if (rule.quarter)
		rule.step -= rule.step / 4;
	/*
	 * An urgent request that renounces reserves is exempt from the
	 * subtraction on some kernels, and gets none of the reserve's pages on
	 * any.
	 */
	rule.reserve = !renounces && (urgent || LAB_SPARES_NOWAIT);
	rule.reserve_unsure = renounces ? rule.half :
					  half_urgent || !rule.reserve;
	return rule;
}

static void lab_zone_read(struct lab_zone *to, struct zone *zone, int node,
			  unsigned int index)
{
	unsigned int order;
	int cpu;

	memset(to, 0, sizeof(*to));
	to->node = node;
	to->index = index;
	strscpy(to->name, zone->name, sizeof(to->name));
	to->managed = zone_managed_pages(zone);
	to->free = zone_page_state_snapshot(zone, NR_FREE_PAGES);
	to->min = READ_ONCE(zone->_watermark[WMARK_MIN]);
	to->low = READ_ONCE(zone->_watermark[WMARK_LOW]);
	to->high = READ_ONCE(zone->_watermark[WMARK_HIGH]);
	to->boost = READ_ONCE(zone->watermark_boost);
	to->highatomic = READ_ONCE(zone->nr_reserved_highatomic);
	to->free_highatomic = LAB_COUNTS_FREE_HIGHATOMIC ?
				      lab_counted_highatomic(zone) :
				      LAB_NOT_COUNTED;
	to->free_cma = zone_page_state_snapshot(zone, NR_FREE_CMA_PAGES);
	for_each_online_cpu(cpu)
		to->pcp += lab_pcp_count(zone, cpu);
	for (order = 0; order <= LAB_MAX_ORDER; order++)
		to->free_blocks[order] =
			READ_ONCE(zone->free_area[order].nr_free);
}

/* One zone at a time, on the stack: reading the state does not allocate. */
int lab_zones_copy(struct lab_zones __user *to)
{
	struct lab_zone copy;
	unsigned int i;
	u32 count = 0;
	int node;

	for_each_online_node(node) {
		for (i = 0; i < MAX_NR_ZONES; i++) {
			struct zone *zone = &NODE_DATA(node)->node_zones[i];

			if (!populated_zone(zone) || count == LAB_ZONES_MAX)
				continue;
			lab_zone_read(&copy, zone, node, i);
			if (copy_to_user(&to->zone[count], &copy, sizeof(copy)))
				return -EFAULT;
			count++;
		}
	}
	return put_user(count, &to->count) ? -EFAULT : 0;
}
