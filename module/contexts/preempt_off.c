// SPDX-License-Identifier: GPL-2.0-only
/* contexts/preempt_off.c - between preempt_disable() and preempt_enable(). */
#include "contexts/contexts.h"

static bool lab_preempt_off_holds(void)
{
	return lab_in_task() && !irqs_disabled() && lab_preempt_is_off();
}

static void lab_preempt_off_enter(struct lab_shooter *shooter)
{
	preempt_disable();
	lab_volley(shooter);
	preempt_enable();
}

const struct lab_context lab_ctx_preempt_off = {
	.name = "preempt_off",
	.usable = lab_refused_on_rt,
	.holds = lab_preempt_off_holds,
	.enter = lab_preempt_off_enter,
};
