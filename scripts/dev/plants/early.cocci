// SPDX-License-Identifier: GPL-2.0-only
// An atomic request is refused too early: half of min is left where it should
// be 3/8. No promise is broken by that, so no oracle sees it; the cliff moves,
// which a comparison with another kernel does.
// verdict: cliff
@@
@@
- if (alloc_flags & ALLOC_NON_BLOCK)
-	min -= min / 4;
