// SPDX-License-Identifier: GPL-2.0-only
/*
 * log_test.c - what is found in a kernel's log, and what is made of it.
 * Each kind is seen to be found; each verdict is seen to fail.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/json.h"
#include "log/explain_log.h"
#include "log/log.h"
#include "results/build.h"
#include "kselftest_harness.h"
#include "labyrinth.h"

/* As kernels from 5.10 to 7.3 say it. */
static const struct {
	enum lab_log_kind kind;
	const char *line;
} samples[] = {
	{ LAB_LOG_PANIC, "Kernel panic - not syncing: Fatal exception" },
	{ LAB_LOG_KASAN, "BUG: KASAN: use-after-free in f+0x1/0x2" },
	{ LAB_LOG_KFENCE, "BUG: KFENCE: out-of-bounds read in f+0x1/0x2" },
	{ LAB_LOG_KCSAN, "BUG: KCSAN: data-race in f / g" },
	{ LAB_LOG_KMSAN, "BUG: KMSAN: uninit-value in f+0x1/0x2" },
	{ LAB_LOG_UBSAN, "UBSAN: shift-out-of-bounds in mm/a.c:1:2" },
	{ LAB_LOG_KMEMLEAK,
	  "kmemleak: 3 new suspected memory leaks (see /sys/kernel/debug/kmemleak)" },
	{ LAB_LOG_LOCKUP,
	  "watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [a:12]" },
	{ LAB_LOG_LOCKUP, "watchdog: Watchdog detected hard LOCKUP on cpu 1" },
	{ LAB_LOG_LOCKUP,
	  "Uhhuh. NMI received for unknown reason 30 on CPU 0." },
	{ LAB_LOG_LOCKUP,
	  "BUG: workqueue lockup - pool cpus=0 node=0 flags=0x0 nice=0 stuck for 31s!" },
	{ LAB_LOG_RCU_STALL,
	  "rcu: INFO: rcu_preempt self-detected stall on CPU" },
	{ LAB_LOG_RCU_STALL,
	  "rcu: INFO: rcu_sched detected stalls on CPUs/tasks:" },
	{ LAB_LOG_RCU_STALL,
	  "rcu: INFO: rcu_preempt detected expedited stalls on CPUs/tasks: { 0-... }" },
	{ LAB_LOG_RCU_STALL,
	  "rcu: rcu_preempt kthread starved for 5249 jiffies! g1 f0x0" },
	{ LAB_LOG_HUNG_TASK,
	  "INFO: task kworker/0:1:12 blocked for more than 120 seconds." },
	{ LAB_LOG_SLEEP,
	  "BUG: sleeping function called from invalid context at mm/a.c:1" },
	{ LAB_LOG_SLEEP,
	  "BUG: scheduling while atomic: swapper/0/0/0x00000100" },
	{ LAB_LOG_LOCKDEP,
	  "WARNING: possible circular locking dependency detected" },
	{ LAB_LOG_LOCKDEP, "WARNING: possible recursive locking detected" },
	{ LAB_LOG_LOCKDEP, "WARNING: inconsistent lock state" },
	{ LAB_LOG_LOCKDEP,
	  "WARNING: HARDIRQ-safe -> HARDIRQ-unsafe lock order detected" },
	{ LAB_LOG_LOCKDEP, "[ BUG: Invalid wait context ]" },
	{ LAB_LOG_LOCKDEP, "INFO: trying to register non-static key." },
	{ LAB_LOG_LOCKDEP, "WARNING: suspicious RCU usage" },
	{ LAB_LOG_LOCKDEP, "WARNING: bad unlock balance detected!" },
	{ LAB_LOG_DEBUG_OBJECTS,
	  "ODEBUG: free active (active state 0) object type: timer_list" },
	{ LAB_LOG_BAD_PAGE, "BUG: Bad page state in process a  pfn:12345" },
	{ LAB_LOG_CORRUPTION,
	  "list_add corruption. next->prev should be prev" },
	{ LAB_LOG_CORRUPTION,
	  "BUG kmalloc-64 (Not tainted): Right Redzone overwritten" },
	{ LAB_LOG_OOPS, "BUG: unable to handle page fault for address: ffff" },
	{ LAB_LOG_OOPS, "BUG: kernel NULL pointer dereference, address: 0" },
	{ LAB_LOG_OOPS, "Oops: Oops: 0000 [#1] PREEMPT SMP" },
	{ LAB_LOG_OOPS, "Internal error: Oops: 96000004 [#1] SMP" },
	{ LAB_LOG_BUG, "kernel BUG at mm/page_alloc.c:123!" },
	{ LAB_LOG_BUG, "BUG: something that this table does not know" },
	{ LAB_LOG_WARNING, "WARNING: CPU: 0 PID: 1 at mm/a.c:12 f+0x1/0x2" },
	{ LAB_LOG_WARNING,
	  "WARNING: mm/page_alloc.c:12 at f+0x1/0x2, CPU#1: a/12" },
	{ LAB_LOG_OOM,
	  "a invoked oom-killer: gfp_mask=0x140dca(GFP_HIGHUSER_MOVABLE)" },
	{ LAB_LOG_OOM, "Out of memory: Killed process 12 (a) total-vm:1kB" },
	{ LAB_LOG_OOM,
	  "Memory cgroup out of memory: Killed process 12 (a) total-vm:1kB" },
	{ LAB_LOG_ALLOCATION,
	  "a: page allocation failure: order:3, mode:0x820(GFP_ATOMIC), nodemask=(null)" },
	{ LAB_LOG_ALLOCATION,
	  "SLUB: Unable to allocate memory on CPU 0 (of node 0) on node -1" },
	{ LAB_LOG_INJECTION, "FAULT_INJECTION: forcing a failure." },
	{ LAB_LOG_SUPPRESSED, "warn_alloc: 59 callbacks suppressed" },
	{ LAB_LOG_SUPPRESSED, "** 12 printk messages dropped **" },
	{ LAB_LOG_SLOW, "hrtimer: interrupt took 4711 ns" },
	{ LAB_LOG_SLOW,
	  "workqueue: f hogged CPU for >10000us 4 times, consider switching to WQ_UNBOUND" },
	{ LAB_LOG_CLOCK,
	  "clocksource: Marking clocksource 'tsc' as unstable because the skew is too large" },
	/* What sounds like one and is none. */
	{ LAB_LOG_KIND_COUNT,
	  "Command line: console=ttyS0 panic=-1 oops=panic unknown_nmi_panic" },
	{ LAB_LOG_KIND_COUNT, "mem auto-init: stack:off, heap alloc:off" },
	{ LAB_LOG_KIND_COUNT, "Running RCU self tests" },
	{ LAB_LOG_KIND_COUNT, "rcu: Hierarchical RCU implementation." },
	{ LAB_LOG_KIND_COUNT, "labyrinth: cell 1: bug: task order 0" },
	{ LAB_LOG_KIND_COUNT, "" },
};

