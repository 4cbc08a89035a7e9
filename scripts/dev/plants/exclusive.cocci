// SPDX-License-Identifier: GPL-2.0-only
// Now and then an atomic request is given the page of the one before it, which
// still has it.
// verdict: exclusive
@@
@@
 #include "page_reporting.h"
+
+static struct page *planted_twice(struct page *page, unsigned int order, gfp_t gfp)
+{
+	static struct page *last;
+	static atomic_t count;
+	struct page *again;
+
+	if (!page || order || gfp & (__GFP_DIRECT_RECLAIM | __GFP_NORETRY))
+		return page;
+	again = xchg(&last, page);
+	if (atomic_inc_return(&count) % 1024 || !again)
+		return page;
+	if (page_count(again) != 1 || page_zone(again) != page_zone(page))
+		return page;
+	__free_pages(page, 0);
+	return again;
+}

@@
identifier page, order, alloc_gfp;
expression mt;
@@
+	page = planted_twice(page, order, gfp);
	trace_mm_page_alloc(page, order, alloc_gfp, mt);
