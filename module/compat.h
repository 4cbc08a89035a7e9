/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * compat.h - the only file that depends on the kernel version.
 *
 * The rest of the module is written for today's kernel. A difference is
 * detected by what the headers offer (LAB_HAVE_*, see Kbuild; macros), and by
 * the version only where nothing can be detected.
 */
#ifndef LAB_COMPAT_H
#define LAB_COMPAT_H

#include <linux/ftrace.h>
#include <linux/gfp.h>
#include <linux/hrtimer.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/stacktrace.h>
#include <linux/timer.h>
#include <linux/timex.h>
#include <linux/uaccess.h>
#include <linux/version.h>
#ifdef LAB_HAVE_PAGE_FRAG_CACHE_H
#include <linux/page_frag_cache.h>
#endif
#ifdef LAB_HAVE_PANIC_NOTIFIER_H
#include <linux/panic_notifier.h> /* out of kernel.h in 5.14 */
#endif

#ifndef CONFIG_64BIT
#error "labyrinth needs a 64-bit kernel: it counts in 64 bits in every context, and takes the zone of a page from its flags"
#endif

#ifdef CONFIG_HIGHMEM
#error "labyrinth names blocks by their address: it needs a kernel without HIGHMEM"
#endif

/*
 * The highest order of the buddy allocator. MAX_ORDER was one more than that
 * until 6.4 (commit 23baf831a32c) and equal to it until 6.8; then it was
 * renamed.
 */
#if defined(MAX_PAGE_ORDER)
#define LAB_MAX_ORDER MAX_PAGE_ORDER
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0)
#define LAB_MAX_ORDER MAX_ORDER
#else
#define LAB_MAX_ORDER (MAX_ORDER - 1)
#endif

/* hrtimer_init_on_stack() and .function became one call in 6.13. */
static inline void
lab_hrtimer_setup_on_stack(struct hrtimer *timer,
			   enum hrtimer_restart (*callback)(struct hrtimer *),
			   enum hrtimer_mode mode)
{
#ifdef LAB_HAVE_HRTIMER_SETUP
	hrtimer_setup_on_stack(timer, callback, CLOCK_MONOTONIC, mode);
#else
	hrtimer_init_on_stack(timer, CLOCK_MONOTONIC, mode);
	timer->function = callback;
#endif
}

/*
 * What page_zone_id() says of the pages of a zone: include/linux/mm.h,
 * set_page_links(). Every 64-bit kernel has room for the node there.
 */
static inline int lab_zone_id(int node, unsigned int zone)
{
#ifdef NODE_NOT_IN_PAGE_FLAGS
#error "labyrinth tells zones apart by the flags of their pages"
#endif
	return node << ZONES_SHIFT | zone;
}

/*
 * Between these two the task stays on its CPU, even when it sleeps. Until 5.10
 * migrate_disable() is preempt_disable(). There, the task's affinity may not be
 * set meanwhile (kernel/sched/core.c, sched_setaffinity()). On preemptible
 * kernels of those versions, a cpuset whose CPUs change still moves the task.
 */
#ifdef LAB_HAVE_MIGRATE_DISABLE
static inline void lab_stay_on_cpu(void)
{
	migrate_disable();
}

static inline void lab_leave_cpu(void)
{
	migrate_enable();
}
#else
static inline void lab_stay_on_cpu(void)
{
	current->flags |= PF_NO_SETAFFINITY;
}

static inline void lab_leave_cpu(void)
{
	current->flags &= ~PF_NO_SETAFFINITY;
}
#endif

/*
 * Pages on one CPU's list; zone->pageset was replaced in 5.14. The lists of a
 * zone that loses its last page are freed (mm/page_alloc.c, zone_pcp_reset()),
 * and no lock that a module can take prevents that: 0 if they cannot be read.
 */
