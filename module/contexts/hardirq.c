// SPDX-License-Identifier: GPL-2.0-only
/* contexts/hardirq.c - a high-resolution timer that expires in hardirq. */
#include <linux/completion.h>
#include <linux/hrtimer.h>
#include <linux/ktime.h>
#include <linux/preempt.h>

#include "contexts/contexts.h"

/* Long enough to be asleep when it expires, short enough to cost nothing. */
#define LAB_HARDIRQ_DELAY_NS 2000

struct lab_hrtimer {
	struct hrtimer timer;
	struct completion fired;
	struct lab_run *run;
};

static int lab_hardirq_usable(const char **why)
{
	if (IS_ENABLED(CONFIG_PREEMPT_RT)) {
		*why = "PREEMPT_RT: the page allocator takes sleeping locks, which hardirq may not";
		return -EOPNOTSUPP;
	}
	return 0;
}

static bool lab_hardirq_holds(void)
{
	return hardirq_count() && !in_nmi();
}

static enum hrtimer_restart lab_hrtimer_fire(struct hrtimer *timer)
{
	struct lab_hrtimer *lt = container_of(timer, struct lab_hrtimer, timer);

	lab_volley(lt->run);
	complete(&lt->fired);
	return HRTIMER_NORESTART;
}

static void lab_hardirq_enter(struct lab_run *run)
{
	struct lab_hrtimer lt = { .run = run };

	init_completion(&lt.fired);
	lab_hrtimer_setup_on_stack(&lt.timer, lab_hrtimer_fire,
				   HRTIMER_MODE_REL_PINNED_HARD);
	hrtimer_start(&lt.timer, ns_to_ktime(LAB_HARDIRQ_DELAY_NS),
		      HRTIMER_MODE_REL_PINNED_HARD);
	wait_for_completion(&lt.fired);
	/* The timer core still touches the timer after its function returned. */
	hrtimer_cancel(&lt.timer);
	destroy_hrtimer_on_stack(&lt.timer);
}

const struct lab_context lab_ctx_hardirq = {
	.name = "hardirq",
	.rule = "serves an interrupt: may not sleep, wait for softirqs nor touch user memory",
	.usable = lab_hardirq_usable,
	.holds = lab_hardirq_holds,
	.enter = lab_hardirq_enter,
};
