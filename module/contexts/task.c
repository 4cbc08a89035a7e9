// SPDX-License-Identifier: GPL-2.0-only
/*
 * contexts/task.c - the calling thread, preemptible, interrupts on.
 *
 * The reference for the other contexts, and the only one in which the caller's
 * memory policy, cpuset and fail-nth apply.
 */
#include "contexts/contexts.h"

static bool lab_task_holds(void)
{
	return lab_in_task() && !irqs_disabled() && !in_softirq() &&
	       !(preempt_count() & PREEMPT_MASK);
}

static void lab_task_enter(struct lab_shooter *shooter)
{
	lab_volley(shooter);
}

const struct lab_context lab_ctx_task = {
	.name = "task",
	.holds = lab_task_holds,
	.enter = lab_task_enter,
};
