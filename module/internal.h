/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * internal.h - types shared by the files of the module, and the contracts of
 * its tables.
 *
 * The way of a shot:
 *
 *	dev.c      FIRE, in the calling thread
 *	shooter.c  splits the shots into volleys, checks for signals between them
 *	contexts/  enters the context once per volley
 *	shot.c     fires the volley: state, clock, api, outcome, oracles
 *	apis/      makes the request
 *	held.h     keeps the block
 *	oracles/   check the block and the state
 *	ring.c     writes the event, if events were asked for
 *
 * inject_kprobe.c makes requests fail where the kernel cannot do that itself.
 *
 * Adding a context, an API or an oracle is one file in its folder and one row
 * in the UAPI header (an oracle is included in oracles/oracles.h as well).
 */
#ifndef LAB_INTERNAL_H
#define LAB_INTERNAL_H

#include <linux/gfp.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/types.h>

#include "compat.h"
#include "layout.h"

struct lab_shooter;
struct lab_shot;

/*
 * A place that shots are fired from.
 *
 * @name:   the name in scenarios
 * @usable: 0, or -EOPNOTSUPP and a reason: not legal on this kernel, or missing
 *          there. NULL means always usable.
 * @holds:  true inside the context. Called before every volley, where the volley
 *          is fired; if false, the volley is refused. Any context.
 * @open:   before the first volley, in process context, may sleep: acquires what
 *          a volley may not acquire, into shooter->context_data. Optional.
 * @enter:  called in process context on the run's CPU, preemptible. Meanwhile the
 *          caller cannot be moved and the CPU cannot go off line, so that what is
 *          queued here is served here, soon. Calls lab_volley() exactly once for
 *          each part, inside the context, on this CPU. Returns when lab_volley()
 *          has returned and nothing of the volley is in flight. Cannot fail: what
 *          it needs is on its stack or was acquired by open. If what was queued
 *          can be taken back, the wait is killable: a killed caller needs no
 *          result.
 * @close:  undoes open, in process context.
 * @parts:  contexts that fire shots of their own during this one, and that enter
 *          has to fire as well: shooter->part[1] and up, ended by LAB_CTX_COUNT.
 * @nolock_only: the only legal request is alloc_pages_nolock(), and nothing may
 *          be freed: blocks are kept until the volley is over.
 */
struct lab_context {
	const char *name;
	int (*usable)(const char **why);
	bool (*holds)(void);
	int (*open)(struct lab_shooter *shooter);
	void (*enter)(struct lab_shooter *shooter);
	void (*close)(struct lab_shooter *shooter);
	const enum lab_context_id *parts;
	bool nolock_only;
};

extern const struct lab_context *const lab_contexts[LAB_CTX_COUNT];
int lab_context_usable(const struct lab_context *context, const char **why);

/*
 * A way to ask for memory. A block is named by its address: on a 64-bit kernel
 * all of them are in the linear mapping.
 *
 * @name:      the name in scenarios
 * @mods:      modifiers that it accepts; others are refused
 * @max_order: the highest order that it accepts
 * @nodes:     a node can be requested
 * @stores:    it may serve a shot from a store of its own, without a request to
 *             the page allocator
 * @pages:     its blocks are whole pages, set up by the page allocator alone
 * @genuine:   fault injection does not apply to it
 * @chain:     its blocks are single pages, chained by page_private()
 * @tries:     flags that only requests before the deciding one carry: an API
 *             that falls back to a smaller order sets __GFP_NORETRY before;
 *             see lab_frame_aim() for the other marks of such requests
 * @sheaves:   blocks of orders below this are objects of a cache: where caches
 *             have sheaves, a request to fill one may come first
 * @any_order: it chooses the order of its requests itself
 * @split:     each page of a block has a reference count of its own
 * @adds:      flags that it adds to every request
 * @usable:    as of a context
 * @open:      in process context: acquires shooter->api_data. Optional.
 * @close:     undoes open. Optional.
 * @size:      of a block of this run in bytes: a multiple of the page size, or
 *             a part of it
 * @alloc:     the block, or NULL. Called, as @free is, in every usable context.
 * @free:      gives the block back
 */
