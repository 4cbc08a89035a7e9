// SPDX-License-Identifier: GPL-2.0-only
/*
 * pattern_test.c - what is done with blocks, how far a run may go, how
 * fast it is, and which way through the allocator its shots took.
 */
#include <time.h>

#include "guest_test.h"

static const __u32 places[] = {
	LAB_CTX_TASK,
	LAB_CTX_SOFTIRQ_TASKLET,
	LAB_CTX_HARDIRQ_HRTIMER,
	LAB_CTX_NESTED,
};

FIXTURE(pattern)
{
	int fd;
	struct lab_spec spec;
	struct lab_stats stats;
	char why[128];
};

FIXTURE_VARIANT(pattern)
{
	__u32 pattern;
	__u32 victim;
};

#define VARIANT(pattern_, victim_)                          \
	FIXTURE_VARIANT_ADD(pattern, pattern_##_##victim_){ \
		.pattern = LAB_PATTERN_##pattern_,          \
		.victim = LAB_VICTIM_##victim_,             \
	};
VARIANT(RING, OLDEST)
VARIANT(RING, NEWEST)
VARIANT(RING, RANDOM)
VARIANT(FILL, OLDEST)
VARIANT(FILL, NEWEST)
VARIANT(FILL, RANDOM)
VARIANT(EXHAUST, OLDEST)
VARIANT(EXHAUST, NEWEST)
VARIANT(EXHAUST, RANDOM)
VARIANT(REFILL, OLDEST)
VARIANT(REFILL, NEWEST)
VARIANT(REFILL, RANDOM)

FIXTURE_SETUP(pattern)
{
	OPEN();
	self->spec.pattern = variant->pattern;
	self->spec.victim = variant->victim;
}

FIXTURE_TEARDOWN(pattern)
{
	close(self->fd);
}

/* What is held after so many shots, when there is always more. */
static __u64 held_after(__u32 pattern, __u64 shots, __u64 hold)
{
	if (!shots)
		return 0;
	if (pattern == LAB_PATTERN_RING || pattern == LAB_PATTERN_REFILL)
		return shots < hold ? shots : hold;
	return (shots - 1) % hold + 1;
}

TEST_F(pattern, holds_what_it_says)
{
	static const __u64 steps[] = { 1, 7, 15, 16, 1, 5, 30, 100, 211, 3 };
	__u64 shots = 0;
	long before = free_pages(self->fd, -1);
	unsigned int i;

	self->spec.hold = 37;
	SETUP();
	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		SHOOT(steps[i]);
		shots += steps[i];
		EXPECT_EQ(held_after(variant->pattern, shots, 37),
			  self->stats.held)
		{
			TH_LOG("after %llu shots", shots);
		}
		EXPECT_EQ(self->stats.held, pages_held(self->fd));
	}
	EXPECT_EQ(shots, self->stats.outcome[LAB_OK]);
	REOPEN();
	EXPECT_EQ(0, pages_held(self->fd));
	EXPECT_GT(128, before - free_pages(self->fd, -1));
}

TEST_F(pattern, holds_it_anywhere)
{
	unsigned int i, part;
	__u64 fired, held;

	self->spec.hold = 100;
	for (i = 0; i < ARRAY_SIZE(places); i++) {
		if (!usable(self->fd, places[i]))
			continue;
		self->spec.context = places[i];
		SETUP();
		ASSERT_EQ(0, lab_device_fire(self->fd, 3000, &fired));
		for (part = 0, held = 0;
		     !lab_device_read(self->fd, part, &self->stats); part++) {
			EXPECT_GE(100, self->stats.held);
			EXPECT_EQ(self->stats.attempts,
				  self->stats.outcome[LAB_OK]);
			EXPECT_EQ(0, violations(&self->stats));
			held += self->stats.held;
		}
		EXPECT_LT(0, held);
		EXPECT_EQ(held, pages_held(self->fd));
		ASSERT_EQ(0, lab_device_release(self->fd));
		EXPECT_EQ(0, pages_held(self->fd));
		for (part = 0; !lab_device_read(self->fd, part, &self->stats);
		     part++)
			EXPECT_EQ(0, violations(&self->stats));
		REOPEN();
	}
}

