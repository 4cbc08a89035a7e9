// SPDX-License-Identifier: GPL-2.0-only
/*
 * context_test.c - every context: that it counts, keeps, gives back,
 * honours what it is told, and knows why a request failed.
 *
 * The nested context fires its shots from three parts; what is counted of one
 * run is the sum of its parts.
 */
#include <signal.h>
#include <sys/wait.h>

#include "guest_test.h"

FIXTURE(context)
{
	int fd;
	struct lab_spec spec;
	struct lab_stats stats; /* of part 0 */
	struct lab_stats part;
	struct lab_stats all; /* only what the tests add up */
	unsigned int parts;
	bool nolock_only; /* and may not free: what it gets is kept a while */
	char why[128];
};

FIXTURE_VARIANT(context)
{
	__u32 id;
};

#define VARIANT(id_, name, rule) \
	FIXTURE_VARIANT_ADD(context, name){ .id = LAB_CTX_##id_ };
LAB_CONTEXTS(VARIANT)

FIXTURE_SETUP(context)
{
	struct lab_row row;

	OPEN();
	self->spec.context = variant->id;
	ASSERT_EQ(0, lab_device_context(self->fd, variant->id, &row));
	self->nolock_only = variant->id == LAB_CTX_NMI;
	if (row.usable && self->nolock_only)
		self->spec.api = LAB_API_NOLOCK;
	if (row.usable)
		return;
	/* It says the same to whoever tries. */
	EXPECT_EQ(-EOPNOTSUPP, lab_device_setup(self->fd, &self->spec,
						self->why, sizeof(self->why)));
	EXPECT_STREQ(row.reason, self->why);
	SKIP(return, "%s", row.reason);
}

FIXTURE_TEARDOWN(context)
{
	close(self->fd);
}

static void add_up(struct lab_stats *all, const struct lab_stats *part)
{
	unsigned int i;

	all->attempts += part->attempts;
	all->unattributed += part->unattributed;
	all->interrupting += part->interrupting;
	all->held += part->held;
	all->checked += part->checked;
	for (i = 0; i < LAB_OUTCOME_COUNT; i++)
		all->outcome[i] += part->outcome[i];
	for (i = 0; i < LAB_ORACLE_COUNT; i++)
		all->oracle[i].violations += part->oracle[i].violations;
}

static int read_all(int fd, struct lab_stats *part, struct lab_stats *all,
		    unsigned int *parts)
{
	int err;

	memset(all, 0, sizeof(*all));
	for (*parts = 0; !(err = lab_device_read(fd, *parts, part)); ++*parts)
		add_up(all, part);
	return err == -ENOENT ? 0 : err;
}

#define READ_ALL() \
	ASSERT_EQ(0, read_all(self->fd, &self->part, &self->all, &self->parts))

TEST_F(context, counts_every_shot)
{
	const bool nested = variant->id == LAB_CTX_NESTED;
	__u64 volleys = 0, attempts = 0;
	unsigned int i;

	FIRE(1000);
	READ_ALL();
	EXPECT_EQ(nested ? 3 : 1, self->parts);
	for (i = 0; i < self->parts; i++) {
		const struct lab_stats *s = &self->part;

		ASSERT_EQ(0, lab_device_read(self->fd, i, &self->part));
		EXPECT_LT(0, s->attempts);
		EXPECT_EQ(s->attempts, s->outcome[LAB_OK]);
		EXPECT_EQ(s->attempts, sum(s->outcome, LAB_OUTCOME_COUNT));
		EXPECT_EQ(s->attempts, s->checked);
		EXPECT_EQ(s->attempts,
			  sum(s->latency[LAB_OK].histogram, LAB_HIST_BUCKETS));
		EXPECT_EQ(s->attempts, sum(s->cliff_ok, LAB_CLIFF_BUCKETS));
		EXPECT_EQ(s->attempts, sum(s->passage, LAB_PASSAGE_COUNT));
		EXPECT_EQ(s->attempts,
			  sum(&s->origin[0][0], LAB_MAX_NODES * LAB_MAX_ZONES));
		EXPECT_EQ(0, sum(s->cliff_exhausted, LAB_CLIFF_BUCKETS));
		EXPECT_LT(0, s->latency[LAB_OK].min);
		EXPECT_LE(s->latency[LAB_OK].min, s->latency[LAB_OK].max);
		EXPECT_LE(s->latency[LAB_OK].min * s->attempts,
			  s->latency[LAB_OK].sum);
		EXPECT_GE(s->latency[LAB_OK].max * s->attempts,
			  s->latency[LAB_OK].sum);
		EXPECT_LE(s->volley_max, s->volley_ticks);
		EXPECT_LE(s->latency[LAB_OK].sum, s->volley_ticks);
		EXPECT_EQ(self->nolock_only ? 8 : 0, s->held);
		EXPECT_EQ(0, s->unattributed);
		EXPECT_EQ(0, s->events_lost);
		EXPECT_EQ(0, violations(s));
		attempts += s->attempts;
		volleys = i ? volleys : s->volleys;
	}
	EXPECT_EQ(1000, attempts);
	/* 62 volleys of 16 and one of 8. */
	EXPECT_EQ(63, volleys);
}

TEST_F(context, keeps_and_gives_back)
{
	self->spec.order = 1;
	self->spec.hold = 16;
	FIRE(400);
	READ_ALL();
	EXPECT_EQ(400, self->all.checked);
	EXPECT_EQ(16 * self->parts, self->all.held);
	EXPECT_EQ(32 * self->parts, pages_held(self->fd));

	ASSERT_EQ(0, lab_device_release(self->fd));
	READ_ALL();
	EXPECT_EQ(0, self->all.held);
	EXPECT_EQ(400, self->all.checked);
	EXPECT_EQ(0, self->all.oracle[LAB_ORACLE_EXCLUSIVE].violations);
	EXPECT_EQ(0, pages_held(self->fd));
}

/* Whoever dies gives back what it held. */
TEST_F(context, outlives_its_owner)
{
	long before, after;
	int ready[2], status;
	char byte;
	pid_t pid;

	self->spec.hold = 2048;
	self->spec.burst = 64;
	before = free_pages(self->fd, -1);
	ASSERT_EQ(0, pipe(ready));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		__u64 fired;
		int fd = lab_device_open(self->why, sizeof(self->why));

		if (fd < 0 || lab_device_setup(fd, &self->spec, NULL, 0) ||
		    lab_device_fire(fd, 2048, &fired) ||
		    write(ready[1], "", 1) != 1)
			_exit(1);
		lab_device_fire(fd, 1ull << 32, &fired);
		_exit(2);
	}
	ASSERT_EQ(1, read(ready[0], &byte, 1));
	/* It has gone on since: a volley takes the place of what it frees, or of all. */
	EXPECT_LE(self->nolock_only ? 0 : 2048 - 64, pages_held(self->fd));
	usleep(10000);
	kill(pid, SIGKILL);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_TRUE(WIFSIGNALED(status));
	EXPECT_EQ(0, pages_held(self->fd));
	after = free_pages(self->fd, -1);
	EXPECT_GT(256, before - after);
}