static inline unsigned long lab_pcp_count(struct zone *zone, int cpu)
{
	int count = 0;
#ifdef LAB_HAVE_PER_CPU_PAGESET
	const int *from =
		&per_cpu_ptr(READ_ONCE(zone->per_cpu_pageset), cpu)->count;
#else
	const int *from =
		&per_cpu_ptr(READ_ONCE(zone->pageset), cpu)->pcp.count;
#endif

	if (copy_from_kernel_nofault(&count, from, sizeof(count)))
		return 0;
	return count;
}

/*
 * What the watermark check subtracts for the highatomic reserve if the request
 * may not use it: its free pages, which are counted since 6.12 (c928807f6f6b),
 * and before that all of its pages (mm/page_alloc.c,
 * __zone_watermark_unusable_free()).
 */
static inline unsigned long lab_counted_highatomic(const struct zone *zone)
{
#ifdef LAB_HAVE_FREE_HIGHATOMIC
	return READ_ONCE(zone->nr_free_highatomic);
#else
	return READ_ONCE(zone->nr_reserved_highatomic);
#endif
}

#ifdef LAB_HAVE_FREE_HIGHATOMIC
#define LAB_COUNTS_FREE_HIGHATOMIC 1
#else
#define LAB_COUNTS_FREE_HIGHATOMIC 0
#endif

/*
 * Whether a request that cannot wait but has no __GFP_HIGH is exempt from that
 * subtraction: since 6.3 (1ebbb21811b7) and in stable trees of 6.1. No header
 * shows it, but a kernel with nr_free_highatomic is newer.
 */
#define LAB_SPARES_NOWAIT LAB_COUNTS_FREE_HIGHATOMIC

/*
 * The flags that make a request urgent on every kernel. Until 6.3 __GFP_ATOMIC
 * counted as well (2973d8229b78).
 */
#ifdef __GFP_ATOMIC
#define LAB_GFP_URGENT (__GFP_HIGH | __GFP_ATOMIC)
#else
#define LAB_GFP_URGENT __GFP_HIGH
#endif

/* del_timer_sync() until it was renamed; stable trees have either. */
static inline void lab_timer_delete_sync(struct timer_list *timer)
{
#ifdef LAB_HAVE_TIMER_DELETE_SYNC
	timer_delete_sync(timer);
#else
	del_timer_sync(timer);
#endif
}

/* destroy_timer_on_stack() until 6.16. */
static inline void lab_timer_destroy_on_stack(struct timer_list *timer)
{
#ifdef LAB_HAVE_TIMER_DESTROY
	timer_destroy_on_stack(timer);
#else
	destroy_timer_on_stack(timer);
#endif
}

/*
 * Many single pages at once: since 5.13; the name has no "_array" since 6.14.
 */
#if defined(LAB_HAVE_BULK)
#define LAB_BULK_CALL "alloc_pages_bulk()"
static inline unsigned long lab_alloc_bulk(gfp_t gfp, int node, unsigned long n,
					   struct page **pages)
{
	return node < 0 ? alloc_pages_bulk(gfp, n, pages) :
			  alloc_pages_bulk_node(gfp, node, n, pages);
}
#elif defined(LAB_HAVE_BULK_ARRAY)
#define LAB_BULK_CALL "alloc_pages_bulk_array()"
static inline unsigned long lab_alloc_bulk(gfp_t gfp, int node, unsigned long n,
					   struct page **pages)
{
	return node < 0 ? alloc_pages_bulk_array(gfp, n, pages) :
			  alloc_pages_bulk_array_node(gfp, node, n, pages);
}
#else
#define LAB_BULK_CALL NULL
static inline unsigned long lab_alloc_bulk(gfp_t gfp, int node, unsigned long n,
					   struct page **pages)
{
	return 0;
}
#endif

/*
 * From any context, NMI included. try_alloc_pages() at first (6.15), renamed
 * soon after; takes flags since 6.18. Stable trees have any of the three.
 */
#if defined(LAB_HAVE_NOLOCK_GFP) || defined(LAB_HAVE_NOLOCK_NODE) || \
	defined(LAB_HAVE_TRY_ALLOC)