/* A run goes on when there is no more: exhaust starts anew, the rest go on. */
TEST_F_TIMEOUT(pattern, goes_on_when_there_is_no_more, SLOW_S)
{
	unsigned int i;

	self->spec.order = 9;
	self->spec.hold = 1000;
	self->spec.oracles = 1u << LAB_ORACLE_EXCLUSIVE;
	ASSERT_NE(NULL, leave_small_blocks());
	for (i = 0; i < ARRAY_SIZE(places); i++) {
		if (!usable(self->fd, places[i]))
			continue;
		self->spec.context = places[i];
		if (places[i] == LAB_CTX_NESTED)
			continue;
		SETUP();
		SHOOT(900);
		EXPECT_LT(0, self->stats.outcome[LAB_EXHAUSTED]);
		EXPECT_EQ(0, self->stats.outcome[LAB_INJECTED]);
		EXPECT_GE(1000, self->stats.held);
		if (variant->pattern == LAB_PATTERN_EXHAUST) {
			/* More than there are: some twice, at 2 MiB each. */
			EXPECT_LT(256, self->stats.outcome[LAB_OK]);
			/* A volley's worth of misses a time. */
			EXPECT_GT(100, self->stats.outcome[LAB_EXHAUSTED]);
			EXPECT_LT(self->stats.held,
				  self->stats.outcome[LAB_OK]);
		} else {
			EXPECT_EQ(self->stats.held,
				  self->stats.outcome[LAB_OK]);
		}
		EXPECT_EQ(0, violations(&self->stats));
		REOPEN();
		EXPECT_EQ(0, pages_held(self->fd));
	}
}

FIXTURE(limit)
{
	int fd;
	struct lab_spec spec;
	struct lab_stats stats;
	char why[128];
};

FIXTURE_SETUP(limit)
{
	OPEN();
}

FIXTURE_TEARDOWN(limit)
{
	close(self->fd);
}

/* More than there is: nothing may be kept, and what is not may be had. */
TEST_F(limit, floor_refuses_what_would_be_kept)
{
	static const __u32 patterns[] = { LAB_PATTERN_RING, LAB_PATTERN_FILL,
					  LAB_PATTERN_EXHAUST };
	unsigned int i;

	self->spec.floor = 1ull << 40;
	for (i = 0; i < ARRAY_SIZE(patterns); i++) {
		self->spec.pattern = patterns[i];
		self->spec.hold = 10;
		FIRE(100);
		EXPECT_EQ(100, self->stats.outcome[LAB_REFUSED]);
		EXPECT_EQ(100, self->stats.floored);
		EXPECT_EQ(100, self->stats.attempts);
		EXPECT_EQ(0, self->stats.checked);
		EXPECT_EQ(0, self->stats.held);
		REOPEN();
	}
	self->spec.hold = 0;
	FIRE(100);
	EXPECT_EQ(100, self->stats.outcome[LAB_OK]);
	EXPECT_EQ(0, self->stats.floored);
}

/* As the kernel counts them for the floor: without per-CPU lists. */
static long pages_on_lists(int fd)
{
	static struct lab_zones zones;
	unsigned int i;
	long pages = 0;

	if (lab_device_zones(fd, &zones))
		return -1;
	for (i = 0; i < zones.count; i++)
		pages += zones.zone[i].free;
	return pages;
}

