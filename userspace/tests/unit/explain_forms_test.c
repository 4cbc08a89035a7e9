// SPDX-License-Identifier: GPL-2.0-only
/*
 * explain_forms_test.c - the same report with the trace of every architecture,
 * and in texts that lost their line breaks or mention its head before it.
 */
#include "explained.h"
#include "kselftest_harness.h"

#define ROOM 16384
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define HEAD "page allocation failure: order:0, mode:0x480020(GFP_ATOMIC)"
#define COMM "CPU: 0 PID: 7 Comm: eth Not tainted 4.19.9 #1\n"
#define NUMBERS                                                                   \
	"Mem-Info:\n"                                                             \
	"active_anon:1 inactive_anon:2 isolated_anon:0\n"                         \
	" free:300 free_pcp:0 free_cma:0\n"                                       \
	"Normal free:1200kB min:4000kB low:5000kB high:6000kB active_anon:12kB "  \
	"present:131072kB managed:120000kB mlocked:0kB free_pcp:0kB free_cma:0kB" \
	"\nlowmem_reserve[]: 0 0\n"                                               \
	"Normal: 100*4kB (UM) 50*8kB (UM) 25*16kB (U) 0*32kB = 1200kB\n"          \
	"100 total pagecache pages\n"

struct trace {
	const char *name, *text;
};

