// SPDX-License-Identifier: GPL-2.0-only
/* apis/pages.c - alloc_pages() and alloc_pages_node(). */
#include "apis/apis.h"

static void *lab_pages_alloc(struct lab_shooter *shooter)
{
	struct page *page;

	if (shooter->spec.node == LAB_NODE_ANY)
		page = alloc_pages(shooter->gfp, shooter->spec.order);
	else
		page = alloc_pages_node(shooter->spec.node, shooter->gfp,
					shooter->spec.order);
	return page ? page_address(page) : NULL;
}

static void lab_pages_free(struct lab_shooter *shooter, void *block)
{
	__free_pages(virt_to_page(block), shooter->spec.order);
}

const struct lab_api lab_api_pages = {
	.name = "pages",
	.mods = LAB_GFP_MODS_ALL,
	.max_order = LAB_MAX_ORDER,
	.nodes = true,
	.pages = true,
	.size = lab_size_of_order,
	.alloc = lab_pages_alloc,
	.free = lab_pages_free,
};
