/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * oracles/kswapd.h - a request that cannot wait wakes kswapd.
 *
 * mm/page_alloc.c, wake_all_kswapds(): a request that enters the slow path
 * wakes the node's kswapd, unless that is awake already or has given up after
 * MAX_RECLAIM_RETRIES failures in a row (mm/vmscan.c, wakeup_kswapd()). So
 * after a miss in a zone that has fewer usable pages than min both before and
 * after, kswapd may not be asleep. Min is taken without the boost, which may
 * change at any time. kswapd is asleep if it waits, is on no run queue and no CPU,
 * and has not left its CPU since the volley began: another CPU may have run it, and
 * it may have found nothing to reclaim and gone to sleep again before the shot was
 * over (mm/vmscan.c, kswapd(): for order 0 the node may be balanced). That it is on
 * a CPU is asked before, because it leaves the run queue first, is counted as having
 * left then, and leaves its CPU last (kernel/sched/core.c, __schedule()). One that had
 * given up when the volley began may have been when the request was made, since
 * reclaim by others sets its failures back (mm/vmscan.c, shrink_node()).
 */

static noinline bool lab_kswapd_is_awake(const struct lab_shooter *shooter,
					 const struct lab_shot *shot)
{
	pg_data_t *pgdat = shooter->zone->zone_pgdat;
	const struct task_struct *kswapd = READ_ONCE(pgdat->kswapd);
	struct lab_met after;

	if (!(shooter->gfp & __GFP_KSWAPD_RECLAIM) || !shot->met.known ||
	    shot->met.usable >= (long)shot->met.min)
		return true;
	lab_meet(shooter, &after);
	if (after.usable >= (long)shot->met.min)
		return true;
	if (!kswapd || shooter->kswapd_gave_up || lab_kswapd_gave_up(pgdat))
		return true;
	/*
	 * No barrier is needed: waking removes a task from the queue, and this
	 * request itself is what should have woken it.
	 */
	if (!waitqueue_active(&pgdat->kswapd_wait) ||
	    READ_ONCE(kswapd->on_rq) || lab_is_executed(kswapd))
		return true;
	smp_rmb(); /* on_cpu before the switches that come before it is 0 */
	return lab_kswapd_switches(shooter->zone) != shooter->kswapd_switches;
}

static __always_inline bool lab_kswapd_got(const struct lab_shooter *shooter,
					   const struct lab_shot *shot)
{
	return likely(!shot->missed) || shooter->steered ||
	       lab_kswapd_is_awake(shooter, shot);
}
