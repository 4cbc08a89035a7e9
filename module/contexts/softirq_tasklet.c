// SPDX-License-Identifier: GPL-2.0-only
/* contexts/softirq_tasklet.c - a tasklet. */
#include <linux/bottom_half.h>
#include <linux/completion.h>
#include <linux/interrupt.h>

#include "contexts/contexts.h"

struct lab_tasklet {
	struct tasklet_struct tasklet;
	struct completion fired;
	struct lab_shooter *shooter;
};

static void lab_tasklet_fire(struct tasklet_struct *tasklet)
{
	struct lab_tasklet *lt =
		container_of(tasklet, struct lab_tasklet, tasklet);

	lab_volley(lt->shooter);
	complete(&lt->fired);
}

static void lab_softirq_tasklet_enter(struct lab_shooter *shooter)
{
	struct lab_tasklet lt = { .shooter = shooter };

	init_completion(&lt.fired);
	tasklet_setup(&lt.tasklet, lab_tasklet_fire);

	/*
	 * Enabling bottom halves runs the tasklet at once, unless ksoftirqd is
	 * running it.
	 */
	local_bh_disable();
	tasklet_schedule(&lt.tasklet);
	local_bh_enable();

	/*
	 * Not killable: a queued tasklet is on this stack and is always served.
	 */
	wait_for_completion(&lt.fired);
	/* The softirq still touches the tasklet after its function returned. */
	tasklet_kill(&lt.tasklet);
}

const struct lab_context lab_ctx_softirq_tasklet = {
	.name = "softirq_tasklet",
	.holds = lab_in_softirq,
	.enter = lab_softirq_tasklet_enter,
};
