/* SPDX-License-Identifier: GPL-2.0-only */
/* oracles/node.h - a page comes from the node that was requested. */

static __always_inline bool lab_node_got(const struct lab_shooter *shooter,
					 const struct lab_shot *shot)
{
	const struct page *page;

	if (unlikely(!shot->block))
		return true;
	page = virt_to_page(shot->block);
	if (shooter->gfp & __GFP_THISNODE &&
	    page_to_nid(page) != shooter->spec.node)
		return false;
	return page_zonenum(page) <= shooter->zone_limit;
}
