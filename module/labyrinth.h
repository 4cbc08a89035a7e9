/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * labyrinth.h - types shared by the files of the module, and the contracts of
 * its tables.
 *
 * The way of a shot:
 *
 *	dev.c     FIRE, in the thread that asked
 *	run.c     cuts the shots into volleys, checks for signals between them
 *	contexts/ enters the context once per volley
 *	shot.c    fires the volley: state, clock, api, outcome, oracles
 *	apis/     makes the request
 *
 *	oracles/  what must be true of it
 *
 * Adding a context, an API or an oracle is one file in its folder and one row
 * in the UAPI header (an oracle is included in oracles/oracles.h as well).
 */
#ifndef LAB_LABYRINTH_H
#define LAB_LABYRINTH_H

#include <linux/gfp.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/types.h>

#include "compat.h"
#include "uapi/labyrinth.h"

struct lab_run;
struct lab_shot;

/*
 * A place that shots are fired from.
 *
 * @name:   as scenarios call it
 * @rule:   what code in this context may not do, in words
 * @usable: 0, or -EOPNOTSUPP and a reason: not legal on this kernel. NULL
 *          means always usable.
 * @holds:  true inside the context. Asked before every volley, in the place
 *          that fires it; on false the volley is refused. Any context.
 * @enter:  called in process context on the run's CPU, preemptible. Calls
 *          lab_volley() exactly once, inside the context, on this CPU, and
 *          returns when that has returned and nothing of it is in flight.
 *          Cannot fail: what it needs is on its stack.
 */
struct lab_context {
	const char *name;
	const char *rule;
	int (*usable)(const char **why);
	bool (*holds)(void);
	void (*enter)(struct lab_run *run);
};

extern const struct lab_context *const lab_contexts[LAB_CTX_COUNT];
int lab_context_usable(const struct lab_context *context, const char **why);

/*
 * A way to ask for pages. Both are called in every context that is usable.
 *
 * @alloc: the block, or NULL
 * @free:  gives it back
 */
struct lab_api {
	const char *name;
	struct page *(*alloc)(const struct lab_run *run);
	void (*free)(const struct lab_run *run, struct page *page);
};

extern const struct lab_api *const lab_apis[LAB_API_COUNT];

/* One measured allocation; lives in the volley that fires it. */
struct lab_shot {
	u64 number; /* from 0, within the run */
	struct page *page; /* NULL unless the outcome is LAB_OK */
	int preempt_count; /* before the volley, as the next two */
	int rcu_depth;
	bool irqs_off;
};

/* What oracles claim, for those who ask; see oracles/oracles.h. */
struct lab_oracle {
	const char *name;
	const char *claim;
};

extern const struct lab_oracle lab_oracles[LAB_ORACLE_COUNT];

/* What the allocator said through mm_page_alloc of the request in flight. */
enum lab_event {
	LAB_EVENT_NONE,
	LAB_EVENT_PAGE,
	LAB_EVENT_MISS,
};

/* See attribution.c. One per run: a run has at most one shot in flight. */
struct lab_frame {
	struct hlist_node node;
	const struct task_struct *task;
	unsigned int level;
	unsigned int order;
	int cpu;
	gfp_t gfp;
	enum lab_event event;
};

/* A block kept, and the shot that got it. */
struct lab_held {
	struct page *page;
	u64 shot;
};

struct lab_run {
	struct lab_spec spec;
	const struct lab_context *context;
	const struct lab_api *api;
	gfp_t gfp;
	struct zone *zone; /* the preferred one: the state that is recorded */
	unsigned int zone_limit; /* no page is from a zone above */
	struct lab_frame frame;
	struct lab_stats *stats;
	unsigned int volley; /* shots of the volley being fired */

	/* A ring of blocks kept: the oldest at tail, spec.hold slots. */
	struct lab_held *held;
	unsigned int tail;
	unsigned int count;

	u64 salt; /* of stamps: differs from run to run */
	struct list_head all; /* under the mutex of run.c */
};

/* run.c */
struct lab_run *lab_run_create(const struct lab_spec *spec);
int lab_run_fire(struct lab_run *run, u64 shots, u64 *fired);
void lab_run_sum_up(struct lab_run *run);
void lab_run_release(struct lab_run *run);
void lab_run_destroy(struct lab_run *run);
u64 lab_pages_held(void);

/* shot.c: fires run->volley shots where it is called. */
void lab_volley(struct lab_run *run);
void lab_block_gone(struct lab_run *run, struct page *page, u64 number);

/* attribution.c */
int lab_attribution_init(void);
bool lab_attribution_exact(void);
int lab_attribution_get(void);
void lab_attribution_put(void);
void lab_frame_enter(struct lab_frame *frame);
void lab_frame_leave(struct lab_frame *frame);
enum lab_outcome lab_frame_verdict(const struct lab_frame *frame, bool *exact);

/* gfp.c */
int lab_gfp_translate(const struct lab_spec *spec, gfp_t *gfp);

/* zones.c */
struct zone *lab_preferred_zone(int node, gfp_t gfp);
int lab_zones_copy(struct lab_zones __user *to);

/* dev.c */
extern const struct file_operations lab_fops;

#endif /* LAB_LABYRINTH_H */