/* Something in between: what is left is what was asked for, nearly. */
TEST_F(limit, floor_is_kept)
{
	long left = pages_on_lists(self->fd) - 20000, after;

	self->spec.floor = left;
	self->spec.hold = 100000;
	FIRE(30000);
	after = pages_on_lists(self->fd);
	EXPECT_LT(15000, self->stats.outcome[LAB_OK]);
	EXPECT_LT(0, self->stats.floored);
	EXPECT_EQ(30000, self->stats.outcome[LAB_OK] + self->stats.floored);
	EXPECT_EQ(self->stats.floored, self->stats.outcome[LAB_REFUSED]);
	EXPECT_EQ(self->stats.outcome[LAB_OK], self->stats.checked);
	/* A refill of a per-CPU list is taken at once, and the count is near. */
	EXPECT_LT(left - 2000, after);
	EXPECT_GT(left + 4000, after);

	/* At the floor exhaust begins anew. */
	REOPEN();
	self->spec.pattern = LAB_PATTERN_EXHAUST;
	FIRE(60000);
	EXPECT_LT(30000, self->stats.outcome[LAB_OK]);
	EXPECT_LT(0, self->stats.floored);
	EXPECT_GT(1000, self->stats.floored);
	EXPECT_EQ(0, violations(&self->stats));
}

static long elapsed_us(const struct timespec *start)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec - start->tv_sec) * 1000000 +
	       (now.tv_nsec - start->tv_nsec) / 1000;
}

TEST_F(limit, interval_paces)
{
	struct timespec start;
	unsigned int i;

	self->spec.interval = 2000000;
	for (i = 0; i < ARRAY_SIZE(places); i++) {
		if (!usable(self->fd, places[i]))
			continue;
		self->spec.context = places[i];
		SETUP();
		clock_gettime(CLOCK_MONOTONIC, &start);
		SHOOT(16 * 20);
		/* Nineteen of them lie between twenty starts. */
		EXPECT_LE(19 * 2000, elapsed_us(&start));
		/* With debugging checks shots take a part of the interval. */
		EXPECT_GT((checks_itself() ? 100 : 25) * 2000,
			  elapsed_us(&start));
		REOPEN();
	}
}

/* The oracles that are asked are those that are named. */
TEST_F(limit, oracles_are_asked_one_by_one)
{
	unsigned int i;

	self->spec.hold = 32;
	self->spec.node = 0;
	self->spec.order = 1;
	self->spec.gfp_mods |= LAB_GFP_MOD(ZERO) | LAB_GFP_MOD(THISNODE) |
			       LAB_GFP_MOD(COMP);
	for (i = 0; i <= LAB_ORACLE_COUNT; i++) {
		self->spec.oracles = i == LAB_ORACLE_COUNT ? 0 : 1u << i;
		FIRE(200);
		EXPECT_EQ(200, self->stats.outcome[LAB_OK]);
		EXPECT_EQ(200, self->stats.checked);
		EXPECT_EQ(0, violations(&self->stats));
		REOPEN();
	}
}

#define MIN_FREE "/proc/sys/vm/min_free_kbytes"

FIXTURE(passage)
{
	int fd;
	struct lab_spec spec;
	struct lab_stats stats;
	long min_free;
	char why[128];
};

/* A wide reserve: a batch for a per-CPU list must not leap over a passage. */
FIXTURE_SETUP(passage)
{
	OPEN();
	self->spec.node = 1;
	self->spec.burst = 64;
	self->min_free = read_number(MIN_FREE);
	write_number(MIN_FREE, 65536);
}

FIXTURE_TEARDOWN(passage)
{
	write_number(MIN_FREE, self->min_free);
	close(self->fd);
}

TEST_F(passage, is_fast_in_plenty)
{
	unsigned int i;

	NEEDS_TWO_NODES();
	for (i = 0; i < ARRAY_SIZE(places); i++) {
		if (!usable(self->fd, places[i]))
			continue;
		self->spec.context = places[i];
		FIRE(500);
		EXPECT_EQ(self->stats.attempts,
			  self->stats.passage[LAB_PASSAGE_FAST]);
		REOPEN();
	}
}

