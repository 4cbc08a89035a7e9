// SPDX-License-Identifier: GPL-2.0-only
/*
 * contexts/spin_lock_irqsave.c - under spin_lock_irqsave().
 *
 * On PREEMPT_RT that leaves interrupts enabled, see spin_lock.c.
 */
#include <linux/spinlock.h>

#include "contexts/contexts.h"

static bool lab_spin_lock_irqsave_holds(void)
{
	return lab_in_task() &&
	       (IS_ENABLED(CONFIG_PREEMPT_RT) || irqs_disabled());
}

static void lab_spin_lock_irqsave_enter(struct lab_shooter *shooter)
{
	unsigned long flags;
	spinlock_t lock; /* guards nothing: only holding it matters */

	spin_lock_init(&lock);
	spin_lock_irqsave(&lock, flags);
	lab_volley(shooter);
	spin_unlock_irqrestore(&lock, flags);
}

const struct lab_context lab_ctx_spin_lock_irqsave = {
	.name = "spin_lock_irqsave",
	.holds = lab_spin_lock_irqsave_holds,
	.enter = lab_spin_lock_irqsave_enter,
};
