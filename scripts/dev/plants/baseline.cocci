// SPDX-License-Identifier: GPL-2.0-only
// Every eighth page that is freed by itself is lost.
// verdict: baseline
@@
expression page, order;
@@
  if (put_page_testzero(page))
-	free_unref_page(page, order);
+ {
+	static atomic_t count;
+
+	if (order || atomic_inc_return(&count) % 8)
+		free_unref_page(page, order);
+ }
  else if (!head)
	{ ... }
