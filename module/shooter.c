// SPDX-License-Identifier: GPL-2.0-only
/*
 * shooter.c - a run: one shooter, one kind of shot, from one CPU.
 *
 * All of it happens in process context under the mutex of the file that owns
 * the run; only the volleys (shot.c) happen elsewhere, and while one is fired
 * its owner waits. So no member of a run needs a lock.
 */
#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/hrtimer.h>
#include <linux/ktime.h>
#include <linux/moduleparam.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/smp.h>

#include "held.h"

/* A quarter of a megabyte: enough to log in and look at the machine. */
static unsigned int lab_floor_pages = 64;
module_param_named(floor, lab_floor_pages, uint, 0644);
MODULE_PARM_DESC(floor,
		 "free pages of the machine below which no run keeps more");

/* Protects the two variables below. */
static DEFINE_MUTEX(lab_shooter_mutex);
static u64 lab_shooter_last;
static LIST_HEAD(lab_shooter_list);

unsigned long lab_floor(void)
{
	return READ_ONCE(lab_floor_pages);
}

struct lab_rule {
	bool broken;
	int err;
	const char *words;
};

static int lab_rules_check(const struct lab_rule *rule, size_t n,
			   const char **why)
{
	for (; n--; rule++) {
		if (!rule->broken)
			continue;
		*why = rule->words;
		return rule->err;
	}
	return 0;
}

/* Rules that hold on every kernel. */
static int lab_spec_check(const struct lab_spec *s, const char **why)
{
	const bool bare = s->flags & LAB_RUN_BARE;
	/* Every row is evaluated, also those after a broken one. */
	const struct lab_rule rules[] = {
		{ s->flags & ~(LAB_RUN_BARE | LAB_RUN_BLIND), -EINVAL,
		  "flags: unknown" },
		{ s->pad || s->spare, -EINVAL, "pad: not zero" },
		{ s->context >= LAB_CTX_COUNT, -EINVAL, "context: unknown" },
		{ s->api >= LAB_API_COUNT, -EINVAL, "api: unknown" },
		{ s->order > LAB_MAX_ORDER, -EINVAL, "order: too high" },
		{ s->gfp_base >= LAB_GFP_BASE_COUNT ||
			  s->gfp_mods & ~LAB_GFP_MODS_ALL,
		  -EINVAL, "gfp: unknown" },
		{ s->gfp_mods & LAB_GFP_MOD(THISNODE) &&
			  s->node == LAB_NODE_ANY,
		  -EINVAL, "gfp: __GFP_THISNODE needs a node" },
		/* include/linux/gfp.h, GFP_ZONE_BAD */
		{ s->gfp_mods & LAB_GFP_MOD(DMA) &&
			  s->gfp_mods & LAB_GFP_MOD(DMA32),
		  -EINVAL, "gfp: __GFP_DMA and __GFP_DMA32 are two zones" },
		{ s->hold > LAB_MAX_HOLD, -EINVAL, "hold: too many" },
		{ !s->burst || s->burst > LAB_MAX_BURST, -EINVAL,
		  "burst: out of range" },
		{ s->pattern >= LAB_PATTERN_COUNT, -EINVAL,
		  "pattern: unknown" },
		{ s->pattern == LAB_PATTERN_REFILL && s->burst > s->hold,
		  -EINVAL,
		  "burst: a ring cannot be refilled with more than it holds" },
		{ s->victim >= LAB_VICTIM_COUNT, -EINVAL, "victim: unknown" },
		{ s->oracles & ~LAB_ORACLES_ALL, -EINVAL, "oracles: unknown" },
		{ s->events > LAB_MAX_EVENTS, -EINVAL, "events: too many" },
		{ s->interval > LAB_MAX_INTERVAL, -EINVAL,
		  "interval: too long" },
		{ bare && (s->hold || s->events || s->oracles), -EINVAL,
		  "flags: the bare loop keeps, records and checks nothing" },
		{ s->flags & LAB_RUN_BLIND &&
			  (bare || s->events ||
			   s->oracles & LAB_ORACLES_OF_STATE),
		  -EINVAL,
		  "flags: without a look there is no state for events or the oracles depth and kswapd" },
		{ s->api == LAB_API_MEMPOOL ?
			  !s->reserve || s->reserve > LAB_MAX_RESERVE :
			  s->reserve,
		  -EINVAL, "reserve: of a mempool, from 1 on" },
		{ s->node < LAB_NODE_ANY, -EINVAL, "node: out of range" },
		{ s->node > LAB_NODE_ANY &&
			  (s->node >= MAX_NUMNODES || !node_online(s->node)),
		  -ENODEV, "node: not there" },
		{ s->cpu >= nr_cpu_ids || !cpu_online(s->cpu), -ENODEV,
		  "cpu: not on line" },
	};

	return lab_rules_check(rules, ARRAY_SIZE(rules), why);
}

