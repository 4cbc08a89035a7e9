// SPDX-License-Identifier: GPL-2.0-only
/*
 * api_test.c - every way to ask for memory: that it gets some, gives it
 * back, and is told the truth about failures, in a task, a softirq and a
 * hardirq.
 */
#include <dirent.h>

#include "guest_test.h"

static const __u32 places[] = {
	LAB_CTX_TASK,
	LAB_CTX_SOFTIRQ_TASKLET,
	LAB_CTX_HARDIRQ_HRTIMER,
};

/* What tests have to know of an interface. */
static const struct trait {
	__u32 order; /* nobody else asks for it atomically */
	unsigned int asks; /* requests of that order and more until it gives up */
	unsigned int bytes; /* of a block of order 0; 0: a page */
	bool store; /* it does not always ask */
	bool node; /* it can be kept to one */
	__u32 dry; /* the order at which it is made to run out; 0: never */
} traits[LAB_API_COUNT] = {
	[LAB_API_PAGES] = { .order = 3, .asks = 1, .node = true, .dry = 3 },
	[LAB_API_GET_FREE_PAGES] = { .order = 3, .asks = 1, .dry = 9 },
	[LAB_API_EXACT] = { .order = 3, .asks = 1, .dry = 9 },
	/* Single pages: others ask for them too, but not now. */
	[LAB_API_BULK] = { .asks = 1, .bytes = LAB_BULK * 4096, .node = true },
	[LAB_API_KMALLOC] = { .order = 3, .asks = 1, .node = true, .dry = 3 },
	/* Slabs and fragments try a large order, then the least. */
	[LAB_API_KMEM_CACHE] = { .order = 3,
				 .asks = 2,
				 .store = true,
				 .node = true,
				 .dry = 3 },
	[LAB_API_PAGE_FRAG] = { .asks = 2, .bytes = 2048, .store = true },
	[LAB_API_MEMPOOL] = { .order = 3, .asks = 1, .dry = 9 },
	[LAB_API_NOLOCK] = { .asks = 1 },
};

/*
 * Kernels differ in two. 7.3 does not ask should_fail_alloc_page() for
 * alloc_pages_nolock() (prepare_alloc_pages()), and a cache asks it twice as
 * often there, once to fill a sheaf.
 */
static bool may_be_spared(__u32 api)
{
	return api == LAB_API_NOLOCK;
}

static bool has_sheaves(void)
{
	return !access("/sys/kernel/slab/kmalloc-8/sheaf_capacity", F_OK);
}

static bool asks_so_often(__u32 api, __u64 shots, __u64 requests)
{
	const __u64 usual = shots * traits[api].asks;

	return counts_only(requests, usual) ||
	       (api == LAB_API_KMEM_CACHE && has_sheaves() &&
		counts_only(requests, 2 * usual)) ||
	       (may_be_spared(api) && counts_only(requests, 0));
}

FIXTURE(api)
{
	int fd;
	struct lab_spec spec;
	struct lab_stats stats;
	const struct trait *trait;
	char why[128];
};

FIXTURE_VARIANT(api)
{
	__u32 id;
};

