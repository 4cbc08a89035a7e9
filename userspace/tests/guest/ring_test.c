// SPDX-License-Identifier: GPL-2.0-only
/*
 * ring_test.c - the event ring: that every shot is there once, with the state
 * that it met, and that a reader can harm nobody but itself.
 */
#include <numa.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "guest_test.h"

FIXTURE(ring)
{
	int fd;
	struct lab_spec spec;
	struct lab_stats stats;
	struct lab_ring *ring;
	size_t size;
	char why[128];
};

FIXTURE_SETUP(ring)
{
	OPEN();
	self->spec.events = 1000;
	self->size = LAB_RING_SIZE(1000, getpagesize());
}

FIXTURE_TEARDOWN(ring)
{
	if (self->ring)
		munmap(self->ring, self->size);
	close(self->fd);
}

#define MAP()                                                                 \
	do {                                                                  \
		SETUP();                                                      \
		self->size = LAB_RING_SIZE(self->spec.events, getpagesize()); \
		self->ring = lab_device_ring(self->fd, self->spec.events);    \
		ASSERT_NE(NULL, self->ring);                                  \
	} while (0)

#define UNMAP()                                 \
	do {                                    \
		munmap(self->ring, self->size); \
		self->ring = NULL;              \
		REOPEN();                       \
	} while (0)

static int map_error(int fd, size_t size, off_t offset)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
			offset);

	if (at == MAP_FAILED)
		return errno;
	munmap(at, size);
	return 0;
}

TEST_F(ring, is_mapped_as_a_whole)
{
	const size_t page = getpagesize();

	EXPECT_EQ(ENXIO, map_error(self->fd, self->size, 0));
	SETUP();
	EXPECT_EQ(EINVAL, map_error(self->fd, page, 0));
	EXPECT_EQ(EINVAL, map_error(self->fd, self->size - page, 0));
	EXPECT_EQ(EINVAL, map_error(self->fd, self->size + page, 0));
	EXPECT_EQ(EINVAL, map_error(self->fd, self->size, page));
	EXPECT_EQ(EINVAL, map_error(self->fd, self->size - page, page));
	EXPECT_EQ(0, map_error(self->fd, self->size, 0));
	EXPECT_EQ(0, map_error(self->fd, self->size - page + 1, 0));

	REOPEN();
	self->spec.events = 0;
	SETUP();
	EXPECT_EQ(ENXIO, map_error(self->fd, self->size, 0));
}

TEST_F(ring, says_what_it_is)
{
	MAP();
	EXPECT_EQ(0, self->ring->head);
	EXPECT_EQ(0, self->ring->tail);
	EXPECT_EQ(1000, self->ring->entries);
	EXPECT_EQ(sizeof(struct lab_event), self->ring->entry_size);
	EXPECT_EQ(NULL, lab_ring_next(self->ring));
	SHOOT(10);
	EXPECT_EQ(10, self->ring->head);
	EXPECT_EQ(0, self->ring->tail);
}

/* A mapping outlives the descriptor, and the run with it. */
TEST_F(ring, outlives_the_descriptor)
{
	MAP();
	SHOOT(10);
	close(self->fd);
	EXPECT_EQ(10, self->ring->head);
	EXPECT_NE(NULL, lab_ring_next(self->ring));
	self->fd = lab_device_open(self->why, sizeof(self->why));
	ASSERT_LE(0, self->fd);
}

