/* SPDX-License-Identifier: GPL-2.0-only */
/* contexts.h - what the files of this folder share. */
#ifndef LAB_CONTEXTS_H
#define LAB_CONTEXTS_H

#include <linux/hardirq.h>
#include <linux/irqflags.h>
#include <linux/preempt.h>

#include "internal.h"

#define LAB_DECLARE(id, name, rule) \
	extern const struct lab_context lab_ctx_##name;
LAB_CONTEXTS(LAB_DECLARE)
#undef LAB_DECLARE

/*
 * The page allocator takes sleeping locks on PREEMPT_RT: nobody who may not
 * sleep there may ask it
 * (Documentation/core-api/real-time/differences.rst).
 */
static inline int lab_refused_on_rt(const char **why)
{
	if (!IS_ENABLED(CONFIG_PREEMPT_RT))
		return 0;
	*why = "PREEMPT_RT: the page allocator takes sleeping locks, which are not allowed here";
	return -EOPNOTSUPP;
}

/*
 * Where lockdep proves the nesting of locks for PREEMPT_RT, on kernels that are
 * not it too, it reports the first lock that the allocator takes in a context
 * which would stay a hard one there, and would be right: "Invalid wait context"
 * (kernel/locking/lockdep.c, task_wait_context()). That report would be about
 * this module and not about the kernel. Timers and irq_works that do not ask to
 * be hard become threads on PREEMPT_RT and are excepted there.
 */
static inline int lab_refused_where_raw(const char **why)
{
	if (!IS_ENABLED(CONFIG_PROVE_RAW_LOCK_NESTING))
		return lab_refused_on_rt(why);
	*why = "PROVE_RAW_LOCK_NESTING: lockdep forbids the allocator's locks here, as PREEMPT_RT would";
	return -EOPNOTSUPP;
}

/* In the place of a thread, whatever that has turned off. */
static inline bool lab_in_task(void)
{
	return !(preempt_count() & (NMI_MASK | HARDIRQ_MASK)) &&
	       !in_serving_softirq();
}

static inline bool lab_in_hardirq(void)
{
	return hardirq_count() && !in_nmi();
}

static inline bool lab_in_softirq(void)
{
	return in_serving_softirq() && !hardirq_count() && !in_nmi();
}

/* A kernel that does not count cannot be asked. */
static inline bool lab_preempt_is_off(void)
{
	return !IS_ENABLED(CONFIG_PREEMPT_COUNT) ||
	       preempt_count() & PREEMPT_MASK;
}

#endif /* LAB_CONTEXTS_H */