#define VARIANT(id_, name, call) \
	FIXTURE_VARIANT_ADD(api, name){ .id = LAB_API_##id_ };
LAB_APIS(VARIANT)

FIXTURE_SETUP(api)
{
	struct lab_row row;

	OPEN();
	self->spec.api = variant->id;
	self->spec.reserve = variant->id == LAB_API_MEMPOOL;
	self->trait = &traits[variant->id];
	ASSERT_EQ(0, lab_device_api(self->fd, variant->id, &row));
	if (row.usable)
		return;
	/* It says the same to whoever tries. */
	EXPECT_EQ(-EOPNOTSUPP, lab_device_setup(self->fd, &self->spec,
						self->why, sizeof(self->why)));
	EXPECT_STREQ(row.reason, self->why);
	SKIP(return, "%s", row.reason);
}

FIXTURE_TEARDOWN(api)
{
	close(self->fd);
}

/* The entries of a folder whose name begins so. */
static unsigned int entries(const char *folder, const char *start)
{
	struct dirent *entry;
	unsigned int count = 0;
	DIR *dir = opendir(folder);

	while (dir && (entry = readdir(dir)))
		count += !strncmp(entry->d_name, start, strlen(start));
	if (dir)
		closedir(dir);
	return count;
}

static unsigned int lines(const char *path, const char *start)
{
	unsigned int count = 0;
	char line[512];
	FILE *f = fopen(path, "re");

	while (f && fgets(line, sizeof(line), f))
		count += !strncmp(line, start, strlen(start));
	if (f)
		fclose(f);
	return count;
}

static unsigned int caches(void)
{
	return entries("/sys/kernel/slab", "labyrinth") +
	       lines("/proc/slabinfo", "labyrinth");
}

TEST_F(api, is_ok_in_plenty)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(places); i++) {
		if (!usable(self->fd, places[i]))
			continue;
		self->spec.context = places[i];
		FIRE(500);
		EXPECT_EQ(500, self->stats.outcome[LAB_OK]);
		EXPECT_EQ(500, sum(self->stats.passage, LAB_PASSAGE_COUNT));
		EXPECT_EQ(500, sum(&self->stats.origin[0][0],
				   LAB_MAX_NODES * LAB_MAX_ZONES));
		EXPECT_EQ(0, self->stats.partial);
		EXPECT_EQ(0, self->stats.unattributed);
		EXPECT_EQ(0, violations(&self->stats));
		REOPEN();
	}
}

/* Every order and flag is taken and works, or is refused in words. */
TEST_F(api, takes_what_it_does_not_refuse)
{
	unsigned int order, flag;
	bool taken = true;
	int err;

	for (order = 0; order <= 10; order++) {
		self->spec.order = order;
		err = lab_device_setup(self->fd, &self->spec, self->why, 128);
		if (err) {
			EXPECT_EQ(-EOPNOTSUPP, err);
			EXPECT_NE('\0', self->why[0]);
			EXPECT_LT(0, order);
			taken = false;
			continue;
		}
		EXPECT_TRUE(taken);
		SHOOT(20);
		EXPECT_EQ(20, self->stats.outcome[LAB_OK])
		{
			TH_LOG("order %u", order);
		}
		EXPECT_EQ(0, violations(&self->stats))
		{
			TH_LOG("order %u", order);
		}
		REOPEN();
	}
	self->spec.order = 0;
	for (flag = 0; flag < LAB_GFP_MOD_COUNT; flag++) {
		self->spec.gfp_mods = 1u << flag;
		self->spec.node = flag == LAB_GFP_BIT_THISNODE ? 0 :
								 LAB_NODE_ANY;
		err = lab_device_setup(self->fd, &self->spec, self->why, 128);
		if (err) {
			EXPECT_EQ(-EOPNOTSUPP, err);
			EXPECT_NE('\0', self->why[0]);
			continue;
		}
		SHOOT(20);
		EXPECT_EQ(20, self->stats.outcome[LAB_OK])
		{
			TH_LOG("flag %u", flag);
		}
		EXPECT_EQ(0, violations(&self->stats))
		{
			TH_LOG("flag %u", flag);
		}
		REOPEN();
	}
}