TEST_F(context, honours_the_node)
{
	const unsigned int node = last_node(self->fd);
	unsigned int i;

	self->spec.node = node;
	if (!self->nolock_only)
		self->spec.gfp_mods |= LAB_GFP_MOD(THISNODE);
	FIRE(100);
	READ_ALL();
	for (i = 0; i < self->parts; i++) {
		ASSERT_EQ(0, lab_device_read(self->fd, i, &self->part));
		EXPECT_EQ(self->part.attempts, self->part.outcome[LAB_OK]);
		EXPECT_EQ(self->part.attempts,
			  sum(self->part.origin[node], LAB_MAX_ZONES));
	}
	EXPECT_EQ(0, violations(&self->all));
}

/* All of them but one of the two that name a zone. */
TEST_F(context, takes_every_flag)
{
	static const __u32 other[] = { LAB_GFP_MOD(DMA), LAB_GFP_MOD(DMA32) };
	unsigned int i;

	self->spec.node = 0;
	self->spec.order = 2;
	for (i = 0; i < 2; i++) {
		self->spec.gfp_mods = self->nolock_only ?
					      LAB_GFP_MOD(NOWARN) |
						      LAB_GFP_MOD(ZERO) |
						      LAB_GFP_MOD(COMP) :
					      LAB_GFP_MODS_ALL & ~other[i];
		FIRE(100);
		READ_ALL();
		EXPECT_EQ(100, self->all.outcome[LAB_OK]);
		EXPECT_EQ(0, violations(&self->all));
		REOPEN();
	}
}

/*
 * Every failure is injected, each is known to be, and the kernel's own count
 * of what it injected agrees. Requests of alloc_pages_nolock() may be spared:
 * 7.3 does not ask should_fail_alloc_page() for them (prepare_alloc_pages()).
 */
/*
 * Every fourth request fails. The kernel counts them without a lock
 * (lib/fault-inject.c, should_fail_ex()): where one request interrupts another
 * some are not counted, and fewer fail.
 */