#define LAB_HAVE_NOLOCK
#endif

static inline struct page *lab_alloc_nolock(int node, unsigned int order)
{
#if defined(LAB_HAVE_NOLOCK_GFP)
	return alloc_pages_nolock(0, node, order);
#elif defined(LAB_HAVE_NOLOCK_NODE)
	return alloc_pages_nolock(node, order);
#elif defined(LAB_HAVE_TRY_ALLOC)
	return try_alloc_pages(node, order);
#else
	return NULL;
#endif
}

/*
 * Frees the rest of the page that fragments were cut from; a function of its
 * own since 6.9.
 */
static inline void lab_frag_drain(struct page_frag_cache *cache)
{
#ifdef LAB_HAVE_FRAG_DRAIN
	page_frag_cache_drain(cache);
#else
	if (!cache->va)
		return;
	__page_frag_cache_drain(virt_to_head_page(cache->va),
				cache->pagecnt_bias);
	cache->va = NULL;
#endif
}

/*
 * A cache that shares its slabs with no other. SLAB_NO_MERGE exists since 6.5;
 * before that, SLAB_NOLEAKTRACE has the same effect (mm/slab_common.c,
 * SLAB_NEVER_MERGE).
 */
static inline struct kmem_cache *lab_cache_create(const char *name, size_t size)
{
#ifdef SLAB_NO_MERGE
	return kmem_cache_create(name, size, 0, SLAB_NO_MERGE, NULL);
#else
	return kmem_cache_create(name, size, 0, SLAB_NOLEAKTRACE, NULL);
#endif
}

/*
 * Whether caches keep objects in sheaves (since 6.18), which are filled by
 * separate requests before that of the shot.
 */
#ifdef LAB_HAVE_SHEAVES
#define LAB_FILLS_SHEAVES true
#else
#define LAB_FILLS_SHEAVES false
#endif

/* How often in a row kswapd got nowhere; an atomic_t since 6.18. */
static inline int lab_kswapd_failures(const pg_data_t *pgdat)
{
#ifdef LAB_HAVE_ATOMIC_KSWAPD_FAILURES
	return atomic_read(&pgdat->kswapd_failures);
#else
	return READ_ONCE(pgdat->kswapd_failures);
#endif
}

/*
 * Functions that every request passes through, how each reports that there is
 * no page, and the function for requests of many pages that belongs to it. The
 * kprobe is put on the first function that exists and that a test request is
 * seen to pass through. The first is where the kernel's own injection decides:
 * since 6.11, only in kernels with CONFIG_FAIL_PAGE_ALLOC. The others are the
 * allocator's entry under its names, newest first.
 */
#define LAB_INJECT_TARGETS(X)                                              \
	X("should_fail_alloc_page", lab_say_true, NULL)                    \
	X("__alloc_frozen_pages_noprof", lab_say_null,                     \
	  "alloc_pages_bulk_noprof")                                       \
	X("__alloc_pages_noprof", lab_say_null, "alloc_pages_bulk_noprof") \
	X("__alloc_pages", lab_say_null, "__alloc_pages_bulk")             \
	X("__alloc_pages_nodemask", lab_say_null, NULL)

/*
 * What a function traced with FTRACE_OPS_FL_SAVE_REGS receives: pt_regs until
 * 5.10, later inside a type of its own. Since 5.11 a tracer declares that it
 * needs protection against recursion; before, it declared that it does not.
 */
#ifdef CONFIG_DYNAMIC_FTRACE_WITH_REGS
#ifdef LAB_HAVE_FTRACE_REGS
#define LAB_FTRACE_REGS struct ftrace_regs
#define LAB_FTRACE_NO_RECURSION 0

static __always_inline struct pt_regs *
lab_ftrace_pt_regs(struct ftrace_regs *regs)
{
	return ftrace_get_regs(regs);
}
#else
#define LAB_FTRACE_REGS struct pt_regs
#define LAB_FTRACE_NO_RECURSION FTRACE_OPS_FL_RECURSION_SAFE