TEST(every_kind_is_found_by_its_words)
{
	bool seen[LAB_LOG_KIND_COUNT + 1] = {};
	enum lab_log_kind kind;
	size_t i;

	for (i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		kind = lab_log_kind_of(samples[i].line,
				       strlen(samples[i].line));
		EXPECT_EQ(samples[i].kind, kind)
		{
			TH_LOG("%s", samples[i].line);
		}
		seen[kind] = true;
	}
	for (i = 0; i <= LAB_LOG_KIND_COUNT; i++)
		EXPECT_TRUE(seen[i]);
}

TEST(time_stamps_and_callers_are_no_part_of_a_line)
{
	struct lab_log *log = lab_log_read("[    1.000002] plain\r\n"
					   "[12345.678901][   T12] called\n"
					   "[    2.5][ C0] short\n"
					   "without\n"
					   "[ cut here ]\n"
					   "[   99999999999999999999.1] far\n"
					   "[    3.1");

	ASSERT_EQ(7, log->lines);
	EXPECT_EQ(0, strncmp("plain", log->line[0].text, 5));
	EXPECT_EQ(5, log->line[0].length);
	EXPECT_EQ(1000002, log->line[0].time);
	EXPECT_EQ(0, strncmp("called", log->line[1].text, 6));
	EXPECT_EQ(12345678901, log->line[1].time);
	EXPECT_EQ(0, strncmp("short", log->line[2].text, 5));
	EXPECT_EQ(2500000, log->line[2].time);
	EXPECT_EQ(-1, log->line[3].time);
	EXPECT_EQ(0, strncmp("[ cut here ]", log->line[4].text, 12));
	EXPECT_EQ(-1, log->line[6].time);
	lab_log_free(log);
}

