// SPDX-License-Identifier: GPL-2.0-only
/* contexts/softirq_timer.c - a timer of the wheel, at the next tick. */
#include <linux/completion.h>
#include <linux/jiffies.h>
#include <linux/timer.h>

#include "contexts/contexts.h"

struct lab_timer {
	struct timer_list timer;
	struct completion fired;
	struct lab_shooter *shooter;
};

static void lab_timer_fire(struct timer_list *timer)
{
	struct lab_timer *lt = container_of(timer, struct lab_timer, timer);

	lab_volley(lt->shooter);
	complete(&lt->fired);
}

static void lab_softirq_timer_enter(struct lab_shooter *shooter)
{
	struct lab_timer lt = { .shooter = shooter };

	init_completion(&lt.fired);
	timer_setup_on_stack(&lt.timer, lab_timer_fire, TIMER_PINNED);
	lt.timer.expires = jiffies + 1;
	add_timer_on(&lt.timer, shooter->spec.cpu);
	wait_for_completion_killable(&lt.fired);
	/* The timer core still touches the timer after its function returned. */
	lab_timer_delete_sync(&lt.timer);
	lab_timer_destroy_on_stack(&lt.timer);
}

const struct lab_context lab_ctx_softirq_timer = {
	.name = "softirq_timer",
	.holds = lab_in_softirq,
	.enter = lab_softirq_timer_enter,
};
