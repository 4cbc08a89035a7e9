// SPDX-License-Identifier: GPL-2.0-only
// The slow path lets interrupts in that its caller has shut out.
// verdict: state
@@
@@
 #include "page_reporting.h"
+
+static void planted_irqs(int task)
+{
+	if (task)
+		local_irq_enable();
+}

@@
symbol can_direct_reclaim;
identifier nopage =~ "nopage";
@@
- if (!can_direct_reclaim) goto nopage;
+ if (!can_direct_reclaim) { planted_irqs(in_task()); goto nopage; }
