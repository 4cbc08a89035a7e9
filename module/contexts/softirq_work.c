// SPDX-License-Identifier: GPL-2.0-only
/* contexts/softirq_work.c - a work item of the bottom-half workqueue. */
#include <linux/completion.h>
#include <linux/workqueue.h>

#include "contexts/contexts.h"

#ifdef LAB_HAVE_BH_WORK
struct lab_bh_work {
	struct work_struct work;
	struct completion fired;
	struct lab_shooter *shooter;
};

static void lab_bh_work_fire(struct work_struct *work)
{
	struct lab_bh_work *bw = container_of(work, struct lab_bh_work, work);

	lab_volley(bw->shooter);
	complete(&bw->fired);
}

static void lab_softirq_work_enter(struct lab_shooter *shooter)
{
	struct lab_bh_work bw = { .shooter = shooter };

	init_completion(&bw.fired);
	INIT_WORK_ONSTACK(&bw.work, lab_bh_work_fire);
	queue_work(system_bh_wq, &bw.work);
	wait_for_completion_killable(&bw.fired);
	/* Or waits until its function has returned. */
	cancel_work_sync(&bw.work);
	destroy_work_on_stack(&bw.work);
}

static int lab_softirq_work_usable(const char **why)
{
	return 0;
}
#else
static void lab_softirq_work_enter(struct lab_shooter *shooter)
{
	lab_volley_refused(shooter);
}

static int lab_softirq_work_usable(const char **why)
{
	*why = "the kernel has no bottom-half workqueues (they came with 6.9)";
	return -EOPNOTSUPP;
}
#endif

const struct lab_context lab_ctx_softirq_work = {
	.name = "softirq_work",
	.usable = lab_softirq_work_usable,
	.holds = lab_in_softirq,
	.enter = lab_softirq_work_enter,
};
