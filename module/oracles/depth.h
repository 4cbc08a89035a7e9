/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * oracles/depth.h - no request uses more of the reserve than the rules allow.
 *
 * mm/page_alloc.c, __zone_watermark_ok(), 5.10 to 7.3: __GFP_HIGH takes one
 * half off the min watermark, and another quarter of the rest if the request
 * cannot wait and does not renounce reserves: 3/8 of min stay. Without
 * __GFP_HIGH the limit is min, less a quarter for a real-time task up to 6.1.
 * The limit is compared with the free pages that are usable for the request:
 * see met.h.
 *
 * The shot reads the state, and the allocator reads it a little later. Pages
 * that an interrupt or another CPU frees in between are still free afterwards.
 * So the oracle needs both readings, before and after, below the limit, and
 * tolerates 1/16 of min, 64 pages at least, for changes that both readings can
 * have missed. A boost may go and come back in between, so that min is taken
 * without it.
 */

static __always_inline long lab_depth(const struct lab_shooter *shooter,
				      unsigned long min)
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
				     const struct lab_shot *shot, long limit)
{
	const struct page *page = virt_to_page(shot->block);
	struct lab_met after;

	if (page_zone(page) != shooter->zone || !shot->asked)
		return true;
	lab_meet(shooter, &after);
	return !after.known ||
	       after.usable + (long)(shooter->bytes / PAGE_SIZE) >= limit;
}

static __always_inline bool lab_depth_got(const struct lab_shooter *shooter,
					  const struct lab_shot *shot)
{
	long limit;

	if (unlikely(!shot->block) ||
	    likely(shot->met.usable >= (long)shot->met.min) ||
	    shooter->gfp & __GFP_MEMALLOC || !shot->met.known)
		return true;
	limit = lab_depth(shooter, shot->met.min);
	return shot->met.usable >= limit ||
	       lab_depth_after(shooter, shot, limit);
}
