/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * labyrinth.h - the contract between labyrinth.ko and user space.
 *
 * One measured allocation is a shot. A context is a place in the kernel that a
 * shot is fired from. A run is one shooter: it fires shots of one kind, from
 * one CPU, and keeps the counts.
 *
 *	fd = open("/dev/labyrinth", O_RDWR | O_CLOEXEC);   CAP_SYS_ADMIN
 *	ioctl(fd, LAB_IOC_INFO, &info);                    what is here
 *	ioctl(fd, LAB_IOC_CONTEXT, &context);              once per context
 *	ioctl(fd, LAB_IOC_SETUP, &setup);                  once per open file
 *	mmap(NULL, size, ..., fd, 0);                      the events, if asked for
 *	ioctl(fd, LAB_IOC_FIRE, &fire);                    as often as wanted
 *	ioctl(fd, LAB_IOC_READ, &read);                    as often as wanted
 *	ioctl(fd, LAB_IOC_RELEASE);                        frees what is held
 *	close(fd);                                         so does this
 *
 * A run belongs to the open file that set it up. When the file is closed, by
 * close(2) or by the death of its owner, whatever the cause, every page of the
 * run is freed. If several processes share the open file, they share the run:
 * its ioctls exclude each other.
 *
 * FIRE works in the calling thread and from the CPU named in the spec: the
 * thread must be bound to exactly that CPU (sched_setaffinity(2)), and it is
 * the thread's own memory policy, cpuset and fault-injection state that the
 * task context meets. A signal ends it early with what was fired counted.
 *
 * Several CPUs at once are several threads, each with an open file of its own:
 * nothing that is counted is shared, so nothing that is measured is disturbed.
 *
 * Everything not described here as input is written by the kernel. Inputs are
 * checked field by field; unknown flags, values out of range and padding that
 * is not zero are refused with EINVAL. No kernel address is ever returned.
 *
 * Errors common to all: ENOTTY (no such ioctl), EFAULT, EINVAL as above.
 */
#ifndef _UAPI_LABYRINTH_H
#define _UAPI_LABYRINTH_H

#include <linux/ioctl.h>
#include <linux/types.h>

/* Increased whenever the meaning or the layout of anything below changes. */
#define LAB_ABI_VERSION 5u

#define LAB_DEVICE "labyrinth"

/*
 * The module parameter panic_port=N names an I/O port of QEMU's isa-debugcon
 * device. The text of a panic is written to it, followed by a newline. Nothing
 * is written unless reading the port gives LAB_PANIC_READBACK. x86 only. The
 * lab puts the device at LAB_PANIC_PORT.
 */
#define LAB_PANIC_PORT 0xe9
#define LAB_PANIC_READBACK 0xe9

/*
 * The lists below are the only place where contexts, interfaces, flags and
 * oracles get their number, name and description: the tables of the module and
 * the words of scenario files are generated from them, and user space has the
 * texts even if no module is loaded. A text fits into lab_row.text. It says
 * what code in a context may not do, which function an interface calls, or what
 * an oracle claims.
 */
#define LAB_CONTEXTS(X)                                                                  \
	X(TASK, task, "may sleep; asks atomically all the same")                         \
	X(PREEMPT_OFF, preempt_off, "preemption is off: may not sleep")                  \
	X(IRQS_OFF, irqs_off,                                                            \
	  "interrupts are off: may not sleep, wait for another CPU nor take long")       \
	X(BH_OFF, bh_off, "bottom halves are off: may not sleep")                        \
	X(RCU, rcu, "reads under RCU: may not block")                                    \
	X(SPIN_LOCK, spin_lock, "holds a spinlock: may not sleep")                       \
	X(SPIN_LOCK_BH, spin_lock_bh,                                                    \
	  "holds a spinlock with bottom halves off: may not sleep")                      \
	X(SPIN_LOCK_IRQSAVE, spin_lock_irqsave,                                          \
	  "holds a spinlock with interrupts off: may not sleep")                         \
	X(RAW_SPIN_LOCK, raw_spin_lock,                                                  \
	  "holds a raw spinlock: may not sleep, on PREEMPT_RT neither")                  \
	X(RWLOCK, rwlock,                                                                \
	  "holds a reader-writer spinlock as the writer: may not sleep")                 \
	X(IRQ_THREAD, irq_thread,                                                        \
	  "serves an interrupt in a thread: may sleep, holds up its device if it does")  \
	X(SOFTIRQ_TASKLET, softirq_tasklet,                                              \
	  "serves a softirq: may not sleep nor touch user memory")                       \
	X(SOFTIRQ_TIMER, softirq_timer,                                                  \
	  "serves a timer in softirq: may not sleep nor touch user memory")              \
	X(SOFTIRQ_HRTIMER, softirq_hrtimer,                                              \
	  "serves a timer in softirq: may not sleep nor touch user memory")              \
	X(SOFTIRQ_WORK, softirq_work,                                                    \
	  "serves a work item in softirq: may not sleep nor touch user memory")          \
	X(HARDIRQ_HRTIMER, hardirq_hrtimer,                                              \
	  "serves an interrupt: may not sleep, wait for softirqs nor touch user memory") \
	X(HARDIRQ_WORK, hardirq_work,                                                    \
	  "serves an interrupt: may not sleep, wait for softirqs nor touch user memory") \
	X(HARDIRQ_IPI, hardirq_ipi,                                                      \
	  "serves an interrupt: may not sleep, wait for softirqs nor touch user memory") \
	X(NMI, nmi,                                                                      \
	  "interrupts even who has interrupts off: may take no lock and free nothing")   \
	X(NESTED, nested,                                                                \
	  "is interrupted in the middle of its request by others that make one")

