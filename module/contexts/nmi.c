// SPDX-License-Identifier: GPL-2.0-only
/*
 * contexts/nmi.c - a non-maskable interrupt, which a CPU sends itself.
 *
 * No lock may be waited for here, as whoever was interrupted may hold it: the
 * only request is alloc_pages_nolock(), and freeing is none.
 */
#include <linux/processor.h>

#include "contexts/contexts.h"

static bool lab_nmi_holds(void)
{
	return in_nmi();
}

#if defined(CONFIG_X86_LOCAL_APIC) && defined(LAB_HAVE_NOLOCK)
#include <linux/cpumask.h>
#include <linux/percpu.h>
#include <asm/apic.h>
#include <asm/nmi.h>

#define LAB_NMI "labyrinth"

/* What the next NMI of a CPU is for; NULL: it is not ours. */
static DEFINE_PER_CPU(struct lab_shooter *, lab_nmi_run);

/* Serializes the registration, which is one for all. */
static DEFINE_MUTEX(lab_nmi_mutex);
static unsigned int lab_nmi_users;

static int lab_nmi_fire(unsigned int cmd, struct pt_regs *regs)
{
	struct lab_shooter *shooter = this_cpu_read(lab_nmi_run);

	if (!shooter)
		return NMI_DONE;
	lab_volley(shooter);
	/* The owner looks at this after the volley. */
	smp_store_release(this_cpu_ptr(&lab_nmi_run), NULL);
	return NMI_HANDLED;
}

static int lab_nmi_open(struct lab_shooter *shooter)
{
	int err = 0;

	mutex_lock(&lab_nmi_mutex);
	if (!lab_nmi_users)
		err = register_nmi_handler(NMI_LOCAL, lab_nmi_fire, 0, LAB_NMI);
	if (!err)
		lab_nmi_users++;
	mutex_unlock(&lab_nmi_mutex);
	return err;
}

static void lab_nmi_close(struct lab_shooter *shooter)
{
	mutex_lock(&lab_nmi_mutex);
	if (!--lab_nmi_users)
		unregister_nmi_handler(NMI_LOCAL, LAB_NMI);
	mutex_unlock(&lab_nmi_mutex);
}

/*
 * Another run on the same CPU cannot come between: preemption is off from the
 * announcement until the NMI has been served. It comes with a delay.
 */
static void lab_nmi_enter(struct lab_shooter *shooter)
{
	preempt_disable();
	this_cpu_write(lab_nmi_run, shooter);
	apic->send_IPI_mask(cpumask_of(smp_processor_id()), NMI_VECTOR);
	smp_cond_load_acquire(this_cpu_ptr(&lab_nmi_run), !VAL);
	preempt_enable();
}

static int lab_nmi_usable(const char **why)
{
	if (IS_ENABLED(CONFIG_PREEMPT_RT)) {
		*why = "PREEMPT_RT: alloc_pages_nolock() has nothing for an NMI there";
		return -EOPNOTSUPP;
	}
	if (!IS_ENABLED(CONFIG_SMP)) {
		*why = "alloc_pages_nolock() has nothing for an NMI on a kernel for one CPU";
		return -EOPNOTSUPP;
	}
	return 0;
}
#else
#define lab_nmi_open NULL
#define lab_nmi_close NULL

static void lab_nmi_enter(struct lab_shooter *shooter)
{
	lab_volley_refused(shooter);
}

static int lab_nmi_usable(const char **why)
{
	*why = IS_ENABLED(CONFIG_X86_LOCAL_APIC) ?
		       "the kernel has no alloc_pages_nolock() (it came with 6.15), and nothing else may be called" :
		       "there is no way to send an NMI to oneself on this architecture";
	return -EOPNOTSUPP;
}
#endif

const struct lab_context lab_ctx_nmi = {
	.name = "nmi",
	.usable = lab_nmi_usable,
	.holds = lab_nmi_holds,
	.open = lab_nmi_open,
	.enter = lab_nmi_enter,
	.close = lab_nmi_close,
	.nolock_only = true,
};
