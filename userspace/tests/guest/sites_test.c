// SPDX-License-Identifier: GPL-2.0-only
/*
 * sites_test.c - watching atomic requests: each is counted at its site, and
 * those fail that a plan names, and no others.
 */
#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "guest_test.h"
#include "kmem_trace.h"

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

/*
 * The one that shots of this spec came by, in self->row. Where slabs are of order
 * 3, what the reading of sites asks for has the module on its stack too.
 */
static bool find_shots(struct lab_site_row *row, int fd, unsigned int order)
{
	unsigned int i;

	for (i = 0; !lab_device_site(fd, i, row); i++)
		if (row->id && row->occurrences && row->order == order &&
		    strstr(row->stack, "[labyrinth]") &&
		    !strstr(row->stack, "lab_ioc_site"))
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
TEST_F_TIMEOUT(sites, a_site_for_each_context, SLOW_S)
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

/* A stream over the loopback interface: many a request in softirq. */
static bool stream(size_t bytes)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons(4711) };
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	const int listener = socket(AF_INET, SOCK_STREAM, 0);
	const int from = socket(AF_INET, SOCK_STREAM, 0);
	static char block[4096];
	size_t moved;
	int into;

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ioctl(listener, SIOCSIFFLAGS, &lo);
	if (bind(listener, (void *)&to, sizeof(to)) || listen(listener, 1) ||
	    connect(from, (void *)&to, sizeof(to)))
		return false;
	into = accept(listener, NULL, NULL);
	for (moved = 0; moved < bytes; moved += sizeof(block))
		if (send(from, block, sizeof(block), 0) != sizeof(block) ||
		    recv(into, block, sizeof(block), MSG_WAITALL) !=
			    sizeof(block))
			break;
	close(into);
	close(from);
	close(listener);
	return moved >= bytes;
}

/* Frame number n of a site's stack, as the trace would call it. */
static void name_of(const struct lab_site_row *row, unsigned int n, char *who)
{
	const char *kind = row->interface == LAB_SITE_BY_CACHE ? "cache" :
								 "kmalloc";
	const char *at = row->stack;

	if (row->interface == LAB_SITE_BY_PAGES) {
		snprintf(who, KMEM_WHO, "pages %u", row->order);
		return;
	}
	while (n-- && strchr(at, '\n'))
		at = strchr(at, '\n') + 1;
	snprintf(who, KMEM_WHO, "%s %.*s", kind, (int)strcspn(at, "\n"), at);
}

/*
 * Of helpers that ask on behalf of others the trace names these
 * (include/linux/slab.h, kmalloc_track_caller()): the frame above.
 */
static struct kmem_row *row_of(struct kmem_trace *trace,
			       const struct lab_site_row *site)
{
	char who[KMEM_WHO];
	struct kmem_row *row;

	name_of(site, 0, who);
	row = kmem_row(trace, who, false);
	if (row)
		return row;
	name_of(site, 1, who);
	return kmem_row(trace, who, false);
}

/* No site is lost: the kernel's own trace counts as many requests of each. */
TEST_F_TIMEOUT(sites, as_many_as_the_kernel_traces, SLOW_S)
{
	static struct lab_site_row rows[LAB_MAX_SITES];
	static struct kmem_trace trace;
	uint64_t inner = 0, outer = 0;
	struct kmem_row *row;
	size_t n = 0, i;

	self->spec.context = LAB_CTX_SOFTIRQ_TASKLET;
	SETUP();
	if (!kmem_trace_start())
		SKIP(return, "no events of kmem in tracefs");
	kmem_trace_mark(0);
	WATCH();
	kmem_trace_mark(1);
	SHOOT(SHOTS);
	EXPECT_TRUE(stream(1 << 20));
	kmem_trace_mark(2);
	for (i = 0; !lab_device_site(self->watching, i, &self->row); i++)
		if (self->row.id && self->row.occurrences)
			rows[n++] = self->row;
	ASSERT_EQ(0, lab_device_watched(self->watching, &self->seen));
	kmem_trace_mark(3);
	kmem_trace_stop();
	EXPECT_EQ(0, self->seen.dropped);
	EXPECT_EQ(0, self->seen.lost);
	kmem_trace_read(&trace);
	ASSERT_TRUE(trace.whole);
	for (i = 0; i < n; i++) {
		/* No event is told of these. */
		if (rows[i].interface == LAB_SITE_BY_CACHE_BULK)
			continue;
		row = row_of(&trace, &rows[i]);
		EXPECT_NE(NULL, row)
		{
			TH_LOG("not traced: %llu of\n%s", rows[i].occurrences,
			       rows[i].stack);
		}
		if (row)
			row->counted += rows[i].occurrences;
	}
	for (i = 0; i < trace.rows; i++) {
		row = &trace.row[i];
		EXPECT_TRUE(row->inner <= row->counted &&
			    row->counted <= row->outer)
		{
			TH_LOG("%s: traced %lu to %lu, counted %lu", row->who,
			       row->inner, row->outer, row->counted);
		}
		inner += row->inner;
		outer += row->outer;
	}
	TH_LOG("%zu sites, %zu kinds of events, %lu to %lu events", n,
	       trace.rows, inner, outer);
	EXPECT_LT(300, inner);
	/* Requests beside the bounds: those of debugging checks come all the time. */
	EXPECT_GT(inner / (checks_itself() ? 2 : 10), outer - inner);
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
