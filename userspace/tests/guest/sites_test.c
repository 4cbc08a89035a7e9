// SPDX-License-Identifier: GPL-2.0-only
/*
 * sites_test.c - watching atomic requests: each is counted at its site, and
 * those fail that a plan names, and no others.
 */
#include <stdlib.h>

#include "guest_test.h"

#define SHOTS 64

FIXTURE(sites)
{
	int fd, watching;
	struct lab_spec spec;
	struct lab_stats stats;
	struct lab_site_watch watch;
	struct lab_watched seen;
	struct lab_site_row row;
	char why[128];
};

FIXTURE_SETUP(sites)
{
	OPEN();
	self->watching = lab_device_open(self->why, sizeof(self->why));
	ASSERT_LE(0, self->watching);
	/* Nobody else asks for blocks of this order. */
	self->spec.order = 3;
}

FIXTURE_TEARDOWN(sites)
{
	close(self->watching);
	close(self->fd);
}

#define WATCH()                                                      \
	ASSERT_EQ(0, lab_device_watch(self->watching, &self->watch)) \
	{                                                            \
		TH_LOG("%s", self->watch.reason);                    \
	}

/* The one that shots of this spec came by, in self->row. */
static bool find_shots(struct lab_site_row *row, int fd, unsigned int order)
{
	unsigned int i;

	for (i = 0; !lab_device_site(fd, i, row); i++)
		if (row->id && row->occurrences && row->order == order &&
		    strstr(row->stack, "[labyrinth]"))
			return true;
	return false;
}

static const struct {
	enum lab_context_id fired;
	enum lab_site_context seen;
} kinds[] = {
	{ LAB_CTX_TASK, LAB_SITE_TASK },
	{ LAB_CTX_BH_OFF, LAB_SITE_BH_OFF },
	{ LAB_CTX_IRQS_OFF, LAB_SITE_IRQS_OFF },
	{ LAB_CTX_SOFTIRQ_TASKLET, LAB_SITE_SOFTIRQ },
	{ LAB_CTX_SOFTIRQ_TIMER, LAB_SITE_SOFTIRQ },
	{ LAB_CTX_HARDIRQ_HRTIMER, LAB_SITE_HARDIRQ },
	{ LAB_CTX_HARDIRQ_WORK, LAB_SITE_HARDIRQ },
};

/* A site a context; all shots of it are there, by whatever they interrupted. */
TEST_F(sites, a_site_for_each_context)
{
	unsigned int i;
	int err;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		self->spec.context = kinds[i].fired;
		REOPEN();
		err = lab_device_setup(self->fd, &self->spec, self->why,
				       sizeof(self->why));
		if (err == -EOPNOTSUPP)
			continue;
		ASSERT_EQ(0, err);
		WATCH();
		SHOOT(SHOTS);
		ASSERT_TRUE(find_shots(&self->row, self->watching, 3));
		EXPECT_EQ(SHOTS, self->row.occurrences)
		{
			TH_LOG("context %u:\n%s", kinds[i].fired,
			       self->row.stack);
		}
		EXPECT_EQ(kinds[i].seen, self->row.context);
		EXPECT_EQ(0, self->row.failed);
		EXPECT_EQ(8 * 4096, self->row.size_min);
		EXPECT_EQ(LAB_SITE_BY_PAGES, self->row.interface);
		if (!i)
			TH_LOG("\n%s", self->row.stack);
		if (kinds[i].fired == LAB_CTX_SOFTIRQ_TASKLET)
			TH_LOG("\n%s", self->row.stack);
		if (kinds[i].fired == LAB_CTX_HARDIRQ_HRTIMER)
			TH_LOG("\n%s", self->row.stack);
	}
}

/* Those that a plan names fail, as if injected, and are the only ones. */
TEST_F(sites, a_plan_fails_what_it_names)
{
	self->spec.context = LAB_CTX_SOFTIRQ_TASKLET;
	SETUP();
	WATCH();
	SHOOT(SHOTS);
	ASSERT_TRUE(find_shots(&self->row, self->watching, 3));

	self->watch.plans = 1;
	self->watch.plan[0] = (struct lab_fault_plan){
		.site = self->row.id,
		.first = 10,
		.count = 3,
	};
	WATCH();
	SHOOT(SHOTS);
	ASSERT_TRUE(find_shots(&self->row, self->watching, 3));
	EXPECT_EQ(SHOTS, self->row.occurrences);
	EXPECT_EQ(3, self->row.failed);
	ASSERT_EQ(0, lab_device_watched(self->watching, &self->seen));
	EXPECT_EQ(3, self->seen.faults);
	EXPECT_EQ(0, self->seen.dropped);
	ASSERT_EQ(0, lab_device_read(self->fd, 0, &self->stats));
	EXPECT_EQ(2 * SHOTS, self->stats.attempts);
	EXPECT_EQ(2 * SHOTS - 3, self->stats.outcome[LAB_OK]);
	EXPECT_EQ(3, self->stats.outcome[LAB_INJECTED]);
}

