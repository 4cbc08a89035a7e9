// SPDX-License-Identifier: GPL-2.0-only
/*
 * contexts/nmi.c - a non-maskable interrupt, which another CPU sends.
 *
 * An NMI may wait for no lock, because the interrupted code may hold it: the
 * only legal request is alloc_pages_nolock(), and freeing is not legal.
 *
 * Until the NMI comes, its CPU allocates and frees blocks. So the NMI mostly
 * interrupts the allocator, at a moment that the run's own random sequence
 * spreads over many requests. Shots that were fired while such a request was in
 * flight are counted as interrupting. A shot that got nothing while the
 * interrupted code may have held a lock of the allocator is refused: whether
 * there was a page is not known.
 */
#include "contexts/contexts.h"

static bool lab_nmi_holds(void)
{
	return in_nmi();
}

#if defined(CONFIG_X86_LOCAL_APIC) && defined(LAB_HAVE_NOLOCK)
#include <linux/cpumask.h>
#include <linux/hrtimer.h>
#include <linux/ktime.h>
#include <linux/percpu.h>
#include <linux/processor.h>
#include <linux/smp.h>
#include <linux/timekeeping.h>
#include <asm/apic.h>
#include <asm/nmi.h>

#include "apis/apis.h"

#define LAB_NMI "labyrinth"

/* Delay from the request for an NMI until it is sent: some tens of requests. */
#define LAB_NMI_LEAST_NS 2000
#define LAB_NMI_SPREAD_NS 20000
/* An NMI that has not come by then is lost. */
#define LAB_NMI_LOST_MS 1000
/*
 * If a foreign NMI fired the volley, the module's own comes within this: at once,
 * but a kernel with debugging checks takes milliseconds to leave the first one.
 */
#define LAB_NMI_LATE_NS (50 * NSEC_PER_MSEC)

/*
 * State of the CPU that is interrupted. An NMI does not say who sent it: the
 * first one after the sending is taken for the module's own.
 */
struct lab_nmi {
	struct lab_shooter *due; /* whose volley is to be fired, or NULL */
	bool sent;
	u64 late; /* until then, an NMI may come whose volley has been fired */
};

static DEFINE_PER_CPU(struct lab_nmi, lab_nmi);

/* Serializes registration of the handler, which all runs share. */
static DEFINE_MUTEX(lab_nmi_mutex);
static unsigned int lab_nmi_users;

/* The request to another CPU to send an NMI. */
struct lab_nmi_order {
	struct hrtimer timer;
	ktime_t delay;
	unsigned int cpu; /* the CPU to be interrupted */
};

static void lab_nmi_send(unsigned int cpu)
{
	WRITE_ONCE(per_cpu(lab_nmi, cpu).sent, true);
	apic->send_IPI_mask(cpumask_of(cpu), NMI_VECTOR);
}

/*
 * If a foreign NMI arrives after the module's own was sent and before that
 * arrives, it fires the volley: it is an NMI on the right CPU. The module's own
 * follows at once. The handler claims it and does nothing: otherwise the kernel
 * would report an unknown NMI (arch/x86/kernel/nmi.c, unknown_nmi_error()).
 */
static int lab_nmi_fire(unsigned int cmd, struct pt_regs *regs)
{
	struct lab_nmi *nmi = this_cpu_ptr(&lab_nmi);
	struct lab_shooter *shooter;
	u64 late;

	if (!READ_ONCE(nmi->sent)) {
		late = nmi->late;
		nmi->late = 0;
		return ktime_get_mono_fast_ns() < late ? NMI_HANDLED : NMI_DONE;
	}
	WRITE_ONCE(nmi->sent, false);
	shooter = xchg(&nmi->due, NULL);
	if (shooter)
		lab_volley(shooter);
	nmi->late = ktime_get_mono_fast_ns() + LAB_NMI_LATE_NS;
	if (lab_busted_foreign_nmi())
		apic->send_IPI_mask(cpumask_of(smp_processor_id()), NMI_VECTOR);
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

static enum hrtimer_restart lab_nmi_ring(struct hrtimer *timer)
{
	lab_nmi_send(container_of(timer, struct lab_nmi_order, timer)->cpu);
	return HRTIMER_NORESTART;
}

/* On the other CPU. */
static void lab_nmi_wind(void *info)
{
	struct lab_nmi_order *order = info;

	hrtimer_start(&order->timer, order->delay,
		      HRTIMER_MODE_REL_PINNED_HARD);
}

/*
 * The work that the NMI interrupts: requests like those of the run, which are
 * no shots. Fault injection does not apply to them, as it does not to the
 * shots.
 */
static void lab_nmi_work(struct lab_shooter *shooter)
{
	void *block;

	WRITE_ONCE(shooter->interrupts, LAB_INTERRUPTS_REQUEST);
	block = shooter->api->alloc(shooter);
	if (block) {
		WRITE_ONCE(shooter->interrupts, LAB_INTERRUPTS_FREE);
		shooter->api->free(shooter, block);
	}
	WRITE_ONCE(shooter->interrupts, LAB_INTERRUPTS_NOTHING);
}

static void lab_nmi_wait(struct lab_shooter *shooter, bool works)
{
	struct lab_shooter **due = this_cpu_ptr(&lab_nmi.due);
	const u64 start = lab_clock();

	while (READ_ONCE(*due)) {
		if (works)
			lab_nmi_work(shooter);
		else
			cpu_relax();
		if (lab_clock() - start < LAB_NMI_LOST_MS * lab_clock_khz())
			continue;
		/* The NMI may still come between these two statements. */
		if (xchg(due, NULL))
			lab_volley_refused(shooter);
	}
}

/*
 * Another run on the same CPU cannot interfere: preemption is off from the
 * request for the NMI until it has been served. If there is only one CPU, it
 * sends the NMI to itself, which then interrupts no request.
 */
static void lab_nmi_enter(struct lab_shooter *shooter)
{
	const unsigned int cpu = shooter->spec.cpu;
	const unsigned int other = cpumask_any_but(cpu_online_mask, cpu);
	struct lab_nmi_order order = {
		.cpu = cpu,
		.delay = LAB_NMI_LEAST_NS +
			 lab_shooter_random(shooter) % LAB_NMI_SPREAD_NS,
	};
	bool works;

	lab_hrtimer_setup_on_stack(&order.timer, lab_nmi_ring,
				   HRTIMER_MODE_REL_PINNED_HARD);
	preempt_disable();
	this_cpu_write(lab_nmi.due, shooter);
	works = other < nr_cpu_ids &&
		!smp_call_function_single(other, lab_nmi_wind, &order, 1);
	if (!works)
		lab_nmi_send(cpu);
	lab_nmi_wait(shooter, works);
	preempt_enable();
	hrtimer_cancel(&order.timer);
	destroy_hrtimer_on_stack(&order.timer);
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