/* From node 1 as long as it has any, then from its neighbour. */
TEST_F(passage, leads_to_another_node)
{
	const struct lab_stats *s = &self->stats;
	const long there = free_pages(self->fd, 1);

	NEEDS_TWO_NODES();
	self->spec.hold = 80000;
	FIRE(80000);
	EXPECT_EQ(80000, s->outcome[LAB_OK]);
	EXPECT_EQ(80000, sum(s->passage, LAB_PASSAGE_COUNT));
	EXPECT_EQ(sum(s->origin[0], LAB_MAX_ZONES),
		  s->passage[LAB_PASSAGE_OTHER_NODE]);
	EXPECT_LT(80000 - there, s->passage[LAB_PASSAGE_OTHER_NODE]);
	EXPECT_LT(there / 2, s->passage[LAB_PASSAGE_FAST]);
	EXPECT_EQ(0, violations(s));
}

/* Who is held to a node goes through all of it, the reserve the last. */
TEST_F(passage, leads_into_the_reserve)
{
	const struct lab_stats *s = &self->stats;
	const long there = free_pages(self->fd, 1);

	NEEDS_TWO_NODES();
	self->spec.hold = 80000;
	self->spec.gfp_mods |= LAB_GFP_MOD(THISNODE);
	FIRE(70000);
	EXPECT_LT(0, s->outcome[LAB_EXHAUSTED]);
	EXPECT_EQ(70000, s->outcome[LAB_OK] + s->outcome[LAB_EXHAUSTED]);
	EXPECT_EQ(s->outcome[LAB_OK], sum(s->origin[1], LAB_MAX_ZONES));
	EXPECT_LT(there / 2, s->passage[LAB_PASSAGE_FAST]);
	EXPECT_LT(0, s->passage[LAB_PASSAGE_SLOW]);
	EXPECT_LT(0, s->passage[LAB_PASSAGE_RESERVE]);
	EXPECT_EQ(s->outcome[LAB_OK], s->passage[LAB_PASSAGE_FAST] +
					      s->passage[LAB_PASSAGE_SLOW] +
					      s->passage[LAB_PASSAGE_RESERVE]);
	EXPECT_EQ(s->latency[LAB_OK].sum,
		  sum(s->passage_ticks, LAB_PASSAGE_COUNT));
	EXPECT_EQ(s->passage_ticks[LAB_PASSAGE_FAST],
		  s->latency[LAB_OK].sum - s->passage_ticks[LAB_PASSAGE_SLOW] -
			  s->passage_ticks[LAB_PASSAGE_RESERVE]);
	/* By the slow way a request is refused once, and asks again. */
	EXPECT_LT(s->passage_ticks[LAB_PASSAGE_FAST] /
			  s->passage[LAB_PASSAGE_FAST],
		  s->passage_ticks[LAB_PASSAGE_RESERVE] /
			  s->passage[LAB_PASSAGE_RESERVE]);
	/*
	 * The reserve is what lies below min; its cliff too, but that steps
	 * begin at the page where 3/8 of min end.
	 */
	EXPECT_LE(sum(s->cliff_ok, LAB_CLIFF_STEPS - 1),
		  s->passage[LAB_PASSAGE_RESERVE]);
	EXPECT_GE(sum(s->cliff_ok, LAB_CLIFF_STEPS + 1),
		  s->passage[LAB_PASSAGE_RESERVE]);
	EXPECT_EQ(s->outcome[LAB_EXHAUSTED],
		  sum(s->cliff_exhausted, LAB_CLIFF_STEPS));
	EXPECT_EQ(0, violations(s));
}