static const struct trace traces[] = {
	{ "arm, before 3.x",
	  "[<c0013f34>] (unwind_backtrace+0x0/0xf8) from [<c00b6a30>] (warn_alloc+0xd0/0x110)\n"
	  "[<c00b6a30>] (warn_alloc+0xd0/0x110) from [<c00b9354>] (__alloc_pages_nodemask+0x594/0x7a0)\n"
	  "[<c00b9354>] (__alloc_pages_nodemask+0x594/0x7a0) from [<c03c5a8c>] (drv_poll+0x1f0/0x9a0)\n"
	  "[<c03c5a8c>] (drv_poll+0x1f0/0x9a0) from [<c03c5b8c>] (net_rx_action+0x1f0/0x9a0)\n"
	  "[<c03c5b8c>] (net_rx_action+0x1f0/0x9a0) from [<c03c5c8c>] (__do_softirq+0x1f0/0x9a0)\n" },
	{ "arm, 5.x", " unwind_backtrace from show_stack+0x10/0x14\n"
		      " show_stack from warn_alloc+0xd0/0x110\n"
		      " warn_alloc from __alloc_pages_nodemask+0x594/0x7a0\n"
		      " __alloc_pages_nodemask from drv_poll+0x1f0/0x9a0\n"
		      " drv_poll from net_rx_action+0x1f0/0x9a0\n"
		      " net_rx_action from __do_softirq+0x1f0/0x9a0\n" },
	{ "arm64", "Call trace:\n"
		   "[<ffff000008088c50>] dump_backtrace+0x0/0x228\n"
		   "[<ffff0000081b7a2c>] warn_alloc+0xf4/0x180\n"
		   "[<ffff0000081b8a44>] __alloc_pages_nodemask+0xe14/0xe60\n"
		   "[<ffff000008abcdef>] drv_poll+0x100/0x200\n"
		   "[<ffff000008abcdf0>] net_rx_action+0x100/0x200\n" },
	{ "s390", "Call Trace:\n"
		  "([<0000000000112f1e>] show_stack+0x8e/0xd0)\n"
		  " [<00000000002a6a24>] warn_alloc+0xec/0x178 \n"
		  " [<00000000002a7a90>] __alloc_pages_nodemask+0xf88/0xfa0 \n"
		  " [<000003ff8013c9a4>] drv_poll+0x1f4/0x6c0 [qeth] \n"
		  " [<00000000008a91f6>] net_rx_action+0x216/0x420 \n"
		  "Last Breaking-Event-Address:\n"
		  " [<00000000008a91f6>] net_rx_action+0x1fc/0x4d8\n" },
	{ "mips",
	  "Stack : 00000000 00000000 808a0000 8047a8f4 80840000 00000000 87c0bbc4\n"
	  "        807c6f70 00000000 00000018 807c5e83 00000001 87c0bb60 87c0b998\n"
	  "        ...\n"
	  "Call Trace:\n"
	  "[<8006df88>] show_stack+0x50/0x84\n"
	  "[<800ecc5c>] warn_alloc+0xb8/0x170\n"
	  "[<800ed8a0>] __alloc_pages_nodemask+0xadc/0xc20\n"
	  "[<8033fc4c>] drv_poll+0x14c/0x5a8\n"
	  "[<803a7e60>] net_rx_action+0x13c/0x318\n" },
	{ "ppc64",
	  "Call Trace:\n"
	  "[c000000ffff3b7e0] [c0000000009f2a2c] dump_stack+0xb0/0xf0 (unreliable)\n"
	  "[c000000ffff3b820] [c000000000285ae4] warn_alloc+0x124/0x1c0\n"
	  "[c000000ffff3b8c0] [c000000000286a90] __alloc_pages_nodemask+0xe60/0xea0\n"
	  "[c000000ffff3bac0] [d00000000c5c1b48] drv_poll+0x1a8/0x3b0 [fec]\n"
	  "[c000000ffff3bb80] [c0000000008e4f44] net_rx_action+0x2d4/0x570\n"
	  "--- interrupt: 501 at snooze_loop+0xc8/0x1a0\n" },
	{ "ppc32", "Call Trace:\n"
		   "[df1f1c60] [c00b1e24] warn_alloc+0xd4/0x13c (unreliable)\n"
		   "[df1f1cd0] [c00b4a14] __alloc_pages_nodemask+0x6a8/0x7e4\n"
		   "[df1f1d70] [c02d6d1c] drv_poll+0x54/0x1d0\n"
		   "[df1f1db0] [c02d6d1c] net_rx_action+0x54/0x1d0\n" },
	{ "riscv", "Call Trace:\n"
		   "[<ffffffe00020124c>] walk_stackframe+0x0/0xa0\n"
		   "[<ffffffe0002013e2>] show_stack+0x2a/0x34\n"
		   "[<ffffffe0002d3d68>] warn_alloc+0x96/0x118\n"
		   "[<ffffffe0002d4aa4>] __alloc_pages_nodemask+0xa5a/0xac0\n"
		   "[<ffffffe000591234>] drv_poll+0xd4/0x1a0\n"
		   "[<ffffffe000671234>] net_rx_action+0xd4/0x1a0\n" },
	{ "m68k", "Stack from 00a5dd60:\n"
		  "        00a5dd60 003cd6e9 003cd6e9 00000000\n"
		  "Call Trace: [<0006f9a0>] warn_alloc+0x0/0xe6\n"
		  " [<00070f60>] __alloc_pages_nodemask+0x0/0x5de\n"
		  " [<00170f60>] drv_poll+0x60/0x5de\n"
		  " [<00171f60>] net_rx_action+0x60/0x5de\n" },
	{ "ia64",
	  "Call Trace:\n"
	  " [<a000000100014ae0>] show_stack+0x80/0xa0\n"
	  "                                sp=e0000001fd8bfa60 bsp=e0000001fd8b15d8\n"
	  " [<a0000001001a1b80>] warn_alloc+0x200/0x240\n"
	  "                                sp=e0000001fd8bfc30 bsp=e0000001fd8b1570\n"
	  " [<a0000001001a2b80>] __alloc_pages_nodemask+0xb00/0xb40\n"
	  "                                sp=e0000001fd8bfc30 bsp=e0000001fd8b1540\n"
	  " [<a00000020a1b8000>] drv_poll+0x200/0x240 [fec]\n"
	  "                                sp=e0000001fd8bfc30 bsp=e0000001fd8b1500\n"
	  " [<a0000001001a2b90>] net_rx_action+0xb00/0xb40\n" },
	{ "names alone", "Call Trace:\n"
			 " <IRQ>\n"
			 " dump_stack\n"
			 " warn_alloc\n"
			 " __alloc_pages_nodemask\n"
			 " drv_poll [fec]\n"
			 " net_rx_action\n" },
	{ "by decode_stacktrace.sh",
	  "Call Trace:\n"
	  " <IRQ>\n"
	  " dump_stack (lib/dump_stack.c:53)\n"
	  " warn_alloc (mm/page_alloc.c:3300)\n"
	  " __alloc_pages_nodemask (mm/page_alloc.c:4400)\n"
	  " drv_poll (drivers/net/drv.c:33) drv\n"
	  " net_rx_action (net/core/dev.c:6000)\n" },
};

