// SPDX-License-Identifier: GPL-2.0-only
/*
 * tests/module_test.c - labyrinth.ko, in a guest: the contract of the UAPI
 * header, kept and broken.
 *
 *	labyrinth lab --exec build/tests/module_test
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../device.h"
#include "kselftest_harness.h"

#define FAULT "/sys/kernel/debug/fail_page_alloc/"

static void write_to(const char *path, const char *text)
{
	FILE *f = fopen(path, "we");

	if (f) {
		fputs(text, f);
		fclose(f);
	}
}

static long read_number(const char *path)
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

static void bind_to(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

FIXTURE(device)
{
	int fd;
	struct lab_spec spec;
	struct lab_info info;
	struct lab_stats stats;
};

FIXTURE_SETUP(device)
{
	char why[256];

	self->fd = lab_device_open(why, sizeof(why));
	ASSERT_LE(0, self->fd)
	{
		TH_LOG("%s", why);
	}
	ASSERT_EQ(0, lab_device_info(self->fd, &self->info));
	self->spec = (struct lab_spec){
		.context = LAB_CTX_TASK,
		.gfp_mods = LAB_GFP_MOD(NOWARN),
		.node = LAB_NODE_ANY,
		.burst = 16,
	};
	bind_to(0);
}

FIXTURE_TEARDOWN(device)
{
	close(self->fd);
}

#define FIRE(shots)                                                       \
	do {                                                              \
		__u64 __fired;                                            \
		ASSERT_EQ(0, lab_device_setup(self->fd, &self->spec));    \
		ASSERT_EQ(0, lab_device_fire(self->fd, shots, &__fired)); \
		ASSERT_EQ((__u64)(shots), __fired);                       \
		ASSERT_EQ(0, lab_device_read(self->fd, &self->stats));    \
	} while (0)

TEST_F(device, says_what_it_is)
{
	EXPECT_EQ(LAB_ABI_VERSION, self->info.abi);
	EXPECT_EQ(LAB_CTX_COUNT, self->info.contexts);
	EXPECT_EQ(LAB_ORACLE_COUNT, self->info.oracles);
	EXPECT_EQ(sysconf(_SC_PAGESIZE), self->info.page_size);
	EXPECT_LT(0, self->info.clock_khz);
	EXPECT_LE(3, self->info.max_order);
	EXPECT_EQ(0, self->info.pages_held);
	/* Every kernel of the lab has tracepoints. */
	EXPECT_TRUE(self->info.caps & LAB_CAP_ATTRIBUTION);
}

TEST_F(device, names_its_tables)
{
	struct lab_context_info context;
	struct lab_oracle_info oracle;
	unsigned int i;

	for (i = 0; i < self->info.contexts; i++) {
		ASSERT_EQ(0, lab_device_context(self->fd, i, &context));
		EXPECT_NE('\0', context.name[0]);
		EXPECT_NE('\0', context.rule[0]);
		EXPECT_EQ(!context.usable, context.reason[0] != '\0');
	}
	EXPECT_EQ(-ENOENT, lab_device_context(self->fd, i, &context));
	for (i = 0; i < self->info.oracles; i++) {
		ASSERT_EQ(0, lab_device_oracle(self->fd, i, &oracle));
		EXPECT_NE('\0', oracle.name[0]);
		EXPECT_NE('\0', oracle.claim[0]);
	}
	EXPECT_EQ(-ENOENT, lab_device_oracle(self->fd, i, &oracle));
}