static __always_inline struct pt_regs *lab_ftrace_pt_regs(struct pt_regs *regs)
{
	return regs;
}
#endif
#endif

/*
 * Cuts a stack before the first frame of interrupt entry code; returns the
 * number of frames that remain, which is all of them before 5.16: only then was
 * the function exported (kernel/stacktrace.c).
 */
static inline unsigned int lab_filter_irq_stacks(unsigned long *frame,
						 unsigned int n)
{
#ifdef LAB_HAVE_FILTER_IRQ_STACKS
	return filter_irq_stacks(frame, n);
#else
	return n;
#endif
}

/*
 * The functions that atomic requests pass through, for sites.c, under all their
 * names from 5.10 on; what a kernel lacks is skipped. The columns: symbol,
 * interface, number of the gfp argument, number of the argument with the size
 * or the order (or LAB_SITE_ANY_SIZE where argument 0 is a cache), whether it
 * is an order.
 *
 * SLAB_BUCKETS (6.11) and KMALLOC_PARTITION_CACHES (7.x) put an argument each
 * behind kmalloc's size (include/linux/slab.h, DECL_BUCKET_PARAMS,
 * DECL_TOKEN_PARAMS). __kmalloc_flags_noprof() (7.x) is what mm/slub.c itself asks
 * for sheaves with. Of the functions for pages only
 * the first that exists is used, and likewise of those for many pages: from
 * 6.14 on __alloc_pages_noprof() calls __alloc_frozen_pages_noprof()
 * (mm/page_alloc.c), and a request would count twice.
 */
#define LAB_SITE_TOKEN IS_ENABLED(CONFIG_KMALLOC_PARTITION_CACHES)
#define LAB_SITE_BUCKET (IS_ENABLED(CONFIG_SLAB_BUCKETS) + LAB_SITE_TOKEN)
#define LAB_SITE_CACHE(symbol, gfp)                               \
	{                                                         \
		symbol, LAB_SITE_BY_CACHE, gfp, LAB_SITE_ANY_SIZE \
	}
#define LAB_SITE_KMALLOC(symbol, gfp)               \
	{                                           \
		symbol, LAB_SITE_BY_KMALLOC, gfp, 0 \
	}
#define LAB_SITE_PAGES(symbol)                                                \
	{                                                                     \
		symbol, LAB_SITE_BY_PAGES, 0, 1, .pages = true, .first = true \
	}
#define LAB_SITE_BULK(symbol)                                                \
	{                                                                    \
		symbol, LAB_SITE_BY_BULK, 0, LAB_SITE_NO_SIZE, .first = true \
	}