TEST_F(ring, has_every_shot)
{
	static const __u32 places[] = { LAB_CTX_TASK, LAB_CTX_SOFTIRQ_TASKLET,
					LAB_CTX_HARDIRQ_HRTIMER };
	const struct lab_event *event;
	__u64 taken, clock;
	const unsigned int node = last_node(self->fd);
	unsigned int i, round;

	self->spec.node = node;
	self->spec.order = 2;
	for (i = 0; i < ARRAY_SIZE(places); i++) {
		if (!usable(self->fd, places[i]))
			continue;
		self->spec.context = places[i];
		MAP();
		/* Round and round, a little less than it holds. */
		for (round = taken = clock = 0; round < 10; round++) {
			SHOOT(700);
			while ((event = lab_ring_next(self->ring))) {
				EXPECT_EQ(taken + 1, event->sequence);
				EXPECT_EQ(taken, event->shot);
				EXPECT_LT(clock, event->clock);
				EXPECT_LT(0, event->latency);
				EXPECT_LT(0, event->free);
				EXPECT_LT(0, event->min);
				EXPECT_GT(event->free, event->min);
				EXPECT_LT(event->mark, event->usable);
				EXPECT_GT(event->free,
					  event->usable + event->cma);
				EXPECT_EQ(0, event->part);
				EXPECT_EQ(places[i], event->context);
				EXPECT_EQ(2, event->order);
				EXPECT_EQ(LAB_OK, event->outcome);
				EXPECT_EQ(LAB_PASSAGE_FAST, event->passage);
				EXPECT_EQ(node, event->node);
				EXPECT_LE(0, event->zone);
				EXPECT_EQ(0, event->pad);
				clock = event->clock + event->latency;
				taken++;
				lab_ring_taken(self->ring);
			}
			EXPECT_EQ(self->ring->head, taken);
		}
		EXPECT_EQ(7000, taken);
		EXPECT_EQ(0, self->stats.events_lost);
		UNMAP();
	}
}

/* What finds no room is counted; what found some is not overwritten. */
TEST_F(ring, loses_what_is_not_taken)
{
	const struct lab_event *event;
	unsigned int i;

	MAP();
	SHOOT(1500);
	EXPECT_EQ(1000, self->ring->head);
	EXPECT_EQ(500, self->stats.events_lost);
	for (i = 0; i < 300; i++) {
		event = lab_ring_next(self->ring);
		ASSERT_NE(NULL, event);
		EXPECT_EQ(i, event->shot);
		lab_ring_taken(self->ring);
	}
	SHOOT(400);
	EXPECT_EQ(1300, self->ring->head);
	EXPECT_EQ(600, self->stats.events_lost);
	for (i = 300; (event = lab_ring_next(self->ring)); i++) {
		EXPECT_EQ(i + 1, event->sequence);
		EXPECT_EQ(i < 1000 ? i : i + 500, event->shot);
		lab_ring_taken(self->ring);
	}
	EXPECT_EQ(1300, i);
	EXPECT_EQ(1900, self->stats.attempts);
	EXPECT_EQ(self->stats.attempts, i + self->stats.events_lost);
}

/* One place, and the most that may be asked for. */
TEST_F(ring, has_any_size)
{
	const struct lab_event *event;
	__u64 taken = 0;

	self->spec.events = 1;
	MAP();
	SHOOT(5);
	event = lab_ring_next(self->ring);
	ASSERT_NE(NULL, event);
	EXPECT_EQ(0, event->shot);
	lab_ring_taken(self->ring);
	EXPECT_EQ(NULL, lab_ring_next(self->ring));
	SHOOT(1);
	event = lab_ring_next(self->ring);
	ASSERT_NE(NULL, event);
	EXPECT_EQ(5, event->shot);
	EXPECT_EQ(4, self->stats.events_lost);
	UNMAP();

	self->spec.events = LAB_MAX_EVENTS;
	MAP();
	SHOOT(LAB_MAX_EVENTS + 7);
	EXPECT_EQ(7, self->stats.events_lost);
	while ((event = lab_ring_next(self->ring))) {
		taken += event->shot == taken;
		lab_ring_taken(self->ring);
	}
	EXPECT_EQ(LAB_MAX_EVENTS, taken);
}

/* Failures are there as well, and say what they were. */
TEST_F(ring, tells_of_failures)
{
	__u64 outcome[LAB_OUTCOME_COUNT] = {}, fired, injected;
	const struct lab_event *event;

	if (!fault_there())
		SKIP(return, "no fail_page_alloc");
	self->spec.order = 9;
	self->spec.hold = 1000;
	self->spec.floor = 0;
	ASSERT_NE(NULL, leave_small_blocks());
	MAP();
	fault_start(9, 1, 50);
	EXPECT_EQ(0, lab_device_fire(self->fd, 800, &fired));
	injected = fault_stop();
	ASSERT_EQ(0, lab_device_read(self->fd, 0, &self->stats));
	while ((event = lab_ring_next(self->ring))) {
		ASSERT_GT(LAB_OUTCOME_COUNT, event->outcome);
		outcome[event->outcome]++;
		EXPECT_EQ(event->outcome == LAB_OK, event->node >= 0);
		EXPECT_EQ(event->outcome == LAB_OK, event->zone >= 0);
		lab_ring_taken(self->ring);
	}
	EXPECT_EQ(0, memcmp(outcome, self->stats.outcome, sizeof(outcome)));
	EXPECT_EQ(injected, outcome[LAB_INJECTED]);
	EXPECT_LT(0, outcome[LAB_EXHAUSTED]);
	EXPECT_LT(0, outcome[LAB_OK]);
}

