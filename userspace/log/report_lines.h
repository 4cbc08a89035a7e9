/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * log/report_lines.h - the lines of a report, told by their words.
 *
 * One row a line's form. Words are looked for anywhere in a line: what stands
 * before them may be a prefix that nobody knows, or another program's output.
 */
#ifndef LAB_REPORT_LINES_H
#define LAB_REPORT_LINES_H

#include <stdbool.h>
#include <stddef.h>

enum lab_line_form {
	LAB_LINE_HEAD, /* "page allocation failure" and "stalls" */
	LAB_LINE_VMALLOC,
	LAB_LINE_OOM,
	LAB_LINE_MEMCG,
	LAB_LINE_SLUB,
	LAB_LINE_VMAP,
	LAB_LINE_SWIOTLB,
	LAB_LINE_DMA_POOL,
	LAB_LINE_CMA,
	LAB_LINE_PERCPU,
	LAB_LINE_SUPPRESSED,
	LAB_LINE_VERSION,
	LAB_LINE_COMM, /* "CPU: 0 PID: 1 Comm: x ...", "Pid: 1, comm: x ..." */
	LAB_LINE_HARDWARE,
	LAB_LINE_WORKQUEUE,
	LAB_LINE_MEMINFO,
	LAB_LINE_ZONE, /* "Node 0 DMA32 free:..." */
	LAB_LINE_RESERVE, /* "lowmem_reserve[]: ..." */
	LAB_LINE_BLOCKS, /* "Node 0 DMA32: 1*4kB ..." */
	LAB_LINE_CACHE, /* "cache: x, object size: ..." */
	LAB_LINE_FRAME, /* "func+0x1/0x2 [module]" */
	LAB_LINE_COUNTS, /* "free:1 slab_reclaimable:2", pages of the machine */
	LAB_LINE_NODE_COUNTS, /* "Node 0 active_anon:1kB" */
	LAB_LINE_PLACE, /* "Node 0 ", the rest behind it */
	LAB_LINE_MODE, /* ", mode:0x20", apart from its head */
	LAB_LINE_BLOCK, /* "1*4kB ", "(U) ", apart */
	LAB_LINE_NUMBER, /* " 1992", apart from its lowmem_reserve[] */
	LAB_LINE_TRACE, /* "Call Trace:" */
	LAB_LINE_OTHER, /* of a report, and not needed */
	LAB_LINE_BARE_FRAME, /* an identifier alone */
	LAB_LINE_FORMS
};

/* The form of a line and where its words begin; LAB_LINE_FORMS for none. */
enum lab_line_form lab_line_form_of(const char *text, const char **at);

/* Whether it is the start of a line, rather than what was wrapped of one. */
bool lab_line_starts(const char *text);

/* Names of zones, the longest first: "DMA32" before "DMA". */
extern const char *const lab_zone_names[];

/*
 * "Node 0 DMA32", "DMA32": what follows it, or NULL. node is -1 where none is
 * named, name one of lab_zone_names.
 */
const char *lab_line_place(const char *text, int *node, const char **name);

/*
 * The function of a frame, of length n, or NULL; *end is what follows it in
 * the line.
 */
const char *lab_line_function(const char *text, size_t *n, const char **end);

#endif /* LAB_REPORT_LINES_H */
