/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * oracles/pfmemalloc.h - the last reserve is for those who free memory.
 *
 * A page that was got without any watermark is marked (mm/page_alloc.c,
 * prep_new_page()); softirqs shed the right of the task that they interrupt
 * (kernel/softirq.c, __do_softirq()).
 */

static __always_inline bool
lab_pfmemalloc_got(const struct lab_shooter *shooter,
		   const struct lab_shot *shot)
{
	if (unlikely(!shot->block) || !shooter->api->pages ||
	    shooter->gfp & __GFP_MEMALLOC)
		return true;
	return !page_is_pfmemalloc(virt_to_page(shot->block));
}