#define LAB_APIS(X)                                                      \
	X(PAGES, pages, "alloc_pages(), alloc_pages_node()")             \
	X(GET_FREE_PAGES, get_free_pages, "__get_free_pages()")          \
	X(EXACT, exact, "alloc_pages_exact()")                           \
	X(BULK, bulk, "alloc_pages_bulk(), or alloc_pages_bulk_array()") \
	X(KMALLOC, kmalloc, "kmalloc_node()")                            \
	X(KMEM_CACHE, kmem_cache, "kmem_cache_alloc_node()")             \
	X(PAGE_FRAG, page_frag, "page_frag_alloc()")                     \
	X(MEMPOOL, mempool, "mempool_alloc()")                           \
	X(NOLOCK, nolock, "alloc_pages_nolock()")

/* Requests: a base and modifiers. Kernels disagree about the bits, not names. */
#define LAB_GFP_BASES(X) \
	X(ATOMIC)        \
	X(NOWAIT)

/*
 * __GFP_THISNODE needs a node; __GFP_DMA and __GFP_DMA32 exclude each other. With
 * __GFP_MEMALLOC watermarks are ignored: only the floor of the run limits how much
 * is taken.
 */
#define LAB_GFP_MODS(X) \
	X(HIGH)         \
	X(NOMEMALLOC)   \
	X(THISNODE)     \
	X(ZERO)         \
	X(COMP)         \
	X(DMA32)        \
	X(NOWARN)       \
	X(MEMALLOC)     \
	X(NORETRY)      \
	X(RECLAIMABLE)  \
	X(DMA)

/*
 * Oracles, in the order in which they check each shot. The last one writes to
 * the block.
 */
#define LAB_ORACLES(X)                                                                          \
	X(ZEROED, zeroed, "with __GFP_ZERO every byte of a block is zero")                      \
	X(NODE, node,                                                                           \
	  "__GFP_THISNODE is honoured, and no page is from a zone above the one asked for")     \
	X(COMPOUND, compound,                                                                   \
	  "a block has one reference, and is compound if and only if that was asked for")       \
	X(PFMEMALLOC, pfmemalloc,                                                               \
	  "no page is from below all watermarks unless __GFP_MEMALLOC asked for that")          \
	X(STATE, state,                                                                         \
	  "preempt count, RCU depth and interrupt state are the same before and after")         \
	X(SLEPT, slept, "an atomic request does not sleep")                                     \
	X(DEPTH, depth,                                                                         \
	  "a zone that has less than the rules leave in it gives no page to an atomic request") \
	X(HIGHATOMIC, highatomic,                                                               \
	  "the highatomic reserve is at most 1 % of its zone, two pageblocks and a request")    \
	X(KSWAPD, kswapd,                                                                       \
	  "a request that finds nothing below the min watermark leaves kswapd awake")           \
	X(EXCLUSIVE, exclusive,                                                                 \
	  "no page is handed out twice: its first and last 8 bytes are as its shot wrote them until it is freed")

#define LAB_ORACLES_ALL ((1u << LAB_ORACLE_COUNT) - 1)

/*
 * How blocks are kept and freed if hold is not 0; with hold 0 each is freed at
 * once.
 *
 *	RING	 keep up to hold; then free one for each new one
 *	FILL	 keep up to hold; then free all, and repeat
 *	EXHAUST	 keep until the allocator has no more, or up to hold; then free all,
 *		 and repeat
 *	REFILL	 keep hold; free burst of them before every volley of burst shots,
 *		 as the driver of a network card refills its ring
 *
 * RING and REFILL free in the context of the shots, FILL and EXHAUST in that of
 * the caller of FIRE: freeing all may take too long with interrupts off.
 */
