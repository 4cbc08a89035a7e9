/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * internal.h - types shared by the files of the module, and the contracts of
 * its tables.
 *
 * The way of a shot:
 *
 *	dev.c     FIRE, in the thread that asked
 *	shooter.c     cuts the shots into volleys, checks for signals between them
 *	contexts/ enters the context once per volley
 *	shot.c    fires the volley: state, clock, api, outcome, oracles
 *	apis/     makes the request
 *	held.h    keeps the block
 *	oracles/  what must be true of it
 *	ring.c    the event, for those who want every one
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
 * @name:   as scenarios call it
 * @usable: 0, or -EOPNOTSUPP and a reason: not legal on this kernel, or not
 *          there. NULL means always usable.
 * @holds:  true inside the context. Asked before every volley, in the place
 *          that fires it; on false the volley is refused. Any context.
 * @open:   before the first volley, in process context, may sleep: gets what
 *          a volley may not have to get, into shooter->context_data. Optional.
 * @enter:  called in process context on the run's CPU, preemptible. Neither can
 *          the caller be moved meanwhile nor the CPU go off line, so that what
 *          is queued here is served here, soon. Calls lab_volley() exactly once
 *          for each part, inside the context, on this CPU, and returns when
 *          that has returned and nothing of it is in flight. Cannot fail: what
 *          it needs is on its stack or was got by open. Its wait ends when the
 *          caller is killed, who is told of nothing any more, where what was
 *          queued can be taken back.
 * @close:  undoes open, in process context.
 * @parts:  contexts that fire shots of their own while this one does, which
 *          enter has to fire as well: shooter->part[1] and up, LAB_CTX_COUNT ends.
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
 * A way to ask for memory. A block is named by its address: everything is in
 * the linear mapping of a 64-bit kernel.
 *
 * @name:      as scenarios call it
 * @mods:      modifiers that it takes; others are refused
 * @max_order: the highest order that it takes
 * @nodes:     it can be asked for a node
 * @stores:    it may answer from a store of its own without a request to the
 *             page allocator
 * @pages:     its blocks are whole pages that nobody has set up otherwise
 * @genuine:   fault injection passes it by
 * @chain:     its blocks are single pages, chained by page_private()
 * @tries:     bits that only requests before the deciding one carry: an API
 *             that falls back to a smaller order sets __GFP_NORETRY before;
 *             see lab_frame_aim() for what else marks them
 * @sheaves:   blocks of orders below are objects of a cache: where caches have
 *             sheaves, a request may be made first to fill one
 * @any_order: the order of its requests is its own affair
 * @split:     each page of a block has a reference count of its own
 * @adds:      flags that the request carries whatever was asked for
 * @usable:    as of a context
 * @open:      in process context: gets shooter->api_data. Optional.
 * @close:     undoes open. Optional.
 * @size:      of a block of this run in bytes: a multiple of the page size, or
 *             a part of it
 * @alloc:     the block, or NULL. As @free called in every usable context.
 * @free:      gives it back
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

/* Most of them take these. */
#define LAB_MODS_COMMON                                                      \
	(LAB_GFP_MOD(HIGH) | LAB_GFP_MOD(NOMEMALLOC) | LAB_GFP_MOD(NOWARN) | \
	 LAB_GFP_MOD(MEMALLOC))

size_t lab_size_of_order(const struct lab_shooter *shooter);

/*
 * What the watermark check makes of the requests of a run, by kernel and flags
 * (mm/page_alloc.c, gfp_to_alloc_flags() and __zone_watermark_ok()): see
 * lab_mark_rule() in zones.c.
 */
struct lab_mark_rule {
	unsigned long block; /* pages of a block but one */
	bool half, quarter; /* are taken off the mark, in this order */
	unsigned int step; /* what is left of it then, in sixteenths */
	bool reserve; /* free pages of the highatomic reserve count, */
	bool reserve_unsure; /* or it is not known whether they do */
	bool boosted; /* it is held to the boosted mark, */
	bool boost_unsure; /* or it is not known whether it is */
};

/* The preferred zone at one moment, in pages; see met.h. */
struct lab_met {
	unsigned long free;
	unsigned long cma, highatomic; /* of these */
	unsigned long min, boost; /* min is without it */
	long usable; /* for this request, */
	unsigned long mark; /* compared with this by the kernel */
	bool known; /* it is: usable and mark are the kernel's */
};

/* One measured allocation; lives in the volley that fires it. */
struct lab_shot {
	u64 number; /* from 0, within its part */
	void *block; /* NULL unless the outcome is LAB_OK */
	unsigned int piece; /* of a chain, from 0 */
	bool asked; /* the page allocator was, and had a page: no mere store */
	bool missed; /* it had none */
	struct lab_met met; /* just before */
	/* Before the volley: */
	int preempt_count;
	int rcu_depth;
	bool irqs_off;
	unsigned long switches; /* of the task, voluntary */
};

