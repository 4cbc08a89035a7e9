// SPDX-License-Identifier: GPL-2.0-only
// Blocks of four pages are not made compound for who cannot wait.
// verdict: compound
@@
expression page;
@@
- if (order && (gfp_flags & __GFP_COMP))
+ if (order && (gfp_flags & __GFP_COMP) &&
+     (order != 2 || gfp_flags & (__GFP_DIRECT_RECLAIM | __GFP_NORETRY)))
	prep_compound_page(page, order);