#define LAB_PATTERNS(X)     \
	X(RING, ring)       \
	X(FILL, fill)       \
	X(EXHAUST, exhaust) \
	X(REFILL, refill)

/* Which of the kept blocks is freed first. */
#define LAB_VICTIMS(X)    \
	X(OLDEST, oldest) \
	X(NEWEST, newest) \
	X(RANDOM, random)

/*
 * The path by which a successful shot got its page. The zone of the page is
 * observed. The pass of the allocator that found it follows from the rules: the
 * fast pass needs the preferred zone to be above its low watermark, and pages
 * at or below the min watermark belong to the reserve.
 */
#define LAB_PASSAGES(X)           \
	X(FAST, fast)             \
	X(SLOW, slow)             \
	X(RESERVE, reserve)       \
	X(OTHER_ZONE, other_zone) \
	X(OTHER_NODE, other_node) \
	X(STORE, store) /* no request was made: a slab, a fragment, a pool */

/*
 * Why the state of its preferred zone says nothing of a shot.
 *
 *	POLICY	  a memory policy of the task sends it elsewhere
 *	CPUSET	  a cpuset keeps the task from some of the nodes with memory
 *	MEMORYLESS  the zone has no page and no watermark
 *	RESERVE	  the zone has a highatomic reserve, and whether free pages of it
 *		  count as free for such a request differs between kernels, or
 *		  they do and it may have none of them
 *	BOOST	  the watermarks are boosted, and whether such a request is held to
 *		  the boosted one differs between kernels, or follows from an order
 *		  that is not known; or the boost changed while the request was made
 */
#define LAB_UNKNOWNS(X)           \
	X(POLICY, policy)         \
	X(CPUSET, cpuset)         \
	X(MEMORYLESS, memoryless) \
	X(RESERVE, reserve)       \
	X(BOOST, boost)

#define LAB_NUMBER(prefix, id) LAB_##prefix##_##id
#define LAB_CTX_ROW(id, name, rule) LAB_NUMBER(CTX, id),
#define LAB_API_ROW(id, name, call) LAB_NUMBER(API, id),
#define LAB_GFP_ROW(id) LAB_NUMBER(GFP, id),
#define LAB_GFP_BIT_ROW(id) LAB_NUMBER(GFP_BIT, id),
#define LAB_ORACLE_ROW(id, name, claim) LAB_NUMBER(ORACLE, id),
#define LAB_PATTERN_ROW(id, name) LAB_NUMBER(PATTERN, id),
#define LAB_VICTIM_ROW(id, name) LAB_NUMBER(VICTIM, id),
#define LAB_PASSAGE_ROW(id, name) LAB_NUMBER(PASSAGE, id),
#define LAB_UNKNOWN_ROW(id, name) LAB_NUMBER(UNKNOWN, id),

enum lab_context_id { LAB_CONTEXTS(LAB_CTX_ROW) LAB_CTX_COUNT };
enum lab_api_id { LAB_APIS(LAB_API_ROW) LAB_API_COUNT };
enum lab_gfp_base { LAB_GFP_BASES(LAB_GFP_ROW) LAB_GFP_BASE_COUNT };
enum lab_gfp_mod { LAB_GFP_MODS(LAB_GFP_BIT_ROW) LAB_GFP_MOD_COUNT };
enum lab_oracle_id { LAB_ORACLES(LAB_ORACLE_ROW) LAB_ORACLE_COUNT };
enum lab_pattern { LAB_PATTERNS(LAB_PATTERN_ROW) LAB_PATTERN_COUNT };
enum lab_victim { LAB_VICTIMS(LAB_VICTIM_ROW) LAB_VICTIM_COUNT };
enum lab_passage { LAB_PASSAGES(LAB_PASSAGE_ROW) LAB_PASSAGE_COUNT };
enum lab_unknown { LAB_UNKNOWNS(LAB_UNKNOWN_ROW) LAB_UNKNOWN_COUNT };

/* lab_spec.gfp_mods is a set of these. */
#define LAB_GFP_MOD(id) (1u << LAB_NUMBER(GFP_BIT, id))
#define LAB_GFP_MODS_ALL ((1u << LAB_GFP_MOD_COUNT) - 1)

