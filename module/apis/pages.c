// SPDX-License-Identifier: GPL-2.0-only
/* apis/pages.c - alloc_pages() and alloc_pages_node(). */
#include <linux/gfp.h>

#include "apis/apis.h"

static struct page *lab_pages_alloc(const struct lab_run *run)
{
	if (run->spec.node == LAB_NODE_ANY)
		return alloc_pages(run->gfp, run->spec.order);
	return alloc_pages_node(run->spec.node, run->gfp, run->spec.order);
}

static void lab_pages_free(const struct lab_run *run, struct page *page)
{
	__free_pages(page, run->spec.order);
}

const struct lab_api lab_api_pages = {
	.name = "pages",
	.alloc = lab_pages_alloc,
	.free = lab_pages_free,
};
