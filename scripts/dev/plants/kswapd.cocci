// SPDX-License-Identifier: GPL-2.0-only
// Who cannot wait has nobody do the work.
// verdict: kswapd
@@
identifier gfp_mask;
expression zone, order, index;
@@
- wakeup_kswapd(zone, gfp_mask, order, index);
+ if (gfp_mask & __GFP_DIRECT_RECLAIM)
+	wakeup_kswapd(zone, gfp_mask, order, index);