struct lab_api {
	const char *name;
	u32 mods;
	unsigned int max_order;
	bool nodes;
	bool stores;
	bool pages;
	bool genuine;
	bool chain;
	bool any_order;
	bool split;
	gfp_t adds;
	gfp_t tries;
	unsigned int sheaves;
	int (*usable)(const char **why);
	int (*open)(struct lab_shooter *shooter);
	void (*close)(struct lab_shooter *shooter);
	size_t (*size)(const struct lab_shooter *shooter);
	void *(*alloc)(struct lab_shooter *shooter);
	void (*free)(struct lab_shooter *shooter, void *block);
};

extern const struct lab_api *const lab_apis[LAB_API_COUNT];
int lab_api_usable(const struct lab_api *api, const char **why);

/* Modifiers that most interfaces accept. */
#define LAB_MODS_COMMON                                                      \
	(LAB_GFP_MOD(HIGH) | LAB_GFP_MOD(NOMEMALLOC) | LAB_GFP_MOD(NOWARN) | \
	 LAB_GFP_MOD(MEMALLOC))

/* Those that interfaces for pages hand on to the page allocator as well. */
#define LAB_MODS_OF_PAGES                                               \
	(LAB_GFP_MOD(DMA32) | LAB_GFP_MOD(DMA) | LAB_GFP_MOD(NORETRY) | \
	 LAB_GFP_MOD(RECLAIMABLE))

size_t lab_size_of_order(const struct lab_shooter *shooter);

/*
 * How the watermark check treats the requests of a run; depends on the kernel
 * and the flags (mm/page_alloc.c, gfp_to_alloc_flags() and
 * __zone_watermark_ok()). Set by lab_mark_rule() in zones.c.
 */
struct lab_mark_rule {
	unsigned long block; /* pages of a block, minus one */
	bool half, quarter; /* subtracted from the mark, in this order */
	unsigned int step; /* what remains of the mark, in sixteenths */
	bool reserve; /* free pages of the highatomic reserve count as usable */
	bool reserve_unsure; /* not known whether they do */
	bool boosted; /* the boosted mark applies */
	bool boost_unsure; /* not known whether it does */
};

/* The preferred zone at one moment, in pages; see met.h. */
struct lab_met {
	unsigned long free;
	unsigned long cma, highatomic; /* of the free ones */
	unsigned long min, boost; /* min is without the boost */
	long usable; /* free pages that this request may use */
	unsigned long mark; /* the kernel compares usable with this */
	bool known; /* usable and mark are exactly those of the kernel */
};

/* See met.h. */
struct lab_plenty {
	long free;
	unsigned long min;
};

/* One measured allocation; lives in the volley that fires it. */
struct lab_shot {
	u64 number; /* from 0, within its part */
	void *block; /* NULL unless the outcome is LAB_OK */
	unsigned int piece; /* of a chain, from 0 */
	bool asked; /* a request was made to the page allocator and got a page */
	bool missed; /* a request was made and the page allocator had none */
	struct lab_met met; /* just before the shot */
	/* State before the volley: */
	int preempt_count;
	int rcu_depth;
	bool irqs_off;
	unsigned long switches; /* of the task, voluntary */
};

/* The functions that check a claim; see oracles/oracles.h. */
struct lab_oracle {
	const char *name;
	const char *claim;
};

extern const struct lab_oracle lab_oracles[LAB_ORACLE_COUNT];

/* What is known of one request. */
enum lab_heard {
	LAB_HEARD_NOTHING,
	LAB_HEARD_PAGE,
	LAB_HEARD_MISS,
	LAB_HEARD_STRIKE, /* the module's own injector made it fail */
};

/*
 * Results of the requests of the shot in flight, of which there may be several.
 */
struct lab_said {
	u8 last; /* enum lab_heard of the last request, if that decides */
	u8 served; /* a request got a page */
	u8 misses; /* of requests with the flags of the deciding one */
	u8 pad; /* so that one store empties it */
};

