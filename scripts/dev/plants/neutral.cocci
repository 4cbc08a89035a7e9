// SPDX-License-Identifier: GPL-2.0-only
// Nothing: a function that nobody calls moves what comes after it.
// verdict: none
@@
@@
 #include "page_reporting.h"
+
+int planted_nothing(int a);
+int planted_nothing(int a)
+{
+	return a * 3 + 1;
+}