TEST_F(ring, tells_of_what_was_refused)
{
	const struct lab_event *event;
	unsigned int i;

	self->spec.floor = 1ull << 40;
	self->spec.hold = 10;
	MAP();
	SHOOT(50);
	EXPECT_EQ(50, self->stats.floored);
	for (i = 0; (event = lab_ring_next(self->ring)); i++) {
		EXPECT_EQ(i, event->shot);
		EXPECT_EQ(LAB_REFUSED, event->outcome);
		EXPECT_EQ(-1, event->node);
		lab_ring_taken(self->ring);
	}
	EXPECT_EQ(50, i);
}

/* Three parts write to one ring, each of them within another. */
TEST_F(ring, tells_parts_apart)
{
	static const __u32 contexts[LAB_MAX_PARTS] = {
		LAB_CTX_NESTED, LAB_CTX_SOFTIRQ_TASKLET, LAB_CTX_HARDIRQ_HRTIMER
	};
	__u64 shots[LAB_MAX_PARTS] = {}, taken = 0, last = 0, back = 0;
	const struct lab_event *event;
	unsigned int i, changes = 0, part = 0;

	NEEDS_CONTEXT(LAB_CTX_NESTED);
	self->spec.context = LAB_CTX_NESTED;
	self->spec.burst = 64;
	self->spec.events = 8000;
	MAP();
	SHOOT(6400);
	while ((event = lab_ring_next(self->ring))) {
		ASSERT_GT(LAB_MAX_PARTS, event->part);
		EXPECT_EQ(taken + 1, event->sequence);
		EXPECT_EQ(shots[event->part], event->shot);
		EXPECT_EQ(contexts[event->part], event->context);
		changes += event->part != part;
		/* Placed when over: what interrupted it began after it. */
		back += event->clock < last;
		last = event->clock;
		part = event->part;
		shots[part]++;
		taken++;
		lab_ring_taken(self->ring);
	}
	EXPECT_EQ(6400, taken);
	EXPECT_LT(200, changes);
	EXPECT_LT(0, back);
	for (i = 0; i < LAB_MAX_PARTS; i++) {
		ASSERT_EQ(0, lab_device_read(self->fd, i, &self->stats));
		EXPECT_EQ(self->stats.attempts, shots[i]);
		EXPECT_EQ(0, self->stats.events_lost);
	}
}

/* A tail from nowhere: full, or overwritten, and nothing else. */
TEST_F(ring, endures_any_tail)
{
	static const __u64 tails[] = { 1,	   100,
				       1000,	   1001,
				       UINT64_MAX, UINT64_MAX - 1000,
				       1ull << 63, UINT32_MAX,
				       0 };
	unsigned int i;
	__u64 head;

	self->spec.hold = 16;
	MAP();
	for (i = 0; i < ARRAY_SIZE(tails); i++) {
		self->ring->tail = tails[i];
		SHOOT(500);
		EXPECT_EQ(500 * (i + 1), self->stats.attempts);
		EXPECT_EQ(500 * (i + 1), self->stats.outcome[LAB_OK]);
		head = self->ring->head;
		EXPECT_EQ(self->stats.attempts, head + self->stats.events_lost);
	}
	EXPECT_EQ(0, violations(&self->stats));
}

struct vandal {
	volatile char *at;
	size_t size;
	volatile bool stop;
};

static void *vandalize(void *data)
{
	struct vandal *vandal = data;
	__u64 random = 1;
	size_t i;

	bind_to(1);
	while (!vandal->stop)
		for (i = 0; i < vandal->size && !vandal->stop; i += 8) {
			random = random * 6364136223846793005ull + 1;
			*(volatile __u64 *)(vandal->at + i) = random;
		}
	return NULL;
}