#define ZONES                                                                  \
	"[   20.1] CPU: 0 UID: 0 PID: 1 Comm: a\n"                             \
	"[   20.1] Call Trace:\n"                                              \
	"[   20.1] Mem-Info:\n"                                                \
	"[   20.1] active_anon:1 inactive_anon:2 isolated_anon:0\n"            \
	"[   20.1] Node 0 active_anon:4kB inactive_anon:8kB\n"                 \
	"[   20.1] Node 0 DMA free:1440kB boost:0kB min:1024kB low:1280kB"     \
	" high:1536kB reserved_highatomic:0KB active_anon:0kB present:15996kB" \
	" managed:15360kB mlocked:0kB bounce:0kB free_pcp:0kB local_pcp:0kB"   \
	" free_cma:0kB\n"                                                      \
	"[   20.1] lowmem_reserve[]: 0 300 300 300\n"                          \
	"[   20.1] Node 0 DMA32 free:3072kB boost:0kB min:8192kB low:9216kB"   \
	" high:10240kB reserved_highatomic:2048KB managed:120000kB"            \
	" free_cma:0kB\n"                                                      \
	"[   20.1] lowmem_reserve[]: 0 0 0 0\n"                                \
	"[   20.1] Node 0 DMA: 0*4kB 2*8kB (U) 89*16kB (UM) = 1440kB\n"        \
	"[   20.1] Node 0 DMA32: 768*4kB (U) 0*8kB 0*16kB = 3072kB\n"          \
	"[   20.1] 0 pages hwpoisoned\n"

#define FAILURE(order, words)                                 \
	"[   20.0] a: page allocation failure: order:" #order \
	", mode:0x820(" words                                 \
	"), nodemask=(null),cpuset=/,mems_allowed=0-1\n" ZONES

static struct lab_kernel_report report;
static struct lab_explanation explanation;

static bool parse(const char *text)
{
	struct lab_log *log = lab_log_read(text);
	const bool is = log->entries == 1 &&
			lab_explain_lines(&log->line[log->entry[0].first],
					  log->entry[0].lines, "6.12.1",
					  &report, &explanation);

	lab_log_free(log);
	return is;
}

TEST(a_report_of_a_console_is_explained_by_the_same_engine)
{
	const struct lab_explained_zone *zone = explanation.zone;

	ASSERT_TRUE(parse(FAILURE(2, "GFP_ATOMIC|__GFP_ZERO")));
	EXPECT_STREQ("a", report.comm);
	EXPECT_EQ(2, report.order);
	EXPECT_EQ(0x820, report.mode);
	EXPECT_STREQ("GFP_ATOMIC|__GFP_ZERO", explanation.request.words);
	EXPECT_TRUE(explanation.facts.flags & LAB_REQ_ZERO);
	ASSERT_EQ(2, explanation.zones);
	EXPECT_EQ(765, zone[1].check.usable);
	EXPECT_EQ(LAB_VERDICT_BELOW_MARK, zone[1].cause);

	/* 3/8 of 8192 KiB is 768 pages: one more would have been enough. */
	ASSERT_TRUE(parse(FAILURE(0, "GFP_ATOMIC")));
	EXPECT_EQ(768, zone[1].check.usable);
	EXPECT_EQ(768, zone[1].check.mark);
	EXPECT_EQ(1, zone[1].short_by);
	/* The lower zone keeps 300 pages from who could have a higher one. */
	EXPECT_EQ(96 + 300, zone[0].check.mark);

	/* Half with __GFP_HIGH alone, and all of min without. */
	ASSERT_TRUE(parse(FAILURE(0, "GFP_ATOMIC|__GFP_NOMEMALLOC")));
	EXPECT_EQ(1024, zone[1].check.mark);
	ASSERT_TRUE(parse(FAILURE(0, "GFP_NOWAIT")));
	EXPECT_EQ(2048, zone[1].check.mark);
}

