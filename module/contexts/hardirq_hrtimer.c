// SPDX-License-Identifier: GPL-2.0-only
/*
 * contexts/hardirq_hrtimer.c - a high-resolution timer that expires in hardirq.
 *
 * Every timer that is not soft does, except on PREEMPT_RT, where allocating in
 * hardirq is forbidden anyway. A timer with a hard mode would expire in the
 * same way, but lockdep would report it because of PREEMPT_RT (contexts.h,
 * lab_refused_where_raw()).
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