/* Whether the text has this one report, and its caller and sums are right. */
static bool is_right(const char *text)
{
	struct lab_explained_log *log = explained(text, strlen(text));
	const struct lab_explanation *e =
		log->groups ? &log->group[0]->explanation : NULL;
	const bool right = log->reports == 1 && e->zones == 1 &&
			   e->verdict == LAB_VERDICT_BELOW_MARK &&
			   e->zone[0].check.usable == 300 &&
			   e->zone[0].check.mark == 375 &&
			   e->culprit.context == LAB_IN_SOFTIRQ &&
			   !strcmp(lab_explained_caller(e), "drv_poll") &&
			   !strcmp(e->report->comm, "eth") &&
			   !strcmp(e->report->release, "4.19.9");

	if (!right && e)
		printf("# %zu reports, %s: %s; asked by %s\n", log->reports,
		       e->report->comm, e->sentence, lab_explained_caller(e));
	lab_explained_log_free(log);
	return right;
}

TEST(the_trace_of_every_architecture_is_read)
{
	char text[ROOM];
	size_t i;

	for (i = 0; i < COUNT(traces); i++) {
		snprintf(text, sizeof(text), "eth: %s\n" COMM "%s" NUMBERS,
			 HEAD, traces[i].text);
		EXPECT_TRUE(is_right(text))
		{
			TH_LOG("%s", traces[i].name);
		}
	}
}

/* The report of arm64 with this before each line, and this behind it. */
static void write_log(FILE *to, const char *before, const char *behind)
{
	char text[ROOM], *save, *line;

	snprintf(text, sizeof(text), "eth: %s\n" COMM "%s" NUMBERS, HEAD,
		 traces[2].text);
	for (line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save))
		fprintf(to, "%s%s%s", before, line, behind);
}

TEST(lines_that_have_become_one_are_parted_at_their_prefixes)
{
	static const char *const prefixes[] = {
		"[  100.123456] ",
		"Sep  8 16:40:44 myhost kernel: ",
		"Sep  8 16:40:44 myhost kernel: [  100.123456] ",
		"2021-09-08T16:40:44.123456+02:00 myhost kernel: ",
	};
	static const char *const behind[] = { " ", "" };
	size_t i, j, size;
	char *text;
	FILE *to;

	for (i = 0; i < COUNT(prefixes); i++) {
		for (j = 0; j < COUNT(behind); j++) {
			to = open_memstream(&text, &size);
			fprintf(to, "Our server says ");
			write_log(to, prefixes[i], behind[j]);
			fclose(to);
			EXPECT_TRUE(is_right(text))
			{
				TH_LOG("%s", prefixes[i]);
			}
			free(text);
		}
	}
}

/* What mentions the report before the log does is none. */
TEST(a_head_that_is_only_mentioned_is_no_report)
{
	static const char *const mentions[] = {
		"From: A <a@b.c>\nDate: Tue, 4 Jun 2024 23:00:27 +0200\n"
		"Subject: eth: " HEAD
		",\n nodemask=(null)\nTo: d@e.f\n\nHello,\n\n",
		"MIME-Version: 1.0\nSubject: Re: Fwd: [bug] eth: page allocation failure:\n"
		" order:0, mode:0x480020(GFP_ATOMIC)\nX-Mailer: x\n\n",
		"# eth: " HEAD "\n\n",
		"I get \"eth: " HEAD "\" every day. The log:\n\n",
		"<html><head><title>eth: " HEAD "</title></head><h1>eth: " HEAD
		"</h1><p>Hello</p><br>\n",
	};
	static const char *const prefixes[] = { "[  100.123456] ", "" };
	size_t i, j, size;
	char *text;
	FILE *to;

	for (i = 0; i < COUNT(mentions); i++) {
		for (j = 0; j < COUNT(prefixes); j++) {
			to = open_memstream(&text, &size);
			fputs(mentions[i], to);
			write_log(to, prefixes[j], "\n");
			fclose(to);
			EXPECT_TRUE(is_right(text))
			{
				TH_LOG("%s", mentions[i]);
			}
			free(text);
		}
	}
}