/* What this interface or this context does not accept. */
static int lab_spec_fits(const struct lab_spec *s, const char **why)
{
	const struct lab_context *context = lab_contexts[s->context];
	const struct lab_api *api = lab_apis[s->api];
	const struct lab_rule rules[] = {
		{ s->order > api->max_order, -EOPNOTSUPP,
		  "the interface takes no such order" },
		{ s->gfp_mods & ~api->mods, -EOPNOTSUPP,
		  "the interface does not take one of the flags" },
		{ s->node != LAB_NODE_ANY && !api->nodes, -EOPNOTSUPP,
		  "the interface cannot be asked for a node" },
		{ context->nolock_only && s->api != LAB_API_NOLOCK, -EOPNOTSUPP,
		  "nothing but alloc_pages_nolock() may be called in this context" },
		{ context->nolock_only && s->flags & LAB_RUN_BARE, -EOPNOTSUPP,
		  "the bare loop frees, which is not allowed in this context" },
	};
	int err = lab_context_usable(context, why);

	if (!err)
		err = lab_api_usable(api, why);
	return err ? err : lab_rules_check(rules, ARRAY_SIZE(rules), why);
}

/* A context that may not free keeps its blocks until it is left. */
static void lab_shooter_keeps(struct lab_shooter *shooter)
{
	shooter->hold = shooter->spec.hold;
	if (!shooter->context->nolock_only)
		return;
	shooter->hold = max(shooter->hold, shooter->spec.burst);
	if (shooter->spec.pattern != LAB_PATTERN_EXHAUST)
		shooter->spec.pattern = LAB_PATTERN_FILL;
}

static void lab_shooter_aims(struct lab_shooter *shooter)
{
	const struct lab_spec *spec = &shooter->spec;
	const struct lab_api *api = shooter->api;
	const int node = spec->node == LAB_NODE_ANY ? cpu_to_mem(spec->cpu) :
						      spec->node;

	lab_frame_aim(shooter);
	shooter->gfp |= api->adds;
	/*
	 * Such a request wakes nobody and uses no reserve, whatever its flags.
	 */
	if (api->genuine)
		shooter->gfp &= ~(__GFP_KSWAPD_RECLAIM | __GFP_HIGH);
	shooter->zone = lab_preferred_zone(node, shooter->gfp);
	shooter->zone_node = shooter->zone->zone_pgdat->node_id;
	shooter->zone_index = zone_idx(shooter->zone);
	shooter->zone_id = lab_zone_id(shooter->zone_node, shooter->zone_index);
	shooter->zone_limit = gfp_zone(shooter->gfp);
	shooter->rule = lab_mark_rule(shooter);
}

/* Opened one after the other, closed in reverse: the api is the last. */
static int lab_shooter_open(struct lab_shooter *shooter)
{
	int err = shooter->context->open ? shooter->context->open(shooter) : 0;

	if (err)
		return err;
	err = shooter->api->open ? shooter->api->open(shooter) : 0;
	if (err && shooter->context->close)
		shooter->context->close(shooter);
	return err;
}

static void lab_shooter_close(struct lab_shooter *shooter)
{
	if (shooter->api->close)
		shooter->api->close(shooter);
	if (shooter->context->close)
		shooter->context->close(shooter);
}

