// SPDX-License-Identifier: GPL-2.0-only
// The slow path takes a nap before it says no, where that is not fatal.
// verdict: slept
@@
@@
 #include "page_reporting.h"
+
+static void planted_nap(int task)
+{
+	int off = irqs_disabled();
+	int count = preempt_count();
+
+	if (task && !off && !count)
+		schedule_timeout_uninterruptible(1);
+}

@@
symbol can_direct_reclaim;
identifier nopage =~ "nopage";
@@
- if (!can_direct_reclaim) goto nopage;
+ if (!can_direct_reclaim) { planted_nap(in_task()); goto nopage; }
