// SPDX-License-Identifier: GPL-2.0-only
/*
 * explain_rules_test.c - each rule with numbers of a report made for it, and
 * the same report in every prefix, wrapping and encoding: what is found must
 * not change. A report that is cut may lose its verdict, not get another.
 */
#include "explained.h"
#include "kselftest_harness.h"

#define ROOM 16384
#define NOT_CHECKED (-1000000)

/* A report of one zone, "Normal", and what is different in it. */
struct made {
	const char *release;
	const char *head; /* behind "order:" */
	const char *marks; /* from "free:" to before "present:" */
	const char *extra; /* at the end of the zone's line */
	const char *blocks;
	enum lab_verdict verdict;
	int64_t usable, mark;
};

static void make_report(char *to, const struct made *made)
{
	snprintf(to, ROOM,
		 "eth: page allocation failure: order:%s\n"
		 "CPU: 0 PID: 7 Comm: eth Not tainted %s #1\n"
		 "Call Trace:\n"
		 " warn_alloc+0x10/0x20\n"
		 " __alloc_pages+0x10/0x20\n"
		 " drv_rx_refill+0x10/0x20 [drv]\n"
		 " net_rx_action+0x10/0x20\n"
		 " __do_softirq+0x10/0x20\n"
		 "Mem-Info:\n"
		 "active_anon:1 inactive_anon:2 isolated_anon:0\n"
		 " active_file:3 inactive_file:4 isolated_file:0\n"
		 " mapped:100 shmem:0 pagetables:0\n"
		 "Normal %s present:131072kB managed:120000kB mlocked:0kB %s\n"
		 "lowmem_reserve[]: 0 0 0\n"
		 "Normal: %s\n"
		 "100 total pagecache pages\n",
		 made->head, made->release, made->marks, made->extra,
		 made->blocks);
}

#define ATOMIC0 "0, mode:0x20(GFP_ATOMIC), nodemask=(null)"
#define ATOMIC2 "2, mode:0x20(GFP_ATOMIC), nodemask=(null)"
#define NOWAIT0 "0, mode:0x800(GFP_NOWAIT), nodemask=(null)"
#define HIGH0 "0, mode:0x20(GFP_ATOMIC|__GFP_NOMEMALLOC), nodemask=(null)"
#define NO_CMA "free_pcp:0kB free_cma:0kB"
#define SINGLE(n, kib) #n "*4kB (U) 0*8kB 0*16kB 0*32kB = " #kib "kB"