/* One part, of a spec that was checked. */
static struct lab_shooter *lab_part_create(const struct lab_spec *spec)
{
	int err = -ENOMEM;
	unsigned int i;
	struct lab_shooter *shooter = kzalloc(sizeof(*shooter), GFP_KERNEL);

	if (!shooter)
		return ERR_PTR(err);
	shooter->spec = *spec;
	shooter->context = lab_contexts[spec->context];
	shooter->api = lab_apis[spec->api];
	shooter->parts = 1;
	shooter->part[0] = shooter;
	shooter->random = spec->seed;
	shooter->stand = spec->stand - LAB_STAND(0, 0);
	shooter->floor = max_t(u64, spec->floor, lab_floor());
	shooter->gfp = lab_gfp_translate(spec);
	lab_shooter_aims(shooter);
	lab_shooter_keeps(shooter);
	shooter->bytes = shooter->api->size(shooter);

	/*
	 * The injector may already be armed and ignores requests that can wait.
	 * Without RETRY_MAYFAIL, 7.3 asks for several pages with flags that
	 * cannot.
	 */
	shooter->stats = kvzalloc(sizeof(*shooter->stats),
				  GFP_KERNEL | __GFP_RETRY_MAYFAIL);
	if (!shooter->stats)
		goto err_run;
	for (i = 0; i < ARRAY_SIZE(shooter->stats->latency); i++)
		shooter->stats->latency[i].min = U64_MAX;

	if (shooter->hold) {
		shooter->held = kvcalloc(shooter->hold, sizeof(*shooter->held),
					 GFP_KERNEL | __GFP_RETRY_MAYFAIL);
		if (!shooter->held)
			goto err_stats;
	}

	/* The bare loop has to be free of all costs, the probe's included. */
	err = spec->flags & LAB_RUN_BARE ? 0 : lab_attribution_get();
	if (err)
		goto err_held;
	err = lab_shooter_open(shooter);
	if (err)
		goto err_attribution;

	mutex_lock(&lab_shooter_mutex);
	shooter->salt = spec->seed + (++lab_shooter_last << LAB_STAMP_RUN_BITS);
	list_add_tail(&shooter->all, &lab_shooter_list);
	mutex_unlock(&lab_shooter_mutex);
	return shooter;

err_attribution:
	if (!(spec->flags & LAB_RUN_BARE))
		lab_attribution_put();
err_held:
	kvfree(shooter->held);
err_stats:
	kvfree(shooter->stats);
err_run:
	kfree(shooter);
	return ERR_PTR(err);
}

static void lab_part_destroy(struct lab_shooter *shooter)
{
	mutex_lock(&lab_shooter_mutex);
	list_del(&shooter->all);
	mutex_unlock(&lab_shooter_mutex);

	lab_shooter_close(shooter);
	if (!(shooter->spec.flags & LAB_RUN_BARE))
		lab_attribution_put();
	kvfree(shooter->held);
	kvfree(shooter->stats);
	kfree(shooter);
}

/* Every part knows the parts that it interrupts. */
static int lab_shooter_add_parts(struct lab_shooter *shooter)
{
	const enum lab_context_id *context = shooter->context->parts;
	struct lab_spec spec = shooter->spec;
	struct lab_shooter *part;

	for (; context && *context != LAB_CTX_COUNT; context++) {
		spec.context = *context;
		spec.seed = lab_shooter_random(shooter);
		part = lab_part_create(&spec);
		if (IS_ERR(part))
			return PTR_ERR(part);
		part->events = shooter->events;
		part->index = shooter->parts;
		part->stand -= (u64)part->index << LAB_STAND_PART_BITS;
		part->parts = shooter->parts + 1;
		memcpy(part->part, shooter->part, sizeof(part->part));
		part->part[part->index] = part;
		shooter->part[shooter->parts++] = part;
	}
	return 0;
}