#define LAB_NODE_ANY (-1) /* alloc_pages(): the caller's policy decides */
#define LAB_MAX_NODES 64 /* the last one also counts those above */
#define LAB_MAX_ZONES 8 /* zones per node, at least MAX_NR_ZONES */
#define LAB_MAX_ORDERS 16 /* orders, at least NR_PAGE_ORDERS */
#define LAB_MAX_HOLD (1u << 20)
#define LAB_MAX_BURST 256
#define LAB_MAX_EVENTS (1u << 16)
#define LAB_MAX_RESERVE (1u << 12)
#define LAB_MAX_INTERVAL 1000000000ull /* ns */
#define LAB_BULK 16 /* pages that a shot of the bulk interface requests */
#define LAB_MAX_PARTS 3 /* of a nested run */

/*
 * LAB_IOC_INFO
 */
#define LAB_CAP_ATTRIBUTION \
	(1u << 0) /* injected and exhausted are told apart */
#define LAB_CAP_BUSTED (1u << 1) /* a test build, see LAB_IOC_BUST */

struct lab_info {
	__u32 abi; /* LAB_ABI_VERSION of the module */
	__u32 caps; /* LAB_CAP_* */
	__u32 contexts; /* LAB_IOC_CONTEXT takes 0 to contexts - 1 */
	__u32 apis; /* LAB_IOC_API likewise */
	__u32 oracles; /* LAB_IOC_ORACLE likewise */
	__u32 max_order; /* the highest order that may be asked for */
	__u32 page_size; /* bytes */
	__u32 pad;
	__u64 clock_khz; /* ticks of the latency clock in a millisecond */
	__u64 pages_held; /* by all runs, at this moment */
	__u64 floor; /* pages: the lowest that a run may have, a module parameter */
};

/*
 * LAB_IOC_CONTEXT, LAB_IOC_API, LAB_IOC_ORACLE: a row of a table. Index in,
 * the rest out. ENOENT past the last.
 */
struct lab_row {
	__u32 index;
	__u32 usable; /* 1, or 0 and a reason */
	char name[32];
	char text[128]; /* as in the lists above */
	char reason[128];
};

/*
 * LAB_IOC_SETUP: one kind of shot. reason is output: a text, with EINVAL and
 * EOPNOTSUPP.
 *
 *	EBUSY		the file has a run already
 *	EOPNOTSUPP	not legal, or not available, on this kernel: no defect
 *	ENODEV		the node or the CPU does not exist
 *	ENOMEM
 */
/* No clock, counts or checks: measures the cost of entering a context. */
#define LAB_RUN_BARE (1u << 0)
/*
 * The preferred zone is not read before a shot, because that would bring the
 * counters that the allocator reads next into the cache. The state that a shot
 * met is then unknown: cliff and passage stay 0, and the oracles depth and
 * kswapd and the event ring are refused.
 */
#define LAB_RUN_BLIND (1u << 1)
#define LAB_ORACLES_OF_STATE (1u << LAB_ORACLE_DEPTH | 1u << LAB_ORACLE_KSWAPD)

/*
 * The shot before which the module calls lab_stand_here(), a function that does
 * nothing, for a debugger to stop at. All values are legal, and those of no shot
 * take exactly as many instructions as those of one: so a run that is to be stopped
 * is the same up to there as one that is not.
 */
#define LAB_STAND_PART_BITS 40
#define LAB_STAND_BITS 44 /* higher ones are of no shot */
#define LAB_STAND(part, shot) \
	((__u64)(part) << LAB_STAND_PART_BITS | ((__u64)(shot) + 1))

struct lab_spec {
	__u32 flags; /* LAB_RUN_* */
	__u32 context; /* enum lab_context_id */
	__u32 api; /* enum lab_api_id */
	__u32 order; /* 0 to lab_info.max_order */
	__u32 gfp_base; /* enum lab_gfp_base */
	__u32 gfp_mods; /* set of LAB_GFP_MOD() */
	__s32 node; /* LAB_NODE_ANY or a node with memory */
	__u32 cpu;
	__u32 hold; /* blocks kept, 0 to LAB_MAX_HOLD; see LAB_PATTERNS */
	__u32 burst; /* shots per entry into the context, 1 to LAB_MAX_BURST */
	__u32 pattern; /* enum lab_pattern */
	__u32 victim; /* enum lab_victim */
	__u32 oracles; /* set of 1 << enum lab_oracle_id: those to check */
	__u32 events; /* entries of the event ring, to LAB_MAX_EVENTS; 0: no ring */
	__u32 reserve; /* elements, 1 to LAB_MAX_RESERVE: for mempool only */
	__u32 pad;
	/*
	 * Pages. While the machine has fewer free pages, shots that would keep
	 * their block are refused and counted as floored.
	 */
	__u64 floor;
	__u64 interval; /* ns between the starts of volleys; 0: no pause */
	__u64 seed; /* of stamps and of everything that is random */
	__u64 stand; /* LAB_STAND() of a shot, for a debugger; 0: of none */
	__u64 spare;
};

