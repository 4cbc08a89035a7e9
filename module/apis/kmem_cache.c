// SPDX-License-Identifier: GPL-2.0-only
/*
 * apis/kmem_cache.c - kmem_cache_alloc() from a cache of the run's own.
 *
 * No other code uses the slabs of this cache, so every request that it makes to
 * the page allocator is caused by this run.
 */
#include <linux/atomic.h>
#include <linux/slab.h>

#include "apis/apis.h"

static atomic64_t lab_kmem_caches;

static int lab_kmem_cache_open(struct lab_shooter *shooter)
{
	char name[32];

	/* sysfs needs unique names. */
	snprintf(name, sizeof(name), "labyrinth-%llu",
		 atomic64_inc_return(&lab_kmem_caches));
	shooter->api_data = lab_cache_create(name, shooter->bytes);
	return shooter->api_data ? 0 : -ENOMEM;
}

static void lab_kmem_cache_close(struct lab_shooter *shooter)
{
	kmem_cache_destroy(shooter->api_data);
}

static void *lab_kmem_cache_alloc(struct lab_shooter *shooter)
{
	return kmem_cache_alloc_node(shooter->api_data, shooter->gfp,
				     shooter->spec.node);
}

static void lab_kmem_cache_free(struct lab_shooter *shooter, void *block)
{
	kmem_cache_free(shooter->api_data, block);
}

const struct lab_api lab_api_kmem_cache = {
	.name = "kmem_cache",
	.mods = LAB_MODS_COMMON | LAB_GFP_MOD(THISNODE) | LAB_GFP_MOD(ZERO),
	.max_order = 3,
	.nodes = true,
	.stores = true,
	.any_order = true,
	.tries = __GFP_NORETRY,
	.sheaves = 4,
	.open = lab_kmem_cache_open,
	.close = lab_kmem_cache_close,
	.size = lab_size_of_order,
	.alloc = lab_kmem_cache_alloc,
	.free = lab_kmem_cache_free,
};
