// SPDX-License-Identifier: GPL-2.0-only
/*
 * contexts/hardirq_hrtimer.c - a high-resolution timer that expires in hardirq.
 *
 * Which is what every timer does that is not soft, except on PREEMPT_RT, where
 * allocating there is forbidden anyway. A timer that is hard by its mode would
 * be the same thing, but lockdep then minds on behalf of PREEMPT_RT.
 */
#include "contexts/hrtimer.h"

static void lab_hardirq_hrtimer_enter(struct lab_shooter *shooter)
{
	lab_hrtimer_enter(shooter, HRTIMER_MODE_REL_PINNED);
}

const struct lab_context lab_ctx_hardirq_hrtimer = {
	.name = "hardirq_hrtimer",
	.usable = lab_refused_on_rt,
	.holds = lab_in_hardirq,
	.enter = lab_hardirq_hrtimer_enter,
};
