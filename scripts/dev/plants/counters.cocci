// SPDX-License-Identifier: GPL-2.0-only
// A block counts as a page.
// verdict: counters
@@
expression page;
@@
- __count_zid_vm_events(PGALLOC, page_zonenum(page), 1 << order);
+ __count_zid_vm_events(PGALLOC, page_zonenum(page), 1);