struct lab_shooter *lab_shooter_create(const struct lab_spec *spec,
				       const char **why)
{
	struct lab_shooter *shooter;
	unsigned int i;
	int err;

	*why = "";
	err = lab_spec_check(spec, why);
	if (!err)
		err = lab_spec_fits(spec, why);
	if (err)
		return ERR_PTR(err);

	shooter = lab_part_create(spec);
	if (IS_ERR(shooter))
		return shooter;
	if (spec->events) {
		err = -ENOMEM;
		shooter->events = lab_events_create(spec->events);
		if (!shooter->events)
			goto err_run;
	}
	err = lab_shooter_add_parts(shooter);
	if (err)
		goto err_run;
	for (i = 0; i < shooter->parts; i++)
		shooter->part[i]->epoch = lab_clock();
	return shooter;

err_run:
	lab_shooter_destroy(shooter);
	return ERR_PTR(err);
}

/*
 * Bound to the CPU of the run and on it: binding alone does not hold when the
 * CPU goes off line (kernel/sched/core.c, select_fallback_rq()).
 */
static bool lab_on_cpu(const struct lab_shooter *shooter)
{
	return cpumask_equal(&current->cpus_mask,
			     cpumask_of(shooter->spec.cpu)) &&
	       raw_smp_processor_id() == shooter->spec.cpu;
}

/*
 * Until lab_cpu_put() the caller is on the CPU of the run, and that stays on
 * line: what a context queues there is served there. Keeping the task would not
 * be enough: a CPU that goes off line parks the threads of its softirqs before
 * it waits for tasks that cannot be moved (CPUHP_AP_SMPBOOT_THREADS lies above
 * CPUHP_AP_SCHED_WAIT_EMPTY in include/linux/cpuhotplug.h).
 *
 * May sleep, for as long as a CPU takes to come or go. -EXDEV when the caller is
 * elsewhere or not bound.
 */
static int lab_cpu_get(const struct lab_shooter *shooter)
{
	cpus_read_lock();
	lab_stay_on_cpu();
	if (lab_on_cpu(shooter))
		return 0;
	lab_leave_cpu();
	cpus_read_unlock();
	return -EXDEV;
}

static void lab_cpu_put(void)
{
	lab_leave_cpu();
	cpus_read_unlock();
}

/* How many shots fit before blocks have to be freed; frees all if none fits. */
static unsigned int lab_shooter_room(struct lab_shooter *shooter)
{
	unsigned int i, room = UINT_MAX;
	bool drain = false;

	if (!shooter->hold || shooter->spec.pattern == LAB_PATTERN_RING ||
	    shooter->spec.pattern == LAB_PATTERN_REFILL)
		return room;
	for (i = 0; i < shooter->parts; i++) {
		room = min(room,
			   shooter->part[i]->hold - shooter->part[i]->count);
		drain |= shooter->part[i]->drain;
	}
	if (room && !drain)
		return room;
	lab_shooter_release(shooter);
	return shooter->hold;
}

/* Sleeps until that time, or until a signal comes. */
static void lab_shooter_pace(ktime_t until)
{
	if (ktime_after(until, ktime_get())) {
		set_current_state(TASK_INTERRUPTIBLE);
		schedule_hrtimeout(&until, HRTIMER_MODE_ABS);
	}
}

int lab_shooter_fire(struct lab_shooter *shooter, u64 shots, u64 *fired)
{
	ktime_t next = ktime_get();
	int err;

	*fired = 0;
	while (*fired < shots) {
		if (shooter->spec.interval) {
			lab_shooter_pace(next);
			next = ktime_add_ns(next, shooter->spec.interval);
		}
		if (signal_pending(current))
			return -EINTR;

		shooter->volley =
			min_t(u64, shooter->spec.burst, shots - *fired);
		shooter->volley =
			min(shooter->volley, lab_shooter_room(shooter));
		err = lab_cpu_get(shooter);
		if (err)
			return err;
		shooter->context->enter(shooter);
		lab_cpu_put();
		*fired += shooter->volley;
		if (shooter->events)
			lab_events_sync(shooter->events);
		cond_resched();
	}
	return 0;
}

