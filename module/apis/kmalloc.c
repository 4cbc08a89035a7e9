// SPDX-License-Identifier: GPL-2.0-only
/*
 * apis/kmalloc.c - kmalloc() of as many bytes as a block of the order has.
 *
 * Up to two pages that is an object of a slab, and a request reaches the page
 * allocator only if no slab has a free object. From order 2 on every call
 * reaches it.
 */
#include <linux/slab.h>

#include "apis/apis.h"

static void *lab_kmalloc_alloc(struct lab_shooter *shooter)
{
	return kmalloc_node(shooter->bytes, shooter->gfp, shooter->spec.node);
}

static void lab_kmalloc_free(struct lab_shooter *shooter, void *block)
{
	kfree(block);
}

const struct lab_api lab_api_kmalloc = {
	.name = "kmalloc",
	.mods = LAB_MODS_COMMON | LAB_GFP_MOD(THISNODE) | LAB_GFP_MOD(ZERO),
	.max_order = LAB_MAX_ORDER,
	.nodes = true,
	.stores = true,
	.any_order = true,
	.tries = __GFP_NORETRY,
	.sheaves = 2,
	.size = lab_size_of_order,
	.alloc = lab_kmalloc_alloc,
	.free = lab_kmalloc_free,
};
