/* SPDX-License-Identifier: GPL-2.0-only */
/* hrtimer.h - a volley from a high-resolution timer, soft or hard. */
#ifndef LAB_HRTIMER_H
#define LAB_HRTIMER_H

#include <linux/completion.h>
#include <linux/hrtimer.h>
#include <linux/ktime.h>

#include "contexts/contexts.h"

/*
 * Long enough that the task sleeps when it expires, short enough not to matter.
 */
#define LAB_HRTIMER_DELAY_NS 2000

struct lab_hrtimer {
	struct hrtimer timer;
	struct completion fired;
	struct lab_shooter *shooter;
};

static inline enum hrtimer_restart lab_hrtimer_fire(struct hrtimer *timer)
{
	struct lab_hrtimer *lt = container_of(timer, struct lab_hrtimer, timer);

	lab_volley(lt->shooter);
	complete(&lt->fired);
	return HRTIMER_NORESTART;
}

static inline void lab_hrtimer_enter(struct lab_shooter *shooter,
				     enum hrtimer_mode mode)
{
	struct lab_hrtimer lt = { .shooter = shooter };

	init_completion(&lt.fired);
	lab_hrtimer_setup_on_stack(&lt.timer, lab_hrtimer_fire, mode);
	hrtimer_start(&lt.timer, ns_to_ktime(LAB_HRTIMER_DELAY_NS), mode);
	wait_for_completion_killable(&lt.fired);
	/* The timer core still touches the timer after its function returned. */
	hrtimer_cancel(&lt.timer);
	destroy_hrtimer_on_stack(&lt.timer);
}

#endif /* LAB_HRTIMER_H */
