/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * oracles/highatomic.h - the reserve for high orders stays small.
 *
 * mm/page_alloc.c, reserve_highatomic_pageblock(): up to 6.1, pageblocks are
 * added while the reserve is below 1 % of the zone plus one block; since then
 * the limit is 1 % of the zone, rounded up to blocks. One request larger than a
 * block may exceed the limit.
 */

static __always_inline bool
lab_highatomic_got(const struct lab_shooter *shooter,
		   const struct lab_shot *shot)
{
	return READ_ONCE(shooter->zone->nr_reserved_highatomic) <=
	       zone_managed_pages(shooter->zone) / 100 +
		       2 * pageblock_nr_pages + (1ul << shooter->spec.order);
}
