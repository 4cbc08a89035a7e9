// SPDX-License-Identifier: GPL-2.0-only
/*
 * contexts/nested.c - a hardirq that interrupts a softirq that interrupts a
 * task, each of them during an allocation, on one CPU.
 *
 * While the task fires its shots a timer expires repeatedly, at moments that
 * the run's own random sequence spreads over the time of a few shots. Each time
 * it fires one shot in hardirq and raises a tasklet, which fires a few in
 * softirq and is itself interrupted by the next timer. The shots that were
 * really fired while another was in flight are counted as interrupting.
 */
#include <linux/completion.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/ktime.h>
#include <linux/math64.h>

#include "contexts/contexts.h"

/* Of every 7 shots the hardirq fires one, the softirq two, the task four. */
#define LAB_NESTED_SHARE 7
#define LAB_SOFT_PER_HARD 2

/* The time between interrupts, in units of the shortest shot so far. */
#define LAB_NESTED_LEAST 4
#define LAB_NESTED_SPREAD 12
#define LAB_NESTED_SHOT_NS 5000 /* until a shot was timed */

struct lab_nested {
	struct hrtimer timer;
	struct tasklet_struct tasklet;
	struct completion fired;
	struct lab_shooter *task, *softirq, *hardirq;
	unsigned int soft_left, hard_left;
};

/*
 * Shorter than a volley of the task, longer than an interrupt takes: a timer
 * that has expired when it is set would only interrupt itself.
 */
static ktime_t lab_nested_delay(struct lab_nested *nested)
{
	const u64 ticks = READ_ONCE(nested->task->stats->latency[LAB_OK].min);
	u64 shots = LAB_NESTED_LEAST +
		    lab_shooter_random(nested->hardirq) % LAB_NESTED_SPREAD;

	if (ticks == U64_MAX)
		return ns_to_ktime(shots * LAB_NESTED_SHOT_NS);
	return ns_to_ktime(div64_u64(shots * ticks * 1000000, lab_clock_khz()));
}

static void lab_nested_soft(struct tasklet_struct *tasklet)
{
	struct lab_nested *nested =
		container_of(tasklet, struct lab_nested, tasklet);
	unsigned int n = min(nested->soft_left, LAB_SOFT_PER_HARD + 0u);

	/* At the last interrupt all shots may have been fired. */
	if (n) {
		nested->soft_left -= n;
		nested->softirq->volley = n;
		lab_volley(nested->softirq);
	}
	if (!READ_ONCE(nested->hard_left) && !nested->soft_left)
		complete(&nested->fired);
}

static enum hrtimer_restart lab_nested_hard(struct hrtimer *timer)
{
	struct lab_nested *nested =
		container_of(timer, struct lab_nested, timer);

	if (nested->hard_left) {
		nested->hardirq->volley = 1;
		lab_volley(nested->hardirq);
		nested->hard_left--;
	}
	tasklet_schedule(&nested->tasklet);
	if (!nested->hard_left && nested->soft_left <= LAB_SOFT_PER_HARD)
		return HRTIMER_NORESTART;
	hrtimer_forward_now(timer, lab_nested_delay(nested));
	return HRTIMER_RESTART;
}

static void lab_nested_enter(struct lab_shooter *shooter)
{
	struct lab_nested nested = {
		.task = shooter->part[0],
		.softirq = shooter->part[1],
		.hardirq = shooter->part[2],
	};
	unsigned int volley = shooter->volley;

	nested.hard_left = max(volley / LAB_NESTED_SHARE, 1u);
	nested.soft_left = min(volley - nested.hard_left,
			       LAB_SOFT_PER_HARD * nested.hard_left);
	shooter->volley = volley - nested.hard_left - nested.soft_left;

	init_completion(&nested.fired);
	tasklet_setup(&nested.tasklet, lab_nested_soft);
	lab_hrtimer_setup_on_stack(&nested.timer, lab_nested_hard,
				   HRTIMER_MODE_REL_PINNED);
	hrtimer_start(&nested.timer, lab_nested_delay(&nested),
		      HRTIMER_MODE_REL_PINNED);
	if (shooter->volley)
		lab_volley(shooter);
	wait_for_completion_killable(&nested.fired);
	hrtimer_cancel(&nested.timer);
	destroy_hrtimer_on_stack(&nested.timer);
	tasklet_kill(&nested.tasklet);
	shooter->volley = volley;
}

static bool lab_nested_holds(void)
{
	return lab_in_task() && !irqs_disabled();
}

static const enum lab_context_id lab_nested_parts[] = {
	LAB_CTX_SOFTIRQ_TASKLET,
	LAB_CTX_HARDIRQ_HRTIMER,
	LAB_CTX_COUNT,
};

const struct lab_context lab_ctx_nested = {
	.name = "nested",
	.usable = lab_refused_on_rt,
	.holds = lab_nested_holds,
	.enter = lab_nested_enter,
	.parts = lab_nested_parts,
};
