// SPDX-License-Identifier: GPL-2.0-only
/*
 * pressure/anon.c - anonymous memory, on every node, down to a target.
 *
 * A worker per node takes memory of that node until what is free in the node's
 * largest zone is what was asked for, in units of that zone's min watermark,
 * and then holds still. It gives nothing back while shots are fired: what
 * they take on top is what makes memory run out.
 *
 * Below the low watermark an allocation that may sleep has to reclaim, and
 * without swap there is nothing to reclaim: the OOM killer would come. Hence
 * the least target. Workers offer themselves to it first. For the same
 * reason a worker that has pressed says so without a page to say it with: its
 * words are in memory shared beforehand, and an eventfd rings.
 *
 * A zone whose watermark is boosted is left alone until kswapd has taken the
 * boost back: what may sleep is held to the boosted mark, atomic requests of
 * order 0 are not (mm/page_alloc.c, zone_watermark_fast()).
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <numa.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../device.h"
#include "../journal.h"
#include "../random.h"
#include "pressure.h"

#define JITTER 64 /* pages by which a seed moves the target */
#define BOOST_WAIT_US 5000
#define BOOST_PATIENCE 200

static const struct lab_key keys[] = {
	{ "target", LAB_KEY_PERMILLE_OF_MIN, 1050, 100000, 1500, true,
	  "free pages left in the largest zone of each node" },
	{},
};

/* What a worker says when it is done pressing. */
struct level {
	int error;
	uint64_t target, free; /* pages */
	uint64_t taken;
};

struct holder {
	pid_t pid; /* 0: none on this node */
	int pidfd;
	int bell; /* an eventfd */
};

static struct holder holders[LAB_MAX_NODES];
static struct level *levels; /* shared, one a node */
static int levels_fd;

static const struct lab_zone *largest_zone(const struct lab_zones *zones,
					   unsigned int node)
{
	const struct lab_zone *best = NULL;
	unsigned int i;

	for (i = 0; i < zones->count; i++)
		if (zones->zone[i].node == node &&
		    (!best || zones->zone[i].managed > best->managed))
			best = &zones->zone[i];
	return best;
}

static int bind_to(unsigned int node)
{
	struct bitmask *mask = numa_allocate_nodemask();

	if (!mask)
		return -ENOMEM;
	numa_bitmask_setbit(mask, node);
	numa_set_bind_policy(1);
	numa_set_membind(mask);
	numa_bitmask_free(mask);
	return 0;
}

/*
 * Taking a page may take a thousand from the zone, to a per-CPU list: near the
 * target it is looked at after every page (mm/page_alloc.c, nr_pcp_alloc()).
 */
#define NEAR 8192

static size_t step_of(uint64_t distance)
{
	return distance > NEAR ? (distance - NEAR / 2) / 2 : 1;
}

/* True while kswapd has a boost to take back; not for ever. */
static bool boosted(const struct lab_zone *zone, unsigned int *patience)
{
	if (!zone->boost || !*patience)
		return false;
	--*patience;
	usleep(BOOST_WAIT_US);
	return true;
}

/* As far as the zone lets itself be pressed: level says how far that was. */
static int press(int device, unsigned int node, uint64_t permille,
		 uint64_t fewer, struct level *level)
{
	static struct lab_zones zones;
	const size_t page = sysconf(_SC_PAGESIZE);
	unsigned int patience = BOOST_PATIENCE;
	const struct lab_zone *zone;
	size_t size = 0, step;
	char *memory = NULL;
	int err;

	for (;;) {
		err = lab_device_zones(device, &zones);
		if (err)
			return err;
		zone = largest_zone(&zones, node);
		if (!memory) {
			size = zone->managed * page;
			memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
				      MAP_PRIVATE | MAP_ANONYMOUS |
					      MAP_NORESERVE,
				      -1, 0);
			if (memory == MAP_FAILED)
				return -errno;
			/* Huge pages would overshoot. */
			madvise(memory, size, MADV_NOHUGEPAGE);
		}

		level->target = zone->min * permille / 1000 + fewer;
		level->free = zone->free;
		if (level->free <= level->target)
			return 0;
		if (level->free <= level->target + zone->boost) {
			if (boosted(zone, &patience))
				continue;
			if (zone->boost)
				return 0;
		}
		for (step = step_of(level->free - level->target); step;
		     step--) {
			if (level->taken * page >= size)
				return -ENOSPC;
			memory[level->taken++ * page] = 1;
		}
	}
}

