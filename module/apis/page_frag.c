// SPDX-License-Identifier: GPL-2.0-only
/*
 * apis/page_frag.c - page_frag_alloc(): half pages cut from a larger block, as
 * for the receive buffers of network cards.
 */
#include "apis/apis.h"

static size_t lab_page_frag_size(const struct lab_shooter *shooter)
{
	return PAGE_SIZE / 2;
}

static void *lab_page_frag_alloc(struct lab_shooter *shooter)
{
	return page_frag_alloc(&shooter->frag, shooter->bytes, shooter->gfp);
}

static void lab_page_frag_free(struct lab_shooter *shooter, void *block)
{
	page_frag_free(block);
}

static void lab_page_frag_close(struct lab_shooter *shooter)
{
	lab_frag_drain(&shooter->frag);
}

const struct lab_api lab_api_page_frag = {
	.name = "page_frag",
	.mods = LAB_MODS_COMMON,
	.stores = true,
	.any_order = true,
	.tries = __GFP_NORETRY,
	.close = lab_page_frag_close,
	.size = lab_page_frag_size,
	.alloc = lab_page_frag_alloc,
	.free = lab_page_frag_free,
};
