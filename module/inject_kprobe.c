// SPDX-License-Identifier: GPL-2.0-only
/*
 * inject_kprobe.c - makes requests fail on kernels without fault injection.
 *
 * A kprobe at the entry of a function that every request passes through makes
 * the chosen requests return before they begin. With ftrace-based probes the
 * return address is on the stack at that point and must stay there
 * (ftrace_regs_caller honours a changed instruction pointer, but not a changed
 * stack pointer). So the probe continues at a stub that returns the failure to
 * the caller.
 *
 * The probe costs time in every allocation of the machine, so it is registered
 * only while a file asks for it. Compilers inline and split functions, and
 * livepatches replace them: whether requests really pass through is tested and
 * not assumed.
 *
 * Handlers run with preemption off, in any context, NMI included: they count
 * with atomics and take no lock. What they read was set before the probes were
 * registered.
 */
#include <linux/atomic.h>
#include <linux/kprobes.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>

#include "internal.h"

/*
 * Kernels that preempt and optimize kprobes have RCU tasks (arch/Kconfig,
 * OPTPROBES). Without CONFIG_TASKS_RCU, synchronize_rcu_tasks() is
 * synchronize_rcu().
 */
#define LAB_STUB_CANNOT_BE_LEFT \
	(IS_ENABLED(CONFIG_PREEMPTION) && !IS_ENABLED(CONFIG_TASKS_RCU))

#if defined(CONFIG_KPROBES) && defined(LAB_HAVE_REDIRECT) && \
	(!defined(CONFIG_PREEMPTION) || defined(CONFIG_TASKS_RCU))

/* Held while the injector is armed: one file at a time. */
static DEFINE_MUTEX(lab_inject_mutex);
static bool lab_inject_armed;
static bool lab_inject_was_armed;

static struct lab_inject lab_inject;
/*
 * Random state for requests that are not shots. Not locked: two CPUs may get
 * the same number, which is harmless.
 */
static u64 lab_inject_dice;
static atomic64_t lab_inject_count; /* eligible requests, for the interval */
static atomic64_t lab_inject_space;
static atomic64_t lab_inject_times; /* failures still allowed */
static atomic64_t lab_inject_hit;

/*
 * The task whose next request is the test request: it fails whatever its flags.
 */
static const struct task_struct *lab_trial_task;
static bool lab_trial_struck;

/*
 * The caller runs these stubs with preemption as it had it: a task may still be
 * in one long after the probe is gone. See lab_inject_exit().
 */
static notrace noinline void *lab_say_null(void)
{
	lab_busted_stub();
	return NULL;
}

static notrace noinline bool lab_say_true(void)
{
	lab_busted_stub();
	return true;
}

struct lab_target {
	const char *name;
	void *stub;
	const char *bulk; /* the function for many pages that belongs to it */
};

#define LAB_TARGET_ROW(name, stub, bulk) { name, stub, bulk },
static const struct lab_target lab_targets[] = { LAB_INJECT_TARGETS(
	LAB_TARGET_ROW) };

struct lab_probe {
	struct kprobe kprobe;
	void *stub;
};

static struct lab_probe lab_request_probe, lab_bulk_probe;

/* In the order of lib/fault-inject.c, should_fail_ex(). */
static bool lab_inject_chosen(u64 *dice, unsigned int order)
{
	const u64 size = 1ull << order;

	if (!lab_inject.probability || !atomic64_read(&lab_inject_times))
		return false;
	if (atomic64_read(&lab_inject_space) > size) {
		atomic64_sub(size, &lab_inject_space);
		return false;
	}
	if (lab_inject.interval > 1 &&
	    atomic64_inc_return(&lab_inject_count) % lab_inject.interval)
		return false;
	if (lab_inject.probability < 100 &&
	    lab_random(dice) % 100 >= lab_inject.probability)
		return false;
	if (lab_inject.times != LAB_INJECT_UNLIMITED &&
	    atomic64_dec_if_positive(&lab_inject_times) < 0)
		return false;
	atomic64_inc(&lab_inject_hit);
	return true;
}

static bool lab_inject_eligible(unsigned int order, gfp_t gfp)
{
	return order >= lab_inject.min_order &&
	       !(gfp & (__GFP_NOFAIL | __GFP_DIRECT_RECLAIM));
}

/*
 * Decides whether this request fails, and records that at the shot that the
 * request belongs to, if any.
 */
