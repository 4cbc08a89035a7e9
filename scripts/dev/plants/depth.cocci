// SPDX-License-Identifier: GPL-2.0-only
// The reserve is dug into deeper than the rules allow: a quarter of min is left
// where it should be 3/8.
// verdict: depth
@@
@@
 if (alloc_flags & ALLOC_NON_BLOCK)
-	min -= min / 4;
+	min -= min / 2;