struct lab_setup {
	struct lab_spec spec;
	char reason[128];
};

/*
 * LAB_IOC_FIRE: EINTR if a signal came first, EXDEV if the thread is not bound
 * to the CPU of the run, or no longer is: nothing is fired on another CPU.
 * ENXIO before SETUP. fired is valid in every case.
 *
 * During a burst the thread cannot be moved and its CPU cannot go off line;
 * between two bursts, both can happen.
 */
struct lab_fire {
	__u64 shots; /* in: how many, to 2^32 */
	__u64 fired; /* out */
};

/*
 * Outcomes of a shot. ok + injected + exhausted + refused = attempts.
 *
 * A NULL is exhausted if the allocator itself reported the miss through the
 * mm_page_alloc tracepoint, and injected if it did not: fault injection returns
 * before the tracepoint (mm/page_alloc.c, prepare_alloc_pages()). Failures made
 * by LAB_IOC_INJECT the module records itself. A NULL for which neither could
 * be observed is exhausted and also counted in unattributed.
 *
 * alloc_pages_nolock() is never injected, and may return NULL because it would
 * have had to wait for a lock: the shot is then refused and counted in
 * contended. That is claimed in three cases: the allocator did not look for a
 * page; the preferred zone had one for it, above its min watermark, both before
 * and after; an NMI interrupted the allocator.
 */
enum lab_outcome {
	LAB_OK = 0,
	LAB_INJECTED = 1,
	LAB_EXHAUSTED = 2,
	LAB_REFUSED = 3, /* not legal there, or a lock was held */
	LAB_OUTCOME_COUNT
};

/*
 * Log-linear histogram of latencies in ticks: values below 2 * LAB_HIST_SUB
 * have a bucket each; above, every power of two is cut in LAB_HIST_SUB equal
 * buckets. A value v lies in a bucket whose width is at most v / LAB_HIST_SUB,
 * so the lower edge of its bucket is below v by less than 1.6 %.
 */
#define LAB_HIST_SUB_BITS 6
#define LAB_HIST_SUB (1u << LAB_HIST_SUB_BITS)
#define LAB_HIST_MAX_BITS 40 /* longer ones are counted in the last bucket */
#define LAB_HIST_BUCKETS \
	((LAB_HIST_MAX_BITS - LAB_HIST_SUB_BITS + 1) * LAB_HIST_SUB)

/*
 * The cliff: outcomes by the state that the shot met. The state is the number
 * of usable pages of the preferred zone, in units of its mark.
 *
 * Usable is what the kernel's check makes of the zone's free pages for this
 * request (mm/page_alloc.c, __zone_watermark_unusable_free()). It subtracts the
 * pages of CMA, those of the highatomic reserve if the request may not use
 * them, the pages of the block but one, and what the zone keeps for requests
 * that can use no other zone (lowmem_reserve). The mark is the min watermark
 * that this is compared with. The boost is included, except for an urgent
 * request of order 0 (zone_watermark_fast()).
 *
 * Bucket i < 64 covers (i/16, (i+1)/16] x mark; 64 to 79 cover one mark each,
 * from 4 x mark to 20 x mark; the last one is everything above. The part that
 * the request has to leave, 3/8 of the mark or more, is rounded as the kernel
 * rounds it, so it is exactly the border of two buckets.
 *
 * Two kinds of shots are counted apart: those of which the state of that zone
 * says nothing (LAB_UNKNOWNS), and those that another zone served, because the
 * fast pass goes on to the next zone if one is below its low watermark
 * (get_page_from_freelist()).
 */
#define LAB_CLIFF_STEPS 16
#define LAB_CLIFF_FINE 64
#define LAB_CLIFF_COARSE 16
/* In steps of mark / LAB_CLIFF_STEPS: from here on it is the last bucket. */
#define LAB_CLIFF_TOP (LAB_CLIFF_FINE + LAB_CLIFF_COARSE * LAB_CLIFF_STEPS)
#define LAB_CLIFF_BUCKETS (LAB_CLIFF_FINE + LAB_CLIFF_COARSE + 1)

#define LAB_MAX_ORACLES 32

/* Latencies of the shots with one outcome, in ticks. */
struct lab_latency {
	__u64 min; /* ~0: there was no such shot */
	__u64 max;
	__u64 sum;
	__u64 histogram[LAB_HIST_BUCKETS];
};

struct lab_oracle_stats {
	__u64 violations;
	__u64 culprit; /* number of the first shot that broke the claim, from 0 */
};

