// SPDX-License-Identifier: GPL-2.0-only
/*
 * pressure/numa.c - contention between nodes.
 *
 * ping-pong: a worker moves its memory from node to node and back with
 * migrate_pages(2); free lists of all nodes change all the time, and memory is
 * never short. fight: a worker on each CPU allocates and frees memory of one
 * node, so that all of them contend for the lock of its zone. To exhaust one
 * node while others have memory, use anon with node.
 */
#include <errno.h>
#include <numa.h>
#include <numaif.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sys/cpu.h"
#include "pressure/common/level.h"
#include "pressure/common/nodes.h"
#include "pressure.h"
#include "pressure/common/workers.h"

enum { PING_PONG, FIGHT };

static const char *const hows[] = { "ping-pong", "fight", NULL };

static const struct lab_key keys[] = {
	{ "how", LAB_KEY_CHOICE, 0, 0, PING_PONG, true,
	  "ping-pong: memory moves between nodes; fight: all CPUs want that of one node",
	  hows },
	{ "node", LAB_KEY_NUMBER, 0, LAB_MAX_NODES - 1, 0, true,
	  "the node that is fought over" },
	{ "size", LAB_KEY_BYTES, 4096, 1ull << 40, 8 << 20, true,
	  "bytes of each worker" },
	{},
};

/* What a worker says: pages taken or moved, and those that would not. */
enum { PAGES, FAILED };

static struct lab_workers workers = { .pressure = "numa" };

static int numa_probe(const char **why)
{
	int err = lab_probe_numa(why);

	if (err || numa_num_configured_nodes() > 1)
		return err;
	*why = "the machine has one node";
	return -ENODEV;
}

static char *map(size_t size)
{
	char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		return NULL;
	madvise(memory, size, MADV_NOHUGEPAGE);
	return memory;
}

static int next_node(int node)
{
	do {
		node = (node + 1) % (numa_max_node() + 1);
	} while (numa_node_size64(node, NULL) <= 0);
	return node;
}

static int ping_pong(struct lab_worker_report *report, size_t size)
{
	const size_t page = getpagesize(), pages = size / page;
	void **address = calloc(pages, sizeof(*address));
	int *to = calloc(pages, sizeof(*to)), *is = calloc(pages, sizeof(*is));
	char *memory = map(size);
	int node = next_node(-1);
	bool rung = false;
	size_t i;

	if (!address || !to || !is || !memory)
		return -ENOMEM;
	memset(memory, 1, size);
	for (i = 0; i < pages; i++)
		address[i] = memory + i * page;
	for (;;) {
		node = next_node(node);
		for (i = 0; i < pages; i++)
			to[i] = node;
		if (numa_move_pages(0, pages, address, to, is, MPOL_MF_MOVE) <
		    0)
			return -errno;
		for (i = 0; i < pages; i++)
			report->value[is[i] == node ? PAGES : FAILED]++;
		if (!rung)
			lab_worker_notify();
		rung = true;
	}
}

static int fight(struct lab_worker_report *report, size_t size,
		 unsigned int node, unsigned int cpu)
{
	const size_t page = getpagesize();
	char *memory = map(size);
	bool rung = false;
	size_t i;
	int err;

	if (!memory)
		return -errno;
	err = lab_bind_to_cpu(cpu);
	if (!err)
		err = lab_bind_memory(node);
	while (!err) {
		for (i = 0; i + page <= size; i += page)
			*(volatile char *)(memory + i) = 1;
		report->value[PAGES] += size / page;
		madvise(memory, size, MADV_DONTNEED);
		if (!rung)
			lab_worker_notify();
		rung = true;
	}
	return err;
}

/* "numa INDEX HOW SIZE NODE CPU" */
static int numa_worker(int argc, char **argv)
{
	struct lab_worker_report *report = lab_worker_report_slot(argc, argv);
	size_t size;

	if (!report || argc != 6)
		return 2;
	size = strtoull(argv[3], NULL, 10);
	if (strtoul(argv[2], NULL, 10) == PING_PONG)
		lab_worker_park(report, ping_pong(report, size));
	lab_worker_park(report, fight(report, size, strtoul(argv[4], NULL, 10),
				      strtoul(argv[5], NULL, 10)));
}

static int start_one(const struct lab_setting *settings, unsigned int cpu)
{
	const uint64_t numbers[] = {
		lab_setting_get(settings, "how"),
		lab_setting_get(settings, "size"),
		lab_setting_get(settings, "node"),
		cpu,
	};

	return lab_workers_start_numbers(&workers, cpu, numbers, 4);
}

static int numa_start(const struct lab_setting *settings, uint64_t seed)
{
	const uint64_t cpus = lab_cpus_allowed();
	unsigned int cpu;
	int err = 0;

	(void)seed;
	if (lab_setting_get(settings, "how") == PING_PONG)
		return start_one(settings, 0);
	for (cpu = 0; !err && cpu < LAB_WORKERS_MAX; cpu++)
		if (cpus & 1ull << cpu)
			err = start_one(settings, cpu);
	return err;
}

static int numa_stop(void)
{
	uint64_t pages = 0, failed = 0;
	unsigned int i, count = 0;

	for (i = 0; i < LAB_WORKERS_MAX; i++) {
		if (!lab_workers_has(&workers, i))
			continue;
		pages += lab_workers_report(&workers, i)->value[PAGES];
		failed += lab_workers_report(&workers, i)->value[FAILED];
		count++;
	}
	if (count)
		lab_pressed_note("numa", -1,
				 json_pack("{s:i, s:I, s:I}", "workers",
					   (int)count, "pages",
					   (json_int_t)pages, "failed",
					   (json_int_t)failed));
	return lab_workers_stop(&workers);
}

const struct lab_pressure lab_press_numa = {
	.name = "numa",
	.help = "memory that moves between nodes, or that all CPUs want of one",
	.keys = keys,
	.probe = numa_probe,
	.start = numa_start,
	.stop = numa_stop,
	.worker = numa_worker,
};
