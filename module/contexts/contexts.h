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
 * On PREEMPT_RT the page allocator takes sleeping locks: code that may not
 * sleep may not call it there
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
 * A kernel may check the nesting of locks for PREEMPT_RT without being
 * PREEMPT_RT itself (CONFIG_PROVE_RAW_LOCK_NESTING). In a context that would
 * not become a thread on PREEMPT_RT, lockdep then reports the first lock that
 * the allocator takes: "Invalid wait context" (kernel/locking/lockdep.c,
 * task_wait_context()). The report would be right, but about this module and
 * not about the kernel. Timers and irq_works that are not explicitly hard
 * become threads on PREEMPT_RT and are not reported.
 */
static inline int lab_refused_where_raw(const char **why)
{
	if (!IS_ENABLED(CONFIG_PROVE_RAW_LOCK_NESTING))
		return lab_refused_on_rt(why);
	*why = "PROVE_RAW_LOCK_NESTING: lockdep forbids the allocator's locks here, as PREEMPT_RT would";
	return -EOPNOTSUPP;
}

/* Whether this is task context, whatever the task has disabled. */
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

/* Without CONFIG_PREEMPT_COUNT the kernel cannot tell. */
static inline bool lab_preempt_is_off(void)
{
	return !IS_ENABLED(CONFIG_PREEMPT_COUNT) ||
	       preempt_count() & PREEMPT_MASK;
}

#endif /* LAB_CONTEXTS_H */
