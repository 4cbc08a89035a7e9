// SPDX-License-Identifier: GPL-2.0-only
/* oracles/node.c - a page comes from where it was asked from. */
#include <linux/mm.h>

#include "oracles/oracles.h"

static bool lab_node_got(const struct lab_run *run, const struct lab_shot *shot)
{
	if (!shot->page)
		return true;
	if (run->gfp & __GFP_THISNODE &&
	    page_to_nid(shot->page) != run->spec.node)
		return false;
	return page_zonenum(shot->page) <= gfp_zone(run->gfp);
}

const struct lab_oracle lab_oracle_node = {
	.name = "node",
	.claim =
		"__GFP_THISNODE is honoured, and no page is from a zone above the one asked for",
	.got = lab_node_got,
};
