/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * oracles/slept.h - an atomic request does not sleep.
 *
 * A task that gives up its CPU voluntarily is counted in nvcsw, one that is
 * preempted in nivcsw (kernel/sched/core.c, __schedule()). On PREEMPT_RT the
 * allocator's own locks sleep, so the count says nothing about the request.
 */

static __always_inline bool lab_slept_got(const struct lab_shooter *shooter,
					  const struct lab_shot *shot)
{
	return IS_ENABLED(CONFIG_PREEMPT_RT) ||
	       READ_ONCE(current->nvcsw) == shot->switches;
}
