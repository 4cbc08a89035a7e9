// SPDX-License-Identifier: GPL-2.0-only
/*
 * apis/bulk.c - many single pages in one call, as the driver of a network card
 * requests them.
 *
 * The call may return fewer pages than requested; it has failed if it returns
 * none. The pages of a shot are chained by page_private(), which the owner of a
 * page may use.
 */
#include <linux/mm.h>

#include "apis/apis.h"

static int lab_bulk_usable(const char **why)
{
	if (LAB_BULK_CALL)
		return 0;
	*why = "the kernel has no bulk allocation (it came with 5.13)";
	return -EOPNOTSUPP;
}

static size_t lab_bulk_size(const struct lab_shooter *shooter)
{
	return PAGE_SIZE;
}

static void *lab_bulk_alloc(struct lab_shooter *shooter)
{
	struct page *pages[LAB_BULK] = {};
	unsigned long n, i;

	n = lab_alloc_bulk(shooter->gfp, shooter->spec.node, LAB_BULK, pages);
	if (!n)
		return NULL;
	for (i = 0; i < n; i++)
		set_page_private(pages[i], i + 1 < n ?
						   (unsigned long)page_address(
							   pages[i + 1]) :
						   0);
	if (n < LAB_BULK)
		shooter->stats->partial++;
	return page_address(pages[0]);
}

static void lab_bulk_free(struct lab_shooter *shooter, void *block)
{
	while (block) {
		struct page *page = virt_to_page(block);

		block = (void *)page_private(page);
		set_page_private(page, 0);
		__free_page(page);
	}
}

const struct lab_api lab_api_bulk = {
	.name = "bulk",
	.mods = LAB_MODS_COMMON | LAB_GFP_MOD(THISNODE) | LAB_GFP_MOD(ZERO) |
		LAB_MODS_OF_PAGES,
	.nodes = true,
	.pages = true,
	.chain = true,
	.usable = lab_bulk_usable,
	.size = lab_bulk_size,
	.alloc = lab_bulk_alloc,
	.free = lab_bulk_free,
};
