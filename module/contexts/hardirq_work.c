// SPDX-License-Identifier: GPL-2.0-only
/*
 * contexts/hardirq_work.c - an irq_work: an interrupt that a CPU sends to
 * itself.
 */
#include <linux/completion.h>
#include <linux/irq_work.h>

#include "contexts/contexts.h"

struct lab_irq_work {
	struct irq_work work;
	struct completion fired;
	struct lab_shooter *shooter;
};

static void lab_irq_work_fire(struct irq_work *work)
{
	struct lab_irq_work *iw = container_of(work, struct lab_irq_work, work);

	lab_volley(iw->shooter);
	complete(&iw->fired);
}

static void lab_hardirq_work_enter(struct lab_shooter *shooter)
{
	struct lab_irq_work iw = { .shooter = shooter };

	init_completion(&iw.fired);
	init_irq_work(&iw.work, lab_irq_work_fire);
	irq_work_queue(&iw.work);
	/* A queued irq_work cannot be cancelled. */
	wait_for_completion(&iw.fired);
	/* The core still touches the work after its function returned. */
	irq_work_sync(&iw.work);
}

const struct lab_context lab_ctx_hardirq_work = {
	.name = "hardirq_work",
	.usable = lab_refused_on_rt,
	.holds = lab_in_hardirq,
	.enter = lab_hardirq_work_enter,
};