/* "anon NODE PERMILLE FEWER", with the levels and the bell. */
static int anon_worker(int argc, char **argv)
{
	struct level *level;
	unsigned int node;
	char why[256];
	int device;

	if (argc != 4)
		return 2;
	node = strtoul(argv[1], NULL, 10);
	levels = mmap(NULL, LAB_MAX_NODES * sizeof(*levels),
		      PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE,
		      LAB_WORKER_FD, 0);
	if (levels == MAP_FAILED || node >= LAB_MAX_NODES)
		return 3;
	level = &levels[node];
	device = lab_device_open(why, sizeof(why));
	level->error = device < 0 ? device : bind_to(node);
	if (!level->error)
		level->error = press(device, node, strtoull(argv[2], NULL, 10),
				     strtoull(argv[3], NULL, 10), level);
	eventfd_write(LAB_WORKER_FD + 1, 1);
	for (;;)
		pause();
}

static int anon_probe(const char **why)
{
	*why = "";
	if (numa_available() >= 0)
		return 0;
	*why = "the kernel has no NUMA policies (CONFIG_NUMA)";
	return -ENOSYS;
}

static int start_holder(unsigned int node, uint64_t permille, uint64_t seed)
{
	struct holder *holder = &holders[node];
	char text[3][24], *args[] = { text[0], text[1], text[2], NULL };
	uint64_t state = seed + node;
	pid_t pid;

	memset(&levels[node], 0, sizeof(levels[node]));
	snprintf(text[0], sizeof(text[0]), "%u", node);
	snprintf(text[1], sizeof(text[1]), "%" PRIu64, permille);
	snprintf(text[2], sizeof(text[2]), "%" PRIu64,
		 lab_random(&state) % JITTER);
	holder->bell = eventfd(0, EFD_CLOEXEC);
	if (holder->bell < 0)
		return -errno;
	pid = lab_worker_spawn("anon", args,
			       (const int[]){ levels_fd, holder->bell, -1 });
	if (pid < 0) {
		close(holder->bell);
		return pid;
	}
	holder->pid = pid;
	holder->pidfd = syscall(SYS_pidfd_open, pid, 0);
	return holder->pidfd < 0 ? -errno : 0;
}

/* Waits until the worker rings, or dies. */
static int hear(unsigned int node)
{
	const struct level *level = &levels[node];
	struct pollfd wait[] = {
		{ .fd = holders[node].bell, .events = POLLIN },
		{ .fd = holders[node].pidfd, .events = POLLIN },
	};
	int err;

	while (poll(wait, 2, -1) < 0)
		if (errno != EINTR)
			return -errno;
	err = wait[0].revents ? level->error : -EOWNERDEAD;

	lab_journal(json_pack("{s:s, s:s, s:i, s:I, s:I, s:I, s:s}", "record",
			      "pressure", "driver", "anon", "node", (int)node,
			      "target_pages", (json_int_t)level->target,
			      "free_pages", (json_int_t)level->free,
			      "taken_pages", (json_int_t)level->taken, "error",
			      err ? strerror(-err) : ""));
	if (err)
		fprintf(stderr, "labyrinth: anon: node %u: %s\n", node,
			strerror(-err));
	return err;
}

static int share_levels(void)
{
	const size_t size = LAB_MAX_NODES * sizeof(*levels);

	if (levels)
		return 0;
	levels_fd = memfd_create("levels", MFD_CLOEXEC);
	if (levels_fd < 0 || ftruncate(levels_fd, size))
		return -errno;
	levels = mmap(NULL, size, PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_POPULATE, levels_fd, 0);
	if (levels != MAP_FAILED)
		return 0;
	levels = NULL;
	return -errno;
}

static int anon_start(const struct lab_setting *settings, uint64_t seed)
{
	const uint64_t permille = lab_setting_get(settings, "target");
	static struct lab_zones zones;
	unsigned int node;
	char why[256];
	int device, err;

	device = lab_device_open(why, sizeof(why));
	if (device < 0)
		return device;
	err = lab_device_zones(device, &zones);
	close(device);
	if (!err)
		err = share_levels();

	/* One after the other: what one node lacks another would lend. */
	for (node = 0; !err && node < LAB_MAX_NODES; node++) {
		if (!largest_zone(&zones, node))
			continue;
		err = start_holder(node, permille, seed);
		if (!err)
			err = hear(node);
	}
	return err;
}

/* -EOWNERDEAD when a worker was gone before it was told to go. */
static int anon_stop(void)
{
	unsigned int node;
	int status, err = 0;

	for (node = 0; node < LAB_MAX_NODES; node++) {
		struct holder *holder = &holders[node];

		if (!holder->pid)
			continue;
		if (waitpid(holder->pid, &status, WNOHANG) == holder->pid) {
			err = -EOWNERDEAD;
		} else {
			kill(holder->pid, SIGKILL);
			waitpid(holder->pid, &status, 0);
		}
		close(holder->pidfd);
		close(holder->bell);
		holder->pid = 0;
	}
	return err;
}

const struct lab_pressure lab_press_anon = {
	.name = "anon",
	.help = "anonymous memory on every node, held at a level of free pages",
	.keys = keys,
	.probe = anon_probe,
	.start = anon_start,
	.stop = anon_stop,
	.worker = anon_worker,
};