TEST_F_TIMEOUT(api, gives_back, SLOW_S)
{
	const unsigned int bytes = self->trait->bytes ?: 4096;
	const long want = 1024 * (long)bytes / 4096;
	long before, with;
	unsigned int i;

	self->spec.hold = 1024;
	for (i = 0; i < ARRAY_SIZE(places); i++) {
		if (!usable(self->fd, places[i]))
			continue;
		self->spec.context = places[i];
		before = free_pages(self->fd, -1);
		FIRE(3000);
		EXPECT_EQ(3000, self->stats.outcome[LAB_OK]);
		EXPECT_EQ(1024, self->stats.held);
		EXPECT_EQ(want, pages_held(self->fd));
		with = free_pages(self->fd, -1);
		/* kmalloc() has slabs that are begun. */
		if (!checks_itself()) {
			EXPECT_LE(want - 100, before - with);
			EXPECT_GT(want + 256, before - with);
		}
		EXPECT_EQ(variant->id == LAB_API_KMEM_CACHE ? 2 : 0, caches());
		ASSERT_EQ(0, lab_device_release(self->fd));
		EXPECT_EQ(0, pages_held(self->fd));
		ASSERT_EQ(0, lab_device_read(self->fd, 0, &self->stats));
		EXPECT_EQ(0, violations(&self->stats));
		REOPEN();
		if (!checks_itself())
			EXPECT_GT(128, before - free_pages(self->fd, -1));
		EXPECT_EQ(0, caches());
	}
}

TEST_F(api, knows_what_was_injected)
{
	__u64 fired, injected;
	unsigned int i;

	if (!fault_there())
		SKIP(return, "no fail_page_alloc");
	self->spec.order = self->trait->order;
	for (i = 0; i < ARRAY_SIZE(places); i++) {
		if (!usable(self->fd, places[i]))
			continue;
		self->spec.context = places[i];
		SETUP();
		fault_start(self->trait->order, 1, 100);
		EXPECT_EQ(0, lab_device_fire(self->fd, 300, &fired));
		injected = fault_stop();
		EXPECT_TRUE(asks_so_often(variant->id, 300, injected))
		{
			TH_LOG("%llu were injected", injected);
		}
		ASSERT_EQ(0, lab_device_read(self->fd, 0, &self->stats));
		/* The one block in reserve is back before the next shot. */
		if (variant->id == LAB_API_MEMPOOL) {
			EXPECT_EQ(300, self->stats.outcome[LAB_OK]);
			EXPECT_EQ(300, self->stats.passage[LAB_PASSAGE_STORE]);
		} else {
			EXPECT_EQ(counts_only(injected, 0) ? 0 : 300,
				  self->stats.outcome[LAB_INJECTED]);
		}
		EXPECT_EQ(0, self->stats.outcome[LAB_EXHAUSTED]);
		EXPECT_EQ(0, self->stats.unattributed);
		EXPECT_EQ(0, violations(&self->stats));
		REOPEN();
	}
}

/* Half of the requests are: whatever a shot makes of that, none was genuine. */
TEST_F(api, knows_what_was_injected_sometimes)
{
	__u64 fired, injected;
	unsigned int i;

	if (!fault_there())
		SKIP(return, "no fail_page_alloc");
	self->spec.order = self->trait->order;
	self->spec.hold = 512;
	for (i = 0; i < ARRAY_SIZE(places); i++) {
		if (!usable(self->fd, places[i]))
			continue;
		self->spec.context = places[i];
		SETUP();
		fault_start(self->trait->order, 1, 50);
		EXPECT_EQ(0, lab_device_fire(self->fd, 1000, &fired));
		injected = fault_stop();
		ASSERT_EQ(0, lab_device_read(self->fd, 0, &self->stats));
		EXPECT_TRUE(injected || may_be_spared(variant->id));
		EXPECT_EQ(counts_only(injected, 0),
			  !self->stats.outcome[LAB_INJECTED]);
		EXPECT_EQ(0, self->stats.outcome[LAB_EXHAUSTED]);
		EXPECT_EQ(0, violations(&self->stats));
		if (self->trait->asks == 1) {
			EXPECT_TRUE(counts_only(
				injected,
				self->stats.outcome[LAB_INJECTED] +
					self->stats.passage[LAB_PASSAGE_STORE]))
			{
				TH_LOG("%llu were injected", injected);
			}
		} else {
			EXPECT_LE(2 * self->stats.outcome[LAB_INJECTED],
				  injected);
		}
		REOPEN();
	}
}