/*
 * LAB_IOC_READ: all counts since SETUP. ENXIO before SETUP.
 *
 * The nested context has three parts: 0 is the task, 1 the softirq that
 * interrupts it, 2 the hardirq that interrupts both. Each has counts of its
 * own. Other contexts have only part 0; ENOENT past the last part.
 */
struct lab_stats {
	__u64 attempts;
	__u64 outcome[LAB_OUTCOME_COUNT];
	__u64 unattributed;
	__u64 floored; /* of refused: because of the floor */
	__u64 contended; /* of refused: a lock was held, see above */
	__u64 partial; /* of ok: fewer pages than requested (bulk) */
	/*
	 * Fired while a shot of an outer part, or a request that the NMI
	 * interrupted, was in flight.
	 */
	__u64 interrupting;
	__u64 held; /* blocks held at this moment */
	__u64 checked; /* shots that the oracles checked */
	__u64 events_lost; /* because the ring was full */
	__u64 volleys; /* entries into the context */
	__u64 volley_ticks; /* time inside the context, sum over volleys */
	__u64 volley_max; /* of the longest: interrupts may be off that long */
	/* By enum lab_outcome; refused shots have no latency. */
	struct lab_latency latency[LAB_REFUSED];
	__u64 cliff_ok[LAB_CLIFF_BUCKETS]; /* without shots from a store */
	__u64 cliff_exhausted[LAB_CLIFF_BUCKETS];
	__u64 apart_ok, apart_exhausted; /* counted in no bucket of the cliff */
	__u64 passage[LAB_PASSAGE_COUNT];
	__u64 passage_ticks[LAB_PASSAGE_COUNT]; /* latency, summed */
	__u64 origin[LAB_MAX_NODES][LAB_MAX_ZONES]; /* of blocks */
	__u64 unknown[LAB_UNKNOWN_COUNT]; /* shots, by the first reason */
	/* Shots whose preferred zone had a boosted watermark, ... */
	__u64 boosted;
	__u64 reserved; /* ... free pages of a highatomic reserve, */
	__u64 with_cma; /* ... free pages of CMA */
	struct lab_oracle_stats oracle[LAB_MAX_ORACLES];
};

/*
 * The event ring: mmap(2) of the file at offset 0, shared, read and write, of
 * LAB_RING_SIZE(events, page_size) bytes. ENXIO without a ring.
 *
 * The kernel writes events from head on while there is room. Nothing is
 * overwritten; events without room are counted in events_lost. The reader takes
 * events between tail and head and then moves tail. An interrupt may have
 * completed its event before the one that it interrupted: event i (counted from
 * 0, without wrapping) is complete when its sequence is i + 1. Its index is i %
 * entries.
 */
struct lab_ring {
	__u64 head; /* written by the kernel: events ever placed */
	__u64 tail; /* written by the reader: events ever taken */
	__u32 entries;
	__u32 entry_size; /* sizeof(struct lab_event) */
};

struct lab_event {
	__u64 sequence;
	__u64 shot; /* number within its part, from 0 */
	__u64 clock; /* ticks since SETUP, when the request was made */
	__u32 latency; /* ticks; the greatest value stands for that and more */
	/* Of the preferred zone just before, in pages: */
	__u32 free;
	__u32 cma; /* of free: in pageblocks of CMA */
	__u32 highatomic; /* in the reserve: free ones since 6.12, all before */
	__u32 min; /* the min watermark without its boost */
	__u32 boost;
	__s32 usable; /* see LAB_CLIFF_STEPS */
	__u32 mark; /* likewise; 0: the state says nothing of this shot */
	__u8 part; /* of a nested run, else 0 */
	__u8 context; /* enum lab_context_id, of the part */
	__u8 order;
	__u8 outcome; /* enum lab_outcome */
	__u8 passage; /* enum lab_passage, when ok */
	__s8 node; /* of the page, or -1 */
	__s8 zone; /* of the page, or -1 */
	__u8 pad;
};

#define LAB_RING_SIZE(entries, page_size)                                  \
	((page_size) * (2 + ((__u64)(entries) * sizeof(struct lab_event) - \
			     1) / (page_size)))

/*
 * LAB_IOC_ZONES: a snapshot of every populated zone, taken without allocating.
 * Counts are in pages and exact (mm/vmstat.c counters with the per-CPU
 * differences added: zone_page_state_snapshot()).
 */
struct lab_zone {
	__u32 node;
	__u32 index; /* as in lab_stats.origin */
	char name[16];
	__u64 managed;
	__u64 free;
	__u64 min;
	__u64 low;
	__u64 high;
	__u64 boost;
	__u64 highatomic; /* pages reserved, in use or not */
	__u64 free_highatomic; /* of free; LAB_NOT_COUNTED: this kernel does not count them */
	__u64 free_cma; /* of free */
	__u64 pcp; /* on per-CPU lists */
	__u64 free_blocks[LAB_MAX_ORDERS];
};