#define LAB_SITE_GATES                                                        \
	LAB_SITE_PAGES("__alloc_frozen_pages_noprof"),                        \
		LAB_SITE_PAGES("__alloc_pages_noprof"),                       \
		LAB_SITE_PAGES("__alloc_pages"),                              \
		LAB_SITE_PAGES("__alloc_pages_nodemask"),                     \
		LAB_SITE_BULK("alloc_pages_bulk_noprof"),                     \
		LAB_SITE_BULK("__alloc_pages_bulk"),                          \
		LAB_SITE_CACHE("kmem_cache_alloc_noprof", 1),                 \
		LAB_SITE_CACHE("kmem_cache_alloc_lru_noprof", 2),             \
		LAB_SITE_CACHE("kmem_cache_alloc_node_noprof", 1),            \
		LAB_SITE_CACHE("kmem_cache_alloc", 1),                        \
		LAB_SITE_CACHE("kmem_cache_alloc_lru", 2),                    \
		LAB_SITE_CACHE("kmem_cache_alloc_node", 1),                   \
		{ "kmem_cache_alloc_bulk_noprof", LAB_SITE_BY_CACHE_BULK, 1,  \
		  LAB_SITE_ANY_SIZE },                                        \
		{ "kmem_cache_alloc_bulk", LAB_SITE_BY_CACHE_BULK, 1,         \
		  LAB_SITE_ANY_SIZE },                                        \
		{ "__kmalloc_cache_noprof", LAB_SITE_BY_KMALLOC, 1, 2 },      \
		{ "__kmalloc_cache_node_noprof", LAB_SITE_BY_KMALLOC, 1, 3 }, \
		{ "kmalloc_trace", LAB_SITE_BY_KMALLOC, 1, 2 },               \
		{ "kmalloc_node_trace", LAB_SITE_BY_KMALLOC, 1, 3 },          \
		{ "kmem_cache_alloc_trace", LAB_SITE_BY_KMALLOC, 1, 2 },      \
		{ "kmem_cache_alloc_node_trace", LAB_SITE_BY_KMALLOC, 1, 3 }, \
		LAB_SITE_KMALLOC("__kmalloc_noprof", 1 + LAB_SITE_TOKEN),     \
		LAB_SITE_KMALLOC("__kmalloc_flags_noprof",                    \
				 1 + LAB_SITE_TOKEN),                         \
		LAB_SITE_KMALLOC("__kmalloc", 1),                             \
		LAB_SITE_KMALLOC("__kmalloc_node_noprof",                     \
				 1 + LAB_SITE_BUCKET),                        \
		LAB_SITE_KMALLOC("__kmalloc_node", 1),                        \
		LAB_SITE_KMALLOC("__kmalloc_node_track_caller_noprof",        \
				 1 + LAB_SITE_BUCKET),                        \
		LAB_SITE_KMALLOC("__kmalloc_node_track_caller", 1),           \
		LAB_SITE_KMALLOC("__kmalloc_track_caller", 1),                \
		LAB_SITE_KMALLOC("__kmalloc_large_noprof", 1),                \
		LAB_SITE_KMALLOC("__kmalloc_large_node_noprof", 1),           \
		LAB_SITE_KMALLOC("kmalloc_large", 1),                         \
		LAB_SITE_KMALLOC("kmalloc_large_node", 1),                    \
		LAB_SITE_KMALLOC("kmalloc_order", 1)

/*
 * Its argument alloc_flags names the watermark: mm/internal.h,
 * ALLOC_WMARK_MASK.
 */
#define LAB_SLOW_TARGET "get_page_from_freelist"
#define LAB_ALLOC_WMARK_MASK 3

/*
 * Continues at a function that returns at once, in place of the function that
 * was about to begin. The stack is as its caller left it. On arm64, setting pc
 * should suffice; that is not tested.
 */
#ifdef CONFIG_X86_64
#define LAB_HAVE_REDIRECT
static inline void lab_redirect(struct pt_regs *regs, void *to)
{
	instruction_pointer_set(regs, (unsigned long)to);
}
#endif

/*
 * The latency clock: ticks of the CPU's own counter, because ktime_get() and
 * local_clock() would add a tenth to what is measured. Each shot is timed on
 * one CPU, so that counters need not agree between CPUs.
 *
 * A reading is ordered against what comes before it: earlier instructions,
 * loads included, are complete by then. So the inspection of the zone before a
 * shot is not measured as part of the shot, and the shot is complete at the
 * second reading. Instructions after a reading may begin before it. On x86 that
 * is rdtsc_ordered() (lfence, or rdtscp). ktime_get_mono_fast_ns() is as
 * ordered as the counter that the architecture reads for it, on arm64 with an
 * isb (asm/arch_timer.h, __arch_counter_get_cntvct()).
 */
#if defined(CONFIG_X86_TSC)
#include <asm/msr.h>
#include <asm/tsc.h>
static inline u64 lab_clock(void)
{
	return rdtsc_ordered();
}

static inline u64 lab_clock_khz(void)
{
	return tsc_khz;
}
#else
#include <linux/timekeeping.h>
static inline u64 lab_clock(void)
{
	return ktime_get_mono_fast_ns();
}

static inline u64 lab_clock_khz(void)
{
	return 1000000;
}
#endif

#endif /* LAB_COMPAT_H */
