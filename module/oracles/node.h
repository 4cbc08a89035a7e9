/* SPDX-License-Identifier: GPL-2.0-only */
/* oracles/node.h - a page comes from where it was asked from. */
#define LAB_CLAIM_NODE \
	"__GFP_THISNODE is honoured, and no page is from a zone above the one asked for"

static __always_inline bool lab_node_got(const struct lab_run *run,
					 const struct lab_shot *shot)
{
	if (unlikely(!shot->page))
		return true;
	if (run->gfp & __GFP_THISNODE &&
	    page_to_nid(shot->page) != run->spec.node)
		return false;
	return page_zonenum(shot->page) <= run->zone_limit;
}

/* A page does not move. */
static __always_inline bool lab_node_gone(const struct lab_run *run,
					  const struct lab_shot *shot)
{
	return true;
}
