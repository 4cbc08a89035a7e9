// SPDX-License-Identifier: GPL-2.0-only
/*
 * attribution.c - tells for each NULL whether it was injected or genuine.
 *
 * Fault injection makes prepare_alloc_pages() fail, before the mm_page_alloc
 * tracepoint; an allocator that has no page reports the miss through that
 * tracepoint with a NULL page (mm/page_alloc.c, __alloc_pages() under any of
 * its names, 5.10 to 7.3). So a NULL without an event was injected.
 *
 * What the module's own injector did (inject_kprobe.c) it has noted itself.
 *
 * The event must be that of our own request and not of an interrupt inside
 * it, nor of another task in between. Each volley therefore puts a frame on a
 * list of its CPU that names its task and its level (task, softirq, hardirq,
 * NMI), and an event is matched against all of that, the order and the flags.
 *
 * An interface that falls back asks more than once for one shot, and the shot
 * was injected when its last request was. Requests before it are known by flags:
 *
 *	- slabs and fragments try a larger order first, with __GFP_NORETRY
 *	  (mm/slub.c, allocate_slab(); mm/page_frag_cache.c);
 *	- on 7.x a cache fills a sheaf first, with __GFP_NOMEMALLOC and
 *	  __GFP_NOWARN (mm/slub.c, __pcs_replace_empty_main());
 *	- a slab of a certain node is looked for there first (lab_frame_aim()).
 *
 * Two things are therefore kept apart: whether any request got a page, and what
 * was said to the last one. A request before the last takes back what was said
 * until then, since after it another one decides, of which nothing is heard if
 * it is injected. What remains: on 7.x a shot is called exhausted and was
 * injected if a request that looks like the last one missed, and the try and the
 * last one were injected both. Where the shot itself asks for __GFP_NOMEMALLOC
 * and __GFP_NOWARN that is every filling of a sheaf, and a single miss is counted
 * as unattributed (LAB_FILLS_SHEAVES); else only the kernel's own request for the
 * memory of a sheaf looks so, which is rarely one for pages.
 *
 * The list needs no lock. It is only touched by its own CPU: frames are
 * added and removed with preemption off, and whatever interrupts that adds
 * and removes frames of its own in full before it returns, leaving the one
 * pointer to the top as it was. A frame below a preempted volley stays on the
 * list meanwhile, which is harmless: its task is not current.
 */
#include <linux/hardirq.h>
#include <linux/lockdep.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/tracepoint.h>

#include "internal.h"

static DEFINE_PER_CPU(struct lab_frame *, lab_frames);

static struct tracepoint *lab_mm_page_alloc;

/* Guards lab_users and the registration of the probe. */
static DEFINE_MUTEX(lab_attribution_mutex);
static unsigned int lab_users;

/*
 * What is being served: NMI, hardirq, softirq, or nothing. On PREEMPT_RT the
 * softirq count is the task's and not part of preempt_count().
 */
static __always_inline unsigned int lab_level(void)
{
	return (preempt_count() & (NMI_MASK | HARDIRQ_MASK)) |
	       (softirq_count() & SOFTIRQ_OFFSET);
}

/*
 * The allocator may add to the flags of a request (__GFP_HARDWALL under
 * cpusets) but never takes away from an atomic one.
 */
static bool lab_frame_matches(const struct lab_frame *frame, unsigned int level,
			      unsigned int order, gfp_t gfp)
{
	return frame->task == current && frame->level == level &&
	       (frame->order == order || frame->order == LAB_ANY_ORDER) &&
	       (gfp & frame->gfp) == frame->gfp;
}

/*
 * The top of this CPU's list. A frame is its
 * shooter's and goes with it: only with preemption off does one that was found stay there.
 */
static __always_inline struct lab_frame *lab_frame_top(void)
{
	lockdep_assert_preemption_disabled();
	return this_cpu_read(lab_frames);
}

struct lab_frame *lab_frame_of(unsigned int order, gfp_t gfp)
{
	struct lab_frame *frame = lab_frame_top();
	const unsigned int level = lab_level();

	while (frame && !lab_frame_matches(frame, level, order, gfp))
		frame = frame->below;
	return frame;
}

