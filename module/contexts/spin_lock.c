// SPDX-License-Identifier: GPL-2.0-only
/*
 * contexts/spin_lock.c - under spin_lock().
 *
 * On PREEMPT_RT this is a sleeping lock that leaves preemption enabled, which
 * is why allocating under it is legal there.
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
	spinlock_t lock; /* guards nothing: only holding it matters */

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