/* What oracles claim, for those who ask; see oracles/oracles.h. */
struct lab_oracle {
	const char *name;
	const char *claim;
};

extern const struct lab_oracle lab_oracles[LAB_ORACLE_COUNT];

/* What the allocator said through mm_page_alloc of a request. */
enum lab_heard {
	LAB_HEARD_NOTHING,
	LAB_HEARD_PAGE,
	LAB_HEARD_MISS,
	LAB_HEARD_STRIKE, /* the module's own injector failed it */
};

/* Of the shot in flight, which may make several requests. */
struct lab_said {
	u8 last; /* enum lab_heard: of the last of them, if it decides */
	u8 served; /* one of them got a page */
	u8 misses; /* of requests that decide, or look so */
};

/* See attribution.c. One per part: it has at most one shot in flight. */
struct lab_frame {
	struct lab_frame *below;
	const struct task_struct *task;
	unsigned int level;
	unsigned int order; /* or LAB_ANY_ORDER */
	int cpu;
	gfp_t gfp; /* what the request carries at least */
	gfp_t tries; /* what requests carry, any of it, that do not decide */
	bool hears_pages; /* success matters, to it or to one below it */
	bool spared; /* fault injection passes it by */
	bool twins; /* a request before the deciding one may look the same */
	u64 dice; /* of the injector, see lab_random() */
	struct lab_said said;
};

#define LAB_ANY_ORDER UINT_MAX

/*
 * A stamp is the number of a shot, above it the piece, and above both the
 * number of the run: 2^36 shots until those of two pieces meet, 16 pieces
 * until those of two runs do.
 */
#define LAB_STAMP_SHOT_BITS 36
#define LAB_STAMP_RUN_BITS 40

/* A block kept, and the shot that got it. */
struct lab_held {
	void *block;
	u64 shot;
};

/* What the allocator is at for whoever a shot interrupts. */
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
	struct zone *zone; /* the preferred one: the state that is recorded */
	int zone_node; /* the node that it is of */
	unsigned int zone_index; /* its place there */
	int zone_id; /* both, as page_zone_id() has them */
	unsigned int zone_limit; /* no page is from a zone above */
	struct lab_mark_rule rule;
	size_t bytes; /* of a block */
	unsigned long floor; /* pages */
	struct lab_frame frame;
	struct lab_stats *stats;
	struct lab_events *events; /* NULL without */
	unsigned int volley; /* shots of the volley being fired */
	bool drain; /* all that is held has to go first */
	bool steered; /* the volley's requests: not to the preferred zone */

	/* A ring of blocks kept: the oldest at tail, hold slots. */
	struct lab_held *held;
	unsigned int hold;
	unsigned int tail;
	unsigned int count;

	u64 salt; /* of stamps: differs from run to run */
	u64 random; /* see lab_shooter_random() */
	u64 epoch; /* of the clock: when it was set up */

	/* Of a nested run; else it is its own and only part. */
	struct lab_shooter *part[LAB_MAX_PARTS];
	unsigned int parts;
	unsigned int index; /* its place among them */
	bool in_flight; /* a shot is: only kept when there are parts */
	enum lab_interrupts
		interrupts; /* of an NMI: requests that are no shots */

#ifdef LAB_BUSTED
	const struct lab_fault *fault; /* of busted.c */
	u64 fault_shot;
	void *fault_block; /* that of the shot before */
#endif
	struct list_head all; /* under the mutex of run.c */
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
 * A sequence: the same seed, the same numbers, on every kernel. splitmix64,
 * which needs no more state than its counter.
 */
static inline u64 lab_random(u64 *state)
{
	u64 z = *state += 0x9e3779b97f4a7c15ull;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return z ^ z >> 31;
}

/* The run's own. */
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

/* attribution.c */
int lab_attribution_init(void);
bool lab_attribution_exact(void);
int lab_attribution_get(void);
void lab_attribution_put(void);
void lab_frame_enter(struct lab_frame *frame, bool hears_pages);
void lab_frame_leave(struct lab_frame *frame);
enum lab_outcome lab_frame_verdict(const struct lab_frame *frame, bool *exact);
/* The same for an interface that is genuine; before: free pages, as the shot met them. */
enum lab_outcome lab_lockless_verdict(const struct lab_shooter *shooter,
				      unsigned long before);
void lab_frame_aim(struct lab_shooter *shooter);
/* The frame whose shot this request is, or NULL. With preemption off. */
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
void lab_events_destroy(struct lab_events *events);
int lab_events_map(struct lab_events *events, struct vm_area_struct *vma);
/* Tells the reader how far it is. In process context. */
void lab_events_sync(struct lab_events *events);
/* The place of the next event, or NULL. Publish it when it is filled in. */
struct lab_event *lab_event_place(struct lab_events *events, u64 *sequence);
void lab_event_publish(struct lab_event *event, u64 sequence);

/*
 * busted.c, in test builds alone: breaks a promise after the allocator kept it.
 */
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