TEST_F(context, knows_what_was_injected)
{
	const __u64 least = variant->id == LAB_CTX_NESTED ? 90 : 100;
	__u64 fired, injected;

	if (!fault_there())
		SKIP(return, "no fail_page_alloc");
	/*
	 * Slabs, also those of debugging checks, are of order 3 at most, and
	 * so is what alloc_pages_nolock() takes.
	 */
	self->spec.order = self->nolock_only ? 3 : 4;
	SETUP();
	fault_start(self->spec.order, 4, 100);
	EXPECT_EQ(0, lab_device_fire(self->fd, 400, &fired));
	injected = fault_stop();
	EXPECT_TRUE((injected >= least && injected <= 100) ||
		    (self->nolock_only && counts_only(injected, 0)))
	{
		TH_LOG("%llu were injected", injected);
	}

	READ_ALL();
	EXPECT_TRUE(counts_only(injected, self->all.outcome[LAB_INJECTED]));
	EXPECT_EQ(400 - self->all.outcome[LAB_INJECTED],
		  self->all.outcome[LAB_OK]);
	EXPECT_EQ(0, self->all.outcome[LAB_EXHAUSTED]);
	EXPECT_EQ(0, self->all.unattributed);
	EXPECT_EQ(0, violations(&self->all));
}

/*
 * Both kinds at once. Blocks of a high order run out long before the shots do;
 * half is injected whether there is memory or not. The kernel counts what it
 * injected, and its tracepoint tells what it had none for.
 */
TEST_F(context, tells_injected_from_exhausted)
{
	__u64 fired, injected, missed;

	if (!fault_there())
		SKIP(return, "no fail_page_alloc");
	if (self->nolock_only)
		SKIP(return, "no large blocks, which run out soon");
	self->spec.order = 9;
	self->spec.hold = 1024;
	self->spec.oracles = 0;
	ASSERT_NE(NULL, leave_small_blocks());
	SETUP();
	misses_start(9);
	fault_start(9, 1, 50);
	EXPECT_EQ(0, lab_device_fire(self->fd, 1000, &fired));
	injected = fault_stop();
	missed = misses_stop();

	READ_ALL();
	EXPECT_EQ(1000, self->all.attempts);
	EXPECT_LT(400, injected);
	EXPECT_LT(100, missed);
	EXPECT_EQ(injected, self->all.outcome[LAB_INJECTED]);
	EXPECT_EQ(missed, self->all.outcome[LAB_EXHAUSTED]);
	EXPECT_EQ(self->all.held, self->all.outcome[LAB_OK]);
	EXPECT_LT(100, self->all.outcome[LAB_OK]);
	EXPECT_EQ(0, self->all.unattributed);
}

TEST_F(context, has_a_bare_loop)
{
	self->spec.flags = LAB_RUN_BARE;
	self->spec.oracles = 0;
	if (self->nolock_only) {
		EXPECT_EQ(-EOPNOTSUPP,
			  lab_device_setup(self->fd, &self->spec, self->why,
					   sizeof(self->why)));
		return;
	}
	FIRE(1000);
	EXPECT_EQ(63, self->stats.volleys);
	EXPECT_LT(0, self->stats.volley_ticks);
	EXPECT_EQ(0, self->stats.attempts);
}

FIXTURE(nested)
{
	int fd;
	struct lab_spec spec;
	struct lab_stats stats; /* of part 0 */
	struct lab_stats part[LAB_MAX_PARTS];
	char why[128];
};

FIXTURE_SETUP(nested)
{
	struct lab_row row;

	OPEN();
	ASSERT_EQ(0, lab_device_context(self->fd, LAB_CTX_NESTED, &row));
	if (!row.usable)
		SKIP(return, "%s", row.reason);
	self->spec.context = LAB_CTX_NESTED;
	self->spec.burst = 64;
}

FIXTURE_TEARDOWN(nested)
{
	close(self->fd);
}

#define READ_PARTS()                                                     \
	do {                                                             \
		unsigned int __i;                                        \
		for (__i = 0; __i < LAB_MAX_PARTS; __i++)                \
			ASSERT_EQ(0, lab_device_read(self->fd, __i,      \
						     &self->part[__i])); \
		ASSERT_EQ(-ENOENT,                                       \
			  lab_device_read(self->fd, __i, &self->stats)); \
	} while (0)

