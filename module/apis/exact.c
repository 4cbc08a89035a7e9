// SPDX-License-Identifier: GPL-2.0-only
/*
 * apis/exact.c - alloc_pages_exact(): a block of the order, split into pages.
 * From order 2 on only three quarters are requested, so that the call frees the
 * rest at once.
 */
#include "apis/apis.h"

static size_t lab_exact_size(const struct lab_shooter *shooter)
{
	size_t size = PAGE_SIZE << shooter->spec.order;

	return shooter->spec.order < 2 ? size : size / 4 * 3;
}

static void *lab_exact_alloc(struct lab_shooter *shooter)
{
	return alloc_pages_exact(shooter->bytes, shooter->gfp);
}

static void lab_exact_free(struct lab_shooter *shooter, void *block)
{
	free_pages_exact(block, shooter->bytes);
}

const struct lab_api lab_api_exact = {
	.name = "exact",
	.mods = LAB_MODS_COMMON | LAB_GFP_MOD(ZERO) | LAB_MODS_OF_PAGES,
	.max_order = LAB_MAX_ORDER,
	.pages = true,
	.split = true,
	.size = lab_exact_size,
	.alloc = lab_exact_alloc,
	.free = lab_exact_free,
};
