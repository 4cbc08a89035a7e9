// SPDX-License-Identifier: GPL-2.0-only
/* contexts/rcu.c - between rcu_read_lock() and rcu_read_unlock(). */
#include <linux/rcupdate.h>

#include "contexts/contexts.h"

/* Without preemptible RCU a reader is code that cannot be preempted. */
static bool lab_rcu_holds(void)
{
	if (IS_ENABLED(CONFIG_PREEMPT_RCU))
		return lab_in_task() && rcu_preempt_depth();
	return lab_in_task() && lab_preempt_is_off();
}

static void lab_rcu_enter(struct lab_shooter *shooter)
{
	rcu_read_lock();
	lab_volley(shooter);
	rcu_read_unlock();
}

const struct lab_context lab_ctx_rcu = {
	.name = "rcu",
	.holds = lab_rcu_holds,
	.enter = lab_rcu_enter,
};
