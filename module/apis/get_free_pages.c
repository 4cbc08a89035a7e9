// SPDX-License-Identifier: GPL-2.0-only
/* apis/get_free_pages.c - __get_free_pages(), where the caller is. */
#include "apis/apis.h"

static void *lab_get_free_pages_alloc(struct lab_shooter *shooter)
{
	return (void *)__get_free_pages(shooter->gfp, shooter->spec.order);
}

static void lab_get_free_pages_free(struct lab_shooter *shooter, void *block)
{
	free_pages((unsigned long)block, shooter->spec.order);
}

const struct lab_api lab_api_get_free_pages = {
	.name = "get_free_pages",
	.mods = LAB_GFP_MODS_ALL & ~LAB_GFP_MOD(THISNODE),
	.max_order = LAB_MAX_ORDER,
	.pages = true,
	.size = lab_size_of_order,
	.alloc = lab_get_free_pages_alloc,
	.free = lab_get_free_pages_free,
};
