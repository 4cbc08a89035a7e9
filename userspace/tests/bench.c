// SPDX-License-Identifier: GPL-2.0-only
/*
 * tests/bench.c - what measuring costs, in a guest that counts instructions.
 *
 *	labyrinth lab --exec build/tests/bench
 *
 * A measured shot is compared with the bare loop of the same context:
 * alloc_pages() and __free_pages(), order 0, one CPU, in time spent inside
 * the context. Prints "context bare measured percent", a line each, in
 * instructions: the lab's guests take 8 ns, eight ticks, for one.
 */
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../device.h"

#define SHOTS 100000
#define BURST 64
#define TICKS 8 /* of an instruction: 1 << LAB_ICOUNT_SHIFT */

static double ticks_per_shot(__u32 context, __u32 flags)
{
	struct lab_spec spec = {
		.flags = flags,
		.context = context,
		.gfp_mods = LAB_GFP_MOD(NOWARN),
		.node = LAB_NODE_ANY,
		.burst = BURST,
	};
	static struct lab_stats stats;
	char why[256];
	__u64 fired;
	int fd = lab_device_open(why, sizeof(why));

	if (fd < 0 || lab_device_setup(fd, &spec) ||
	    lab_device_fire(fd, SHOTS, &fired) || lab_device_read(fd, &stats)) {
		fprintf(stderr, "bench: cannot fire\n");
		_exit(3);
	}
	close(fd);
	return (double)stats.volley_ticks / SHOTS;
}

int main(void)
{
	struct lab_context_info info;
	cpu_set_t set;
	char why[256];
	__u32 i;
	int fd;

	CPU_ZERO(&set);
	CPU_SET(0, &set);
	sched_setaffinity(0, sizeof(set), &set);
	fd = lab_device_open(why, sizeof(why));
	if (fd < 0) {
		fprintf(stderr, "bench: %s\n", why);
		return 3;
	}
	for (i = 0; !lab_device_context(fd, i, &info); i++) {
		double bare, measured;

		if (!info.usable)
			continue;
		bare = ticks_per_shot(i, LAB_RUN_BARE) / TICKS;
		measured = ticks_per_shot(i, 0) / TICKS;
		printf("%s %.1f %.1f %.1f\n", info.name, bare, measured,
		       100 * (measured / bare - 1));
	}
	return 0;
}
