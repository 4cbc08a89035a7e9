// SPDX-License-Identifier: GPL-2.0-only
// The highatomic reserve may be half of its zone, and of a small zone too.
// verdict: highatomic
@@
@@
- if ((zone_managed_pages(zone) / 100) < pageblock_nr_pages)
-	return;
- max_managed = ALIGN((zone_managed_pages(zone) / 100), pageblock_nr_pages);
+ max_managed = zone_managed_pages(zone) / 2;