#define LAB_NOT_COUNTED (~0ull)
#define LAB_ZONES_MAX (LAB_MAX_NODES * LAB_MAX_ZONES)

struct lab_zones {
	__u32 count;
	__u32 pad;
	struct lab_zone zone[LAB_ZONES_MAX];
};

/*
 * READ and ZONES take a pointer: their structures are larger than the size
 * field of an ioctl number allows. size must be that of the requested
 * structure.
 */
struct lab_buffer {
	__u64 address; /* user pointer */
	__u64 size;
	__u32 part; /* for READ, otherwise 0 */
	__u32 pad;
};

/*
 * LAB_IOC_INJECT: makes requests fail at the place of the kernel's own fault
 * injection, by a kprobe, on kernels without fault injection. One file at a
 * time; it ends when the file is closed, also by the death of its owner. The
 * same conditions as in fail_page_alloc apply, in its order: min_order, times,
 * space, interval, probability (lib/fault-inject.c, should_fail_ex()). Requests
 * that may sleep never fail.
 *
 * The choice by probability depends only on the seed of the run and that of the
 * injector. Before the ioctl returns it makes a test request fail, to detect a
 * kernel whose requests do not pass the probe.
 *
 *	EBUSY		another file injects, or the function is livepatched
 *	EOPNOTSUPP	not possible on this kernel; reason says why
 *
 * LAB_IOC_INJECTED: how many requests failed, or took the slow path, since
 * INJECT; ENXIO before.
 */
#define LAB_INJECT_SYSTEM \
	(1u << 0) /* every atomic request of the machine, not only shots */
#define LAB_INJECT_SLOW \
	(1u             \
	 << 1) /* nothing fails: the fast pass misses, so the slow path is taken */
#define LAB_INJECT_UNLIMITED (~0ull)

struct lab_inject {
	__u32 flags; /* LAB_INJECT_* */
	__u32 probability; /* percent of eligible requests; 0: none */
	__u64 interval; /* only every Nth eligible request, from 1 */
	__u64 times; /* at most this many, below 2^63; or LAB_INJECT_UNLIMITED */
	__u64 space; /* pages requested before the first failure, below 2^63 */
	__u32 min_order; /* requests of lower orders never fail */
	__u32 pad;
	__u64 seed;
	char target[64]; /* out: the function that is probed */
	char reason[128]; /* out */
};

/*
 * LAB_IOC_BUST, in test builds only (LAB_CAP_BUSTED): the run breaks a promise
 * on purpose, at the shot with that number, so that a test can see the oracle
 * report it. name is that of a row of busted.c. ENOENT if there is none, ENXIO
 * before SETUP.
 */
struct lab_bust {
	char name[32];
	__u64 shot;
};

/*
 * LAB_IOC_WATCH: counts every atomic request of the machine by its site, and
 * makes those fail that plans name. An atomic request is one that may neither
 * wait (no __GFP_DIRECT_RECLAIM) nor must succeed (no __GFP_NOFAIL).
 *
 * A site is an interface, a kind of context, flags, an order (of requests for
 * pages) and the call stack above the allocator. Its id follows from the names
 * in all that: it is the same in every boot of one kernel build.
 *
 * One file at a time; it ends when the file is closed. Called again on the same
 * file it resets the counts and takes new plans; sites keep their index.
 * Requests of all tasks fail: use a machine that may be lost.
 *
 *	EBUSY		another file watches
 *	EOPNOTSUPP	not possible on this kernel; reason says why
 */
#define LAB_SITE_INTERFACES(X)    \
	X(PAGES, pages)           \
	X(BULK, bulk)             \
	X(CACHE, cache)           \
	X(CACHE_BULK, cache_bulk) \
	X(KMALLOC, kmalloc)

#define LAB_SITE_CONTEXTS(X)  \
	X(TASK, task)         \
	X(BH_OFF, bh_off)     \
	X(IRQS_OFF, irqs_off) \
	X(SOFTIRQ, softirq)   \
	X(HARDIRQ, hardirq)   \
	X(NMI, nmi)

#define LAB_SITE_INTERFACE_ROW(id, name) LAB_NUMBER(SITE_BY, id),
#define LAB_SITE_CONTEXT_ROW(id, name) LAB_NUMBER(SITE, id),

enum lab_site_interface {
	LAB_SITE_INTERFACES(LAB_SITE_INTERFACE_ROW) LAB_SITE_BY_COUNT
};
enum lab_site_context {
	LAB_SITE_CONTEXTS(LAB_SITE_CONTEXT_ROW) LAB_SITE_CONTEXT_COUNT
};

