// SPDX-License-Identifier: GPL-2.0-only
/*
 * contexts/irq_thread.c - the thread of a threaded interrupt.
 *
 * The interrupt is simulated: its line belongs to no hardware, and its handler
 * is called from an irq_work as that of an interrupt controller would be.
 * Everything after that is the kernel's own: request_threaded_irq(), the thread
 * and its priority.
 */
#include <linux/completion.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irq_work.h>
#include <linux/irqdesc.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "contexts/contexts.h"

struct lab_irq {
	int number;
	struct irq_work raise;
	struct completion fired;
	unsigned int cpu;
	struct lab_shooter *due; /* whose volley is to be fired, or NULL */
};

static irqreturn_t lab_irq_wake(int number, void *data)
{
	return IRQ_WAKE_THREAD;
}

static irqreturn_t lab_irq_fire(int number, void *data)
{
	struct lab_irq *irq = data;
	struct lab_shooter *shooter = xchg(&irq->due, NULL);

	if (!shooter)
		return IRQ_HANDLED;
	/*
	 * There is no interrupt controller, so nothing has bound the thread to
	 * its CPU.
	 */
	if (!cpumask_equal(&current->cpus_mask, cpumask_of(irq->cpu)))
		set_cpus_allowed_ptr(current, cpumask_of(irq->cpu));
	lab_stay_on_cpu();
	lab_volley(shooter);
	lab_leave_cpu();
	complete(&irq->fired);
	return IRQ_HANDLED;
}

static void lab_irq_raise(struct irq_work *work)
{
	struct lab_irq *irq = container_of(work, struct lab_irq, raise);
	unsigned long flags;

	/*
	 * The flow handler of a controller runs with interrupts off; on
	 * PREEMPT_RT an irq_work is a thread.
	 */
	local_irq_save(flags);
	generic_handle_irq(irq->number);
	local_irq_restore(flags);
}

static int lab_irq_thread_open(struct lab_shooter *shooter)
{
	struct lab_irq *irq = kzalloc(sizeof(*irq), GFP_KERNEL);
	int err;

	if (!irq)
		return -ENOMEM;
	irq->cpu = shooter->spec.cpu;
	init_completion(&irq->fired);
	init_irq_work(&irq->raise, lab_irq_raise);

	err = irq_alloc_desc(NUMA_NO_NODE);
	if (err < 0)
		goto err_irq;
	irq->number = err;
	irq_set_chip_and_handler(irq->number, &dummy_irq_chip,
				 handle_simple_irq);
	irq_clear_status_flags(irq->number, IRQ_NOREQUEST);
	err = request_threaded_irq(irq->number, lab_irq_wake, lab_irq_fire, 0,
				   LAB_DEVICE, irq);
	if (err)
		goto err_desc;
	shooter->context_data = irq;
	return 0;

err_desc:
	irq_free_desc(irq->number);
err_irq:
	kfree(irq);
	return err;
}

static void lab_irq_thread_close(struct lab_shooter *shooter)
{
	struct lab_irq *irq = shooter->context_data;

	free_irq(irq->number, irq);
	irq_free_desc(irq->number);
	kfree(irq);
}

static void lab_irq_thread_enter(struct lab_shooter *shooter)
{
	struct lab_irq *irq = shooter->context_data;

	reinit_completion(&irq->fired);
	WRITE_ONCE(irq->due, shooter);
	irq_work_queue(&irq->raise);
	/* A killed caller withdraws the volley, or waits until it is over. */
	if (wait_for_completion_killable(&irq->fired) && !xchg(&irq->due, NULL))
		wait_for_completion(&irq->fired);
	irq_work_sync(&irq->raise);
}

static bool lab_irq_thread_holds(void)
{
	return lab_in_task() && !irqs_disabled() && current->flags & PF_KTHREAD;
}

const struct lab_context lab_ctx_irq_thread = {
	.name = "irq_thread",
	.holds = lab_irq_thread_holds,
	.open = lab_irq_thread_open,
	.enter = lab_irq_thread_enter,
	.close = lab_irq_thread_close,
};