TEST_F(ring, endures_a_vandal)
{
	static const __u32 places[] = { LAB_CTX_TASK, LAB_CTX_NESTED };
	struct vandal vandal;
	pthread_t thread;
	__u64 attempts, fired;
	unsigned int i, part;

	self->spec.hold = 16;
	self->spec.events = 64;
	for (i = 0; i < ARRAY_SIZE(places); i++) {
		if (!usable(self->fd, places[i]))
			continue;
		self->spec.context = places[i];
		MAP();
		vandal = (struct vandal){ .at = (char *)self->ring,
					  .size = self->size };
		ASSERT_EQ(0, pthread_create(&thread, NULL, vandalize, &vandal));
		EXPECT_EQ(0, lab_device_fire(self->fd, 5000, &fired));
		vandal.stop = true;
		pthread_join(thread, NULL);
		attempts = 0;
		for (part = 0; !lab_device_read(self->fd, part, &self->stats);
		     part++) {
			attempts += self->stats.attempts;
			EXPECT_EQ(self->stats.attempts,
				  self->stats.outcome[LAB_OK]);
			EXPECT_EQ(0, violations(&self->stats));
		}
		EXPECT_EQ(5000, attempts);
		UNMAP();
		EXPECT_EQ(0, pages_held(self->fd));
	}
}

/* ---- the state that a shot met ------------------------------------------- */

/* What /proc/zoneinfo says of the largest zone of a node, in pages. */
struct told {
	unsigned long managed, free, min, boost, cma;
	unsigned long free_highatomic, reserved_highatomic;
	bool tells_boost, tells_highatomic; /* from 6.1, and 7.x on */
};

static bool tell(const char *line, const char *key, unsigned long *value)
{
	const size_t length = strlen(key);

	line += strspn(line, " ");
	return !strncmp(line, key, length) &&
	       sscanf(line + length, " %lu", value) == 1;
}

static struct told told_of(unsigned int node)
{
	struct told one = {}, largest = {};
	unsigned int at = ~0u;
	char line[256];
	FILE *f;

	write_to("/proc/sys/vm/stat_refresh", "1");
	f = fopen("/proc/zoneinfo", "re");
	while (f && fgets(line, sizeof(line), f)) {
		unsigned int of;

		if (sscanf(line, "Node %u, zone", &of) == 1) {
			at = of;
			one = (struct told){};
		}
		tell(line, "pages free", &one.free);
		tell(line, "min", &one.min);
		tell(line, "managed", &one.managed);
		tell(line, "nr_free_cma", &one.cma);
		one.tells_boost |= tell(line, "boost", &one.boost);
		one.tells_highatomic |=
			tell(line, "reserved_highatomic",
			     &one.reserved_highatomic) |
			tell(line, "free_highatomic", &one.free_highatomic);
		/* The list of CPUs ends what is of the whole zone. */
		if (tell(line, "start_pfn:", &(unsigned long){ 0 }) &&
		    at == node && one.managed > largest.managed)
			largest = one;
	}
	if (f)
		fclose(f);
	return largest;
}

#define MIN_FREE "/proc/sys/vm/min_free_kbytes"
#define NEAR 600 /* pages that per-CPU lists and counters may hold back */

/* The same numbers as the kernel prints, and what follows from them. */
TEST_F(ring, has_the_state_that_zoneinfo_tells)
{
	static const __u32 orders[] = { 0, 2 };
	const struct lab_event *event;
	unsigned int i;

	self->spec.node = last_node(self->fd);
	self->spec.gfp_mods |= LAB_GFP_MOD(THISNODE);
	for (i = 0; i < ARRAY_SIZE(orders); i++) {
		const struct told told = told_of(self->spec.node);

		self->spec.order = orders[i];
		MAP();
		SHOOT(1);
		event = lab_ring_next(self->ring);
		ASSERT_NE(NULL, event);
		ASSERT_LT(0, told.managed);
		EXPECT_GT(event->free + NEAR, told.free);
		EXPECT_LT(event->free, told.free + NEAR);
		EXPECT_GT(event->cma + NEAR, told.cma);
		EXPECT_LT(event->cma, told.cma + NEAR);
		EXPECT_EQ(told.min, event->min + event->boost);
		if (told.tells_boost)
			EXPECT_EQ(told.boost, event->boost);
		if (told.tells_highatomic)
			EXPECT_TRUE(event->highatomic == told.free_highatomic ||
				    event->highatomic ==
					    told.reserved_highatomic);
		EXPECT_EQ((__s64)event->free - event->cma -
				  ((1 << orders[i]) - 1),
			  event->usable);
		EXPECT_EQ(event->min, event->mark);
		UNMAP();
	}
}