/* What became of a request of the shot in flight. With preemption off. */
void lab_frame_hears(struct lab_frame *frame, enum lab_heard heard, gfp_t gfp)
{
	struct lab_said *said = &frame->said;

	if (heard == LAB_HEARD_PAGE)
		said->served = true;
	else if (gfp & frame->tries)
		heard = LAB_HEARD_NOTHING;
	if (heard == LAB_HEARD_MISS && said->misses < U8_MAX)
		said->misses++;
	said->last = heard;
}

/*
 * Which requests are those of the shooter's shots, and which of them do not
 * decide. shooter->gfp is what was asked for.
 */
void lab_frame_aim(struct lab_shooter *shooter)
{
	const struct lab_api *api = shooter->api;
	const struct lab_spec *spec = &shooter->spec;
	struct lab_frame *frame = &shooter->frame;

	frame->dice = spec->seed;
	frame->order = api->any_order ? LAB_ANY_ORDER : spec->order;
	frame->spared = api->genuine;
	/*
	 * It chooses its flags itself, and comes to the allocator's entry without
	 * any (mm/page_alloc.c, alloc_frozen_pages_nolock_noprof()).
	 */
	if (frame->spared)
		return;
	frame->gfp = shooter->gfp;
	/* Slabs and fragments ask for what they need, and zero it themselves. */
	if (api->any_order)
		frame->gfp &= ~(__GFP_ZERO | __GFP_COMP);
	if (!api->tries)
		return;
	frame->tries = api->tries |
		       ((__GFP_NOMEMALLOC | __GFP_NOWARN) & ~shooter->gfp);
	frame->twins = LAB_FILLS_SHEAVES && spec->order < api->sheaves &&
		       frame->tries == api->tries;
	/*
	 * A slab looks on the node that it was asked for, without what was
	 * asked for beside it, and then elsewhere (mm/slub.c,
	 * ___slab_alloc()).
	 */
	if (spec->node != LAB_NODE_ANY && !(shooter->gfp & __GFP_THISNODE)) {
		frame->tries |= __GFP_THISNODE;
		frame->gfp &= __GFP_KSWAPD_RECLAIM;
	}
}

/* In the context of the volley, before its first shot. */
void lab_frame_enter(struct lab_frame *frame, bool hears_pages)
{
	frame->task = current;
	frame->level = lab_level();

	preempt_disable();
	frame->cpu = smp_processor_id();
	frame->below = lab_frame_top();
	/* The top one speaks for those below it, who may be current again. */
	frame->hears_pages = hears_pages ||
			     (frame->below && frame->below->hears_pages);
	this_cpu_write(lab_frames, frame);
	preempt_enable();
}

/*
 * In the same context, after its last shot. The task may have been moved
 * meanwhile because its CPU went away: the frame is where it was put.
 */
void lab_frame_leave(struct lab_frame *frame)
{
	struct lab_frame **at;

	preempt_disable();
	at = per_cpu_ptr(&lab_frames, frame->cpu);
	while (*at && *at != frame)
		at = &(*at)->below;
	if (*at)
		*at = frame->below;
	preempt_enable();
}

/*
 * What a NULL was. Not exact when there is no tracepoint to ask, when the task
 * was moved because its CPU went away, so that the event went to a list that
 * does not hold the frame, or when the one miss that was heard may not have been
 * the last request's.
 */
enum lab_outcome lab_frame_verdict(const struct lab_frame *frame, bool *exact)
{
	if (frame->said.last == LAB_HEARD_MISS) {
		*exact = !frame->twins || frame->said.misses > 1;
		return LAB_EXHAUSTED;
	}
	if (frame->said.last == LAB_HEARD_STRIKE)
		return LAB_INJECTED;
	if (!lab_mm_page_alloc || raw_smp_processor_id() != frame->cpu) {
		*exact = false;
		return LAB_EXHAUSTED;
	}
	return LAB_INJECTED;
}

/* Whether the preferred zone, with so many free pages, has to serve the request. */
static bool lab_must_serve(const struct lab_shooter *shooter,
			   unsigned long free)
{
	struct zone *zone = shooter->zone;
	unsigned int order = shooter->spec.order;
	const unsigned long need = min_wmark_pages(zone) +
				   zone->lowmem_reserve[shooter->zone_limit] +
				   READ_ONCE(zone->nr_reserved_highatomic) +
				   zone_page_state(zone, NR_FREE_CMA_PAGES) +
				   (1ul << order);

	if (free <= need)
		return false;
	for (; order <= LAB_MAX_ORDER; order++)
		if (READ_ONCE(zone->free_area[order].nr_free))
			return true;
	return false;
}

