/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * log/kernel_report.h - what one report of a failed request says, as data.
 *
 * What a report does not say is LAB_UNSAID; nothing is filled in by guessing.
 * Sizes of zones are in KiB, as printed: the size of a page is known only when
 * the whole report has been read.
 */
#ifndef LAB_KERNEL_REPORT_H
#define LAB_KERNEL_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LAB_UNSAID INT64_MIN

#define LAB_REPORT_ZONES 32
#define LAB_REPORT_ORDERS 20
#define LAB_REPORT_RESERVES 8
#define LAB_REPORT_FRAMES 96
#define LAB_REPORT_COMM 64

/* What a report is of: its head line. The heads are found in log/report_lines.c. */
enum lab_report_kind {
	LAB_REPORT_PAGE, /* "page allocation failure" */
	LAB_REPORT_STALL, /* "page allocation stalls", 4.10 to 4.14 */
	LAB_REPORT_VMALLOC,
	LAB_REPORT_OOM,
	LAB_REPORT_HEADLESS, /* a trace or numbers whose head is not there */
	LAB_REPORT_SLUB, /* "Unable to allocate memory on node", alone */
	LAB_REPORT_SLAB,
	LAB_REPORT_VMAP, /* no address space, not no memory */
	LAB_REPORT_DMA_POOL,
	LAB_REPORT_SWIOTLB,
	LAB_REPORT_CMA,
	LAB_REPORT_PERCPU,
	LAB_REPORT_KINDS
};

/* Migratetypes as a report's letters, a set of bits. */
enum lab_block_type {
	LAB_BLOCK_UNMOVABLE = 1 << 0, /* U */
	LAB_BLOCK_MOVABLE = 1 << 1, /* M */
	LAB_BLOCK_RECLAIMABLE = 1 << 2, /* E */
	LAB_BLOCK_RESERVE = 1 << 3, /* R, up to 4.3 */
	LAB_BLOCK_HIGHATOMIC = 1 << 4, /* H, from 4.4 */
	LAB_BLOCK_CMA = 1 << 5, /* C */
	LAB_BLOCK_ISOLATE = 1 << 6, /* I */
};

struct lab_report_zone {
	int node; /* -1: the line names none, as without NUMA */
	char name[12];
	uint64_t line; /* of the file; 0: only its blocks were found */
	/* KiB */
	int64_t free, boost, min, low, high, highatomic, highatomic_free,
		present, managed, cma, pcp;
	int64_t reserve[LAB_REPORT_RESERVES]; /* pages */
	unsigned int reserves;
	int64_t blocks[LAB_REPORT_ORDERS]; /* free ones by order */
	unsigned int types[LAB_REPORT_ORDERS]; /* 0: no letters printed */
	unsigned int orders;
	int64_t block_kib; /* of order 0: the size of a page */
	int64_t blocks_total; /* KiB as printed behind "=" */
	bool blocks_whole; /* the sum of the list is what is printed behind it */
};

struct lab_report_frame {
	char function[80]; /* "<IRQ>" and its like as well */
	char module[40]; /* "" for the kernel's own */
	bool unsure; /* marked '?' */
};

struct lab_version {
	int major, minor;
	int patch; /* -1: not known */
};

/* What may be wrong with the text of a report. */
enum lab_report_flaw {
	LAB_FLAW_NO_HEAD = 1 << 0,
	LAB_FLAW_NO_TRACE = 1 << 1,
	LAB_FLAW_NO_ZONES = 1 << 2,
	LAB_FLAW_NO_BLOCKS = 1 << 3,
	LAB_FLAW_NO_VERSION = 1 << 4,
	LAB_FLAW_CUT = 1 << 5, /* ends in the middle of something */
	LAB_FLAW_MIXED = 1 << 6, /* another report began within it */
	LAB_FLAW_SUM = 1 << 7, /* a list of blocks does not add up */
	LAB_FLAW_DISAGREE = 1 << 8, /* two reports' numbers of one zone */
	LAB_FLAW_LIMIT = 1 << 9, /* more zones or frames than are kept */
	LAB_FLAW_MODE = 1 << 10, /* the mode is not whole */
	LAB_FLAW_ZONES = 1 << 11, /* there may be zones that are not there */
};

struct lab_report_slab {
	char cache[48];
	int64_t object, buffer, default_order, min_order;
	int64_t node; /* -1: any */
	uint64_t line;
};

struct lab_kernel_report {
	enum lab_report_kind kind;
	uint64_t first, last; /* lines of the file */
	char stamp[48]; /* the head's time, as printed; "" */
	char comm[LAB_REPORT_COMM];
	char head[200]; /* of the kinds that have no fields: the line itself */
	int64_t order; /* LAB_UNSAID: not printed */
	int64_t bytes; /* of vmalloc and its like */
	bool has_mode;
	uint64_t mode;
	char words[400]; /* the kernel's own, of the mode; "" */
	bool cpuset_printed, nodemask_null;
	char nodemask[40];
	char mems_allowed[40]; /* nodes of the task's cpuset, "0-1"; "" */
	char release[96]; /* "6.12.9-amd64" */
	struct lab_version version; /* major 0: not said */
	char caller[24]; /* of the prefix: "T123", "C0"; "" */
	int64_t cpu, pid;
	bool failure_dot; /* "failure. order", up to 2.6.39 */
	bool memcg; /* the OOM killer of a cgroup */
	struct lab_report_frame frame[LAB_REPORT_FRAMES];
	unsigned int frames;
	char workqueue[64];
	char hardware[80];
	struct lab_report_zone zone[LAB_REPORT_ZONES];
	unsigned int zones;
	int64_t free_pages, pcp_pages, cma_pages; /* of the whole machine */
	struct lab_report_slab slab;
	char aftermath[120]; /* what the caller said of it, right behind */
	uint64_t suppressed; /* reports held back before it */
	unsigned int flaws; /* set of enum lab_report_flaw */
};

/* The words of a kind, and of a flaw. */
const char *lab_report_kind_words(enum lab_report_kind kind);
const char *lab_report_flaw_words(enum lab_report_flaw flaw);

void lab_kernel_report_init(struct lab_kernel_report *report);

#endif /* LAB_KERNEL_REPORT_H */