TEST(half_a_report_is_known_as_such)
{
	ASSERT_TRUE(parse("a: page allocation failure: order:0, "
			  "mode:0x820(GFP_ATOMIC), nodemask=(null)\n"));
	EXPECT_TRUE(report.flaws & LAB_FLAW_NO_ZONES);
	EXPECT_EQ(LAB_VERDICT_UNDECIDED, explanation.verdict);
}

static const char scenario_text[] =
	"[scenario]\nclaim = c\n[phase quiet]\ngfp = GFP_ATOMIC\n"
	"expect = each ok >= 0\n[phase told]\nlog = warning oom\n"
	"expect = each ok >= 0\n[phase pressed]\npressure = anon\n"
	"gfp = GFP_ATOMIC\nexpect = each ok >= 0\n";

#define MARK(n, phase) \
	"[   1" #n ".0] labyrinth: cell " #n ": " phase ": task order 0\n"

/* One cell of each phase, in their order. */
static json_t *judge(const char *log, int exhausted, const char *gfp)
{
	struct lab_scenario *scenario =
		lab_scenario_parse("t", "t.ini", scenario_text);
	json_t *records = json_array(), *machine = json_object(), *results;
	size_t i;

	for (i = 0; i < scenario->nphases; i++)
		json_array_append_new(
			records,
			json_pack(
				"{s:s, s:s, s:s, s:s, s:i, s:s, s:i, s:i, s:i}",
				"record", "cell", "phase",
				scenario->phases[i].name, "context", "task",
				"api", "pages", "order", 0, "gfp", gfp,
				"attempts", 10, "ok", 10 - exhausted,
				"exhausted", exhausted));
	results = lab_results_build(scenario, 1, records, machine, LAB_ENDED,
				    "", log);
	json_decref(records);
	json_decref(machine);
	lab_scenario_free(scenario);
	return results;
}

/* Whether a verdict is as it should be, and what was found has some words. */
static bool judged(const char *log, int exhausted, const char *gfp,
		   const char *oracle, const char *verdict, const char *found)
{
	json_t *results = judge(log, exhausted, gfp);
	const json_t *one =
		lab_find(json_object_get(results, "verdicts"), "name", oracle);
	const bool as_wanted = lab_is(one, "verdict", verdict) &&
			       strstr(lab_text(one, "found"), found);

	if (!as_wanted)
		printf("# %s: %s: %s\n", oracle, lab_text(one, "verdict"),
		       lab_text(one, "found"));
	json_decref(results);
	return as_wanted;
}

#define WARNING "[   15.5] WARNING: CPU: 0 PID: 1 at mm/a.c:12 f+0x1/0x2\n"
#define OOM "[   15.6] Out of memory: Killed process 12 (a) total-vm:1kB\n"
#define QUIET MARK(1, "quiet")
#define TOLD MARK(2, "told")
#define PRESSED MARK(3, "pressed")

TEST(what_nobody_expects_is_a_failure)
{
	EXPECT_TRUE(judged(QUIET WARNING TOLD, 0, "GFP_ATOMIC", "log", "fail",
			   "in quiet: task order 0: WARNING: CPU: 0"));
	EXPECT_TRUE(judged(WARNING QUIET, 0, "GFP_ATOMIC", "log", "fail",
			   "before the first cell"));
	EXPECT_TRUE(judged(QUIET OOM, 0, "GFP_ATOMIC", "log", "fail", "1 in"));
	EXPECT_TRUE(
		judged(QUIET OOM OOM, 0, "GFP_ATOMIC", "log", "fail", "2 in"));
	/* Pressure makes memory short, and nothing else. */
	EXPECT_TRUE(judged(PRESSED OOM WARNING, 0, "GFP_ATOMIC", "log", "fail",
			   "1 in"));
	/* After the last cell nobody expects anything any more. */
	EXPECT_TRUE(judged(TOLD "labyrinth: end of cells\n" WARNING, 0,
			   "GFP_ATOMIC", "log", "fail", "1 in"));
}

