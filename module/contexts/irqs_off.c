// SPDX-License-Identifier: GPL-2.0-only
/* contexts/irqs_off.c - between local_irq_save() and local_irq_restore(). */
#include "contexts/contexts.h"

static bool lab_irqs_off_holds(void)
{
	return lab_in_task() && irqs_disabled();
}

static void lab_irqs_off_enter(struct lab_shooter *shooter)
{
	unsigned long flags;

	local_irq_save(flags);
	lab_volley(shooter);
	local_irq_restore(flags);
}

const struct lab_context lab_ctx_irqs_off = {
	.name = "irqs_off",
	.usable = lab_refused_on_rt,
	.holds = lab_irqs_off_holds,
	.enter = lab_irqs_off_enter,
};
