// SPDX-License-Identifier: GPL-2.0-only
/*
 * apis/mempool.c - mempool_alloc(): blocks of the order. spec.reserve blocks
 * are allocated in advance, for when the page allocator has none.
 */
#include <linux/mempool.h>

#include "apis/apis.h"

static int lab_mempool_open(struct lab_shooter *shooter)
{
	shooter->api_data = mempool_create_page_pool(shooter->spec.reserve,
						     shooter->spec.order);
	return shooter->api_data ? 0 : -ENOMEM;
}

static void lab_mempool_close(struct lab_shooter *shooter)
{
	mempool_destroy(shooter->api_data);
}

static void *lab_mempool_alloc(struct lab_shooter *shooter)
{
	struct page *page = mempool_alloc(shooter->api_data, shooter->gfp);

	return page ? page_address(page) : NULL;
}

static void lab_mempool_free(struct lab_shooter *shooter, void *block)
{
	mempool_free(virt_to_page(block), shooter->api_data);
}

const struct lab_api lab_api_mempool = {
	.name = "mempool",
	.mods = LAB_GFP_MOD(HIGH) | LAB_GFP_MOD(NOMEMALLOC) |
		LAB_GFP_MOD(NOWARN),
	.max_order = LAB_MAX_ORDER,
	.stores = true,
	/*
	 * mm/mempool.c, mempool_alloc() adds these: the pool has a reserve of
	 * its own.
	 */
	.adds = __GFP_NOMEMALLOC | __GFP_NORETRY | __GFP_NOWARN,
	.open = lab_mempool_open,
	.close = lab_mempool_close,
	.size = lab_size_of_order,
	.alloc = lab_mempool_alloc,
	.free = lab_mempool_free,
};