FIXTURE(limit)
{
	int fd;
	int rest; /* the device that holds what is not shot at, or -1 */
	struct lab_spec spec;
	struct lab_stats stats;
	struct lab_ring *ring;
	size_t size;
	long min_free;
	char why[128];
};

FIXTURE_VARIANT(limit)
{
	__u32 base, mods, context;
	unsigned int half, quarter; /* taken off the mark */
};

#define LIMIT(name_, base_, mods_, ctx, half_, quarter_)                      \
	FIXTURE_VARIANT_ADD(limit, name_)                                     \
	{                                                                     \
		.base = LAB_GFP_##base_, .mods = mods_,                       \
		.context = LAB_CTX_##ctx, .half = half_, .quarter = quarter_, \
	}
LIMIT(atomic, ATOMIC, 0, TASK, 1, 1);
LIMIT(atomic_in_softirq, ATOMIC, 0, SOFTIRQ_TASKLET, 1, 1);
LIMIT(atomic_without_reserves, ATOMIC, LAB_GFP_MOD(NOMEMALLOC), TASK, 1, 0);
LIMIT(nowait, NOWAIT, 0, TASK, 0, 0);

/* Shots, each with an event. They use a node up that has no more pages than: */
#define DEEP 65000
#define DEEP_NODE 60000

/*
 * Any atomic request of the kernel's own for more than one page may have left a
 * block in the highatomic reserve: which one does depends on the instruction. In
 * a kernel that checks itself they are many. Nothing gives it back on demand.
 */
static bool beside_a_reserve(const struct lab_stats *stats)
{
	return stats->reserved > DEEP / 2;
}

/* A guest of a kernel with debugging checks is larger. */
static int hold_but(int fd, __u32 node, long pages)
{
	const long surplus = free_pages(fd, node) - pages;
	struct lab_spec spec = plain_spec();
	__u64 fired;
	int rest;

	if (surplus <= 0)
		return -1;
	spec.node = node;
	spec.gfp_mods |= LAB_GFP_MOD(THISNODE);
	spec.hold = surplus;
	rest = lab_device_open(NULL, 0);
	if (rest >= 0 && (lab_device_setup(rest, &spec, NULL, 0) ||
			  lab_device_fire(rest, surplus, &fired))) {
		close(rest);
		rest = -1;
	}
	return rest;
}

FIXTURE_SETUP(limit)
{
	OPEN();
	NEEDS_CONTEXT(variant->context);
	NEEDS_TWO_NODES();
	self->min_free = read_number(MIN_FREE);
	write_number(MIN_FREE, 64 << 10);
	self->spec.node = last_node(self->fd);
	self->spec.gfp_base = variant->base;
	self->spec.gfp_mods |= LAB_GFP_MOD(THISNODE) | variant->mods;
	self->spec.context = variant->context;
	self->spec.events = DEEP;
	self->spec.hold = DEEP;
	self->rest = hold_but(self->fd, self->spec.node, DEEP_NODE);
}

FIXTURE_TEARDOWN(limit)
{
	if (self->ring)
		munmap(self->ring, self->size);
	close(self->fd);
	if (self->rest >= 0)
		close(self->rest);
	write_number(MIN_FREE, self->min_free);
}

/*
 * Shots use a node up, and each is decided by what it met, to the page: usable
 * pages against what is left of the mark, rounded as mm/page_alloc.c rounds it.
 * Where the state is said to be unknown nothing is claimed. An interrupt between
 * the look and the request may decide one in a thousand otherwise.
 */
TEST_F(limit, is_where_the_rule_puts_it)
{
	__u64 decided = 0, otherwise = 0, missed = 0;
	const struct lab_event *event;

	MAP();
	SHOOT(DEEP);
	while ((event = lab_ring_next(self->ring))) {
		__s64 left = event->mark;

		if (variant->half)
			left -= left / 2;
		if (variant->quarter)
			left -= left / 4;
		if (event->mark) {
			decided++;
			missed += event->outcome == LAB_EXHAUSTED;
			otherwise += (event->usable > left) !=
				     (event->outcome == LAB_OK);
		}
		lab_ring_taken(self->ring);
	}
	TH_LOG("%llu shots decided, %llu of them missed, %llu otherwise; boosted %llu, reserved %llu, with CMA %llu",
	       decided, missed, otherwise, self->stats.boosted,
	       self->stats.reserved, self->stats.with_cma);
	if (decided < DEEP / 2 && beside_a_reserve(&self->stats))
		SKIP(return,
			   "beside a reserve the state of such a request is unknown");
	EXPECT_LT(DEEP / 2, decided);
	EXPECT_LT(100, missed);
	EXPECT_GT(decided / 1000 + 1, otherwise);
	EXPECT_EQ(0, violations(&self->stats));
}

