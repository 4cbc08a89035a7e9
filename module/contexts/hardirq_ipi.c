// SPDX-License-Identifier: GPL-2.0-only
/*
 * contexts/hardirq_ipi.c - an interrupt that another CPU sends.
 *
 * The CPU of the run asks another CPU to interrupt it. It stays awake while it
 * waits, because an idle CPU may serve such a call from its idle loop and not
 * as an interrupt (kernel/smp.c, flush_smp_call_function_queue()).
 */
#include <linux/cpumask.h>
#include <linux/processor.h>
#include <linux/smp.h>

#include "contexts/contexts.h"

struct lab_ipi {
	call_single_data_t csd;
	unsigned int cpu;
	bool fired;
	struct lab_shooter *shooter;
};

static void lab_ipi_fire(void *info)
{
	struct lab_ipi *ipi = info;

	lab_volley(ipi->shooter);
	/* Pairs with the load in lab_ipi_enter(): the volley is over. */
	smp_store_release(&ipi->fired, true);
}

/* On the other CPU. */
static void lab_ipi_send(void *info)
{
	struct lab_ipi *ipi = info;

	if (smp_call_function_single_async(ipi->cpu, &ipi->csd)) {
		lab_volley_refused(ipi->shooter);
		/* Likewise. */
		smp_store_release(&ipi->fired, true);
	}
}

static void lab_hardirq_ipi_enter(struct lab_shooter *shooter)
{
	struct lab_ipi ipi = { .cpu = shooter->spec.cpu, .shooter = shooter };
	unsigned int other =
		cpumask_any_but(cpu_online_mask, shooter->spec.cpu);

	ipi.csd.func = lab_ipi_fire;
	ipi.csd.info = &ipi;
	/* The other CPU may have gone off line: then nobody can be asked. */
	if (other >= nr_cpu_ids ||
	    smp_call_function_single(other, lab_ipi_send, &ipi, 1)) {
		lab_volley_refused(shooter);
		return;
	}
	smp_cond_load_acquire(&ipi.fired, VAL);
}

static int lab_hardirq_ipi_usable(const char **why)
{
	if (num_online_cpus() < 2) {
		*why = "it takes a second CPU to send an interrupt to the first";
		return -EOPNOTSUPP;
	}
	return lab_refused_where_raw(why);
}

const struct lab_context lab_ctx_hardirq_ipi = {
	.name = "hardirq_ipi",
	.usable = lab_hardirq_ipi_usable,
	.holds = lab_in_hardirq,
	.enter = lab_hardirq_ipi_enter,
};
