// SPDX-License-Identifier: GPL-2.0-only
/* contexts/softirq_hrtimer.c - a high-resolution timer that expires in softirq. */
#include "contexts/hrtimer.h"

static void lab_softirq_hrtimer_enter(struct lab_shooter *shooter)
{
	lab_hrtimer_enter(shooter, HRTIMER_MODE_REL_PINNED_SOFT);
}

const struct lab_context lab_ctx_softirq_hrtimer = {
	.name = "softirq_hrtimer",
	.holds = lab_in_softirq,
	.enter = lab_softirq_hrtimer_enter,
};