/* One field wrong at a time: refused, and the next right one is taken. */
TEST_F(device, refuses_what_is_out_of_range)
{
#define WRONG(error, field, value)                                   \
	do {                                                         \
		struct lab_spec wrong = self->spec;                  \
                                                                     \
		wrong.field = value;                                 \
		EXPECT_EQ(error, lab_device_setup(self->fd, &wrong)) \
		{                                                    \
			TH_LOG(#field " = " #value);                 \
		}                                                    \
	} while (0)
	WRONG(-EINVAL, flags, 2);
	WRONG(-EINVAL, flags, 1u << 31);
	WRONG(-EINVAL, context, LAB_CTX_COUNT);
	WRONG(-EINVAL, context, UINT32_MAX);
	WRONG(-EINVAL, api, LAB_API_COUNT);
	WRONG(-EINVAL, order, self->info.max_order + 1);
	WRONG(-EINVAL, order, UINT32_MAX);
	WRONG(-EINVAL, gfp_base, LAB_GFP_BASE_COUNT);
	WRONG(-EINVAL, gfp_mods, LAB_GFP_MODS_ALL + 1);
	WRONG(-EINVAL, gfp_mods, LAB_GFP_MOD(THISNODE));
	WRONG(-EINVAL, node, -2);
	WRONG(-EINVAL, node, INT32_MIN);
	WRONG(-ENODEV, node, INT32_MAX);
	WRONG(-ENODEV, node, 63);
	WRONG(-ENODEV, cpu, 4096);
	WRONG(-ENODEV, cpu, UINT32_MAX);
	WRONG(-EINVAL, hold, LAB_MAX_HOLD + 1);
	WRONG(-EINVAL, burst, 0);
	WRONG(-EINVAL, burst, LAB_MAX_BURST + 1);
	WRONG(-EINVAL, pad[0], 1);
	WRONG(-EINVAL, pad[1], 1);
	EXPECT_EQ(0, lab_device_setup(self->fd, &self->spec));
	EXPECT_EQ(-EBUSY, lab_device_setup(self->fd, &self->spec));
}

TEST_F(device, refuses_what_comes_too_early)
{
	__u64 fired;

	EXPECT_EQ(-ENXIO, lab_device_fire(self->fd, 1, &fired));
	EXPECT_EQ(-ENXIO, lab_device_read(self->fd, &self->stats));
	EXPECT_EQ(-ENXIO, lab_device_release(self->fd));
}

TEST_F(device, refuses_what_is_no_call)
{
	struct lab_fire fire = { .shots = (1ull << 32) + 1 };
	struct lab_buffer buffer = { .address = (uintptr_t)&self->stats,
				     .size = sizeof(self->stats) - 1 };

	ASSERT_EQ(0, lab_device_setup(self->fd, &self->spec));
	EXPECT_EQ(-1, ioctl(self->fd, LAB_IOC_FIRE, &fire));
	EXPECT_EQ(EINVAL, errno);
	fire = (struct lab_fire){ .shots = 1, .fired = 1 };
	EXPECT_EQ(-1, ioctl(self->fd, LAB_IOC_FIRE, &fire));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, ioctl(self->fd, LAB_IOC_READ, &buffer));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, ioctl(self->fd, LAB_IOC_ZONES, &buffer));
	EXPECT_EQ(EINVAL, errno);
	buffer.size++;
	buffer.address = 8;
	EXPECT_EQ(-1, ioctl(self->fd, LAB_IOC_READ, &buffer));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, ioctl(self->fd, LAB_IOC_SETUP, NULL));
	EXPECT_EQ(EBUSY, errno);
	EXPECT_EQ(-1, ioctl(self->fd, LAB_IOC_FIRE, NULL));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, ioctl(self->fd, _IO(LAB_IOC_MAGIC, 99)));
	EXPECT_EQ(ENOTTY, errno);
	EXPECT_EQ(-1, ioctl(self->fd, 0));
	EXPECT_EQ(ENOTTY, errno);
}

TEST_F(device, needs_its_cpu)
{
	__u64 fired = 7;

	ASSERT_EQ(0, lab_device_setup(self->fd, &self->spec));
	bind_to(1);
	EXPECT_EQ(-EXDEV, lab_device_fire(self->fd, 1, &fired));
	EXPECT_EQ(0, fired);
	bind_to(0);
	EXPECT_EQ(0, lab_device_fire(self->fd, 1, &fired));
	EXPECT_EQ(1, fired);
}