/*
 * What a NULL was of an interface that waits for no lock and is never injected.
 * It does not tell a held lock from a lack of pages (mm/page_alloc.c,
 * rmqueue_buddy() with ALLOC_NOLOCK), and where it may not even try a lock it
 * does not look for a page, nor say so (can_spin_trylock()). So it was exhausted
 * unless that is known, or the zone had what was asked for, above the mark that
 * such a request is held to (ALLOC_WMARK_MIN), both before and after; or whoever
 * it interrupted was in the allocator and may have held any of its locks.
 */
enum lab_outcome lab_lockless_verdict(const struct lab_shooter *shooter,
				      unsigned long before)
{
	const struct lab_frame *frame = &shooter->frame;
	const unsigned long after =
		zone_page_state(shooter->zone, NR_FREE_PAGES);

	if (READ_ONCE(shooter->interrupts) != LAB_INTERRUPTS_NOTHING)
		return LAB_REFUSED;
	if (frame->said.last == LAB_HEARD_NOTHING && lab_mm_page_alloc &&
	    raw_smp_processor_id() == frame->cpu)
		return LAB_REFUSED;
	if (!shooter->steered && lab_must_serve(shooter, min(before, after)))
		return LAB_REFUSED;
	return LAB_EXHAUSTED;
}

/*
 * Without CONFIG_TRACEPOINTS there is nothing to register with: NULLs are then
 * exhausted and counted as unattributed, but for those of the module's own
 * injector.
 */
#ifdef CONFIG_TRACEPOINTS
static noinline void lab_heard(const struct page *page, unsigned int order,
			       gfp_t gfp)
{
	struct lab_frame *frame = lab_frame_of(order, gfp);

	if (frame)
		lab_frame_hears(frame, page ? LAB_HEARD_PAGE : LAB_HEARD_MISS,
				gfp);
}

/*
 * Every allocation of the machine comes along here while a run is set up, and
 * of most of them nobody wants to know: successes matter to shots alone whose
 * interface has a store.
 *
 * Probes are called with preemption off up to 6.x and with SRCU alone since
 * (include/linux/tracepoint.h, __DO_TRACE_CALL() and tracepoint_srcu). So the
 * first look is at whether there is a frame and not at the frame: a task that
 * is preempted behind it may find that the frame is gone, or be on another CPU.
 * A shooter itself is bound to its own.
 */
static void lab_probe_mm_page_alloc(void *data, struct page *page,
				    unsigned int order, gfp_t gfp,
				    int migratetype)
{
	const struct lab_frame *top;

	if (!raw_cpu_read(lab_frames))
		return;
	preempt_disable_notrace();
	top = lab_frame_top();
	if (top && (!page || READ_ONCE(top->hears_pages)))
		lab_heard(page, order, gfp);
	preempt_enable_notrace();
}

static int lab_hear(void)
{
	return tracepoint_probe_register(lab_mm_page_alloc,
					 lab_probe_mm_page_alloc, NULL);
}

static void lab_stop_hearing(void)
{
	tracepoint_probe_unregister(lab_mm_page_alloc, lab_probe_mm_page_alloc,
				    NULL);
	/* No probe may be running when the module goes. */
	tracepoint_synchronize_unregister();
}

/* The tracepoint is not exported, but can be found by its name. */
static void lab_find_tracepoint(struct tracepoint *tp, void *unused)
{
	if (!strcmp(tp->name, "mm_page_alloc"))
		lab_mm_page_alloc = tp;
}

int lab_attribution_init(void)
{
	for_each_kernel_tracepoint(lab_find_tracepoint, NULL);
	return 0;
}
#else
static int lab_hear(void)
{
	return 0;
}

static void lab_stop_hearing(void)
{
}

int lab_attribution_init(void)
{
	return 0;
}
#endif

int lab_attribution_get(void)
{
	int err = 0;

	mutex_lock(&lab_attribution_mutex);
	if (lab_mm_page_alloc && !lab_users)
		err = lab_hear();
	if (!err)
		lab_users++;
	mutex_unlock(&lab_attribution_mutex);
	return err;
}

void lab_attribution_put(void)
{
	mutex_lock(&lab_attribution_mutex);
	if (!--lab_users && lab_mm_page_alloc)
		lab_stop_hearing();
	mutex_unlock(&lab_attribution_mutex);
}

bool lab_attribution_exact(void)
{
	return lab_mm_page_alloc;
}
