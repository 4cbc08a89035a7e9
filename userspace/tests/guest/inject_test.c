// SPDX-License-Identifier: GPL-2.0-only
/*
 * inject_test.c - the module's injector: what it fails, and what it
 * leaves alone; and that it does what the kernel's own does.
 */
#include "guest_test.h"

/* Divisible by all intervals below. */
#define SHOTS 840

FIXTURE(inject)
{
	int fd, armed;
	struct lab_spec spec;
	struct lab_stats stats;
	struct lab_inject inject;
	char why[128];
};

FIXTURE_SETUP(inject)
{
	OPEN();
	self->armed = lab_device_open(self->why, sizeof(self->why));
	ASSERT_LE(0, self->armed);
	self->inject = (struct lab_inject){
		.probability = 100,
		.interval = 1,
		.times = LAB_INJECT_UNLIMITED,
		.seed = 1,
	};
}

FIXTURE_TEARDOWN(inject)
{
	close(self->armed);
	close(self->fd);
}

#define ARM()                                                       \
	ASSERT_EQ(0, lab_device_inject(self->armed, &self->inject)) \
	{                                                           \
		TH_LOG("%s", self->inject.reason);                  \
	}

#define DISARM()                                                             \
	do {                                                                 \
		close(self->armed);                                          \
		self->armed = lab_device_open(self->why, sizeof(self->why)); \
		ASSERT_LE(0, self->armed);                                   \
	} while (0)

static __u64 hits(int fd)
{
	__u64 count;

	return lab_device_injected(fd, &count) ? UINT64_MAX : count;
}

/* Every tenth, exactly, in every context that may ask; nobody else's. */
TEST_F(inject, every_context)
{
	const __u64 shots = SHOTS;
	__u64 before = 0;
	unsigned int i;
	int err;

	self->inject.interval = 10;
	self->spec.order = 1;
	ARM();
	TH_LOG("through %s()", self->inject.target);
	for (i = 0; i < LAB_CTX_COUNT; i++) {
		if (i == LAB_CTX_NESTED)
			continue;
		self->spec.context = i;
		REOPEN();
		err = lab_device_setup(self->fd, &self->spec, self->why,
				       sizeof(self->why));
		if (err == -EOPNOTSUPP)
			continue;
		ASSERT_EQ(0, err);
		SHOOT(shots);
		EXPECT_EQ(shots / 10, self->stats.outcome[LAB_INJECTED]);
		EXPECT_EQ(shots - shots / 10, self->stats.outcome[LAB_OK]);
		EXPECT_EQ(0, self->stats.unattributed);
		EXPECT_EQ(0, violations(&self->stats));
		EXPECT_EQ(before + shots / 10, hits(self->armed));
		before += shots / 10;
	}
	EXPECT_LT(0, before);
}

/* Each interface fails as a whole when its one request does. */
TEST_F(inject, every_interface)
{
	unsigned int i;
	int err;

	ARM();
	for (i = 0; i < LAB_API_COUNT; i++) {
		self->spec.api = i;
		self->spec.reserve = i == LAB_API_MEMPOOL;
		self->spec.order = i == LAB_API_BULK ? 0 : 3;
		REOPEN();
		err = lab_device_setup(self->fd, &self->spec, self->why,
				       sizeof(self->why));
		if (err == -EOPNOTSUPP)
			continue;
		ASSERT_EQ(0, err);
		SHOOT(SHOTS);
		EXPECT_EQ(0, self->stats.outcome[LAB_EXHAUSTED])
		{
			TH_LOG("interface %u", i);
		}
		/* What has a store answers from it first. */
		if (i != LAB_API_NOLOCK && i != LAB_API_MEMPOOL) {
			EXPECT_LT(0, self->stats.outcome[LAB_INJECTED])
			{
				TH_LOG("interface %u", i);
			}
		}
		if (i == LAB_API_NOLOCK)
			EXPECT_EQ(SHOTS, self->stats.outcome[LAB_OK]);
		if (i == LAB_API_PAGES || i == LAB_API_BULK) {
			EXPECT_EQ(SHOTS, self->stats.outcome[LAB_INJECTED])
			{
				TH_LOG("interface %u", i);
			}
		}
	}
}

TEST_F(inject, keys)
{
	/* No more than so many. */
	self->inject.times = 5;
	ARM();
	FIRE(SHOTS);
	EXPECT_EQ(5, self->stats.outcome[LAB_INJECTED]);
	EXPECT_EQ(5, hits(self->armed));

	/* Pages that pass before the first: 100 are 25 of order 2, less the last. */
	DISARM();
	self->inject.times = LAB_INJECT_UNLIMITED;
	self->inject.space = 100;
	self->spec.order = 2;
	ARM();
	REOPEN();
	FIRE(SHOTS);
	EXPECT_EQ(SHOTS - 24, self->stats.outcome[LAB_INJECTED]);

	/* Smaller ones pass. */
	DISARM();
	self->inject.space = 0;
	self->inject.min_order = 3;
	ARM();
	REOPEN();
	FIRE(SHOTS);
	EXPECT_EQ(0, self->stats.outcome[LAB_INJECTED]);
	self->spec.order = 3;
	REOPEN();
	FIRE(SHOTS);
	EXPECT_EQ(SHOTS, self->stats.outcome[LAB_INJECTED]);
}