/*
 * Steps agree with that: the limit is the border of two of them. Shots miss some
 * steps below where the last refill of a per-CPU list took more than a step: up
 * to 2016 pages (mm/page_alloc.c, nr_pcp_alloc()).
 */
TEST_F(limit, is_the_border_of_two_steps)
{
	const unsigned int step = 16 - 8 * variant->half - 2 * variant->quarter;
	__u64 below = 0, above = 0;
	unsigned int i;

	self->spec.events = 0;
	FIRE(DEEP);
	TH_LOG("%llu missed, %llu of them apart; below the step %llu, in it %llu, above %llu; %llu floored",
	       self->stats.outcome[LAB_EXHAUSTED], self->stats.apart_exhausted,
	       sum(self->stats.cliff_exhausted, step - 1),
	       self->stats.cliff_exhausted[step - 1],
	       sum(self->stats.cliff_exhausted, LAB_CLIFF_BUCKETS) -
		       sum(self->stats.cliff_exhausted, step),
	       self->stats.floored);
	if (self->stats.apart_exhausted > 100 && beside_a_reserve(&self->stats))
		SKIP(return,
			   "beside a reserve shots are counted apart from the steps");
	for (i = 0; i < step; i++)
		below += self->stats.cliff_ok[i];
	for (i = step; i < LAB_CLIFF_BUCKETS - 1; i++)
		above += self->stats.cliff_exhausted[i];
	EXPECT_LT(100, sum(self->stats.cliff_exhausted, step));
	EXPECT_GT(DEEP / 1000, below);
	EXPECT_GT(DEEP / 1000, above);
}

FIXTURE(boost)
{
	int fd;
	struct lab_spec spec;
	struct lab_stats stats;
	char why[128];
};

FIXTURE_SETUP(boost)
{
	OPEN();
	NEEDS_TWO_NODES();
}

FIXTURE_TEARDOWN(boost)
{
	close(self->fd);
}

/* Takes what boosts there are away: mm/page_alloc.c, __setup_per_zone_wmarks(). */
static void *unboost(void *stop)
{
	bind_to(1);
	while (!*(volatile bool *)stop)
		write_to("/proc/sys/vm/watermark_scale_factor", "10");
	return NULL;
}

/* Blocks of a node get another migratetype, so that taking them boosts it. */
static void touch_movable(unsigned int node)
{
	const size_t size = 96 << 20;
	pid_t pid = fork();
	char *at;
	int status;

	if (!pid) {
		numa_set_preferred(node);
		at = mmap(NULL, size, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		_exit(at == MAP_FAILED || !memset(at, 1, size));
	}
	waitpid(pid, &status, 0);
}

/*
 * A boost that went before the allocator looked, and came back with the block that
 * it gave, was no limit: nobody is accused of having passed it. This test is the last
 * one, as it leaves a highatomic reserve, with which some states are not known.
 */
TEST_F_TIMEOUT(boost, comes_and_goes, 300)
{
	unsigned int round;
	pthread_t thread;
	bool stop = false;
	__u64 boosted = 0;

	bind_to(0);
	self->spec.node = last_node(self->fd);
	self->spec.gfp_mods |= LAB_GFP_MOD(THISNODE);
	self->spec.order = 3;
	self->spec.hold = 10000;
	self->spec.burst = 64;
	ASSERT_EQ(0, pthread_create(&thread, NULL, unboost, &stop));
	for (round = 0; round < 4; round++) {
		touch_movable(self->spec.node);
		FIRE(10000);
		boosted += self->stats.boosted;
		EXPECT_EQ(0, violations(&self->stats));
		REOPEN();
	}
	stop = true;
	pthread_join(thread, NULL);
	TH_LOG("%llu shots met a boost", boosted);
}

TEST_HARNESS_MAIN
