/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * compat.h - the only file that knows that kernels differ.
 *
 * The rest of the module reads as if written for today's kernel. A difference
 * is detected by what headers offer (LAB_HAVE_*, see Kbuild; macros) and only
 * where nothing can be detected by the version.
 */
#ifndef LAB_COMPAT_H
#define LAB_COMPAT_H

#include <linux/hrtimer.h>
#include <linux/mmzone.h>
#include <linux/percpu.h>
#include <linux/timex.h>
#include <linux/version.h>

/*
 * The highest order of the buddy allocator. MAX_ORDER was one more than it
 * until 6.4 (commit 23baf831a32c), it until 6.8, and then got its own name.
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

/* Pages on one CPU's list; zone->pageset was replaced in 5.14. */
static inline unsigned long lab_pcp_count(struct zone *zone, int cpu)
{
#ifdef LAB_HAVE_PER_CPU_PAGESET
	return READ_ONCE(per_cpu_ptr(zone->per_cpu_pageset, cpu)->count);
#else
	return READ_ONCE(per_cpu_ptr(zone->pageset, cpu)->pcp.count);
#endif
}

/*
 * The latency clock: ticks of the CPU's own counter, because ktime_get() and
 * local_clock() would add a tenth to what is measured. Shots are timed on one
 * CPU, so that counters need not agree between CPUs.
 */
#if defined(CONFIG_X86_TSC)
#include <asm/tsc.h>
static inline u64 lab_clock(void)
{
	return rdtsc();
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
