// SPDX-License-Identifier: GPL-2.0-only
/*
 * attribution.c - tells for each NULL whether it was injected or genuine.
 *
 * Fault injection makes prepare_alloc_pages() fail, before the mm_page_alloc
 * tracepoint. An allocator that has no page reports the miss through that
 * tracepoint with a NULL page (mm/page_alloc.c, __alloc_pages() under any of
 * its names, 5.10 to 7.3). So a NULL without an event was injected. What the
 * module's own injector failed (inject_kprobe.c), it has recorded itself.
 *
 * The event must belong to the module's own request, and not to an interrupt
 * that arrived during it or to another task that ran in between. Each volley
 * therefore puts a frame on a list of its CPU. The frame names the task and the
 * level (task, softirq, hardirq, NMI). An event is matched against both, and
 * against the order and the flags of the request.
 *
 * An interface with a fallback makes several requests for one shot. The shot
 * was injected if its last request was. Earlier requests are recognised by
 * their flags:
 *
 *	- slabs and fragments try a larger order first, with __GFP_NORETRY
 *	  (mm/slub.c, allocate_slab(); mm/page_frag_cache.c);
 *	- on 7.x a cache fills a sheaf first, with __GFP_NOMEMALLOC and
 *	  __GFP_NOWARN (mm/slub.c, __pcs_replace_empty_main());
 *	- a slab of a certain node is looked for there first (lab_frame_aim()).
 *
 * Two things are therefore recorded separately: whether any request got a page,
 * and what was reported of the last request. An earlier request clears what was
 * reported so far: a later request decides, and if that is injected, nothing is
 * reported of it.
 *
 * One case stays ambiguous. On 7.x a shot that was injected is called exhausted
 * if an earlier request with the flags of the last one missed, and the last one
 * was then injected. If the shot itself asks for __GFP_NOMEMALLOC and
 * __GFP_NOWARN, every filling of a sheaf has these flags, and a single miss is
 * counted as unattributed (LAB_FILLS_SHEAVES). Otherwise only the kernel's own
 * request for the memory of a sheaf has them, and that is rarely a request for
 * pages.
 *
 * The list needs no lock. Only its own CPU uses it: frames are added and
 * removed with preemption off, and an interrupt removes all the frames that it
 * added before it returns, so that the pointer to the top is as before. The
 * frame of a preempted volley stays on the list meanwhile. That is harmless:
 * its task is not current.
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
 * What the CPU is serving: NMI, hardirq, softirq, or none of them. On
 * PREEMPT_RT the softirq count is in the task and not part of preempt_count().
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
 * The top of this CPU's list. A frame is part of its shooter and is freed with
 * it: the result is valid only while preemption is off.
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

/*
 * Records the result of one request of the shot in flight. With preemption off.
 */
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
 * Sets which requests belong to the shooter's shots, and which of them do not
 * decide the outcome. shooter->gfp is what was asked for.
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
	 * The interface chooses its flags itself, and enters the allocator with
	 * none (mm/page_alloc.c, alloc_frozen_pages_nolock_noprof()).
	 */
	if (frame->spared)
		return;
	frame->gfp = shooter->gfp;
	/*
	 * Slabs and fragments choose the order, and zero the block themselves.
	 */
	if (api->any_order)
		frame->gfp &= ~(__GFP_ZERO | __GFP_COMP);
	if (!api->tries)
		return;
	frame->tries = api->tries |
		       ((__GFP_NOMEMALLOC | __GFP_NOWARN) & ~shooter->gfp);
	frame->twins = LAB_FILLS_SHEAVES && spec->order < api->sheaves &&
		       frame->tries == api->tries;
	/*
	 * A slab is first looked for on the requested node, without the other
	 * modifiers of the request, and then on other nodes (mm/slub.c,
	 * ___slab_alloc()).
	 */
	if (spec->node != LAB_NODE_ANY && !(shooter->gfp & __GFP_THISNODE)) {
		frame->tries |= __GFP_THISNODE;
		frame->gfp &= __GFP_KSWAPD_RECLAIM;
	}
}

/*
 * In the context of the volley, before its first shot. hears_pages: successful
 * requests matter too.
 */
void lab_frame_enter(struct lab_frame *frame, bool hears_pages)
{
	frame->task = current;
	frame->level = lab_level();

	preempt_disable();
	frame->cpu = smp_processor_id();
	frame->below = lab_frame_top();
	/*
	 * Events are first filtered by the top frame. A task whose frame is
	 * below may become current again, so the top frame asks for what those
	 * below need.
	 */
	frame->hears_pages = hears_pages ||
			     (frame->below && frame->below->hears_pages);
	this_cpu_write(lab_frames, frame);
	preempt_enable();
}

/*
 * In the same context, after its last shot. The task may have moved to another
 * CPU meanwhile because its CPU went off line: the frame is on the list of the
 * old one.
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
 * The outcome of a shot that got NULL. *exact is set to false if it is not
 * certain: there is no tracepoint; or the task was moved because its CPU went
 * off line, so that the event was looked up in a list without this frame; or
 * the one reported miss may be that of an earlier request.
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

/*
 * Whether the preferred zone must serve the request when it has that many free
 * pages.
 */
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
 * The outcome of a shot that got NULL from an interface that waits for no lock
 * and is never injected.
 *
 * The interface returns the same NULL for a held lock and for a lack of pages
 * (mm/page_alloc.c, rmqueue_buddy() with ALLOC_NOLOCK). Where it may not even
 * try a lock, it neither looks for a page nor reports a miss
 * (can_spin_trylock()).
 *
 * So the shot is exhausted, but for three cases in which it is refused: the
 * allocator is known not to have looked; the zone had the block above the mark
 * of such requests (ALLOC_WMARK_MIN) both before and after; or the interrupted
 * code was in the allocator and may have held any of its locks.
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
 * Without CONFIG_TRACEPOINTS there is nothing to register with: a NULL is then
 * exhausted and counted as unattributed, unless the module's own injector
 * caused it.
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
 * While a run is set up, this is called for every allocation of the machine,
 * and most are of no interest: successes matter only to shots whose interface
 * has a store of its own.
 *
 * Probes are called with preemption off up to 6.x and only under SRCU since
 * (include/linux/tracepoint.h, __DO_TRACE_CALL() and tracepoint_srcu). So the
 * first test looks at whether there is a frame and does not read the frame: a
 * task that is preempted after the test may find the frame gone, or be on
 * another CPU. A shooter is not affected: it is bound to its CPU.
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
	/* The module may not be unloaded while a probe runs. */
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
