/* SPDX-License-Identifier: GPL-2.0-only */
/* oracles/state.h - the allocator leaves the context as it found it. */

static __always_inline bool lab_state_got(const struct lab_shooter *shooter,
					  const struct lab_shot *shot)
{
	return shot->preempt_count == preempt_count() &&
	       shot->rcu_depth == rcu_preempt_depth() &&
	       shot->irqs_off == irqs_disabled();
}
