// SPDX-License-Identifier: GPL-2.0-only
/* contexts/rwlock.c - under write_lock(): on PREEMPT_RT see spin_lock.c. */
#include <linux/spinlock.h>

#include "contexts/contexts.h"

static bool lab_rwlock_holds(void)
{
	return lab_in_task() && !irqs_disabled() &&
	       (IS_ENABLED(CONFIG_PREEMPT_RT) || lab_preempt_is_off());
}

static void lab_rwlock_enter(struct lab_shooter *shooter)
{
	rwlock_t lock; /* guards nothing: only holding it matters */

	rwlock_init(&lock);
	write_lock(&lock);
	lab_volley(shooter);
	write_unlock(&lock);
}

const struct lab_context lab_ctx_rwlock = {
	.name = "rwlock",
	.holds = lab_rwlock_holds,
	.enter = lab_rwlock_enter,
};