/* See attribution.c. One per part: it has at most one shot in flight. */
struct lab_frame {
	struct lab_frame *below;
	const struct task_struct *task;
	unsigned int level;
	unsigned int order; /* or LAB_ANY_ORDER */
	int cpu;
	gfp_t gfp; /* every request of a shot carries all of these */
	gfp_t tries; /* a request that carries any of these does not decide */
	bool hears_pages; /* successes are recorded too, for this frame or one below */
	bool spared; /* fault injection does not apply */
	bool twins; /* an earlier request may have the flags of the deciding one */
	u64 dice; /* random state of the injector, see lab_random() */
	struct lab_said said;
};

#define LAB_ANY_ORDER UINT_MAX

/*
 * A stamp consists of the number of the run, the piece and the number of the
 * shot, from high bits to low: it is unique for 2^36 shots, 16 pieces and as
 * many runs as the rest of the bits can count.
 */
#define LAB_STAMP_SHOT_BITS 36
#define LAB_STAMP_RUN_BITS 40

/* A block kept, and the shot that got it. */
struct lab_held {
	void *block;
	u64 shot;
};

/* Whether the code that a shot interrupts is inside the allocator. */
enum lab_interrupts {
	LAB_INTERRUPTS_NOTHING,
	LAB_INTERRUPTS_REQUEST,
	LAB_INTERRUPTS_FREE,
};

struct lab_events;

struct lab_shooter {
	struct lab_spec spec;
	const struct lab_context *context;
	const struct lab_api *api;
	void *context_data;
	union {
		void *api_data;
		struct page_frag_cache frag;
	};
	gfp_t gfp;
	struct zone *zone; /* the preferred zone: its state is recorded */
	int zone_node; /* its node */
	unsigned int zone_index; /* its index in the node */
	int zone_id; /* node and index, as page_zone_id() encodes them */
	unsigned int zone_limit; /* pages come from this zone or a lower one */
	struct lab_plenty plenty; /* before a volley */
	struct lab_mark_rule rule;
	unsigned long kswapd_switches; /* of its node, when the volley began */
	bool kswapd_gave_up; /* likewise */
	size_t bytes; /* of a block */
	unsigned long floor; /* pages */
	struct lab_frame frame;
	struct lab_stats *stats;
	struct lab_events *events; /* NULL if not asked for */
	unsigned int volley; /* shots of the volley being fired */
	bool drain; /* free all blocks held before the next volley */
	bool steered; /* a policy or cpuset avoids the preferred zone */
	u64 stand; /* number of the shot that a debugger stops at; see LAB_STAND() */

	/* A ring of blocks kept: the oldest at tail, hold slots. */
	struct lab_held *held;
	unsigned int hold;
	unsigned int tail;
	unsigned int count;

	u64 salt; /* of stamps: differs between runs */
	u64 random; /* see lab_shooter_random() */
	u64 epoch; /* clock value of SETUP */

	/* Parts of a nested run; any other run is its own only part. */
	struct lab_shooter *part[LAB_MAX_PARTS];
	unsigned int parts;
	unsigned int index; /* of this part */
	bool in_flight; /* a shot is; set only if there are several parts */
	enum lab_interrupts
		interrupts; /* by an NMI, of requests that are no shots */

#ifdef LAB_BUSTED
	const struct lab_fault *fault; /* of busted.c */
	u64 fault_shot;
	void *fault_block; /* the block of the shot before */
#endif
	struct list_head all; /* in lab_shooter_list, under its mutex */
};

/* shooter.c */
struct lab_shooter *lab_shooter_create(const struct lab_spec *spec,
				       const char **why);
int lab_shooter_fire(struct lab_shooter *shooter, u64 shots, u64 *fired);
void lab_shooter_sum_up(struct lab_shooter *shooter);
void lab_shooter_release(struct lab_shooter *shooter);
void lab_shooter_destroy(struct lab_shooter *shooter);
u64 lab_pages_held(void);
unsigned long lab_floor(void);

/*
 * A random sequence: the same seed gives the same numbers on every kernel.
 * splitmix64, whose only state is a counter.
 */
static inline u64 lab_random(u64 *state)
{
	u64 z = *state += 0x9e3779b97f4a7c15ull;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return z ^ z >> 31;
}