TEST(what_a_scenario_expects_is_none)
{
	EXPECT_TRUE(judged(TOLD WARNING OOM OOM, 0, "GFP_ATOMIC", "log", "pass",
			   "3 were expected"));
	EXPECT_TRUE(judged(PRESSED OOM, 0, "GFP_ATOMIC", "log", "pass",
			   "1 were expected"));
	EXPECT_TRUE(judged(QUIET "warn_alloc: 59 callbacks suppressed\n", 0,
			   "GFP_ATOMIC", "log", "pass", "1 are harmless"));
	EXPECT_TRUE(judged("", 0, "GFP_ATOMIC", "log", "skip",
			   "the kernel wrote nothing"));
	EXPECT_TRUE(judged(NULL, 0, "GFP_ATOMIC", "log", "skip", "no log"));
}

TEST(a_failed_log_fails_the_run)
{
	json_t *results = judge(QUIET WARNING, 0, "GFP_ATOMIC");

	EXPECT_EQ(LAB_FAIL, (int)lab_results_exit(results));
	json_decref(results);
}

TEST(a_report_that_is_owed_is_asked_for)
{
	const char *gfp = "GFP_ATOMIC";

	EXPECT_TRUE(judged(QUIET FAILURE(0, "GFP_ATOMIC"), 5, gfp, "reports",
			   "pass", "1 reports"));
	EXPECT_TRUE(judged(QUIET, 5, gfp, "reports", "fail",
			   "5 exhausted shots and no report"));
	/* Another order is another's. */
	EXPECT_TRUE(judged(QUIET FAILURE(3, "GFP_ATOMIC"), 0, gfp, "reports",
			   "pass", "0 reports"));
	/* One in ten seconds, whoever it was: until then silence is right. */
	EXPECT_TRUE(judged(
		FAILURE(3,
			"GFP_KERNEL") "[   25.0] labyrinth: cell 1: quiet: task order 0\n",
		5, gfp, "reports", "pass", "limit"));
	EXPECT_TRUE(judged(
		FAILURE(3,
			"GFP_KERNEL") "[   30.5] labyrinth: cell 1: quiet: task order 0\n",
		5, gfp, "reports", "fail", "no report"));
	EXPECT_TRUE(judged(NULL, 5, gfp, "reports", "skip", ""));
}

TEST(a_report_that_is_not_owed_is_objected_to)
{
	EXPECT_TRUE(judged(QUIET FAILURE(0, "GFP_ATOMIC"), 0, "GFP_ATOMIC",
			   "reports", "fail", "no shot was exhausted"));
	EXPECT_TRUE(judged(QUIET FAILURE(0, "GFP_ATOMIC|__GFP_NOWARN"), 5,
			   "GFP_ATOMIC|__GFP_NOWARN", "reports", "fail",
			   "asked not to"));
	EXPECT_TRUE(judged(QUIET, 5, "GFP_ATOMIC|__GFP_NOWARN", "reports",
			   "pass", "0 with failures to report"));
	EXPECT_TRUE(judged(QUIET "a: page allocation failure: order:0, "
				 "mode:0x820(GFP_ATOMIC), nodemask=(null)\n",
			   5, "GFP_ATOMIC", "reports", "fail",
			   "lacks the numbers"));
}

/* The same finding a thousand times makes a finding, not a thousand. */
TEST(many_findings_stay_few)
{
	char *log = malloc(sizeof(TOLD) + 1000 * sizeof(WARNING));
	json_t *results, *findings;
	size_t i, size;

	ASSERT_NE(NULL, log);
	size = sprintf(log, "%s", TOLD);
	for (i = 0; i < 1000; i++)
		size += sprintf(log + size, WARNING);
	results = judge(log, 0, "GFP_ATOMIC");
	findings = json_object_get(json_object_get(results, "log"), "findings");
	ASSERT_EQ(1, json_array_size(findings));
	EXPECT_EQ(1000, lab_number(json_array_get(findings, 0), "count"));
	EXPECT_STREQ("expected",
		     lab_text(json_array_get(findings, 0), "class"));
	json_decref(results);
	free(log);
}

/* Bytes that no text has are shown as such, and the results stay whole. */
TEST(what_is_no_text_does_no_harm)
{
	json_t *results =
		judge(QUIET "BUG: \xff\xfe\x01 \x80\n", 0, "GFP_ATOMIC");
	char *text = lab_results_text(results);

	ASSERT_NE(NULL, text);
	EXPECT_NE(NULL, strstr(text, "BUG: ??? ?"));
	free(text);
	json_decref(results);
}

TEST_HARNESS_MAIN
