/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * oracles/depth.h - nobody digs deeper into the reserve than the rules allow.
 *
 * mm/page_alloc.c, __zone_watermark_ok(), 5.10 to 7.3: __GFP_HIGH takes one
 * half off the min watermark, and a quarter off what is left when the request
 * cannot wait and does not renounce reserves: 3/8 of min stay. Without
 * __GFP_HIGH it is min, less a quarter for a real-time task up to 6.1.
 *
 * The state is read by the shot and, a little later, by the allocator; what an
 * interrupt or another CPU freed in between is still there afterwards, so that
 * it takes both readings, before and after, to convict. A sixteenth of min, 64
 * pages at least, is left to what both can have missed.
 */

static __always_inline unsigned long
lab_depth(const struct lab_shooter *shooter, unsigned long min)
{
	unsigned long slack = max(min / 16, 64ul), left;

	if (!(shooter->gfp & __GFP_HIGH))
		left = min - min / 4;
	else if (shooter->gfp & __GFP_NOMEMALLOC)
		left = min - min / 2;
	else
		left = min / 2 - min / 8;
	return left > slack ? left - slack : 0;
}

static noinline bool lab_depth_after(const struct lab_shooter *shooter,
				     const struct lab_shot *shot,
				     unsigned long limit)
{
	const struct page *page = virt_to_page(shot->block);

	if (page_zone(page) != shooter->zone || !shot->asked)
		return true;
	return zone_page_state(shooter->zone, NR_FREE_PAGES) +
		       shooter->bytes / PAGE_SIZE >=
	       limit;
}

static __always_inline bool lab_depth_got(const struct lab_shooter *shooter,
					  const struct lab_shot *shot)
{
	unsigned long limit;

	if (unlikely(!shot->block) || likely(shot->free >= shot->min) ||
	    shooter->gfp & __GFP_MEMALLOC)
		return true;
	limit = lab_depth(shooter, shot->min);
	return shot->free >= limit || lab_depth_after(shooter, shot, limit);
}
