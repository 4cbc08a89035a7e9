// SPDX-License-Identifier: GPL-2.0-only
/*
 * explain_test.c - reports of real kernels, from 2.6.32 to 6.17, explained
 * right to the page. They are in tests/data/reports, and the sums were done by
 * hand.
 */
#include "explained.h"
#include "kselftest_harness.h"

#define ZONES 3
#define NOT_SAID (-1)

struct zone_expected {
	int node;
	const char *name;
	int64_t usable, mark, short_by;
	enum lab_verdict cause;
};

static const struct expected {
	const char *file;
	size_t reports;
	uint64_t first; /* line */
	const char *comm;
	int order;
	const char *words;
	const char *release;
	const char *rules;
	enum lab_ran_in context;
	const char *caller, *subsystem;
	enum lab_verdict verdict;
	struct zone_expected zone[ZONES];
} all[] = {
	{
		"01-rhel6-syslog-order1",
		2,
		1,
		"swapper",
		1,
		"GFP_ATOMIC",
		"2.6.32-279.9.1.el6.x86_64",
		"up to 3.6",
		LAB_IN_SOFTIRQ,
		"tcp_create_openreq_child",
		"network: a new socket",
		LAB_VERDICT_UNDECIDED,
	},
	{
		"05-x86-2.6.38-aoe-order1",
		1,
		1,
		"aoe_tx",
		1,
		"GFP_ATOMIC|__GFP_COMP",
		"2.6.38-rc6-hw+",
		"up to 3.6",
		LAB_IN_TASK,
		"dev_hard_start_xmit",
		"network: transmit",
		LAB_VERDICT_ORDER_MARK,
		{ { -1, "DMA", 3968, 16127, 12160, LAB_VERDICT_RESERVE },
		  { -1, "DMA32", 29958, 13413, 9, LAB_VERDICT_ORDER_MARK },
		  { -1, "Normal", 4125, 1240, 251, LAB_VERDICT_ORDER_MARK } },
	},
	{
		"07-imx6-3.10-cma-console",
		1,
		3,
		"swapper/0",
		0,
		"GFP_ATOMIC",
		"3.10.53-1.1.0_ga+g67f859d",
		"3.7 to 4.3",
		LAB_IN_SOFTIRQ,
		"fec_enet_rx_napi",
		"network: NIC receive",
		LAB_VERDICT_CMA,
		{ { -1, "DMA", 164, 313, 150, LAB_VERDICT_CMA } },
	},
	{
		"11-x86-4.2-mail-quoted-dma",
		1,
		1,
		"apache2",
		1,
		"GFP_ATOMIC|__GFP_COMP",
		"4.2.3-jh1",
		"3.7 to 4.3",
		LAB_IN_SOFTIRQ,
		"tcp_create_openreq_child",
		"network: a new socket",
		LAB_VERDICT_FRAGMENTED,
		{ { 0, "DMA", 1991, 1992, 2, LAB_VERDICT_RESERVE },
		  { 0, "DMA32", 1971, 525, 264, LAB_VERDICT_FRAGMENTED } },
	},
	{
		"14-x86-4.8-all-highatomic",
		1,
		1,
		"in:imklog",
		0,
		"GFP_ATOMIC|__GFP_NOTRACK",
		"4.8.0-rc7-00217-g266ef83c51e5-dirty",
		"4.4 to 4.20",
		LAB_IN_UNKNOWN,
		"alloc_indirect.isra.14",
		NULL,
		LAB_VERDICT_HIGHATOMIC,
		{ { -1, "DMA", 1937, 1957, 21, LAB_VERDICT_RESERVE },
		  { -1, "DMA32", 7532, 528, 0, LAB_VERDICT_HIGHATOMIC } },
	},
	{
		"18-fedora-4.13-nowait-wrapped",
		1,
		1,
		"swapper/0",
		0,
		"GFP_NOWAIT|__GFP_COMP|__GFP_RECLAIMABLE|__GFP_NOTRACK",
		"4.13.6-300.fc27.x86_64+debug",
		"4.4 to 4.20",
		LAB_IN_SOFTIRQ,
		"add_dma_entry",
		"DMA API debugging (dma-debug), which switches itself off: harmless",
		LAB_VERDICT_UNDECIDED,
	},
	{
		"24-mips-5.8-boost",
		1,
		2,
		"kswapd0",
		0,
		"GFP_ATOMIC",
		"5.8.0-00013-g192f2fd7b678",
		"5.0 to 5.8",
		LAB_IN_SOFTIRQ,
		"stmmac_napi_poll_rx",
		"network: NIC receive",
		LAB_VERDICT_BOOST,
		{ { -1, "Normal", 453, 513, 61, LAB_VERDICT_BOOST } },
	},
	{
		"26-x86-5.13-order7-rsyslog-wrapped",
		1,
		1,
		"chrome",
		7,
		"GFP_ATOMIC|__GFP_COMP",
		"5.13.14",
		"5.9 to 6.2",
		LAB_IN_TASK,
		"p_dump_task_f",
		"Linux Kernel Runtime Guard",
		LAB_VERDICT_FRAGMENTED,
		{ { -1, "DMA", 2689, 31509, 28821, LAB_VERDICT_RESERVE },
		  { -1, "DMA32", 29615, 29622, 8, LAB_VERDICT_RESERVE },
		  { -1, "Normal", 65526, 6051, 0, LAB_VERDICT_TRANSIENT } },
	},
	{
		"32-ppc64-6.17-64k-journal-headless",
		1,
		1,
		"git",
		NOT_SAID,
		"GFP_ATOMIC",
		"6.17.7-xenon",
		"from 6.12",
		LAB_IN_HARDIRQ,
		"sis190_rx_fill.isra.0",
		"network: NIC receive refill",
		LAB_VERDICT_BELOW_MARK,
		{ { -1, "Normal", 14, 16, 3, LAB_VERDICT_BELOW_MARK } },
	},
	{
		"33-rpi5-6.8-markdown-excerpt-memalloc",
		1,
		2,
		"kworker/u8:7",
		3,
		"GFP_ATOMIC|__GFP_COMP|__GFP_MEMALLOC",
		"",
		"4.4 to 4.20",
		LAB_IN_TASK,
		"rtw_usb_tx_agg_skb",
		"network: transmit, frames gathered into one buffer",
		LAB_VERDICT_FRAGMENTED,
		{ { -1, "Normal", 70074, 0, 0, LAB_VERDICT_FRAGMENTED } },
	},
};