static const struct made rules[] = {
	/* 3/8 of min: 1000 - 500 - 125 = 375 */
	{ "4.9.0", ATOMIC0, "free:1500kB min:4000kB low:5000kB high:6000kB",
	  NO_CMA, SINGLE(375, 1500), LAB_VERDICT_BELOW_MARK, 375, 375 },
	{ "4.9.0", ATOMIC0, "free:1504kB min:4000kB low:5000kB high:6000kB",
	  NO_CMA, SINGLE(376, 1504), LAB_VERDICT_TRANSIENT, 376, 375 },
	/* Truncation: 999 - 499 = 500, - 125 = 375 */
	{ "4.9.0", ATOMIC0, "free:1500kB min:3996kB low:4992kB high:5988kB",
	  NO_CMA, SINGLE(375, 1500), LAB_VERDICT_BELOW_MARK, 375, 375 },
	/* __GFP_NOMEMALLOC keeps half */
	{ "6.12.1", HIGH0,
	  "free:2000kB boost:0kB min:4000kB low:5000kB high:6000kB", NO_CMA,
	  SINGLE(500, 2000), LAB_VERDICT_BELOW_MARK, 500, 500 },
	/* GFP_NOWAIT: all of min, and before 4.4 three quarters of it */
	{ "6.12.1", NOWAIT0,
	  "free:4000kB boost:0kB min:4000kB low:5000kB high:6000kB", NO_CMA,
	  SINGLE(1000, 4000), LAB_VERDICT_BELOW_MARK, 1000, 1000 },
	{ "3.10.0", "0, mode:0x0",
	  "free:3000kB min:4000kB low:5000kB high:6000kB", "free_cma:0kB",
	  SINGLE(750, 3000), LAB_VERDICT_BELOW_MARK, 750, 750 },
	/* It does not get what high orders keep, before 6.3 */
	{ "5.10.1", NOWAIT0,
	  "free:6000kB min:4000kB low:5000kB high:6000kB reserved_highatomic:2048KB",
	  NO_CMA, SINGLE(1500, 6000), LAB_VERDICT_HIGHATOMIC, 988, 1000 },
	/* The boost counts for an atomic page from 5.0 to 5.8 */
	{ "5.4.10", ATOMIC0, "free:1600kB min:6048kB low:7048kB high:8048kB",
	  NO_CMA, SINGLE(400, 1600), LAB_VERDICT_BOOST, 400, 567 },
	{ "5.4.80", ATOMIC0, "free:1600kB min:6048kB low:7048kB high:8048kB",
	  NO_CMA, SINGLE(400, 1600), LAB_VERDICT_TRANSIENT, 400, 375 },
	{ "6.12.1", ATOMIC0,
	  "free:1600kB boost:2048kB min:6048kB low:7048kB high:8048kB", NO_CMA,
	  SINGLE(400, 1600), LAB_VERDICT_TRANSIENT, 400, 375 },
	/* and for high orders always */
	{ "6.12.1", ATOMIC2,
	  "free:1600kB boost:2048kB min:6048kB low:7048kB high:8048kB", NO_CMA,
	  "0*4kB 0*8kB 100*16kB (U) = 1600kB", LAB_VERDICT_BOOST, 397, 567 },
	/* An atomic page and the highatomic reserve */
	{ "5.10.1", ATOMIC0,
	  "free:4000kB min:4000kB low:5000kB high:6000kB reserved_highatomic:4096KB",
	  NO_CMA, "1000*4kB (H) 0*8kB = 4000kB", LAB_VERDICT_HIGHATOMIC, 1000,
	  375 },
	{ "6.12.1", ATOMIC0,
	  "free:4000kB boost:0kB min:4000kB low:5000kB high:6000kB reserved_highatomic:4096KB free_highatomic:4000KB",
	  NO_CMA, "1000*4kB (H) 0*8kB = 4000kB", LAB_VERDICT_TRANSIENT, 1000,
	  375 },
	/*
	 * Mainline from 6.12 only; the stable series took it over in 5.15.171,
	 * 6.11.7 and about 6.1.116 and 6.6.60: not decidable from there on,
	 * nor of vendors that take over what stable series do.
	 */
	{ "6.8.0", ATOMIC0,
	  "free:4000kB boost:0kB min:4000kB low:5000kB high:6000kB reserved_highatomic:4096KB",
	  NO_CMA, "1000*4kB (H) 0*8kB = 4000kB", LAB_VERDICT_HIGHATOMIC, 1000,
	  375 },
	{ "6.6.43-CUSTOM", ATOMIC0,
	  "free:4000kB boost:0kB min:4000kB low:5000kB high:6000kB reserved_highatomic:4096KB",
	  NO_CMA, "1000*4kB (H) 0*8kB = 4000kB", LAB_VERDICT_HIGHATOMIC, 1000,
	  375 },
	{ "6.1.50", ATOMIC0,
	  "free:4000kB boost:0kB min:4000kB low:5000kB high:6000kB reserved_highatomic:4096KB",
	  NO_CMA, "1000*4kB (H) 0*8kB = 4000kB", LAB_VERDICT_HIGHATOMIC, 1000,
	  375 },
	{ "5.15.35-1-pve", ATOMIC0,
	  "free:4000kB boost:0kB min:4000kB low:5000kB high:6000kB reserved_highatomic:4096KB",
	  NO_CMA, "1000*4kB (H) 0*8kB = 4000kB", LAB_VERDICT_HIGHATOMIC, 1000,
	  375 },
	{ "6.11.4", ATOMIC0,
	  "free:4000kB boost:0kB min:4000kB low:5000kB high:6000kB reserved_highatomic:4096KB",
	  NO_CMA, "1000*4kB (H) 0*8kB = 4000kB", LAB_VERDICT_HIGHATOMIC, 1000,
	  375 },
	{ "6.1.150", ATOMIC0,
	  "free:4000kB boost:0kB min:4000kB low:5000kB high:6000kB reserved_highatomic:4096KB",
	  NO_CMA, "1000*4kB (H) 0*8kB = 4000kB", LAB_VERDICT_UNDECIDED, 1000,
	  375 },
	{ "6.6.70", ATOMIC0,
	  "free:4000kB boost:0kB min:4000kB low:5000kB high:6000kB reserved_highatomic:4096KB",
	  NO_CMA, "1000*4kB (H) 0*8kB = 4000kB", LAB_VERDICT_UNDECIDED, 1000,
	  375 },
	{ "5.15.180", ATOMIC0,
	  "free:4000kB boost:0kB min:4000kB low:5000kB high:6000kB reserved_highatomic:4096KB",
	  NO_CMA, "1000*4kB (H) 0*8kB = 4000kB", LAB_VERDICT_UNDECIDED, 1000,
	  375 },
	{ "6.8.0-45-generic", ATOMIC0,
	  "free:4000kB boost:0kB min:4000kB low:5000kB high:6000kB reserved_highatomic:4096KB",
	  NO_CMA, "1000*4kB (H) 0*8kB = 4000kB", LAB_VERDICT_UNDECIDED, 1000,
	  375 },
	{ "5.15.0-126-generic", ATOMIC0,
	  "free:4000kB boost:0kB min:4000kB low:5000kB high:6000kB reserved_highatomic:4096KB",
	  NO_CMA, "1000*4kB (H) 0*8kB = 4000kB", LAB_VERDICT_UNDECIDED, 1000,
	  375 },
	/* Blocks: none, and one that is CMA's */
	{ "6.12.1", ATOMIC2,
	  "free:4000kB boost:0kB min:4000kB low:5000kB high:6000kB", NO_CMA,
	  SINGLE(1000, 4000), LAB_VERDICT_FRAGMENTED, 997, 375 },
	{ "6.12.1", ATOMIC2,
	  "free:4000kB boost:0kB min:4000kB low:5000kB high:6000kB",
	  "free_cma:400kB", "900*4kB (U) 0*8kB 25*16kB (C) = 4000kB",
	  LAB_VERDICT_CMA, 897, 375 },
	/* Up to 4.3 by order: 1000-3-900-0 <= 375/4 */
	{ "4.3.0", "2, mode:0x20",
	  "free:4000kB min:4000kB low:5000kB high:6000kB", "free_cma:0kB",
	  "910*4kB 25*8kB 10*16kB = 4000kB", LAB_VERDICT_ORDER_MARK, 997, 375 },
	{ "4.4.0", "2, mode:0x2080020",
	  "free:4000kB min:4000kB low:5000kB high:6000kB", NO_CMA,
	  "910*4kB 25*8kB 10*16kB = 4000kB", LAB_VERDICT_TRANSIENT, 997, 375 },
	/* No watermark applies, and there is nothing */
	{ "6.12.1",
	  "0, mode:0x20820(GFP_ATOMIC|__GFP_MEMALLOC), nodemask=(null)",
	  "free:0kB boost:0kB min:4000kB low:5000kB high:6000kB", NO_CMA,
	  "0*4kB 0*8kB 0*16kB = 0kB", LAB_VERDICT_BELOW_MARK, 0, 0 },
	/*
	 * Up to 5.5 the reserve is not printed. It is at most 1 % of the zone
	 * (300 pages) and two blocks of the highest order (8 pages each): of no
	 * matter with 1497 usable pages, or where no block is large enough.
	 */
	{ "5.4.19",
	  "2, mode:0x40dc0(GFP_KERNEL|__GFP_COMP|__GFP_ZERO), nodemask=(null)",
	  "free:6000kB min:4000kB low:5000kB high:6000kB", NO_CMA,
	  "1500*4kB (UM) 0*8kB 0*16kB 0*32kB = 6000kB", LAB_VERDICT_FRAGMENTED,
	  1497, 1000 },
	{ "5.4.19",
	  "2, mode:0x40dc0(GFP_KERNEL|__GFP_COMP|__GFP_ZERO), nodemask=(null)",
	  "free:4800kB min:4000kB low:5000kB high:6000kB", NO_CMA,
	  "1192*4kB (UM) 0*8kB 2*16kB (UM) 0*32kB = 4800kB",
	  LAB_VERDICT_UNDECIDED, 1197, 1000 },
	{ "5.4.19",
	  "2, mode:0x40dc0(GFP_KERNEL|__GFP_COMP|__GFP_ZERO), nodemask=(null)",
	  "free:4800kB min:4000kB low:5000kB high:6000kB", NO_CMA,
	  "1200*4kB (UM) 0*8kB 0*16kB 0*32kB = 4800kB", LAB_VERDICT_FRAGMENTED,
	  1197, 1000 },
	{ "5.4.19",
	  "2, mode:0x40dc0(GFP_KERNEL|__GFP_COMP|__GFP_ZERO), nodemask=(null)",
	  "free:4000kB min:4000kB low:5000kB high:6000kB", NO_CMA,
	  "1000*4kB (UM) 0*8kB 0*16kB 0*32kB = 4000kB", LAB_VERDICT_BELOW_MARK,
	  997, 1000 },
	/*
	 * From 6.12 on the free part of the reserve is subtracted, which is
	 * printed later only: here 0 to 300 pages of 500, by the letters.
	 */
	{ "6.12.1", "0, mode:0xcc0(GFP_KERNEL), nodemask=(null)",
	  "free:6000kB boost:0kB min:4000kB low:5000kB high:6000kB reserved_highatomic:2000KB",
	  NO_CMA, "1200*4kB (UM) 150*8kB (UH) = 6000kB", LAB_VERDICT_TRANSIENT,
	  1500, 1000 },
	{ "6.6.1", "0, mode:0xcc0(GFP_KERNEL), nodemask=(null)",
	  "free:6000kB boost:0kB min:4000kB low:5000kB high:6000kB reserved_highatomic:2000KB",
	  NO_CMA, "1200*4kB (UM) 150*8kB (UH) = 6000kB", LAB_VERDICT_HIGHATOMIC,
	  1000, 1000 },
	{ "6.12.1", "0, mode:0xcc0(GFP_KERNEL), nodemask=(null)",
	  "free:5000kB boost:0kB min:4000kB low:5000kB high:6000kB reserved_highatomic:2000KB",
	  NO_CMA, "950*4kB (UM) 150*8kB (UH) = 5000kB", LAB_VERDICT_UNDECIDED,
	  1250, 1000 },
	{ "6.12.1", "0, mode:0xcc0(GFP_KERNEL), nodemask=(null)",
	  "free:5000kB boost:0kB min:4000kB low:5000kB high:6000kB reserved_highatomic:2000KB",
	  NO_CMA, "950*4kB (UM) 150*8kB (H) = 5000kB", LAB_VERDICT_HIGHATOMIC,
	  950, 1000 },
	/* A list that does not add up is not used */
	{ "6.12.1", ATOMIC2,
	  "free:4000kB boost:0kB min:4000kB low:5000kB high:6000kB", NO_CMA,
	  "999*4kB (U) 0*8kB 0*16kB = 4000kB", LAB_VERDICT_UNDECIDED,
	  NOT_CHECKED, NOT_CHECKED },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

TEST(each_rule_is_right_to_the_page)
{
	char text[ROOM];
	size_t i;

	for (i = 0; i < COUNT(rules); i++) {
		struct lab_explained_log *log;
		const struct lab_explanation *e;

		make_report(text, &rules[i]);
		log = explained(text, strlen(text));
		ASSERT_EQ(1, log->reports);
		e = &log->group[0]->explanation;
		EXPECT_EQ(rules[i].verdict, e->verdict)
		{
			TH_LOG("%zu, %s %s: %s: %s", i, rules[i].release,
			       rules[i].head, lab_verdict_names[e->verdict],
			       e->sentence);
		}
		if (rules[i].usable != NOT_CHECKED) {
			EXPECT_EQ(rules[i].usable, e->zone[0].check.usable);
			EXPECT_EQ(rules[i].mark, e->zone[0].check.mark);
		}
		lab_explained_log_free(log);
	}
}

static const char *const prefixes[] = {
	"",
	"[  100.123456] ",
	"[Wed Sep  8 16:40:44 2021] ",
	"<4>[  100.123456] ",
	"<4>",
	"[  100.123456][T1234] ",
	"[  100.123456][    C0] ",
	"Sep  8 16:40:44 myhost kernel: ",
	"Sep  8 16:40:44 myhost kernel: [  100.123456] ",
	"2021-09-08T16:40:44.123456+02:00 myhost kernel: ",
	"[  123.123456] myhost kernel: ",
	"Wed 2021-09-08 16:40:44 CEST myhost kernel: ",
	"1631119244.123456 myhost kernel: ",
	"kernel: ",
	"kern  :warn  : [  100.123456] ",
	"4,1000,100000,-;",
	"4,1000,100000,-,caller=T7;",
	"09-08 16:40:44.123     0     0 W         : ",
	"[  100.123456]  (0)[123:kworker/0:1]",
	"[  100.123456] [0:  swapper/0:    0] ",
	"[2021-09-08 16:40:44.123] [  100.123456] ",
	"> ",
	">> > [  100.123456] ",
	"> Sep  8 16:40:44 myhost kernel: ",
	"    ",
	"Jan  1 00:00:12 (none) kern.warn kernel: [  12.123456] ",
	"Jan  1 00:00:12 router user.warn kernel: ",
	"messages:12:Sep  8 16:40:44 myhost kernel: ",
	"    12  [  100.123456] ",
	"[  100.123456 <    0.000012>] ",
	"[  +0.123456] ",
	"<4>1 2021-09-08T16:40:44.1Z myhost kernel - - - ",
	"16:40:44.123 ",
	"16:40:44 [  100.123456] ",
	"| ",
};

/* A line with its prefix, wrapped at a width; 0: not. soft: at blanks. */
static void put_line(FILE *to, const char *prefix, const char *line,
		     size_t width, bool soft, const char *end)
{
	const size_t lead = strspn(prefix, ">|") ? 2 : 0;
	char whole[2048], *at = whole;
	bool first = true;

	snprintf(whole, sizeof(whole), "%s%s", prefix, line);
	while (width && strlen(at) > width) {
		size_t n = width;

		while (soft && n > 20 && at[n] != ' ')
			n--;
		if (soft && at[n] != ' ')
			break;
		fprintf(to, "%s%.*s%s",
			first	     ? "" :
			lead && soft ? "> " :
				       "",
			(int)n, at, end);
		at += n + soft;
		first = false;
	}
	fprintf(to, "%s%s%s", first ? "" : lead && soft ? "> " : "", at, end);
}

static char *variant_of(const char *text, const char *prefix, size_t width,
			bool soft, const char *end, size_t *length)
{
	char *out = NULL, *copy = strdup(text), *save, *line;
	FILE *to = open_memstream(&out, length);

	for (line = strtok_r(copy, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save))
		put_line(to, prefix, line, width, soft, end);
	fclose(to);
	free(copy);
	return out;
}

static const struct {
	size_t width;
	bool soft;
	const char *end;
} wraps[] = {
	{ 0, false, "\n" },  { 0, false, "\r\n" }, { 72, true, "\n" },
	{ 100, true, "\n" }, { 90, false, "\n" },  { 132, false, "\r\n" },
};

static const struct made wrapped = {
	"5.4.10",
	ATOMIC0,
	"free:1600kB min:6048kB low:7048kB high:8048kB reserved_highatomic:0KB active_anon:12kB inactive_anon:34kB unevictable:0kB writepending:0kB",
	NO_CMA,
	"100*4kB (U) 50*8kB (UM) 50*16kB (UME) 0*32kB 0*64kB 0*128kB 0*256kB 0*512kB 0*1024kB 0*2048kB 0*4096kB = 1600kB",
	LAB_VERDICT_BOOST,
	400,
	567,
};

TEST(every_prefix_and_wrapping_says_the_same)
{
	char text[ROOM];
	size_t i, j, tried = 0;

	make_report(text, &wrapped);
	for (i = 0; i < COUNT(prefixes); i++) {
		for (j = 0; j < COUNT(wraps); j++) {
			size_t length;
			char *variant = variant_of(text, prefixes[i],
						   wraps[j].width,
						   wraps[j].soft, wraps[j].end,
						   &length);
			struct lab_explained_log *log =
				explained(variant, length);
			const struct lab_explanation *e;

			ASSERT_EQ(1, log->reports)
			{
				TH_LOG("prefix '%s', width %zu\n%s",
				       prefixes[i], wraps[j].width, variant);
			}
			e = &log->group[0]->explanation;
			EXPECT_EQ(LAB_VERDICT_BOOST, e->verdict)
			{
				TH_LOG("prefix '%s', width %zu: %s\n%s",
				       prefixes[i], wraps[j].width, e->sentence,
				       variant);
			}
			EXPECT_EQ(400, e->zone[0].check.usable);
			EXPECT_EQ(567, e->zone[0].check.mark);
			EXPECT_EQ(512, e->zone[0].pages.boost);
			EXPECT_EQ(LAB_IN_SOFTIRQ, e->culprit.context);
			EXPECT_STREQ("eth", e->report->comm);
			EXPECT_STREQ("5.4.10", e->report->release);
			lab_explained_log_free(log);
			free(variant);
			tried++;
		}
	}
	EXPECT_EQ(COUNT(prefixes) * COUNT(wraps), tried);
}

/* What is cut off may be missing: what is said must be as it was. */
TEST(a_cut_report_never_says_something_else)
{
	char text[ROOM];
	size_t i, n, decided = 0;

	make_report(text, &wrapped);
	n = strlen(text);
	for (i = 1; i < 2 * n; i++) {
		const char *from = i < n ? text : text + (i - n);
		struct lab_explained_log *log =
			explained(from, i < n ? i : 2 * n - i);
		size_t j;

		for (j = 0; j < log->groups; j++) {
			const struct lab_explanation *e =
				&log->group[j]->explanation;

			decided += e->verdict == LAB_VERDICT_BOOST;
			EXPECT_TRUE(e->verdict == LAB_VERDICT_BOOST ||
				    e->verdict == LAB_VERDICT_UNDECIDED)
			{
				TH_LOG("cut at %zu: %s: %s", i,
				       lab_verdict_names[e->verdict],
				       e->sentence);
			}
			if (e->zones &&
			    e->zone[0].check.result == LAB_ZONE_BELOW) {
				EXPECT_EQ(400, e->zone[0].check.usable);
				EXPECT_EQ(567, e->zone[0].check.mark);
			}
		}
		lab_explained_log_free(log);
	}
	EXPECT_NE(0, decided);
}

TEST(utf16_is_read)
{
	char text[ROOM], *wide;
	struct lab_explained_log *log;
	size_t i, n;

	make_report(text, &wrapped);
	n = strlen(text);
	wide = calloc(2, n + 1);
	memcpy(wide, "\xff\xfe", 2);
	for (i = 0; i < n; i++)
		wide[2 + 2 * i] = text[i];
	log = explained(wide, 2 * n + 2);
	ASSERT_EQ(1, log->reports);
	EXPECT_EQ(LAB_VERDICT_BOOST, log->group[0]->explanation.verdict);
	lab_explained_log_free(log);
	free(wide);
}

/* A log that is larger than the buffer, a report in the middle of it. */
TEST(a_report_is_found_in_the_midst_of_a_large_log)
{
	const char *const line = "Jan  1 00:00:01 host cron[1]: nothing\n";
	struct lab_explain_reader *reader = lab_explain_begin(NULL, NULL, NULL);
	struct lab_explained_log *log;
	char text[ROOM];
	size_t i, before = 100000, after = 100000;

	make_report(text, &wrapped);
	for (i = 0; i < before; i++)
		lab_explain_feed(reader, line, strlen(line));
	lab_explain_feed(reader, text, strlen(text));
	for (i = 0; i < after; i++)
		lab_explain_feed(reader, line, strlen(line));
	log = lab_explain_end(reader);
	ASSERT_EQ(1, log->reports);
	EXPECT_EQ(before + 1, log->group[0]->report.first);
	EXPECT_EQ(before + after + 16, log->lines);
	lab_explained_log_free(log);
}

TEST(thousands_of_reports_become_groups)
{
	struct lab_explain_reader *reader = lab_explain_begin(NULL, NULL, NULL);
	struct lab_explained_log *log;
	char text[ROOM];
	size_t i, n = 3000;

	for (i = 0; i < n; i++) {
		make_report(text, &rules[i % 2]);
		lab_explain_feed(reader, text, strlen(text));
	}
	log = lab_explain_end(reader);
	EXPECT_EQ(n, log->reports);
	ASSERT_EQ(2, log->groups);
	EXPECT_EQ(n / 2, log->group[0]->count);
	EXPECT_EQ((n - 2) * 16 + 1, log->group[0]->last_line);
	lab_explained_log_free(log);
}

/* Formats of which there is no real one in tests/data/reports. */
static const struct {
	const char *file;
	size_t reports;
	struct {
		const char *comm;
		int64_t order;
		enum lab_verdict verdict;
		const char *caller, *zone;
		int node;
		int64_t usable, mark;
	} report[2];
} made_files[] = {
	/* Each part of a line is a line, as from 4.9 on for a while. */
	{ "parts-apart-4.14",
	  1,
	  { { "swapper/3", 0, LAB_VERDICT_BELOW_MARK, "mt76_dma_attach",
	      "Normal", -1, 190, 192 } } },
	{ "two-nodes-parts-4.9",
	  1,
	  { { "java", 0, LAB_VERDICT_BELOW_MARK, "mlx4_alloc_pages.isra.17",
	      "Normal", 1, 6000, 6188 } } },
	{ "two-callers-5.15",
	  2,
	  { { "a", 0, LAB_VERDICT_BELOW_MARK, "foo_rx_refill", "Normal", 0, 250,
	      375 },
	    { "b", 3, LAB_VERDICT_BELOW_MARK, "bar_xmit", "Normal", 0, 244,
	      375 } } },
	/* The same without callers: whose frames they are is not said. */
	{ "two-mixed-5.15",
	  2,
	  { { "a", 0, LAB_VERDICT_BELOW_MARK, "", "Normal", 0, 250, 375 },
	    { "b", 3, LAB_VERDICT_UNDECIDED, "", "Normal", 0, NOT_CHECKED,
	      NOT_CHECKED } } },
	{ "x86-2.6.18-order3",
	  1,
	  { { "oracle", 3, LAB_VERDICT_FRAGMENTED, "e1000_alloc_rx_buffers",
	      "DMA32", 0, 2993, 5232 } } },
	{ "no-dma-5.13",
	  1,
	  { { "swapper/0", 5, LAB_VERDICT_WRONG_ZONE, "atomic_pool_expand",
	      "DMA", 0, NOT_CHECKED, NOT_CHECKED } } },
	/* lowmem_reserve[] of DMA: Normal's entry, not HighMem's */
	{ "highmem-2.6.32",
	  1,
	  { { "ifconfig", 2, LAB_VERDICT_TRANSIENT, "e1000_alloc_rx_buffers",
	      "DMA", -1, 876, 871 } } },
	/* GFP_NOWAIT: the whole reserve does not count, before 6.3 */
	{ "nowait-reserve-5.10",
	  1,
	  { { "ksoftirqd/1", 0, LAB_VERDICT_HIGHATOMIC, "drv_rx_refill",
	      "DMA32", 0, 476, 1000 } } },
	{ "oom-order2-5.15",
	  1,
	  { { "kworker/0:1", 2, LAB_VERDICT_FRAGMENTED, "copy_process", "DMA32",
	      0, 5997, 1250 } } },
};

TEST(made_reports_of_other_formats)
{
	size_t i, j;

	for (i = 0; i < COUNT(made_files); i++) {
		struct lab_explained_log *log;
		char path[200];
		size_t length;
		char *text;

		snprintf(path, sizeof(path), "userspace/tests/data/made/%s.log",
			 made_files[i].file);
		text = file_text(path, &length);
		log = explained(text, length);
		free(text);
		ASSERT_EQ(made_files[i].reports, log->groups)
		{
			TH_LOG("%s", path);
		}
		for (j = 0; j < log->groups; j++) {
			const struct lab_explanation *e =
				&log->group[j]->explanation;
			const struct lab_explained_zone *zone =
				zone_called(e, made_files[i].report[j].node,
					    made_files[i].report[j].zone);

			EXPECT_STREQ(made_files[i].report[j].comm,
				     e->report->comm);
			EXPECT_EQ(made_files[i].report[j].order,
				  e->report->order);
			EXPECT_EQ(made_files[i].report[j].verdict, e->verdict)
			{
				TH_LOG("%s: %s", path, e->sentence);
			}
			EXPECT_STREQ(made_files[i].report[j].caller,
				     lab_explained_caller(e));
			ASSERT_NE(NULL, zone);
			if (made_files[i].report[j].usable == NOT_CHECKED)
				continue;
			EXPECT_EQ(made_files[i].report[j].usable,
				  zone->check.usable);
			EXPECT_EQ(made_files[i].report[j].mark,
				  zone->check.mark);
		}
		lab_explained_log_free(log);
	}
}

TEST(kin_are_kinds_of_their_own)
{
	static const enum lab_report_kind kinds[] = {
		LAB_REPORT_VMAP,    LAB_REPORT_CMA,	 LAB_REPORT_PERCPU,
		LAB_REPORT_SWIOTLB, LAB_REPORT_DMA_POOL, LAB_REPORT_SLUB,
	};
	struct lab_explained_log *log;
	size_t i, length;
	char *text = file_text("userspace/tests/data/made/kin.log", &length);

	log = explained(text, length);
	free(text);
	ASSERT_EQ(COUNT(kinds), log->groups);
	for (i = 0; i < COUNT(kinds); i++)
		EXPECT_EQ(kinds[i], log->group[i]->report.kind);
	EXPECT_EQ(19, log->suppressed);
	lab_explained_log_free(log);
}

/* What is first in a text; the log is kept until the next one. */
static const struct lab_explanation *first_of(const char *text)
{
	static struct lab_explained_log *log;

	if (log)
		lab_explained_log_free(log);
	log = explained(text, strlen(text));
	return log->groups ? &log->group[0]->explanation : NULL;
}

#define PLENTY                                                               \
	"Mem-Info:\nNormal free:400000kB min:4000kB low:5000kB high:6000kB " \
	"present:1000000kB managed:900000kB free_cma:0kB\n"                  \
	"lowmem_reserve[]: 0 0 0\nNormal: 100000*4kB (U) 0*8kB = 400000kB\n" \
	"250000 pages RAM\n"

/* What vmalloc() could not have is pages, addresses, or never possible. */
TEST(a_failure_of_vmalloc_is_of_pages_of_addresses_or_of_the_size)
{
	static const struct {
		const char *head;
		enum lab_verdict verdict;
	} heads[] = {
		/* mm/vmalloc.c: __vmalloc_node_range(), up to 4.9 */
		{ "vmalloc: allocation failure: 0 bytes\n"
		  "modprobe: page allocation failure: order:0, mode:0xd0\n"
		  "CPU: 0 PID: 5 Comm: modprobe Not tainted 3.10.1 #1\n",
		  LAB_VERDICT_SIZE },
		{ "vmalloc: allocation failure: 8192 bytes\n"
		  "modprobe: page allocation failure: order:0, mode:0xd0\n"
		  "CPU: 0 PID: 5 Comm: modprobe Not tainted 3.10.1 #1\n",
		  LAB_VERDICT_ADDRESS_SPACE },
		{ "vmalloc: allocation failure, allocated 4096 of 8192 bytes\n"
		  "modprobe: page allocation failure: order:0, mode:0xd2\n"
		  "CPU: 0 PID: 5 Comm: modprobe Not tainted 3.10.1 #1\n",
		  LAB_VERDICT_TRANSIENT },
		{ "ip: vmalloc: allocation failure: 8589934592 bytes, mode:0x14080c0(GFP_KERNEL|__GFP_ZERO), nodemask=(null)\n"
		  "CPU: 0 PID: 5 Comm: ip Not tainted 4.14.1 #1\n",
		  LAB_VERDICT_SIZE },
		{ "ip: vmalloc: allocation failure, allocated 4096 of 8192 bytes, mode:0x14080c0(GFP_KERNEL|__GFP_ZERO), nodemask=(null)\n"
		  "CPU: 0 PID: 5 Comm: ip Not tainted 4.14.1 #1\n",
		  LAB_VERDICT_TRANSIENT },
		{ "ip: vmalloc error: size 18446744073709551615, exceeds total pages, mode:0xdc0(GFP_KERNEL|__GFP_ZERO), nodemask=(null),cpuset=/,mems_allowed=0\n"
		  "CPU: 0 PID: 5 Comm: ip Not tainted 6.1.50 #1\n",
		  LAB_VERDICT_SIZE },
		{ "ip: vmalloc error: size 8192, vm_struct allocation failed, mode:0xdc0(GFP_KERNEL|__GFP_ZERO), nodemask=(null),cpuset=/,mems_allowed=0\n"
		  "CPU: 0 PID: 5 Comm: ip Not tainted 6.1.50 #1\n",
		  LAB_VERDICT_ADDRESS_SPACE },
		{ "ip: vmalloc error: size 8192, page order 0, failed to allocate pages, mode:0xdc0(GFP_KERNEL|__GFP_ZERO), nodemask=(null),cpuset=/,mems_allowed=0\n"
		  "CPU: 0 PID: 5 Comm: ip Not tainted 6.1.50 #1\n",
		  LAB_VERDICT_TRANSIENT },
	};
	char text[ROOM];
	size_t i;

	for (i = 0; i < COUNT(heads); i++) {
		const struct lab_explanation *e;

		snprintf(text, sizeof(text), "%s" PLENTY, heads[i].head);
		e = first_of(text);
		ASSERT_NE(NULL, e);
		EXPECT_EQ(LAB_REPORT_VMALLOC, e->report->kind);
		EXPECT_EQ(heads[i].verdict, e->verdict)
		{
			TH_LOG("%s%s: %s", heads[i].head,
			       lab_verdict_names[e->verdict], e->sentence);
		}
	}
}

/* The limit of a control group, told before or behind the report. */
TEST(the_oom_killer_of_a_control_group_is_told_from_the_machines)
{
	static const char *const ends[] = {
		"Memory cgroup out of memory: Killed process 7 (eth)\n",
		"memory: usage 1024kB, limit 1024kB, failcnt 5\n",
		"Task in /a killed as a result of limit of /a\n",
		"oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0\n",
	};
	const char *head =
		"eth invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0\n"
		"CPU: 0 PID: 7 Comm: eth Not tainted 5.15.1 #1\n";
	char text[ROOM];
	const struct lab_explanation *e;
	size_t i;

	for (i = 0; i < COUNT(ends); i++) {
		snprintf(text, sizeof(text), "%s%s", head, ends[i]);
		e = first_of(text);
		ASSERT_NE(NULL, e);
		EXPECT_EQ(LAB_VERDICT_CGROUP, e->verdict)
		{
			TH_LOG("%s: %s", ends[i],
			       lab_verdict_names[e->verdict]);
		}
	}
	snprintf(text, sizeof(text), "%s" PLENTY, head);
	e = first_of(text);
	ASSERT_NE(NULL, e);
	EXPECT_NE(LAB_VERDICT_CGROUP, e->verdict);
}

/* Whoever may wait stays within its cpuset; an atomic request does not. */
TEST(a_cpuset_decides_which_nodes_count)
{
	static const char *const modes[] = { "0xcc0(GFP_KERNEL)",
					     "0xa20(GFP_ATOMIC)" };
	static const enum lab_verdict verdicts[] = { LAB_VERDICT_BELOW_MARK,
						     LAB_VERDICT_TRANSIENT };
	char text[ROOM];
	size_t i;

	for (i = 0; i < COUNT(modes); i++) {
		const struct lab_explanation *e;

		snprintf(
			text, sizeof(text),
			"a: page allocation failure: order:0, mode:%s, nodemask=(null),cpuset=b,mems_allowed=1\n"
			"CPU: 0 PID: 7 Comm: a Not tainted 5.15.1 #1\n"
			"Mem-Info:\n"
			"Node 0 Normal free:400000kB min:4000kB low:5000kB high:6000kB reserved_highatomic:0KB present:1000000kB managed:900000kB free_cma:0kB\n"
			"lowmem_reserve[]: 0 0 0\n"
			"Node 1 Normal free:400kB min:4000kB low:5000kB high:6000kB reserved_highatomic:0KB present:1000000kB managed:900000kB free_cma:0kB\n"
			"lowmem_reserve[]: 0 0 0\n"
			"Node 0 Normal: 100000*4kB (U) 0*8kB = 400000kB\n"
			"Node 1 Normal: 100*4kB (U) 0*8kB = 400kB\n",
			modes[i]);
		e = first_of(text);
		ASSERT_NE(NULL, e);
		EXPECT_EQ(verdicts[i], e->verdict)
		{
			TH_LOG("%s: %s: %s", modes[i],
			       lab_verdict_names[e->verdict], e->sentence);
		}
	}
}

TEST(who_asked_is_neither_kdump_nor_a_frame_left_on_the_stack)
{
	const struct lab_explanation *e = first_of(
		"swapper/21: page allocation failure: order:0, mode:0x20\n"
		"CPU: 21 PID: 0 Comm: swapper/21 Kdump: loaded Tainted: P           OE  ------------   3.10.0-1062.el7.x86_64 #1\n"
		"Call Trace:\n"
		"[<c019b538>] ? warn_alloc_failed+0x98/0x100\n"
		"[<c019bfa8>] ? __alloc_pages_nodemask+0x4d8/0x6e0\n"
		"[<c01c433e>] ? __kmalloc+0xbe/0xd0\n"
		"[<c056232e>] ? pskb_expand_head+0x12e/0x240\n"
		"[<c01c32d2>] ? kmem_cache_free+0x42/0x60\n"
		"[<c05628cd>] ? __pskb_pull_tail+0x4d/0x2a0\n"
		"[<c05675cf>] ? dev_hard_start_xmit+0x1bf/0x5a0\n");

	ASSERT_NE(NULL, e);
	EXPECT_STREQ("swapper/21", e->report->comm);
	EXPECT_STREQ("3.10.0-1062.el7.x86_64", e->report->release);
	EXPECT_STREQ("dev_hard_start_xmit", lab_explained_caller(e));
}

/* Markdown takes a pair of asterisks for emphasis and leaves "_" or nothing. */
TEST(lists_of_blocks_that_markdown_has_changed_are_read)
{
	const struct lab_explanation *e = first_of(
		"a: page allocation failure. order:2, mode:0x20\n"
		"Pid: 7, comm: a Not tainted 2.6.38-10-server #46-Ubuntu\n"
		"Normal free:4000kB min:4000kB low:5000kB high:6000kB present:131072kB\n"
		"lowmem_reserve[]: 0 0 0\n"
		"Normal: 910_4kB 25_8kB 10_16kB = 4000kB\n");

	ASSERT_NE(NULL, e);
	ASSERT_EQ(1, e->zones);
	EXPECT_TRUE(e->zone[0].zone->blocks_whole);
	EXPECT_EQ(LAB_VERDICT_ORDER_MARK, e->verdict);
}

/* A paragraph for a mail program: stamps and beginnings are in its midst. */
TEST(lines_that_were_joined_are_parted)
{
	const struct lab_explanation *e = first_of(
		"# [  100.000001] a: page allocation failure: order:0,\n"
		"mode:0x2080020(GFP_ATOMIC)\n"
		"[  100.000002] CPU: 0 PID: 7 Comm: a Not tainted 4.9.1 #1\n"
		"[  100.000003] Mem-Info: [  100.000004] Normal\n"
		"free:1600kB min:1000kB low:1250kB high:1500kB present:65536kB\n"
		"managed:59304kB free_cma:0kB [  100.000005] lowmem_reserve[]:\n"
		"0 0 [  100.000006] Normal: 400*4kB (H) 0*8kB = 1600kB [\n"
		"100.000007] 16384 pages RAM\n");

	ASSERT_NE(NULL, e);
	EXPECT_EQ(LAB_REPORT_PAGE, e->report->kind);
	EXPECT_EQ(1, e->report->first);
	EXPECT_EQ(LAB_VERDICT_HIGHATOMIC, e->verdict);

	e = first_of(
		"a: page allocation failure. order:1, mode:0x20\n"
		"Mem-info:\n"
		"Active:1 inactive:2 free:750 slab:4 pagetables:386 DMA free:2000kB\n"
		"min:80kB low:108kB high:132kB present:16384kB lowmem_reserve[]: 0\n"
		"495 495 Normal free:1000kB min:2000kB low:2500kB high:3000kB\n"
		"present:507840kB lowmem_reserve[]: 0 0 0\n"
		"DMA: 0*4kB 250*8kB = 2000kB Normal: 50*4kB 100*8kB = 1000kB Swap\n"
		"cache: add 0, delete 0, find 0/0, race 0+0\n");
	ASSERT_NE(NULL, e);
	ASSERT_EQ(2, e->zones);
	EXPECT_TRUE(e->zone[0].zone->blocks_whole);
	EXPECT_TRUE(e->zone[1].zone->blocks_whole);
}

/* What is first in a trace without the allocator need not have asked. */
TEST(a_trace_without_the_allocator_does_not_say_who_asked)
{
	const struct lab_explanation *e =
		first_of("a: page allocation failure. order:3, mode:0x4020\n"
			 "Call Trace:\n"
			 "[<80340000>] some_init+0x2e4/0x408\n"
			 "[<c01387d8>] cleanup_module+0x1e60/0x3200 [et]\n");

	ASSERT_NE(NULL, e);
	EXPECT_TRUE(e->culprit.start_cut);
}

TEST_HARNESS_MAIN
