// SPDX-License-Identifier: GPL-2.0-only
/*
 * log_fuzz.c - kernel logs that no kernel wrote, or one that was dying.
 *
 *	log_fuzz [ITERATIONS] [SEED]
 *
 * Mutates logs and reads them, under sanitizers. Nothing is refused: of every
 * text there is something to be said, and all that is said is about lines that
 * are there. The same seed makes the same texts.
 */
#include <stdbool.h>
#include <stdio.h>

#include "lib/json.h"
#include "log/explain_log.h"
#include "log/log.h"

#define ITERATIONS 20000
#define ROOM 16384 /* a text and what mutations may add to it */

static const char *const samples[] = {
	"[   20.0] a: page allocation failure: order:2, "
	"mode:0x820(GFP_ATOMIC|__GFP_ZERO), nodemask=(null),cpuset=/,"
	"mems_allowed=0-1\n"
	"[   20.1] CPU: 0 UID: 0 PID: 1 Comm: a\n"
	"[   20.1] Call Trace:\n[   20.1]  <TASK>\n"
	"[   20.1]  warn_alloc+0x1/0x2\n[   20.1] Mem-Info:\n"
	"[   20.1] active_anon:1 inactive_anon:2 isolated_anon:0\n"
	"[   20.1] Node 0 DMA free:1440kB boost:0kB min:1024kB low:1280kB"
	" high:1536kB reserved_highatomic:0KB managed:15360kB free_cma:0kB\n"
	"[   20.1] lowmem_reserve[]: 0 300 300 300\n"
	"[   20.1] Node 0 DMA32 free:3072kB boost:0kB min:8192kB low:9216kB"
	" high:10240kB reserved_highatomic:2048KB managed:120000kB\n"
	"[   20.1] lowmem_reserve[]: 0 0 0 0\n"
	"[   20.1] Node 0 DMA: 0*4kB 2*8kB (U) 89*16kB (UM) = 1440kB\n"
	"[   20.1] Node 0 DMA32: 768*4kB (U) 0*8kB 0*16kB = 3072kB\n",

	"plain\n<4>[    1.000002][    T1] labyrinth: cell 1: a, task, order 0\n"
	"[    2.5] BUG: KASAN: use-after-free in f+0x1/0x2\r\n"
	"[    2.5] Read of size 8 at addr 1 by task a/1\n"
	"[    2.6] ------------[ cut here ]------------\n"
	"[    2.6] WARNING: CPU: 1 PID: 2 at mm/page_alloc.c:1 f+0x1/0x2\n"
	"[    2.6] RIP: 0010:f+0x1/0x2\n"
	"[    2.6] ---[ end trace 0000000000000000 ]---\n"
	"[    3.0] rcu: INFO: rcu_preempt self-detected stall on CPU\n"
	"[    3.0] 10 callbacks suppressed\n"
	"[    4.0] Out of memory: Killed process 12 (a)\n"
	"[    9.0] Kernel panic - not syncing: Fatal exception\n",
};

static const char *const tokens[] = {
	"page allocation failure: ",
	"order:",
	"mode:0x",
	"Node 0 ",
	"lowmem_reserve[]:",
	"free:",
	"kB",
	" = ",
	"*4kB",
	"18446744073709551616",
	"-1",
	"(",
	")",
	"[",
	"]",
	"[   1.",
	"<0>",
	"\r\n",
	"\n\n",
	"Call Trace:",
	"BUG: ",
	"WARNING: ",
	"labyrinth: ",
	" cut here ",
	"%s%n",
};

#include "mutate.h"

/* What is wrong with what was made of a log, or NULL. */
static const char *log_fault(const struct lab_log *log)
{
	size_t i;

	if (!log || !log->marks)
		return "no log, or one without a start";
	for (i = 0; i < log->entries; i++) {
		const struct lab_log_entry *entry = &log->entry[i];

		if (entry->kind >= LAB_LOG_KIND_COUNT || !entry->lines)
			return "a finding of nothing";
		if (entry->first + entry->lines > log->lines)
			return "a finding in lines that are not there";
	}
	for (i = 0; i < log->marks; i++)
		if (log->mark[i].line > log->lines)
			return "a mark at a line that is not there";
	return NULL;
}

static const char *report_fault(const struct lab_log *log,
				const struct lab_log_entry *entry)
{
	static struct lab_kernel_report report;
	static struct lab_explanation explanation;

	if (lab_explain_lines(&log->line[entry->first], entry->lines, NULL,
			      &report, &explanation) &&
	    !explanation.sentence[0])
		return "a report of which nothing is said";
	return NULL;
}

static const char *try_text(const char *text, uint64_t *findings)
{
	struct lab_log *log = lab_log_read(text);
	const char *fault = log_fault(log);
	json_t *found = NULL, *verdicts = json_array(), *cells = json_array();
	size_t i;

	for (i = 0; !fault && i < log->entries; i++)
		fault = report_fault(log, &log->entry[i]);
	if (!fault) {
		*findings += log->entries;
		found = lab_log_json(log, NULL);
		lab_log_judge(verdicts, log, found, cells);
		if (!json_is_object(found))
			fault = "a log of which nothing is said";
		else if (!json_array_size(verdicts))
			fault = "a log that is not judged";
	}
	json_decref(found);
	json_decref(verdicts);
	json_decref(cells);
	lab_log_free(log);
	return fault;
}

int main(int argc, char **argv)
{
	const uint64_t iterations = argc > 1 ? strtoull(argv[1], NULL, 10) :
					       ITERATIONS;
	static char text[ROOM];
	const char *fault = NULL;
	uint64_t i, findings = 0;

	state = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
	for (i = 0; !fault && i < iterations; i++) {
		mutate(text);
		fault = try_text(text, &findings);
	}
	printf("TAP version 13\n1..1\n");
	if (fault)
		printf("# %s, in:\n%s\n", fault, text);
	printf("%sok 1 - %llu logs were read, with %llu findings\n",
	       fault || !findings ? "not " : "", (unsigned long long)i,
	       (unsigned long long)findings);
	return fault || !findings;
}
