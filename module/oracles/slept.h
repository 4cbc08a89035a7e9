/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * oracles/slept.h - an atomic request does not wait.
 *
 * A task that gives up its CPU of its own accord is counted (kernel/sched/
 * core.c, __schedule()); one that is preempted is counted elsewhere. On
 * PREEMPT_RT the allocator's own locks sleep, and say nothing of the request.
 */

static __always_inline bool lab_slept_got(const struct lab_shooter *shooter,
					  const struct lab_shot *shot)
{
	return IS_ENABLED(CONFIG_PREEMPT_RT) ||
	       READ_ONCE(current->nvcsw) == shot->switches;
}
