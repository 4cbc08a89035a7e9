/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * oracles/pfmemalloc.h - the last reserve is for tasks that free memory.
 *
 * A page that was allocated without any watermark is marked (mm/page_alloc.c,
 * prep_new_page()). A softirq does not have the right of the task that it
 * interrupts (kernel/softirq.c, __do_softirq()).
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
