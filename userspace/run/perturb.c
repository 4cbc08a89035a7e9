// SPDX-License-Identifier: GPL-2.0-only
/* run/perturb.c - see run/perturb.h. */
#include <errno.h>
#include <sched.h>
#include <stddef.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "lib/random.h"
#include "scenario/scenario.h"
#include "fire.h"
#include "perturb.h"

#define PAGES 512 /* at most, on each CPU */
#define MOST_NS 8000000ull

static void touch(volatile char *memory, size_t page, uint64_t *random)
{
	size_t n = lab_random(random) % PAGES;

	while (n--)
		memory[lab_random(random) % PAGES * page] = 1;
}

/* One page at a time, in an order that differs from that of allocation. */
static void give_back(char *memory, size_t page, uint64_t *random)
{
	const size_t step = 2 * (lab_random(random) % (PAGES / 2)) + 1;
	size_t i;

	/* PAGES is a power of two, so an odd step visits each page once. */
	for (i = 0; i < PAGES; i++)
		madvise(memory + i * step % PAGES * page, page, MADV_DONTNEED);
}

static int perturb_on(unsigned int cpu, unsigned int other, char *memory,
		      size_t page, uint64_t *random)
{
	int err = lab_bind_to_cpu(cpu);

	if (err)
		return err;
	touch(memory, page, random);
	err = lab_bind_to_cpu(lab_random(random) % 2 ? other : cpu);
	give_back(memory, page, random);
	return err;
}

int lab_perturb_memory(uint64_t cpus, uint64_t *random)
{
	const size_t page = getpagesize();
	const unsigned int first = __builtin_ctzll(cpus);
	unsigned int cpu, last = first;
	cpu_set_t before;
	char *memory;
	int err = 0;

	if (sched_getaffinity(0, sizeof(before), &before))
		return -errno;
	memory = mmap(NULL, PAGES * page, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (memory == MAP_FAILED)
		return -errno;
	madvise(memory, PAGES * page, MADV_NOHUGEPAGE);
	for (cpu = first; !err && cpu < LAB_MAX_CPUS; cpu++) {
		if (!(cpus >> cpu & 1))
			continue;
		err = perturb_on(cpu, last, memory, page, random);
		last = cpu;
	}
	munmap(memory, PAGES * page);
	if (sched_setaffinity(0, sizeof(before), &before) && !err)
		err = -errno;
	return err;
}

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

/*
 * A busy loop: a thread that slept would be woken by a tick, and so always
 * start at the same timer phase.
 */
void lab_perturb_time(uint64_t *random)
{
	const uint64_t end = now() + lab_random(random) % MOST_NS;

	while (now() < end)
		continue;
}