/* By chance, and the same chance for the same seed. */
TEST_F(inject, seeded)
{
	__u64 first;

	self->inject.probability = 30;
	ARM();
	FIRE(SHOTS);
	first = self->stats.outcome[LAB_INJECTED];
	EXPECT_LT(SHOTS * 20 / 100, first);
	EXPECT_GT(SHOTS * 40 / 100, first);
	REOPEN();
	FIRE(SHOTS);
	EXPECT_EQ(first, self->stats.outcome[LAB_INJECTED]);

	/* Five other seeds do not all say the same. */
	bool differs = false;

	for (self->spec.seed = 2; self->spec.seed < 7; self->spec.seed++) {
		REOPEN();
		FIRE(SHOTS);
		differs |= self->stats.outcome[LAB_INJECTED] != first;
	}
	EXPECT_TRUE(differs);
}

/* Whoever is no shot is hit when that is asked for, and not otherwise. */
TEST_F(inject, strangers)
{
	self->spec.flags = LAB_RUN_BARE;
	self->spec.oracles = 0;
	ARM();
	FIRE(SHOTS);
	EXPECT_EQ(0, hits(self->armed));

	DISARM();
	self->inject.flags = LAB_INJECT_SYSTEM;
	self->inject.min_order = 3;
	self->spec.order = 3;
	ARM();
	REOPEN();
	FIRE(SHOTS);
	EXPECT_LE(SHOTS, hits(self->armed));
}

/*
 * What the kernel's own injection spares is spared by this one as well, whoever
 * else is hit: its request comes to the allocator's entry without any flags.
 */
TEST_F(inject, spares_nolock_system_wide)
{
	struct lab_row row;

	ASSERT_EQ(0, lab_device_api(self->fd, LAB_API_NOLOCK, &row));
	if (!row.usable)
		SKIP(return, "%s", row.reason);
	self->inject.flags = LAB_INJECT_SYSTEM;
	self->inject.min_order = 3;
	self->spec.api = LAB_API_NOLOCK;
	self->spec.order = 3;
	ARM();
	FIRE(SHOTS);
	EXPECT_EQ(SHOTS, self->stats.outcome[LAB_OK]);
	EXPECT_EQ(0, self->stats.outcome[LAB_EXHAUSTED]);
}

/* Nothing fails, but each shot was slowed. */
TEST_F(inject, slow_path)
{
	__u64 fast;

	FIRE(SHOTS);
	fast = self->stats.latency[LAB_OK].sum;
	self->inject.flags = LAB_INJECT_SLOW;
	if (lab_device_inject(self->armed, &self->inject))
		SKIP(return, "%s", self->inject.reason);
	REOPEN();
	FIRE(SHOTS);
	EXPECT_EQ(SHOTS, self->stats.outcome[LAB_OK]);
	EXPECT_EQ(SHOTS, hits(self->armed));
	EXPECT_LT(fast, self->stats.latency[LAB_OK].sum);
}

TEST_F(inject, one_at_a_time)
{
	struct lab_inject other = self->inject;
	int fd;

	ARM();
	fd = lab_device_open(self->why, sizeof(self->why));
	ASSERT_LE(0, fd);
	EXPECT_EQ(-EBUSY, lab_device_inject(fd, &other));
	EXPECT_STREQ("another file injects", other.reason);
	EXPECT_EQ(UINT64_MAX, hits(fd));

	/* It is over when its file is closed. */
	DISARM();
	FIRE(SHOTS);
	EXPECT_EQ(SHOTS, self->stats.outcome[LAB_OK]);
	EXPECT_EQ(0, lab_device_inject(fd, &other));
	close(fd);
}

TEST_F(inject, nonsense)
{
	const struct lab_inject good = self->inject;

#define REFUSES(field, value)                                             \
	do {                                                              \
		self->inject = good;                                      \
		self->inject.field = value;                               \
		EXPECT_EQ(-EINVAL,                                        \
			  lab_device_inject(self->armed, &self->inject)); \
		EXPECT_NE('\0', self->inject.reason[0]);                  \
	} while (0)

	REFUSES(flags, 4);
	REFUSES(probability, 101);
	REFUSES(interval, 0);
	REFUSES(space, UINT64_MAX);
	REFUSES(times, 1ull << 63);
	REFUSES(times, LAB_INJECT_UNLIMITED - 1);
	REFUSES(min_order, 99);
	REFUSES(pad, 1);
	FIRE(SHOTS);
	EXPECT_EQ(SHOTS, self->stats.outcome[LAB_OK]);
}

/*
 * The kernel's own injector and this one, asked the same, do the same. Nobody
 * else asks for blocks of order 3 and more, so that what the kernel counts is
 * shots alone; its own count of them goes on from where it was, but any SHOTS
 * in a row hold as many Nths.
 */
TEST_F(inject, as_the_kernels_own)
{
	static const unsigned int intervals[] = { 1, 3, 7, 10 };
	__u64 own, kernels;
	unsigned int i;

	if (!fault_there())
		SKIP(return, "the kernel has no fail_page_alloc");
	self->spec.order = 3;
	self->inject.min_order = 3;
	for (i = 0; i < sizeof(intervals) / sizeof(intervals[0]); i++) {
		self->inject.interval = intervals[i];
		ARM();
		REOPEN();
		FIRE(SHOTS);
		own = self->stats.outcome[LAB_INJECTED];
		EXPECT_EQ(own, hits(self->armed));
		DISARM();

		fault_start(3, intervals[i], 100);
		REOPEN();
		FIRE(SHOTS);
		kernels = self->stats.outcome[LAB_INJECTED];
		EXPECT_EQ(kernels, fault_stop());
		EXPECT_EQ(kernels, own);
		EXPECT_EQ(SHOTS / intervals[i], own);
	}
	write_number(FAULT "interval", 1);
}

TEST_HARNESS_MAIN