/* A shot that fails is timed as one that does not; here it comes to the slow way. */
TEST_F(passage, has_latencies_of_those_that_failed)
{
	const struct lab_latency *ok = &self->stats.latency[LAB_OK];
	const struct lab_latency *missed = &self->stats.latency[LAB_EXHAUSTED];
	const __u64 *outcome = self->stats.outcome;

	NEEDS_TWO_NODES();
	self->spec.hold = 80000;
	self->spec.gfp_mods |= LAB_GFP_MOD(THISNODE);
	FIRE(70000);
	EXPECT_LT(0, outcome[LAB_EXHAUSTED]);
	EXPECT_EQ(outcome[LAB_OK], sum(ok->histogram, LAB_HIST_BUCKETS));
	EXPECT_EQ(outcome[LAB_EXHAUSTED],
		  sum(missed->histogram, LAB_HIST_BUCKETS));
	/* Debugging checks write to a block that is given. */
	if (!checks_itself())
		EXPECT_LT(ok->min, missed->min);
	EXPECT_LE(missed->min, missed->max);
	EXPECT_LE(missed->min * outcome[LAB_EXHAUSTED], missed->sum);
	EXPECT_GE(missed->max * outcome[LAB_EXHAUSTED], missed->sum);
	EXPECT_EQ(UINT64_MAX, self->stats.latency[LAB_INJECTED].min);
	EXPECT_EQ(0, self->stats.latency[LAB_INJECTED].sum);
}

/* Nobody looks at the zone before: nothing is said of the state that was met. */
TEST_F(passage, is_not_known_without_a_look)
{
	const struct lab_stats *s = &self->stats;

	NEEDS_TWO_NODES();
	self->spec.flags = LAB_RUN_BLIND;
	EXPECT_EQ(-EINVAL, lab_device_setup(self->fd, &self->spec, self->why,
					    sizeof(self->why)));
	EXPECT_STREQ(
		"flags: without a look there is no state for events or the oracles depth and kswapd",
		self->why);
	self->spec.oracles &= ~LAB_ORACLES_OF_STATE;
	self->spec.hold = 80000;
	self->spec.gfp_mods |= LAB_GFP_MOD(THISNODE);
	FIRE(70000);
	EXPECT_LT(0, s->outcome[LAB_EXHAUSTED]);
	EXPECT_EQ(70000, s->outcome[LAB_OK] + s->outcome[LAB_EXHAUSTED]);
	EXPECT_EQ(s->outcome[LAB_OK], sum(s->origin[1], LAB_MAX_ZONES));
	EXPECT_EQ(0, sum(s->passage, LAB_PASSAGE_COUNT));
	EXPECT_EQ(0, sum(s->passage_ticks, LAB_PASSAGE_COUNT));
	EXPECT_EQ(0, sum(s->cliff_ok, LAB_CLIFF_BUCKETS));
	EXPECT_EQ(0, sum(s->cliff_exhausted, LAB_CLIFF_BUCKETS));
	EXPECT_EQ(s->outcome[LAB_EXHAUSTED],
		  sum(s->latency[LAB_EXHAUSTED].histogram, LAB_HIST_BUCKETS));
	EXPECT_EQ(0, violations(s));
}

/* Without the right to a reserve there is none below min. */
TEST_F(passage, is_shorter_without_a_right)
{
	const struct lab_stats *s = &self->stats;

	NEEDS_TWO_NODES();
	self->spec.hold = 80000;
	self->spec.gfp_base = LAB_GFP_NOWAIT;
	self->spec.gfp_mods |= LAB_GFP_MOD(THISNODE);
	FIRE(70000);
	EXPECT_LT(0, s->outcome[LAB_EXHAUSTED]);
	EXPECT_LT(0, s->passage[LAB_PASSAGE_SLOW]);
	EXPECT_EQ(0, violations(s));
	/* Stable trees of 6.1 let it have them: module/compat.h, LAB_SPARES_NOWAIT. */
	if (s->unknown[LAB_UNKNOWN_RESERVE])
		SKIP(return,
			   "beside a reserve the state of such a request is unknown");
	/* A batch for the per-CPU list is taken after one look at the mark. */
	EXPECT_GT(300, s->passage[LAB_PASSAGE_RESERVE]);
}

TEST_HARNESS_MAIN