#define LAB_MAX_SITES (1u << 12) /* three quarters of them are used */
#define LAB_MAX_REQUESTS (1u << 20) /* requests that the log can hold */
#define LAB_MAX_PLANS 8
#define LAB_SITE_FRAMES 24 /* of a stack, from the caller of the allocator */
#define LAB_SITE_ALL (~0ull) /* a plan for every site */
#define LAB_MAX_STARVE 60000000000ull /* ns */

struct lab_fault_plan {
	__u64 site; /* an id, or LAB_SITE_ALL */
	__u64 first; /* the first occurrence that fails, from 1 */
	__u64 count; /* how many occurrences from first on fail; 0 with a duration */
	__u64 duration; /* ns from the first occurrence on in which all fail, or 0 */
};

struct lab_site_watch {
	__u32 flags; /* must be 0 */
	__u32 plans;
	struct lab_fault_plan plan[LAB_MAX_PLANS]; /* zero beyond plans */
	__u64 pad;
	char reason[128]; /* output */
};

/* LAB_IOC_WATCHED: counts since WATCH. ENXIO before it. */
struct lab_watched {
	__u64 requests;
	__u64 hash; /* of the ids of all requests, in their order */
	__u64 faults; /* requests that plans made fail */
	__u64 fault_request; /* number of the first of them, from 0 */
	__u64 hash_before_fault; /* hash of the requests before the first fault */
	__u64 lost; /* requests from NMI context: not examined */
	__u64 dropped; /* requests whose site found no place */
	__u32 sites; /* known sites */
	__u32 pad;
};

/*
 * LAB_IOC_SITE: the site with this index. id is 0 if there is none; ENOENT past
 * the last.
 */
struct lab_site_row {
	__u32 index; /* in: 0 to LAB_MAX_SITES - 1 */
	__u32 interface; /* enum lab_site_interface */
	__u64 id;
	__u64 occurrences; /* since WATCH */
	__u64 failed; /* of these */
	__u64 first_request; /* number of its first one, from 0 */
	__u32 context; /* enum lab_site_context */
	__u32 gfp; /* as this kernel numbers them */
	__u32 order; /* of requests for pages, else 0 */
	__u32 size_min; /* bytes */
	__u32 size_max;
	__u32 frames;
	char stack[1792]; /* one line for each frame: function+offset/size [module] */
};

/*
 * LAB_IOC_REQUESTS: a struct lab_buffer that receives, for each request from
 * the first one on, the index of its site (as SITE takes it), a __u32 each.
 * size is at most 4 * min(requests, LAB_MAX_REQUESTS) bytes; part is 0.
 */

#define LAB_IOC_MAGIC 0xB7
#define LAB_IOC_INFO _IOR(LAB_IOC_MAGIC, 0, struct lab_info)
#define LAB_IOC_CONTEXT _IOWR(LAB_IOC_MAGIC, 1, struct lab_row)
#define LAB_IOC_ORACLE _IOWR(LAB_IOC_MAGIC, 2, struct lab_row)
#define LAB_IOC_SETUP _IOWR(LAB_IOC_MAGIC, 3, struct lab_setup)
#define LAB_IOC_FIRE _IOWR(LAB_IOC_MAGIC, 4, struct lab_fire)
#define LAB_IOC_READ _IOW(LAB_IOC_MAGIC, 5, struct lab_buffer)
#define LAB_IOC_RELEASE _IO(LAB_IOC_MAGIC, 6)
#define LAB_IOC_ZONES _IOW(LAB_IOC_MAGIC, 7, struct lab_buffer)
#define LAB_IOC_API _IOWR(LAB_IOC_MAGIC, 8, struct lab_row)
#define LAB_IOC_BUST _IOW(LAB_IOC_MAGIC, 9, struct lab_bust)
#define LAB_IOC_INJECT _IOWR(LAB_IOC_MAGIC, 10, struct lab_inject)
#define LAB_IOC_INJECTED _IOR(LAB_IOC_MAGIC, 11, __u64)
#define LAB_IOC_WATCH _IOWR(LAB_IOC_MAGIC, 12, struct lab_site_watch)
#define LAB_IOC_WATCHED _IOR(LAB_IOC_MAGIC, 13, struct lab_watched)
#define LAB_IOC_SITE _IOWR(LAB_IOC_MAGIC, 14, struct lab_site_row)
#define LAB_IOC_REQUESTS _IOW(LAB_IOC_MAGIC, 15, struct lab_buffer)

#endif /* _UAPI_LABYRINTH_H */