/* The same flags have other numbers in other versions: include/linux/gfp.h. */
TEST(a_mode_without_words_is_read_by_the_version)
{
	static const struct {
		const char *release, *mode, *words;
	} modes[] = {
		{ "2.6.18-8.el5", "0xd0", "GFP_KERNEL" },
		{ "2.6.18-8.el5", "0x50", "GFP_NOFS" },
		{ "2.6.32-279.el6.x86_64", "0x4020", "GFP_ATOMIC|__GFP_COMP" },
		{ "2.6.35", "0x8020", "GFP_ATOMIC|__GFP_ZERO" },
		{ "3.16.0-4-amd64", "0x20", "GFP_ATOMIC" },
		{ "4.4.0-21-generic", "0x2080020", "GFP_ATOMIC" },
		{ "4.14.5", "0x14000c0", "GFP_KERNEL" },
		{ "4.19.5", "0x484020", "GFP_ATOMIC|__GFP_COMP" },
		{ "5.10.1", "0x40a20", "GFP_ATOMIC|__GFP_COMP" },
		{ "6.6.1", "0x820", "GFP_ATOMIC" },
	};
	char text[ROOM];
	size_t i;

	for (i = 0; i < COUNT(modes); i++) {
		struct lab_explained_log *log;

		snprintf(text, sizeof(text),
			 "eth: page allocation failure: order:0, mode:%s\n"
			 "CPU: 0 PID: 7 Comm: eth Not tainted %s #1\n",
			 modes[i].mode, modes[i].release);
		log = explained(text, strlen(text));
		ASSERT_EQ(1, log->groups);
		EXPECT_STREQ(modes[i].words,
			     log->group[0]->explanation.request.words);
		lab_explained_log_free(log);
	}
}

/* Advice is that of the verdict and the version. */
TEST(advice_is_that_of_the_verdict)
{
	static const struct {
		const char *release, *marks, *says;
	} cases[] = {
		{ "4.19.9", "min:8000kB low:10000kB high:12000kB",
		  "min_free_kbytes" },
		{ "5.4.10", "min:6048kB low:7048kB high:8048kB",
		  "f80b08fc4453" },
	};
	char text[ROOM];
	unsigned int j;
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		const struct lab_explanation *e;
		struct lab_explained_log *log;
		bool said = false;

		snprintf(
			text, sizeof(text),
			"eth: %s\nCPU: 0 PID: 7 Comm: eth Not tainted %s #1\n"
			"Mem-Info:\nNormal free:1600kB %s present:131072kB "
			"managed:120000kB free_pcp:0kB free_cma:0kB\n"
			"lowmem_reserve[]: 0 0\n"
			"Normal: 400*4kB (U) 0*8kB = 1600kB\n"
			"100 total pagecache pages\n",
			i ? "page allocation failure: order:0, mode:0xa20(GFP_ATOMIC)" :
			    HEAD,
			cases[i].release, cases[i].marks);
		log = explained(text, strlen(text));
		ASSERT_EQ(1, log->groups);
		e = &log->group[0]->explanation;
		for (j = 0; j < e->advices; j++)
			said |= !!strstr(e->advice[j], cases[i].says);
		EXPECT_TRUE(said)
		{
			TH_LOG("%s: %s", cases[i].says, e->sentence);
		}
		lab_explained_log_free(log);
	}
}

TEST_HARNESS_MAIN
