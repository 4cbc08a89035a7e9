// SPDX-License-Identifier: GPL-2.0-only
/*
 * contexts/spin_lock.c - under spin_lock().
 *
 * On PREEMPT_RT the lock is a sleeping one that leaves preemption on, and
 * allocating under it is legal there because of that.
 */
#include <linux/spinlock.h>

#include "contexts/contexts.h"

static bool lab_spin_lock_holds(void)
{
	return lab_in_task() && !irqs_disabled() &&
	       (IS_ENABLED(CONFIG_PREEMPT_RT) || lab_preempt_is_off());
}

static void lab_spin_lock_enter(struct lab_shooter *shooter)
{
	spinlock_t lock; /* guards nothing: what counts is to hold it */

	spin_lock_init(&lock);
	spin_lock(&lock);
	lab_volley(shooter);
	spin_unlock(&lock);
}

const struct lab_context lab_ctx_spin_lock = {
	.name = "spin_lock",
	.holds = lab_spin_lock_holds,
	.enter = lab_spin_lock_enter,
};
