// SPDX-License-Identifier: GPL-2.0-only
/* oracles/state.c - the allocator leaves the context as it found it. */
#include <linux/irqflags.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>

#include "oracles/oracles.h"

static bool lab_state_got(const struct lab_run *run,
			  const struct lab_shot *shot)
{
	return shot->preempt_count == preempt_count() &&
	       shot->rcu_depth == rcu_preempt_depth() &&
	       shot->irqs_off == irqs_disabled();
}

const struct lab_oracle lab_oracle_state = {
	.name = "state",
	.claim =
		"preempt count, RCU depth and interrupt state are the same before and after",
	.got = lab_state_got,
};
