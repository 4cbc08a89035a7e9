// SPDX-License-Identifier: GPL-2.0-only
/* apis/pages.c - alloc_pages() and alloc_pages_node(). */
#include "apis/apis.h"

static void *lab_pages_alloc(struct lab_run *run)
{
	struct page *page;

	if (run->spec.node == LAB_NODE_ANY)
		page = alloc_pages(run->gfp, run->spec.order);
	else
		page = alloc_pages_node(run->spec.node, run->gfp,
					run->spec.order);
	return page ? page_address(page) : NULL;
}

static void lab_pages_free(struct lab_run *run, void *block)
{
	__free_pages(virt_to_page(block), run->spec.order);
}

const struct lab_api lab_api_pages = {
	.name = "pages",
	.call = "alloc_pages(), alloc_pages_node()",
	.mods = LAB_GFP_MODS_ALL,
	.max_order = LAB_MAX_ORDER,
	.nodes = true,
	.pages = true,
	.size = lab_size_of_order,
	.alloc = lab_pages_alloc,
	.free = lab_pages_free,
};
