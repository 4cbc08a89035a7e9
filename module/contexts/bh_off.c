// SPDX-License-Identifier: GPL-2.0-only
/* contexts/bh_off.c - between local_bh_disable() and local_bh_enable(). */
#include <linux/bottom_half.h>

#include "contexts/contexts.h"

static bool lab_bh_off_holds(void)
{
	return lab_in_task() && !irqs_disabled() && softirq_count();
}

static void lab_bh_off_enter(struct lab_shooter *shooter)
{
	local_bh_disable();
	lab_volley(shooter);
	local_bh_enable();
}

const struct lab_context lab_ctx_bh_off = {
	.name = "bh_off",
	.holds = lab_bh_off_holds,
	.enter = lab_bh_off_enter,
};
