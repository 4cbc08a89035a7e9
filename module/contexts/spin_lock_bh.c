// SPDX-License-Identifier: GPL-2.0-only
/* contexts/spin_lock_bh.c - under spin_lock_bh(): on PREEMPT_RT see spin_lock.c. */
#include <linux/spinlock.h>

#include "contexts/contexts.h"

static bool lab_spin_lock_bh_holds(void)
{
	return lab_in_task() && !irqs_disabled() && softirq_count();
}

static void lab_spin_lock_bh_enter(struct lab_shooter *shooter)
{
	spinlock_t lock; /* guards nothing: only holding it matters */

	spin_lock_init(&lock);
	spin_lock_bh(&lock);
	lab_volley(shooter);
	spin_unlock_bh(&lock);
}

const struct lab_context lab_ctx_spin_lock_bh = {
	.name = "spin_lock_bh",
	.holds = lab_spin_lock_bh_holds,
	.enter = lab_spin_lock_bh_enter,
};