/* Shots that take all blocks of an order, of a node or all, and miss then. */
static __u64 until_dry(int fd, int node, __u32 order)
{
	return (free_pages(fd, node) >> order) + 500;
}

/*
 * There is no more, on a node or of an order: every miss is genuine, and the
 * kernel's own trace tells of as many.
 */
TEST_F_TIMEOUT(api, knows_what_was_exhausted, SLOW_S)
{
	__u64 shots, fired, missed;
	unsigned int i;
	char *small;

	if (!self->trait->dry)
		SKIP(return, "it takes what is left of the whole machine");
	small = leave_small_blocks();
	ASSERT_NE(NULL, small);
	self->spec.order = self->trait->dry;
	self->spec.burst = 64;
	if (self->trait->node) {
		NEEDS_TWO_NODES();
		self->spec.node = 1;
		self->spec.gfp_mods |= LAB_GFP_MOD(THISNODE);
	}
	for (i = 0; i < ARRAY_SIZE(places); i++) {
		if (!usable(self->fd, places[i]))
			continue;
		self->spec.context = places[i];
		shots = until_dry(self->fd, self->spec.node, self->spec.order);
		self->spec.hold = shots;
		SETUP();
		misses_start(self->spec.order);
		EXPECT_EQ(0, lab_device_fire(self->fd, shots, &fired));
		missed = misses_stop();
		ASSERT_EQ(0, lab_device_read(self->fd, 0, &self->stats));
		EXPECT_LT(0, self->stats.outcome[LAB_EXHAUSTED]);
		EXPECT_EQ(0, self->stats.outcome[LAB_INJECTED]);
		EXPECT_EQ(0, self->stats.unattributed);
		EXPECT_EQ(0, violations(&self->stats));
		/* The one block in reserve helped a shot, after a miss. */
		EXPECT_EQ(missed, self->stats.outcome[LAB_EXHAUSTED] *
						  self->trait->asks +
					  (variant->id == LAB_API_MEMPOOL));
		REOPEN();
	}
	munmap(small, SMALL_BLOCKS);
}

/*
 * Every fifth request is injected where every one would have missed: so is the
 * last request of every fifth shot, whether a shot makes one or several.
 */
TEST_F(api, knows_which_request_decided)
{
	struct lab_spec drain = plain_spec();
	const __u64 shots = 300;
	__u64 fired;
	int drained;

	if (!fault_there())
		SKIP(return, "no fail_page_alloc");
	if (!self->trait->node || !self->trait->dry)
		SKIP(return, "it takes what is left of the whole machine");
	NEEDS_TWO_NODES();
	/* A cache that is asked for a node looks into a sheaf on its own alone. */
	drain.cpu = 1;
	drain.node = 1;
	drain.gfp_mods |= LAB_GFP_MOD(THISNODE);
	drain.order = self->trait->dry;
	drain.hold = until_dry(self->fd, drain.node, drain.order);
	bind_to(1);
	drained = lab_device_open(self->why, sizeof(self->why));
	ASSERT_LE(0, drained);
	ASSERT_EQ(0, lab_device_setup(drained, &drain, self->why, 128));
	ASSERT_EQ(0, lab_device_fire(drained, drain.hold, &fired));

	self->spec.cpu = drain.cpu;
	self->spec.node = drain.node;
	self->spec.gfp_mods = drain.gfp_mods;
	self->spec.order = drain.order;
	SETUP();
	fault_start(drain.order, 5, 100);
	EXPECT_EQ(0, lab_device_fire(self->fd, shots, &fired));
	fault_stop();
	write_number(FAULT "interval", 1);
	ASSERT_EQ(0, lab_device_read(self->fd, 0, &self->stats));
	EXPECT_EQ(shots / 5, self->stats.outcome[LAB_INJECTED]);
	/* What KASAN has kept in its quarantine is freed at times. */
	EXPECT_GE(shots - shots / 5, self->stats.outcome[LAB_EXHAUSTED]);
	EXPECT_LE(shots - shots / 5 - (checks_itself() ? shots / 20 : 0),
		  self->stats.outcome[LAB_EXHAUSTED]);
	EXPECT_EQ(0, self->stats.unattributed);
	EXPECT_EQ(0, violations(&self->stats));
	close(drained);
}