#define COUNT (sizeof(all) / sizeof(all[0]))

FIXTURE(report)
{
	struct lab_explained_log *log;
	const struct lab_explanation *e;
	const struct expected *expected;
};

FIXTURE_VARIANT(report)
{
	unsigned int which;
};

#define REPORT(n)                           \
	FIXTURE_VARIANT_ADD(report, nr_##n) \
	{                                   \
		.which = n                  \
	}

REPORT(0);
REPORT(1);
REPORT(2);
REPORT(3);
REPORT(4);
REPORT(5);
REPORT(6);
REPORT(7);
REPORT(8);
REPORT(9);

FIXTURE_SETUP(report)
{
	char path[200];
	size_t length;
	char *text;

	self->expected = &all[variant->which];
	snprintf(path, sizeof(path), "userspace/tests/data/reports/%s.log",
		 self->expected->file);
	text = file_text(path, &length);
	self->log = explained(text, length);
	free(text);
	ASSERT_EQ(self->expected->reports, self->log->reports)
	{
		TH_LOG("%s", path);
	}
	self->e = &self->log->group[0]->explanation;
}

FIXTURE_TEARDOWN(report)
{
	lab_explained_log_free(self->log);
}

TEST_F(report, says_what_was_asked_for)
{
	const struct expected *expected = self->expected;
	const struct lab_kernel_report *report = self->e->report;

	EXPECT_EQ(expected->first, report->first);
	EXPECT_STREQ(expected->comm, report->comm);
	EXPECT_EQ(expected->order,
		  report->order == LAB_UNSAID ? NOT_SAID : (int)report->order);
	EXPECT_STREQ(expected->words, self->e->request.words);
	EXPECT_STREQ(expected->release, report->release);
	EXPECT_STREQ(expected->rules, lab_rules_at(self->e->rules_first)->name);
}

TEST_F(report, says_who_asked)
{
	const struct expected *expected = self->expected;

	EXPECT_EQ(expected->context, self->e->culprit.context);
	EXPECT_STREQ(expected->caller, lab_explained_caller(self->e));
	if (expected->subsystem)
		EXPECT_STREQ(expected->subsystem, self->e->culprit.subsystem);
}

TEST_F(report, does_the_sums_to_the_page)
{
	const struct expected *expected = self->expected;
	unsigned int i;

	EXPECT_EQ(expected->verdict, self->e->verdict)
	{
		TH_LOG("%s: %s", lab_verdict_names[self->e->verdict],
		       self->e->sentence);
	}
	for (i = 0; i < ZONES && expected->zone[i].name; i++) {
		const struct zone_expected *zone = &expected->zone[i];
		const struct lab_explained_zone *found =
			zone_called(self->e, zone->node, zone->name);

		ASSERT_NE(NULL, found);
		EXPECT_EQ(zone->usable, found->check.usable);
		EXPECT_EQ(zone->mark, found->check.mark);
		EXPECT_EQ(zone->short_by, found->short_by);
		EXPECT_EQ(zone->cause, found->cause);
	}
	EXPECT_EQ(i, self->e->zones);
}

static struct lab_explained_log *of_file(const char *name)
{
	char path[200];
	size_t length;
	char *text;
	struct lab_explained_log *log;

	snprintf(path, sizeof(path), "userspace/tests/data/reports/%s.log",
		 name);
	text = file_text(path, &length);
	log = explained(text, length);
	free(text);
	return log;
}

TEST(an_unprinted_boost_is_inferred_from_the_marks)
{
	struct lab_explained_log *log = of_file("24-mips-5.8-boost");
	const struct lab_explained_zone *zone =
		&log->group[0]->explanation.zone[0];

	EXPECT_EQ(1024, zone->pages.boost);
	EXPECT_TRUE(zone->boost_inferred);
	EXPECT_FALSE(zone->boost_unknown);
	EXPECT_EQ(27, log->suppressed);
	lab_explained_log_free(log);
}

TEST(the_marks_of_orders_are_those_of_the_kernel)
{
	struct lab_explained_log *log = of_file("05-x86-2.6.38-aoe-order1");
	const struct lab_explanation *e = &log->group[0]->explanation;

	EXPECT_EQ(133, zone_called(e, -1, "DMA32")->check.order_usable);
	EXPECT_EQ(141, zone_called(e, -1, "DMA32")->check.order_mark);
	EXPECT_EQ(370, zone_called(e, -1, "Normal")->check.order_usable);
	EXPECT_EQ(620, zone_called(e, -1, "Normal")->check.order_mark);
	lab_explained_log_free(log);
}

TEST(the_size_of_a_page_is_that_of_the_lists)
{
	struct lab_explained_log *log =
		of_file("32-ppc64-6.17-64k-journal-headless");

	EXPECT_EQ(64, log->group[0]->explanation.page_kib);
	lab_explained_log_free(log);
}

TEST_HARNESS_MAIN
