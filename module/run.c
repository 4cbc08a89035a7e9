// SPDX-License-Identifier: GPL-2.0-only
/*
 * run.c - a run: one shooter, one kind of shot, from one CPU.
 *
 * All of it happens in process context under the mutex of the file that owns
 * the run; only the volleys (shot.c) happen elsewhere, and while one is fired
 * its owner waits. So nothing in a run needs a lock of its own.
 */
#include <linux/cpumask.h>
#include <linux/nodemask.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/smp.h>

#include "labyrinth.h"

/* Guards the two below it. */
static DEFINE_MUTEX(lab_run_mutex);
static u64 lab_run_last;
static LIST_HEAD(lab_run_list);

static int lab_spec_check(const struct lab_spec *spec)
{
	if (spec->flags & ~LAB_RUN_BARE || spec->pad[0] || spec->pad[1])
		return -EINVAL;
	if (spec->context >= LAB_CTX_COUNT || spec->api >= LAB_API_COUNT)
		return -EINVAL;
	if (spec->order > LAB_MAX_ORDER || spec->hold > LAB_MAX_HOLD)
		return -EINVAL;
	if (!spec->burst || spec->burst > LAB_MAX_BURST)
		return -EINVAL;
	if (spec->flags & LAB_RUN_BARE && spec->hold)
		return -EINVAL;
	if (spec->node < LAB_NODE_ANY)
		return -EINVAL;
	if (spec->node != LAB_NODE_ANY &&
	    (spec->node >= MAX_NUMNODES || !node_online(spec->node)))
		return -ENODEV;
	if (spec->cpu >= nr_cpu_ids || !cpu_online(spec->cpu))
		return -ENODEV;
	return 0;
}

struct lab_run *lab_run_create(const struct lab_spec *spec)
{
	const char *why;
	struct lab_run *run;
	int err, node;

	err = lab_spec_check(spec);
	if (err)
		return ERR_PTR(err);

	err = -ENOMEM;
	run = kzalloc(sizeof(*run), GFP_KERNEL);
	if (!run)
		return ERR_PTR(err);
	run->spec = *spec;
	run->context = lab_contexts[spec->context];
	run->api = lab_apis[spec->api];

	err = lab_context_usable(run->context, &why);
	if (err)
		goto err_run;
	err = lab_gfp_translate(spec, &run->gfp);
	if (err)
		goto err_run;

	node = spec->node == LAB_NODE_ANY ? cpu_to_mem(spec->cpu) : spec->node;
	run->zone = lab_preferred_zone(node, run->gfp);
	run->zone_limit = gfp_zone(run->gfp);
	run->frame.order = spec->order;
	run->frame.gfp = run->gfp;

	err = -ENOMEM;
	run->stats = kvzalloc(sizeof(*run->stats), GFP_KERNEL);
	if (!run->stats)
		goto err_run;
	run->stats->latency_min = U64_MAX;

	if (spec->hold) {
		run->held =
			kvcalloc(spec->hold, sizeof(*run->held), GFP_KERNEL);
		if (!run->held)
			goto err_stats;
	}

	/* The bare loop is to pay for nothing, the probe included. */
	err = spec->flags & LAB_RUN_BARE ? 0 : lab_attribution_get();
	if (err)
		goto err_held;

	mutex_lock(&lab_run_mutex);
	/* 2^40 shots until the stamps of two runs meet. */
	run->salt = spec->seed + (++lab_run_last << 40);
	list_add_tail(&run->all, &lab_run_list);
	mutex_unlock(&lab_run_mutex);
	return run;

err_held:
	kvfree(run->held);
err_stats:
	kvfree(run->stats);
err_run:
	kfree(run);
	return ERR_PTR(err);
}

/*
 * Bound to the CPU of the run and on it: binding alone does not hold when the
 * CPU goes off line (kernel/sched/core.c, select_fallback_rq()).
 */
static bool lab_on_cpu(const struct lab_run *run)
{
	return cpumask_equal(current->cpus_ptr, cpumask_of(run->spec.cpu)) &&
	       raw_smp_processor_id() == run->spec.cpu;
}

int lab_run_fire(struct lab_run *run, u64 shots, u64 *fired)
{
	*fired = 0;
	while (*fired < shots) {
		if (!lab_on_cpu(run))
			return -EXDEV;
		if (signal_pending(current))
			return -EINTR;

		run->volley = min_t(u64, run->spec.burst, shots - *fired);
		run->context->enter(run);
		*fired += run->volley;
		cond_resched();
	}
	return 0;
}

/* What follows from other counts is not counted shot by shot. */
void lab_run_sum_up(struct lab_run *run)
{
	struct lab_stats *stats = run->stats;
	unsigned int i;

	stats->held = run->count;
	for (i = 0; i < LAB_ORACLE_COUNT; i++)
		stats->oracle[i].checked =
			stats->attempts - stats->outcome[LAB_REFUSED];
}

void lab_run_release(struct lab_run *run)
{
	while (run->count) {
		struct lab_held *oldest = &run->held[run->tail];

		lab_block_gone(run, oldest->page, oldest->shot);
		if (++run->tail == run->spec.hold)
			run->tail = 0;
		run->count--;
		cond_resched();
	}
}

void lab_run_destroy(struct lab_run *run)
{
	mutex_lock(&lab_run_mutex);
	list_del(&run->all);
	mutex_unlock(&lab_run_mutex);

	lab_run_release(run);
	if (!(run->spec.flags & LAB_RUN_BARE))
		lab_attribution_put();
	kvfree(run->held);
	kvfree(run->stats);
	kfree(run);
}

/* A snapshot: runs that are firing change their counts meanwhile. */
u64 lab_pages_held(void)
{
	const struct lab_run *run;
	u64 pages = 0;

	mutex_lock(&lab_run_mutex);
	list_for_each_entry(run, &lab_run_list, all)
		pages += (u64)READ_ONCE(run->count) << run->spec.order;
	mutex_unlock(&lab_run_mutex);
	return pages;
}