/* Memory that others have written to is zero for who asks for that. */
TEST_F(api, is_zeroed)
{
	self->spec.gfp_mods |= LAB_GFP_MOD(ZERO);
	if (lab_device_setup(self->fd, &self->spec, NULL, 0))
		SKIP(return, "it does not take __GFP_ZERO");
	REOPEN();
	/* Stamps, at both ends of every page. */
	self->spec.gfp_mods &= ~LAB_GFP_MOD(ZERO);
	self->spec.hold = 2048;
	FIRE(2048);
	REOPEN();
	self->spec.gfp_mods |= LAB_GFP_MOD(ZERO);
	FIRE(4096);
	EXPECT_EQ(4096, self->stats.outcome[LAB_OK]);
	EXPECT_EQ(4096, self->stats.checked);
	EXPECT_EQ(0, violations(&self->stats));
	REOPEN();
	EXPECT_EQ(0, caches());
}

/* What each of them does that others do not. */
FIXTURE(own)
{
	int fd;
	struct lab_spec spec;
	struct lab_stats stats;
	char why[128];
};

FIXTURE_SETUP(own)
{
	OPEN();
}

FIXTURE_TEARDOWN(own)
{
	close(self->fd);
}

/* With nothing else to be had a mempool gives what it has put aside. */
TEST_F(own, mempool_has_a_reserve)
{
	unsigned int i;
	__u64 fired;

	if (!fault_there())
		SKIP(return, "no fail_page_alloc");
	self->spec.api = LAB_API_MEMPOOL;
	self->spec.order = 3;
	self->spec.reserve = 37;
	self->spec.hold = 100;
	for (i = 0; i < ARRAY_SIZE(places); i++) {
		if (!usable(self->fd, places[i]))
			continue;
		self->spec.context = places[i];
		SETUP();
		fault_start(3, 1, 100);
		EXPECT_EQ(0, lab_device_fire(self->fd, 36, &fired));
		ASSERT_EQ(0, lab_device_read(self->fd, 0, &self->stats));
		EXPECT_EQ(36, self->stats.outcome[LAB_OK]);
		EXPECT_EQ(0, lab_device_fire(self->fd, 164, &fired));
		EXPECT_TRUE(counts_only(fault_stop(), 200));
		ASSERT_EQ(0, lab_device_read(self->fd, 0, &self->stats));
		EXPECT_EQ(37, self->stats.outcome[LAB_OK]);
		EXPECT_EQ(37, self->stats.passage[LAB_PASSAGE_STORE]);
		EXPECT_EQ(37, self->stats.held);
		EXPECT_EQ(163, self->stats.outcome[LAB_INJECTED]);
		EXPECT_EQ(0, sum(self->stats.cliff_ok, LAB_CLIFF_BUCKETS));
		EXPECT_EQ(37 * 8, pages_held(self->fd));

		/* What comes back fills it up again. */
		ASSERT_EQ(0, lab_device_release(self->fd));
		fault_start(3, 1, 100);
		SHOOT(50);
		EXPECT_TRUE(counts_only(fault_stop(), 50));
		EXPECT_EQ(37, self->stats.held);
		EXPECT_EQ(2 * 37, self->stats.outcome[LAB_OK]);
		EXPECT_EQ(0, violations(&self->stats));
		REOPEN();
	}
}

/* A quarter of each block is not kept. */
TEST_F(own, exact_gives_the_tail_back)
{
	long before;

	self->spec.api = LAB_API_EXACT;
	self->spec.order = 4;
	self->spec.hold = 200;
	/* What a first run takes for good, or sets free, does not count. */
	FIRE(200);
	REOPEN();
	before = free_pages(self->fd, -1);
	FIRE(200);
	before -= free_pages(self->fd, -1);
	EXPECT_EQ(200 * 12, pages_held(self->fd));
	EXPECT_LE(200 * 12, before);
	EXPECT_GT(200 * 14, before);
	EXPECT_EQ(200, sum(&self->stats.origin[0][0],
			   LAB_MAX_NODES * LAB_MAX_ZONES));
}