TEST_F(device, needs_the_capability)
{
	int status;
	pid_t pid = fork();

	ASSERT_LE(0, pid);
	if (!pid) {
		if (setresuid(1000, 1000, 1000))
			_exit(2);
		_exit(open("/dev/labyrinth", O_RDWR) < 0 && errno == EACCES ?
			      0 :
			      1);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_TRUE(WIFEXITED(status));
	EXPECT_EQ(0, WEXITSTATUS(status));
}

FIXTURE(context)
{
	int fd;
	struct lab_spec spec;
	struct lab_stats stats;
	char why[256];
};

FIXTURE_VARIANT(context)
{
	__u32 id;
};

FIXTURE_VARIANT_ADD(context, task){
	.id = LAB_CTX_TASK,
};

FIXTURE_VARIANT_ADD(context, spinlock){
	.id = LAB_CTX_SPINLOCK,
};

FIXTURE_VARIANT_ADD(context, softirq){
	.id = LAB_CTX_SOFTIRQ,
};

FIXTURE_VARIANT_ADD(context, hardirq){
	.id = LAB_CTX_HARDIRQ,
};

FIXTURE_SETUP(context)
{
	struct lab_context_info info;

	self->fd = lab_device_open(self->why, sizeof(self->why));
	ASSERT_LE(0, self->fd);
	self->spec = (struct lab_spec){
		.context = variant->id,
		.gfp_mods = LAB_GFP_MOD(NOWARN),
		.node = LAB_NODE_ANY,
		.burst = 16,
		.seed = 1,
	};
	bind_to(0);
	ASSERT_EQ(0, lab_device_context(self->fd, variant->id, &info));
	if (!info.usable)
		SKIP(return, "%s", info.reason);
}

FIXTURE_TEARDOWN(context)
{
	close(self->fd);
}

static __u64 sum(const __u64 *numbers, size_t n)
{
	__u64 total = 0;

	while (n--)
		total += *numbers++;
	return total;
}

TEST_F(context, counts_every_shot)
{
	const struct lab_stats *s = &self->stats;

	FIRE(1000);
	EXPECT_EQ(1000, s->attempts);
	EXPECT_EQ(1000, s->outcome[LAB_OK]);
	EXPECT_EQ(1000, sum(s->outcome, LAB_OUTCOME_COUNT));
	EXPECT_EQ(1000, sum(s->histogram, LAB_HIST_BUCKETS));
	EXPECT_EQ(1000, sum(s->cliff_ok, LAB_CLIFF_BUCKETS));
	EXPECT_EQ(0, sum(s->cliff_exhausted, LAB_CLIFF_BUCKETS));
	EXPECT_EQ(1000, sum(&s->origin[0][0], LAB_MAX_NODES * LAB_MAX_ZONES));
	/* 62 volleys of 16 and one of 8. */
	EXPECT_EQ(63, s->volleys);
	EXPECT_LT(0, s->latency_min);
	EXPECT_LE(s->latency_min, s->latency_max);
	EXPECT_LE(s->latency_min * 1000, s->latency_sum);
	EXPECT_GE(s->latency_max * 1000, s->latency_sum);
	EXPECT_EQ(0, s->held);
	EXPECT_EQ(0, s->unattributed);
}

TEST_F(context, keeps_and_gives_back)
{
	struct lab_info info;

	self->spec.order = 1;
	self->spec.hold = 64;
	FIRE(100);
	EXPECT_EQ(64, self->stats.held);
	EXPECT_EQ(100, self->stats.oracle[LAB_ORACLE_EXCLUSIVE].checked);
	EXPECT_EQ(100, self->stats.oracle[LAB_ORACLE_STATE].checked);
	ASSERT_EQ(0, lab_device_info(self->fd, &info));
	EXPECT_EQ(128, info.pages_held);

	ASSERT_EQ(0, lab_device_release(self->fd));
	ASSERT_EQ(0, lab_device_read(self->fd, &self->stats));
	EXPECT_EQ(0, self->stats.held);
	EXPECT_EQ(100, self->stats.oracle[LAB_ORACLE_EXCLUSIVE].checked);
	EXPECT_EQ(0, self->stats.oracle[LAB_ORACLE_EXCLUSIVE].violations);
	ASSERT_EQ(0, lab_device_info(self->fd, &info));
	EXPECT_EQ(0, info.pages_held);
}

/* Whoever dies gives back what it held. */
TEST_F(context, outlives_its_owner)
{
	struct lab_info info;
	int ready[2], status;
	char byte;
	pid_t pid;

	self->spec.hold = 4096;
	ASSERT_EQ(0, pipe(ready));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		__u64 fired;
		int fd = lab_device_open(self->why, sizeof(self->why));

		if (fd < 0 || lab_device_setup(fd, &self->spec) ||
		    lab_device_fire(fd, 4096, &fired) ||
		    write(ready[1], "", 1) != 1)
			_exit(1);
		lab_device_fire(fd, 1ull << 32, &fired);
		_exit(2);
	}
	ASSERT_EQ(1, read(ready[0], &byte, 1));
	ASSERT_EQ(0, lab_device_info(self->fd, &info));
	EXPECT_EQ(4096, info.pages_held);
	usleep(10000);
	kill(pid, SIGKILL);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_TRUE(WIFSIGNALED(status));
	ASSERT_EQ(0, lab_device_info(self->fd, &info));
	EXPECT_EQ(0, info.pages_held);
}

TEST_F(context, honours_the_node)
{
	self->spec.node = 1;
	self->spec.gfp_mods |= LAB_GFP_MOD(THISNODE);
	FIRE(100);
	EXPECT_EQ(100, self->stats.outcome[LAB_OK]);
	EXPECT_EQ(100, sum(self->stats.origin[1], LAB_MAX_ZONES));
	EXPECT_EQ(0, self->stats.oracle[LAB_ORACLE_NODE].violations);
}

