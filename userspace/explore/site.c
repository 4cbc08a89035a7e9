// SPDX-License-Identifier: GPL-2.0-only
/*
 * explore/site.c - see explore/site.h.
 *
 * Between the allocator and the code that wanted memory the stack has helper
 * functions, of the allocators, of network buffers and of block requests. The first frame above
 * these names the site.
 */
#include <fnmatch.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "lib/json.h"
#include "site.h"

static const char *const helpers[] = {
	"*alloc_pages*",      "allocate_slab*",
	"*new_slab*",	      "*slab_alloc*",
	"*kmem_cache_alloc*", "*kmalloc*",
	"*page_frag*",	      "*alloc_skb*",
	"__build_skb*",	      "build_skb*",
	"kmalloc_reserve*",   "*pskb_expand_head*",
	"skb_clone*",	      "skb_copy*",
	"__pskb_*",	      "alloc_skb_with_frags*",
	"sock_alloc_send_*",  "get_partial*",
	"refill_*",	      "__get_free_pages*",
	"*kvmalloc*",	      "kmemdup*",
	"kstrdup*",	      "krealloc*",
	"*mempool_alloc*",    "bio_alloc_bioset*",
	"bvec_alloc*",	      "dma_pool_alloc*",
	"*dma_direct_alloc*", "dma_alloc_*",
	"*sg_alloc_table*",   "virtqueue_add*",
};

static bool is_helper(const char *function)
{
	size_t i;

	for (i = 0; i < sizeof(helpers) / sizeof(helpers[0]); i++)
		if (!fnmatch(helpers[i], function, 0))
			return true;
	return false;
}

/* A frame is "function+0x12/0x345 [module]". */
static void read_frame(const char *at, struct lab_site_name *name)
{
	const size_t length = strcspn(at, "\n");
	const char *open = memchr(at, '[', length);

	snprintf(name->function, sizeof(name->function), "%.*s",
		 (int)strcspn(at, "+\n"), at);
	name->module[0] = '\0';
	if (open)
		snprintf(name->module, sizeof(name->module), "%.*s",
			 (int)strcspn(open + 1, "]\n "), open + 1);
}

void lab_site_name(const json_t *site, struct lab_site_name *name)
{
	const char *at = lab_text(site, "stack");

	for (;;) {
		const size_t n = strcspn(at, "\n");

		read_frame(at, name);
		/* Functions in modules are never helpers of the allocators. */
		if (!at[n] || *name->module || !is_helper(name->function))
			return;
		at += n + 1;
	}
}