/* For a time a site gets nothing, and then everything again. */
TEST_F(sites, a_plan_starves_for_a_time)
{
	self->spec.context = LAB_CTX_TASK;
	SETUP();
	WATCH();
	SHOOT(1);
	ASSERT_TRUE(find_shots(&self->row, self->watching, 3));
	self->watch.plans = 1;
	self->watch.plan[0] = (struct lab_fault_plan){
		.site = self->row.id,
		.first = 1,
		.duration = 50000000,
	};
	WATCH();
	SHOOT(SHOTS);
	ASSERT_EQ(0, lab_device_read(self->fd, 0, &self->stats));
	EXPECT_LT(0, self->stats.outcome[LAB_INJECTED]);
	usleep(100000);
	SHOOT(SHOTS);
	ASSERT_TRUE(find_shots(&self->row, self->watching, 3));
	EXPECT_EQ(2 * SHOTS, self->row.occurrences);
	EXPECT_GT(2 * SHOTS, self->row.failed);
}

/* The log holds every request, in order, by the place of its site. */
TEST_F(sites, the_log_is_whole)
{
	__u32 *places;
	size_t i, mine = 0;

	self->spec.context = LAB_CTX_SOFTIRQ_TASKLET;
	SETUP();
	WATCH();
	SHOOT(SHOTS);
	ASSERT_EQ(0, lab_device_watched(self->watching, &self->seen));
	ASSERT_LE(SHOTS, self->seen.requests);
	places = calloc(self->seen.requests, sizeof(*places));
	ASSERT_NE(NULL, places);
	ASSERT_EQ(0, lab_device_requests(self->watching, places,
					 self->seen.requests));
	ASSERT_TRUE(find_shots(&self->row, self->watching, 3));
	for (i = 0; i < self->seen.requests; i++)
		mine += places[i] == self->row.index;
	EXPECT_EQ(SHOTS, mine);
	EXPECT_EQ(-EINVAL, lab_device_requests(self->watching, places,
					       self->seen.requests + 1000));
	free(places);
}

TEST_F(sites, one_watches_at_a_time)
{
	WATCH();
	EXPECT_EQ(-EBUSY, lab_device_watch(self->fd, &self->watch));
	EXPECT_NE('\0', self->watch.reason[0]);
	close(self->watching);
	EXPECT_EQ(0, lab_device_watch(self->fd, &self->watch));
	self->watching = lab_device_open(self->why, sizeof(self->why));
}

TEST_F(sites, what_makes_no_sense_is_refused)
{
	const struct lab_fault_plan good = { .site = 1,
					     .first = 1,
					     .count = 1 };
	unsigned int i;
	const struct {
		struct lab_site_watch watch;
	} bad[] = {
		{ { .flags = 1 } },
		{ { .pad = 1 } },
		{ { .plans = LAB_MAX_PLANS + 1 } },
		{ { .plans = 0, .plan = { good } } },
		{ { .plans = 1,
		    .plan = { { .site = 0, .first = 1, .count = 1 } } } },
		{ { .plans = 1,
		    .plan = { { .site = 1, .first = 0, .count = 1 } } } },
		{ { .plans = 1, .plan = { { .site = 1, .first = 1 } } } },
		{ { .plans = 1,
		    .plan = { { .site = 1,
				.first = 1,
				.count = 1,
				.duration = 1 } } } },
		{ { .plans = 1,
		    .plan = { { .site = 1,
				.first = 1,
				.duration = LAB_MAX_STARVE + 1 } } } },
	};

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		self->watch = bad[i].watch;
		EXPECT_EQ(-EINVAL,
			  lab_device_watch(self->watching, &self->watch))
		{
			TH_LOG("row %u", i);
		}
		EXPECT_NE('\0', self->watch.reason[0]);
	}
	EXPECT_EQ(-ENXIO, lab_device_watched(self->watching, &self->seen));
	EXPECT_EQ(-ENXIO, lab_device_site(self->watching, 0, &self->row));
}

TEST_HARNESS_MAIN