static bool lab_inject_strikes(unsigned int order, gfp_t gfp)
{
	struct lab_frame *frame;

	if (unlikely(READ_ONCE(lab_trial_task) == current && in_task())) {
		lab_trial_struck = true;
		return true;
	}
	if (!lab_inject_eligible(order, gfp))
		return false;
	frame = lab_frame_of(order, gfp);
	if (!frame)
		return lab_inject.flags & LAB_INJECT_SYSTEM &&
		       lab_inject_chosen(&lab_inject_dice, order);
	if (frame->spared || !lab_inject_chosen(&frame->dice, order))
		return false;
	if (!(lab_inject.flags & LAB_INJECT_SLOW))
		lab_frame_hears(frame, LAB_HEARD_STRIKE, gfp);
	return true;
}

static int lab_strike(struct kprobe *kprobe, struct pt_regs *regs,
		      unsigned int order)
{
	struct lab_probe *probe =
		container_of(kprobe, struct lab_probe, kprobe);
	const gfp_t gfp = (__force gfp_t)regs_get_kernel_argument(regs, 0);

	if (likely(!lab_inject_strikes(order, gfp)))
		return 0;
	lab_redirect(regs, probe->stub);
	return 1;
}

static int lab_on_request(struct kprobe *kprobe, struct pt_regs *regs)
{
	return lab_strike(kprobe, regs, regs_get_kernel_argument(regs, 1));
}

static int lab_on_bulk(struct kprobe *kprobe, struct pt_regs *regs)
{
	return lab_strike(kprobe, regs, 0);
}

/*
 * A pass through the free lists. The fast pass is the one with the low
 * watermark.
 */
static int lab_on_pass(struct kprobe *kprobe, struct pt_regs *regs)
{
	const unsigned int flags = regs_get_kernel_argument(regs, 2);

	if ((flags & LAB_ALLOC_WMARK_MASK) != WMARK_LOW)
		return 0;
	return lab_strike(kprobe, regs, regs_get_kernel_argument(regs, 1));
}

/*
 * Does nothing, but has to exist: a kprobe with a post handler is not optimized
 * into a jump, which would ignore the changed instruction pointer, and it
 * registers with ftrace as one that changes it (kernel/kprobes.c,
 * kprobe_ipmodify_ops).
 */
static void lab_after(struct kprobe *kprobe, struct pt_regs *regs,
		      unsigned long flags)
{
}

static int lab_probe_register(struct lab_probe *probe, const char *symbol,
			      void *stub, kprobe_pre_handler_t handler)
{
	/* A struct kprobe must be cleared before it is registered again. */
	*probe = (struct lab_probe){
		.kprobe = {
			.symbol_name = symbol,
			.pre_handler = handler,
			.post_handler = lab_after,
		},
		.stub = stub,
	};
	return register_kprobe(&probe->kprobe);
}

static void lab_probe_unregister(struct lab_probe *probe)
{
	if (!probe->stub)
		return;
	unregister_kprobe(&probe->kprobe);
	probe->stub = NULL;
}

static void lab_probes_unregister(void)
{
	lab_probe_unregister(&lab_bulk_probe);
	lab_probe_unregister(&lab_request_probe);
}

/*
 * Makes a test request. True if the probe saw it and, where it is to fail, the
 * result was NULL.
 */
static bool lab_trial(bool fails)
{
	struct page *page;

	lab_trial_struck = false;
	WRITE_ONCE(lab_trial_task, current);
	page = alloc_pages(GFP_ATOMIC | __GFP_NOWARN, 0);
	WRITE_ONCE(lab_trial_task, NULL);
	if (page)
		__free_page(page);
	return lab_trial_struck && (!page || !fails);
}

static int lab_target_try(const struct lab_target *target, const char **why)
{
	int err = lab_probe_register(&lab_request_probe, target->name,
				     target->stub, lab_on_request);

	if (err) {
		lab_request_probe.stub = NULL;
		if (err == -EBUSY)
			*why = "a livepatch or another tracer holds the allocator's entry";
		return err;
	}
	if (target->bulk && lab_probe_register(&lab_bulk_probe, target->bulk,
					       target->stub, lab_on_bulk))
		lab_bulk_probe.stub = NULL;
	if (lab_trial(true))
		return 0;
	lab_probes_unregister();
	*why = "requests pass the allocator's entry by: it is inlined or split";
	return -EOPNOTSUPP;
}