TEST_F(context, takes_every_flag)
{
	self->spec.node = 0;
	self->spec.order = 2;
	self->spec.gfp_mods = LAB_GFP_MODS_ALL;
	FIRE(100);
	EXPECT_EQ(100, self->stats.outcome[LAB_OK]);
	EXPECT_EQ(0, self->stats.oracle[LAB_ORACLE_NODE].violations);
}

/*
 * Every failure is injected, each is known to be, and the kernel's own count
 * of what it injected agrees. Order 3: nobody else asks for that atomically.
 */
TEST_F(context, knows_what_was_injected)
{
	__u64 fired;

	self->spec.order = 3;
	if (read_number(FAULT "times") < 0)
		SKIP(return, "no fail_page_alloc");
	ASSERT_EQ(0, lab_device_setup(self->fd, &self->spec));
	write_to(FAULT "verbose", "0");
	write_to(FAULT "min-order", "3");
	write_to(FAULT "times", "1000000");
	write_to(FAULT "interval", "4");
	write_to(FAULT "probability", "100");
	EXPECT_EQ(0, lab_device_fire(self->fd, 1000, &fired));
	write_to(FAULT "probability", "0");
	EXPECT_EQ(1000000 - 250, read_number(FAULT "times"));

	ASSERT_EQ(0, lab_device_read(self->fd, &self->stats));
	EXPECT_EQ(250, self->stats.outcome[LAB_INJECTED]);
	EXPECT_EQ(750, self->stats.outcome[LAB_OK]);
	EXPECT_EQ(0, self->stats.outcome[LAB_EXHAUSTED]);
}

/*
 * Both kinds at once. Blocks of the highest order run out long before the
 * shots do; a third is injected whether there is memory or not.
 */
TEST_F(context, tells_injected_from_exhausted)
{
	__u64 fired;

	self->spec.order = 9;
	self->spec.hold = 4096;
	if (read_number(FAULT "times") < 0)
		SKIP(return, "no fail_page_alloc");
	ASSERT_EQ(0, lab_device_setup(self->fd, &self->spec));
	write_to(FAULT "verbose", "0");
	write_to(FAULT "min-order", "9");
	write_to(FAULT "times", "1000000");
	write_to(FAULT "interval", "3");
	write_to(FAULT "probability", "100");
	EXPECT_EQ(0, lab_device_fire(self->fd, 3000, &fired));
	write_to(FAULT "probability", "0");
	EXPECT_EQ(1000000 - 1000, read_number(FAULT "times"));

	ASSERT_EQ(0, lab_device_read(self->fd, &self->stats));
	EXPECT_EQ(1000, self->stats.outcome[LAB_INJECTED]);
	EXPECT_EQ(self->stats.held, self->stats.outcome[LAB_OK]);
	EXPECT_LT(100, self->stats.outcome[LAB_OK]);
	EXPECT_EQ(2000, self->stats.outcome[LAB_OK] +
				self->stats.outcome[LAB_EXHAUSTED]);
	EXPECT_LT(0, self->stats.outcome[LAB_EXHAUSTED]);
}

TEST_F(context, has_a_bare_loop)
{
	self->spec.flags = LAB_RUN_BARE;
	FIRE(1000);
	EXPECT_EQ(63, self->stats.volleys);
	EXPECT_LT(0, self->stats.volley_ticks);
	EXPECT_EQ(0, self->stats.attempts);
}

TEST_F(device, zones_add_up)
{
	static struct lab_zones zones;
	__u64 managed = 0;
	unsigned int i;

	ASSERT_EQ(0, lab_device_zones(self->fd, &zones));
	ASSERT_LE(2, zones.count);
	for (i = 0; i < zones.count; i++) {
		const struct lab_zone *zone = &zones.zone[i];
		__u64 free = 0;
		int order;

		managed += zone->managed;
		for (order = 0; order < LAB_MAX_ORDERS; order++)
			free += zone->free_blocks[order] << order;
		/* Nothing else runs: what is free lies on the free lists. */
		EXPECT_EQ(zone->free, free);
		EXPECT_LE(zone->min, zone->low);
		EXPECT_LE(zone->low, zone->high);
		EXPECT_LE(zone->free, zone->managed);
	}
	EXPECT_LT(100 << 20 >> 12, managed);
}

TEST_HARNESS_MAIN