/* A shot of sixteen pages is one block; near the end there are fewer. */
TEST_F_TIMEOUT(own, bulk_is_partial_when_there_is_little, SLOW_S)
{
	struct lab_row row;
	long before;
	__u64 shots;

	NEEDS_TWO_NODES();
	ASSERT_EQ(0, lab_device_api(self->fd, LAB_API_BULK, &row));
	if (!row.usable)
		SKIP(return, "%s", row.reason);
	self->spec.api = LAB_API_BULK;
	self->spec.node = 1;
	self->spec.gfp_mods |= LAB_GFP_MOD(THISNODE);
	before = free_pages(self->fd, 1);
	/*
	 * Below its watermark a shot gets one page of the reserve, and where
	 * checks are on also above.
	 */
	shots = checks_itself() ? before + 500 : before / LAB_BULK + 4000;
	self->spec.hold = shots;
	FIRE(shots);
	EXPECT_LT(0, self->stats.partial);
	EXPECT_LT(0, self->stats.outcome[LAB_EXHAUSTED]);
	EXPECT_EQ(0, self->stats.outcome[LAB_INJECTED]);
	EXPECT_EQ(self->stats.outcome[LAB_OK],
		  sum(self->stats.origin[1], LAB_MAX_ZONES));
	EXPECT_EQ(0, self->stats.oracle[LAB_ORACLE_EXCLUSIVE].violations);
	ASSERT_EQ(0, lab_device_release(self->fd));
	ASSERT_EQ(0, lab_device_read(self->fd, 0, &self->stats));
	EXPECT_EQ(0, violations(&self->stats));
	if (!checks_itself())
		EXPECT_GT(128, before - free_pages(self->fd, 1));
}

/* Who has a store asks once for many; the rest is from there. */
TEST_F(own, stores_ask_once_for_many)
{
	__u64 stored;
	int node;

	for (node = LAB_NODE_ANY; node <= (int)last_node(self->fd); node++) {
		self->spec.hold = 1000;
		self->spec.node = node;
		/* Eight pages to a slab of order 3. */
		self->spec.api = LAB_API_KMEM_CACHE;
		FIRE(1000);
		stored = self->stats.passage[LAB_PASSAGE_STORE];
		/* Red zones make objects larger: fewer to a slab. */
		if (checks_itself()) {
			EXPECT_LT(500, stored);
			EXPECT_GT(1000 - 125, stored);
		} else {
			EXPECT_EQ(1000 - 125, stored);
		}
		EXPECT_EQ(1000 - stored,
			  sum(self->stats.cliff_ok, LAB_CLIFF_BUCKETS) +
				  self->stats.apart_ok);
		REOPEN();

		/* Others use its slabs, and there may be some left in them. */
		self->spec.api = LAB_API_KMALLOC;
		FIRE(1000);
		stored = self->stats.passage[LAB_PASSAGE_STORE];
		EXPECT_LE(checks_itself() ? 500 : 1000 - 125, stored);
		EXPECT_GT(1000 - 90, stored);
		REOPEN();

		/* From four pages on it has none. */
		self->spec.order = 2;
		FIRE(1000);
		EXPECT_EQ(0, self->stats.passage[LAB_PASSAGE_STORE]);
		self->spec.order = 0;
		REOPEN();
	}

	/* Sixteen halves of a page to a block of order 3. */
	self->spec.node = LAB_NODE_ANY;
	self->spec.api = LAB_API_PAGE_FRAG;
	FIRE(1000);
	EXPECT_EQ(1000 - 63, self->stats.passage[LAB_PASSAGE_STORE]);
}

TEST_HARNESS_MAIN