/* The task four sevenths, the softirq two, the hardirq one. */
TEST_F(nested, shares_its_shots)
{
	FIRE(64 * 50);
	READ_PARTS();
	EXPECT_EQ(50 * (64 - 18 - 9), self->part[0].attempts);
	EXPECT_EQ(50 * 18, self->part[1].attempts);
	EXPECT_EQ(50 * 9, self->part[2].attempts);
	EXPECT_EQ(0, self->part[0].interrupting);
	EXPECT_LT(0, self->part[1].interrupting);
	EXPECT_LT(0, self->part[2].interrupting);
	TH_LOG("interrupting: %llu of 900 in softirq, %llu of 450 in hardirq",
	       self->part[1].interrupting, self->part[2].interrupting);
}

TEST_F(nested, fires_every_number)
{
	__u64 fired, attempts, before = 0;
	unsigned int n;

	SETUP();
	for (n = 1; n <= 64; n++) {
		ASSERT_EQ(0, lab_device_fire(self->fd, n, &fired));
		READ_PARTS();
		attempts = self->part[0].attempts + self->part[1].attempts +
			   self->part[2].attempts;
		EXPECT_EQ(n, attempts - before);
		before = attempts;
	}
}

/* What each part is told of its failures is true of that part alone. */
TEST_F(nested, tells_in_each_part)
{
	__u64 fired, injected, missed, ok = 0;
	__u64 outcome[LAB_OUTCOME_COUNT] = {};
	unsigned int i, o;

	if (!fault_there())
		SKIP(return, "no fail_page_alloc");
	self->spec.order = 9;
	self->spec.hold = 4096;
	self->spec.oracles = 0;
	ASSERT_NE(NULL, leave_small_blocks());
	SETUP();
	misses_start(9);
	fault_start(9, 1, 50);
	EXPECT_EQ(0, lab_device_fire(self->fd, 64 * 50, &fired));
	injected = fault_stop();
	missed = misses_stop();
	READ_PARTS();
	for (i = 0; i < LAB_MAX_PARTS; i++) {
		const struct lab_stats *s = &self->part[i];

		EXPECT_EQ(s->attempts, sum(s->outcome, LAB_OUTCOME_COUNT));
		EXPECT_EQ(0, s->unattributed);
		EXPECT_EQ(s->held, s->outcome[LAB_OK]);
		/* 50 %, five standard deviations off at most. */
		EXPECT_LT(s->attempts / 2 - s->attempts / 7,
			  s->outcome[LAB_INJECTED]);
		EXPECT_GT(s->attempts / 2 + s->attempts / 7,
			  s->outcome[LAB_INJECTED]);
		for (o = 0; o < LAB_OUTCOME_COUNT; o++)
			outcome[o] += s->outcome[o];
		ok += s->held;
	}
	EXPECT_LT(0, self->part[1].interrupting);
	EXPECT_LT(0, self->part[2].interrupting);
	EXPECT_EQ(injected, outcome[LAB_INJECTED]);
	EXPECT_EQ(missed, outcome[LAB_EXHAUSTED]);
	EXPECT_EQ(0, outcome[LAB_REFUSED]);
	EXPECT_LT(100, ok);
}

/* It hits requests in flight, and what it gets nothing for then is no scarcity. */
TEST(nmi_interrupts_requests)
{
	struct lab_spec spec = plain_spec();
	struct lab_stats stats;
	struct lab_row row = {};
	char why[128];
	__u64 fired;
	int fd = lab_device_open(why, sizeof(why));

	ASSERT_LE(0, fd);
	bind_to(0);
	lab_device_context(fd, LAB_CTX_NMI, &row);
	if (!row.usable)
		SKIP(return, "%s", row.reason);
	if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
		SKIP(return, "there is one CPU, and nobody to send an NMI");
	spec.context = LAB_CTX_NMI;
	spec.api = LAB_API_NOLOCK;
	spec.burst = 1;
	ASSERT_EQ(0, lab_device_setup(fd, &spec, why, sizeof(why)));
	ASSERT_EQ(0, lab_device_fire(fd, 500, &fired));
	ASSERT_EQ(0, lab_device_read(fd, 0, &stats));
	TH_LOG("interrupting: %llu of 500, contended: %llu", stats.interrupting,
	       stats.contended);
	EXPECT_EQ(500, stats.attempts);
	/* Where checks are on, most of the time goes by in them. */
	EXPECT_LT(checks_itself() ? 0 : 100, stats.interrupting);
	EXPECT_GT(500, stats.interrupting);
	EXPECT_EQ(0, stats.outcome[LAB_EXHAUSTED]);
	EXPECT_EQ(stats.contended, stats.outcome[LAB_REFUSED]);
	EXPECT_EQ(0, violations(&stats));
	close(fd);
}

TEST_HARNESS_MAIN
