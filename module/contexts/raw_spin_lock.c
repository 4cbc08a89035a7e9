// SPDX-License-Identifier: GPL-2.0-only
/*
 * contexts/raw_spin_lock.c - under raw_spin_lock().
 *
 * Legal where the allocator's own locks are spinning locks. A kernel that
 * checks the nesting of locks (CONFIG_PROVE_RAW_LOCK_NESTING) reports that it
 * would not be legal on PREEMPT_RT.
 */
#include <linux/spinlock.h>

#include "contexts/contexts.h"

static bool lab_raw_spin_lock_holds(void)
{
	return lab_in_task() && !irqs_disabled() && lab_preempt_is_off();
}

static void lab_raw_spin_lock_enter(struct lab_shooter *shooter)
{
	raw_spinlock_t lock; /* guards nothing: only holding it matters */

	raw_spin_lock_init(&lock);
	raw_spin_lock(&lock);
	lab_volley(shooter);
	raw_spin_unlock(&lock);
}

const struct lab_context lab_ctx_raw_spin_lock = {
	.name = "raw_spin_lock",
	.usable = lab_refused_where_raw,
	.holds = lab_raw_spin_lock_holds,
	.enter = lab_raw_spin_lock_enter,
};