static int lab_arm_failures(const char **target, const char **why)
{
	unsigned int i;

	*why = "the kernel has none of the functions that a request comes through";
	for (i = 0; i < ARRAY_SIZE(lab_targets); i++) {
		*target = lab_targets[i].name;
		if (!lab_target_try(&lab_targets[i], why))
			return 0;
	}
	return -EOPNOTSUPP;
}

static int lab_arm_slow_path(const char **target, const char **why)
{
	*target = LAB_SLOW_TARGET;
	if (lab_probe_register(&lab_request_probe, LAB_SLOW_TARGET,
			       lab_say_null, lab_on_pass)) {
		lab_request_probe.stub = NULL;
		*why = "the kernel has no " LAB_SLOW_TARGET
		       "() that could be probed";
		return -EOPNOTSUPP;
	}
	if (lab_trial(false))
		return 0;
	lab_probes_unregister();
	*why = "requests pass " LAB_SLOW_TARGET "() by: it is inlined or split";
	return -EOPNOTSUPP;
}

static void lab_inject_set(const struct lab_inject *inject)
{
	lab_inject = *inject;
	lab_inject_dice = inject->seed;
	atomic64_set(&lab_inject_count, 0);
	atomic64_set(&lab_inject_space, inject->space);
	atomic64_set(&lab_inject_times, inject->times);
	atomic64_set(&lab_inject_hit, 0);
}

static int lab_inject_check(const struct lab_inject *inject, const char **why)
{
	*why = inject->flags & ~(LAB_INJECT_SYSTEM | LAB_INJECT_SLOW) ?
		       "flags: unknown" :
	       inject->pad		 ? "pad: not zero" :
	       inject->probability > 100 ? "probability: above 100" :
	       !inject->interval	 ? "interval: from 1 on" :
	       inject->space > S64_MAX	 ? "space: too much" :
	       inject->times != LAB_INJECT_UNLIMITED &&
			       inject->times > S64_MAX ?
					 "times: too many" :
	       inject->min_order > LAB_MAX_ORDER ? "min_order: too high" :
						   "";
	return **why ? -EINVAL : 0;
}

int lab_inject_arm(const struct lab_inject *inject, const char **target,
		   const char **why)
{
	int err = lab_inject_check(inject, why);

	if (err)
		return err;
	mutex_lock(&lab_inject_mutex);
	if (lab_inject_armed) {
		*why = "another file injects";
		err = -EBUSY;
		goto out;
	}
	lab_inject_set(inject);
	lab_inject_was_armed = true;
	err = inject->flags & LAB_INJECT_SLOW ? lab_arm_slow_path(target, why) :
						lab_arm_failures(target, why);
	lab_inject_armed = !err;
	if (!err)
		*why = "";
out:
	mutex_unlock(&lab_inject_mutex);
	return err;
}

void lab_inject_disarm(void)
{
	mutex_lock(&lab_inject_mutex);
	/* Returns when no handler runs any more. */
	lab_probes_unregister();
	lab_inject_armed = false;
	mutex_unlock(&lab_inject_mutex);
}

u64 lab_inject_hits(void)
{
	return atomic64_read(&lab_inject_hit);
}

/*
 * Waits, before the module's text is freed, until every task has left the
 * stubs. unregister_kprobe() waits for handlers, and handlers do not run the
 * stub: only RCU tasks waits for a task that was preempted in it
 * (kernel/rcu/tasks.h, synchronize_rcu_tasks()); on kernels that do not preempt
 * that is synchronize_rcu(). May sleep, for seconds.
 */
void lab_inject_exit(void)
{
	if (lab_inject_was_armed)
		synchronize_rcu_tasks();
}

#else

int lab_inject_arm(const struct lab_inject *inject, const char **target,
		   const char **why)
{
	*why = LAB_STUB_CANNOT_BE_LEFT ?
		       "a kernel that preempts has no RCU tasks (CONFIG_TASKS_RCU): the module could not be unloaded" :
	       IS_ENABLED(CONFIG_KPROBES) ?
		       "nobody has made this work on this architecture yet" :
		       "the kernel has no kprobes (CONFIG_KPROBES)";
	return -EOPNOTSUPP;
}

void lab_inject_disarm(void)
{
}

u64 lab_inject_hits(void)
{
	return 0;
}

void lab_inject_exit(void)
{
}

#endif
