// SPDX-License-Identifier: GPL-2.0-only
/*
 * explain_fuzz.c - reports that no kernel wrote, explained.
 *
 *	explain_fuzz [ITERATIONS] [SEED]
 *
 * Mutates reports, in pieces of any size, under sanitizers. Nothing is refused;
 * what is said is about lines that are there, and fits its room. The same seed
 * makes the same texts.
 */
#include <stdbool.h>
#include <stdio.h>

#include "explain/explain.h"

#define ITERATIONS 6000
#define ROOM 16384

static const char *const samples[] = {
	"[   20.0] a: page allocation failure: order:2, "
	"mode:0x820(GFP_ATOMIC|__GFP_ZERO), nodemask=(null),cpuset=/,"
	"mems_allowed=0-1\n"
	"[   20.1] CPU: 0 UID: 0 PID: 1 Comm: a Not tainted 6.12.1 #1\n"
	"[   20.1] Call Trace:\n[   20.1]  <IRQ>\n"
	"[   20.1]  warn_alloc+0x1/0x2\n"
	"[   20.1]  rx_refill+0x1/0x2 [drv]\n[   20.1]  </IRQ>\n"
	"[   20.1] Mem-Info:\n"
	"[   20.1] active_anon:1 inactive_anon:2 isolated_anon:0\n"
	"[   20.1] Node 0 DMA free:1440kB boost:0kB min:1024kB low:1280kB"
	" high:1536kB reserved_highatomic:0KB managed:15360kB free_cma:0kB\n"
	"[   20.1] lowmem_reserve[]: 0 300 300 300\n"
	"[   20.1] Node 0 DMA32 free:3072kB boost:0kB min:8192kB low:9216kB"
	" high:10240kB reserved_highatomic:2048KB managed:120000kB\n"
	"[   20.1] lowmem_reserve[]: 0 0 0 0\n"
	"[   20.1] Node 0 DMA: 0*4kB 2*8kB (U) 89*16kB (UM) = 1440kB\n"
	"[   20.1] Node 0 DMA32: 768*4kB (U) 0*8kB 0*16kB = 3072kB\n",

	"> b: page allocation failure. order:1, mode:0x4020\n"
	"> Pid: 3, comm: b Not tainted 2.6.38 #2\n> Call Trace:\n"
	">  [<ffffffff810d10af>] ? __alloc_pages_nodemask+0x57f/0x810\n"
	"> Mem-Info:\n> DMA per-cpu:\n"
	"> Normal free:16504kB min:13224kB low:16528kB high:19836kB "
	"present:13445120kB\n> lowmem_reserve[]: 0 0 0 0\n"
	"> Normal: 3755*4kB 1*8kB 0*16kB = 15028kB\n"
	"SLUB: Unable to allocate memory on node -1 (gfp=0x20)\n"
	"  cache: kmalloc-8192, object size: 8192, min order: 1\n",

	"<pre>c invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0\n"
	"&lt;IRQ&gt; isolated_anon:0#012 active_file:1\\x0a free:3\n"
	"cma: cma_alloc: reserved: alloc failed, req-size: 2 pages, ret: -12\n"
	"warn_alloc: 3 callbacks suppressed\nLinux version 5.10.1-x\n"
	"swapper/3: \npage allocation failure: order:0\n, mode:0x1080020("
	"GFP_ATOMIC), nodemask=\n(null)\nNode 0 \nNormal free:4kB min:4kB\n"
	"lowmem_reserve[]:\n 0\n 0\nNormal: \n1*4kB \n(U) \n= 4kB\n",
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
	"+0x1/0x2",
	"=3D",
	"=\n",
	"#012",
	"\\x0a",
	"&lt;",
	"</pre>",
	"\033[1m",
	"> ",
	"{\"MESSAGE\":\"",
	"Mem-Info:",
	"Comm: ",
	"%s%n",
	"99999999999999999*4kB",
	"1*1073741824kB",
	"<IRQ>",
	",cpuset=",
};

#include "mutate.h"

static const char *fault_of(const struct lab_explained_log *log)
{
	size_t i;

	for (i = 0; i < log->groups; i++) {
		const struct lab_explained_group *group = log->group[i];
		const struct lab_explanation *e = &group->explanation;

		if (!group->count || group->report.first < 1 ||
		    group->report.first > log->lines)
			return "a group of nothing, or of no line";
		if (group->report.last < group->report.first)
			return "a report that ends before it begins";
		if (e->verdict >= LAB_VERDICT_COUNT || !e->sentence[0])
			return "a report of which nothing is said";
		if (e->zones > LAB_REPORT_ZONES ||
		    e->main_zone >= (int)e->zones)
			return "a zone that is not there";
	}
	return NULL;
}

static const char *try_text(const char *text, FILE *sink, uint64_t *reports)
{
	struct lab_explain_reader *reader = lab_explain_begin(NULL, NULL, NULL);
	const size_t length = strlen(text);
	struct lab_explained_log *log;
	const char *fault;
	size_t at = 0, n, i;

	for (; at < length; at += n) {
		n = 1 + below(length - at);
		lab_explain_feed(reader, text + at, n);
	}
	log = lab_explain_end(reader);
	fault = fault_of(log);
	for (i = 0; !fault && lab_explain_forms[i]; i++) {
		size_t j;

		for (j = 0; j < log->groups; j++)
			lab_explain_forms[i]->each(sink,
						   &log->group[j]->explanation);
		lab_explain_forms[i]->end(sink, log);
	}
	*reports += log->reports;
	lab_explained_log_free(log);
	return fault;
}

int main(int argc, char **argv)
{
	const uint64_t iterations = argc > 1 ? strtoull(argv[1], NULL, 10) :
					       ITERATIONS;
	FILE *sink = fopen("/dev/null", "we");
	static char text[ROOM];
	const char *fault = NULL;
	uint64_t i, reports = 0;

	state = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
	for (i = 0; sink && !fault && i < iterations; i++) {
		mutate(text);
		fault = try_text(text, sink, &reports);
	}
	printf("TAP version 13\n1..1\n");
	if (fault)
		printf("# %s, in:\n%s\n", fault, text);
	printf("%sok 1 - %llu logs were read, with %llu reports\n",
	       fault || !reports ? "not " : "", (unsigned long long)i,
	       (unsigned long long)reports);
	return fault || !reports;
}
