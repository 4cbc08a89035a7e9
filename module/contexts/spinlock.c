// SPDX-License-Identifier: GPL-2.0-only
/*
 * contexts/spinlock.c - under spin_lock_irqsave().
 *
 * On PREEMPT_RT the lock is a sleeping one that leaves interrupts on, and
 * allocating under it is legal there because of that.
 */
#include <linux/irqflags.h>
#include <linux/preempt.h>
#include <linux/spinlock.h>

#include "contexts/contexts.h"

static bool lab_spinlock_holds(void)
{
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		return in_task();
	return in_task() && irqs_disabled();
}

static void lab_spinlock_enter(struct lab_run *run)
{
	unsigned long flags;
	spinlock_t lock; /* guards nothing: what counts is to hold it */

	spin_lock_init(&lock);
	spin_lock_irqsave(&lock, flags);
	lab_volley(run);
	spin_unlock_irqrestore(&lock, flags);
}

const struct lab_context lab_ctx_spinlock = {
	.name = "spinlock",
	.rule = "holds a spinlock with interrupts off: may not sleep",
	.holds = lab_spinlock_holds,
	.enter = lab_spinlock_enter,
};