static u64 lab_sum(const u64 *counts, unsigned int n)
{
	u64 sum = 0;

	while (n--)
		sum += *counts++;
	return sum;
}

/* The state was not recorded (LAB_RUN_BLIND): its counts mean nothing. */
static void lab_shooter_forget_state(struct lab_stats *stats)
{
	memset(stats->passage, 0, sizeof(stats->passage));
	memset(stats->passage_ticks, 0, sizeof(stats->passage_ticks));
	memset(stats->cliff_ok, 0, sizeof(stats->cliff_ok));
	memset(stats->cliff_exhausted, 0, sizeof(stats->cliff_exhausted));
	memset(stats->unknown, 0, sizeof(stats->unknown));
	stats->apart_ok = 0;
	stats->apart_exhausted = 0;
}

/*
 * Computes the counts that follow from others, so that a shot need not count
 * them.
 */
void lab_shooter_sum_up(struct lab_shooter *shooter)
{
	struct lab_stats *stats = shooter->stats;
	u64 *origin = stats->origin[min(shooter->zone_node, LAB_MAX_NODES - 1)];
	unsigned int i;

	stats->held = shooter->count;
	if (shooter->spec.flags & LAB_RUN_BARE)
		return;
	stats->outcome[LAB_OK] =
		stats->attempts - stats->outcome[LAB_INJECTED] -
		stats->outcome[LAB_EXHAUSTED] - stats->outcome[LAB_REFUSED];
	stats->checked = stats->attempts - stats->outcome[LAB_REFUSED] +
			 stats->contended;

	stats->passage[LAB_PASSAGE_FAST] = stats->outcome[LAB_OK];
	stats->passage_ticks[LAB_PASSAGE_FAST] = stats->latency[LAB_OK].sum;
	for (i = LAB_PASSAGE_FAST + 1; i < LAB_PASSAGE_COUNT; i++) {
		stats->passage[LAB_PASSAGE_FAST] -= stats->passage[i];
		stats->passage_ticks[LAB_PASSAGE_FAST] -=
			stats->passage_ticks[i];
	}

	origin[shooter->zone_index] = 0;
	origin[shooter->zone_index] =
		stats->outcome[LAB_OK] -
		lab_sum(&stats->origin[0][0], LAB_MAX_NODES * LAB_MAX_ZONES);

	stats->cliff_ok[LAB_CLIFF_BUCKETS - 1] = 0;
	stats->cliff_ok[LAB_CLIFF_BUCKETS - 1] =
		stats->outcome[LAB_OK] - stats->passage[LAB_PASSAGE_STORE] -
		stats->apart_ok - lab_sum(stats->cliff_ok, LAB_CLIFF_BUCKETS);
	if (shooter->spec.flags & LAB_RUN_BLIND)
		lab_shooter_forget_state(stats);
}

void lab_shooter_release(struct lab_shooter *shooter)
{
	unsigned int i;

	for (i = 0; i < shooter->parts; i++) {
		struct lab_shooter *part = shooter->part[i];

		part->drain = false;
		while (part->count) {
			lab_held_free(part);
			cond_resched();
		}
	}
}

void lab_shooter_destroy(struct lab_shooter *shooter)
{
	unsigned int i;

	lab_shooter_release(shooter);
	lab_events_destroy(shooter->events);
	for (i = shooter->parts; i--;)
		lab_part_destroy(shooter->part[i]);
}

/*
 * A snapshot: runs that fire change their counts meanwhile. A chain that is
 * shorter than asked for counts as a whole one.
 */
u64 lab_pages_held(void)
{
	const struct lab_shooter *shooter;
	u64 bytes = 0;

	mutex_lock(&lab_shooter_mutex);
	list_for_each_entry(shooter, &lab_shooter_list, all)
		bytes += (u64)READ_ONCE(shooter->count) * shooter->bytes *
			 (shooter->api->chain ? LAB_BULK : 1);
	mutex_unlock(&lab_shooter_mutex);
	return DIV_ROUND_UP_ULL(bytes, PAGE_SIZE);
}
