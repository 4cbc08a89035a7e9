/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * guest/guest_test.h - what tests of the module share. They run in a guest, as
 * root and alone:
 *
 *	labyrinth lab --exec build/tests/context_test
 *
 * A fixture that uses the macros has these members:
 *
 *	int fd;			of the device
 *	struct lab_spec spec;	what is fired
 *	struct lab_stats stats;	what was counted
 *	char why[128];		what SETUP said
 */
#ifndef LAB_GUEST_TEST_H
#define LAB_GUEST_TEST_H

#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sys/device.h"
#include "sys/names.h"
#include "kselftest_harness.h"

#define UNUSED __attribute__((unused))

UNUSED static void write_to(const char *path, const char *text)
{
	FILE *f = fopen(path, "we");

	if (f) {
		fputs(text, f);
		fclose(f);
	}
}

UNUSED static void write_number(const char *path, long number)
{
	char text[24];

	snprintf(text, sizeof(text), "%ld", number);
	write_to(path, text);
}

UNUSED static long read_number(const char *path)
{
	long number = -1;
	FILE *f = fopen(path, "re");

	if (f) {
		if (fscanf(f, "%ld", &number) != 1)
			number = -1;
		fclose(f);
	}
	return number;
}

UNUSED static void bind_to(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

UNUSED static __u64 sum(const __u64 *numbers, size_t n)
{
	__u64 total = 0;

	while (n--)
		total += *numbers++;
	return total;
}

/* Of all oracles. Those that found any are named, with the first shot. */
UNUSED static __u64 violations(const struct lab_stats *stats)
{
	__u64 total = 0;
	unsigned int i;

	for (i = 0; i < LAB_ORACLE_COUNT; i++) {
		const struct lab_oracle_stats *oracle = &stats->oracle[i];

		total += oracle->violations;
		if (oracle->violations)
			printf("# oracle %s: %llu violations, the first by shot %llu\n",
			       lab_oracle_names[i], oracle->violations,
			       oracle->culprit);
	}
	return total;
}

/* What most tests begin with: order 0, from the task, nothing kept. */
UNUSED static struct lab_spec plain_spec(void)
{
	return (struct lab_spec){
		.gfp_mods = LAB_GFP_MOD(NOWARN),
		.node = LAB_NODE_ANY,
		.burst = 16,
		.oracles = LAB_ORACLES_ALL,
		.seed = 1,
	};
}

/* Pages that nobody has, per-CPU lists included. */
UNUSED static long free_pages(int fd, int node)
{
	static struct lab_zones zones;
	unsigned int i;
	long pages = 0;

	if (lab_device_zones(fd, &zones))
		return -1;
	for (i = 0; i < zones.count; i++)
		if (node < 0 || zones.zone[i].node == (__u32)node)
			pages += zones.zone[i].free + zones.zone[i].pcp;
	return pages;
}

/* Not the one that the caller's CPU is on, unless there is no other. */
UNUSED static unsigned int last_node(int fd)
{
	static struct lab_zones zones;
	unsigned int i, last = 0;

	if (lab_device_zones(fd, &zones))
		return 0;
	for (i = 0; i < zones.count; i++)
		if (zones.zone[i].node > last)
			last = zones.zone[i].node;
	return last;
}

UNUSED static __u64 pages_held(int fd)
{
	struct lab_info info = { .pages_held = UINT64_MAX };

	lab_device_info(fd, &info);
	return info.pages_held;
}

/*
 * The kernel's injection, and its own count of what it injected. Nobody else
 * in the guest asks for blocks of order 3 and more atomically.
 */
#define FAULT "/sys/kernel/debug/fail_page_alloc/"
#define FAULT_TIMES 1000000

UNUSED static bool fault_there(void)
{
	return read_number(FAULT "times") >= 0;
}

UNUSED static void fault_start(long min_order, long interval, long probability)
{
	write_number(FAULT "verbose", 0);
	write_number(FAULT "min-order", min_order);
	write_number(FAULT "times", FAULT_TIMES);
	write_number(FAULT "interval", interval);
	write_number(FAULT "probability", probability);
}

/* How many were injected. */
UNUSED static __u64 fault_stop(void)
{
	write_number(FAULT "probability", 0);
	return FAULT_TIMES - read_number(FAULT "times");
}

/*
 * A kernel with debugging checks (source:X.Y+debug): kmemleak and the stack
 * depot allocate when somebody else does, also atomically and of order 2 and
 * more, and KASAN keeps what was freed in quarantine. What is counted of the
 * whole kernel (free pages, injected requests) is the shots' and a few more.
 */
UNUSED static bool checks_itself(void)
{
	return !access("/sys/kernel/debug/kmemleak", F_OK);
}

#define REQUESTS_OF_CHECKS 8

/* Guest seconds for a test that takes some, and a minute where checks are on. */
#define SLOW_S 300

/* A count of the whole kernel, where shots account for `own` of it. */
UNUSED static bool counts_only(__u64 counted, __u64 own)
{
	return counted >= own &&
	       counted - own <= (checks_itself() ? REQUESTS_OF_CHECKS : 0);
}

/*
 * A test that takes every large block leaves the kernel these single pages,
 * half of the bytes mapped, or the OOM killer ends the test: what it keeps
 * free is little more than its watermarks. Debugging checks live on it. They
 * are the area's until it is unmapped, or the test's process ends; NULL: none.
 */
#define SMALL_BLOCKS (64ul << 20)

UNUSED static char *leave_small_blocks(void)
{
	const size_t page = sysconf(_SC_PAGESIZE);
	char *area = mmap(NULL, SMALL_BLOCKS, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	size_t at;

	if (area == MAP_FAILED)
		return NULL;
	madvise(area, SMALL_BLOCKS, MADV_NOHUGEPAGE);
	for (at = 0; at < SMALL_BLOCKS; at += page)
		area[at] = 1;
	for (at = 0; at < SMALL_BLOCKS; at += 2 * page)
		madvise(area + at, page, MADV_DONTNEED);
	return area;
}

/*
 * The kernel's trace of misses of an order and more (a slab with red zones is
 * larger than its object), which knows nothing of shots: a count of genuine
 * failures that is not the module's.
 */
#define TRACING "/sys/kernel/debug/tracing/"
#define TRACED TRACING "events/kmem/mm_page_alloc/"

UNUSED static void misses_start(unsigned int order)
{
	char filter[80];

	snprintf(filter, sizeof(filter),
		 "order >= %u && pfn == 0xffffffffffffffff", order);
	write_number(TRACING "buffer_size_kb", 1024);
	write_to(TRACED "filter", filter);
	write_to(TRACING "trace", "");
	write_to(TRACED "enable", "1");
}

UNUSED static __u64 misses_on(int cpu)
{
	unsigned long entries = 0, overrun = 0;
	char path[80];
	FILE *f;

	snprintf(path, sizeof(path), TRACING "per_cpu/cpu%d/stats", cpu);
	f = fopen(path, "re");
	if (!f)
		return 0;
	if (fscanf(f, "entries: %lu overrun: %lu", &entries, &overrun) != 2)
		entries = 0;
	fclose(f);
	return entries + overrun;
}

UNUSED static __u64 misses_stop(void)
{
	__u64 count = misses_on(0) + misses_on(1);

	write_to(TRACED "enable", "0");
	write_to(TRACED "filter", "0");
	write_to(TRACING "trace", "");
	return count;
}

/* Few contexts are legal on every kernel. One that is not known is: to fail. */
UNUSED static bool usable(int fd, __u32 context)
{
	struct lab_row row;

	return lab_device_context(fd, context, &row) || row.usable;
}

#define NEEDS_CONTEXT(context)                                 \
	do {                                                   \
		struct lab_row __row = {};                     \
		lab_device_context(self->fd, context, &__row); \
		if (!__row.usable)                             \
			SKIP(return, "%s", __row.reason);      \
	} while (0)

/* What uses a node up leaves the rest of the guest another. */
#define NEEDS_TWO_NODES()                                           \
	do {                                                        \
		if (!last_node(self->fd))                           \
			SKIP(return, "there is one node, or none"); \
	} while (0)

#define OPEN()                                                            \
	do {                                                              \
		self->fd = lab_device_open(self->why, sizeof(self->why)); \
		ASSERT_LE(0, self->fd)                                    \
		{                                                         \
			TH_LOG("%s", self->why);                          \
		}                                                         \
		self->spec = plain_spec();                                \
		bind_to(0);                                               \
	} while (0)

/* A run that is over, and the next one. */
#define REOPEN()                                                          \
	do {                                                              \
		close(self->fd);                                          \
		self->fd = lab_device_open(self->why, sizeof(self->why)); \
		ASSERT_LE(0, self->fd);                                   \
	} while (0)

#define SETUP()                                                              \
	do {                                                                 \
		ASSERT_EQ(0, lab_device_setup(self->fd, &self->spec,         \
					      self->why, sizeof(self->why))) \
		{                                                            \
			TH_LOG("%s", self->why);                             \
		}                                                            \
	} while (0)

#define SHOOT(shots)                                                      \
	do {                                                              \
		__u64 __fired;                                            \
		ASSERT_EQ(0, lab_device_fire(self->fd, shots, &__fired)); \
		ASSERT_EQ((__u64)(shots), __fired);                       \
		ASSERT_EQ(0, lab_device_read(self->fd, 0, &self->stats)); \
	} while (0)

#define FIRE(shots)           \
	do {                  \
		SETUP();      \
		SHOOT(shots); \
	} while (0)

#endif /* LAB_GUEST_TEST_H */