/* The next number of the run's own sequence. */
static inline u64 lab_shooter_random(struct lab_shooter *shooter)
{
	return lab_random(&shooter->random);
}

/* shot.c: fires shooter->volley shots where it is called. */
void lab_volley(struct lab_shooter *shooter);
/* Counts shooter->volley shots that could not be fired. */
void lab_volley_refused(struct lab_shooter *shooter);
void lab_held_free(struct lab_shooter *shooter);
void lab_block_gone(struct lab_shooter *shooter, void *block, u64 number);
void lab_stand_here(const struct lab_shooter *shooter, u64 number, u64 clock,
		    const struct lab_ring *ring);

/* attribution.c */
int lab_attribution_init(void);
bool lab_attribution_exact(void);
int lab_attribution_get(void);
void lab_attribution_put(void);
void lab_frame_enter(struct lab_frame *frame, bool hears_pages);
void lab_frame_leave(struct lab_frame *frame);
enum lab_outcome lab_frame_verdict(const struct lab_frame *frame, bool *exact);
/*
 * The same for an interface that fault injection does not apply to. before:
 * free pages of the preferred zone before the shot.
 */
enum lab_outcome lab_lockless_verdict(const struct lab_shooter *shooter,
				      unsigned long before);
void lab_frame_aim(struct lab_shooter *shooter);
/*
 * The frame of the shot that made this request, or NULL. With preemption off.
 */
struct lab_frame *lab_frame_of(unsigned int order, gfp_t gfp);
void lab_frame_hears(struct lab_frame *frame, enum lab_heard heard, gfp_t gfp);

/* inject_kprobe.c */
int lab_inject_arm(const struct lab_inject *inject, const char **target,
		   const char **why);
void lab_inject_disarm(void);
u64 lab_inject_hits(void);
void lab_inject_exit(void);

/* sites.c */
int lab_sites_watch(const struct lab_site_watch *watch, bool mine,
		    const char **why);
void lab_sites_close(void);
void lab_sites_seen(struct lab_watched *seen);
int lab_sites_row(struct lab_site_row __user *to, u32 index);
int lab_sites_log(u32 __user *to, u64 size);

/* gfp.c */
gfp_t lab_gfp_translate(const struct lab_spec *spec);

/* zones.c */
struct zone *lab_preferred_zone(int node, gfp_t gfp);
int lab_zones_copy(struct lab_zones __user *to);
struct lab_mark_rule lab_mark_rule(const struct lab_shooter *shooter);

/* ring.c */
struct lab_events *lab_events_create(unsigned int entries);
const struct lab_ring *lab_events_ring(const struct lab_events *events);
void lab_events_destroy(struct lab_events *events);
int lab_events_map(struct lab_events *events, struct vm_area_struct *vma);
/* Publishes head to the reader. In process context. */
void lab_events_sync(struct lab_events *events);

/* busted.c, in test builds only: breaks a promise that the allocator kept. */
#ifdef LAB_BUSTED
int lab_bust(struct lab_shooter *shooter, const struct lab_bust *bust);
void lab_busted_got(struct lab_shooter *shooter, struct lab_shot *shot);
void lab_busted_judged(struct lab_shooter *shooter, struct lab_shot *shot);
bool lab_busted_gone(struct lab_shooter *shooter, const void *block, u64 shot);
void lab_busted_stub(void);
bool lab_busted_foreign_nmi(void);
#else
static inline void lab_busted_got(struct lab_shooter *shooter,
				  struct lab_shot *shot)
{
}

static inline void lab_busted_judged(struct lab_shooter *shooter,
				     struct lab_shot *shot)
{
}

static inline bool lab_busted_gone(struct lab_shooter *shooter,
				   const void *block, u64 shot)
{
	return false;
}

static inline void lab_busted_stub(void)
{
}

static inline bool lab_busted_foreign_nmi(void)
{
	return false;
}
#endif

/* dev.c */
extern const struct file_operations lab_fops;

/* panic.c */
void lab_panic_init(void);
void lab_panic_exit(void);

#endif /* LAB_INTERNAL_H */
