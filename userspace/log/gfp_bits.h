/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * log/gfp_bits.h - the flags of a request as a report has them.
 *
 * Reports print the number alone up to 4.5, the number and words from 4.6 on.
 * The numbers of the flags changed several times: include/linux/gfp.h, and
 * gfp_types.h from 6.0.
 */
#ifndef LAB_GFP_BITS_H
#define LAB_GFP_BITS_H

#include "kernel_version.h"

/* What of the flags decides whether a request is served. */
enum lab_request_flag {
	LAB_REQ_DMA = 1 << 0,
	LAB_REQ_HIGHMEM = 1 << 1,
	LAB_REQ_DMA32 = 1 << 2,
	LAB_REQ_MOVABLE = 1 << 3,
	LAB_REQ_RECLAIMABLE = 1 << 4,
	LAB_REQ_WAIT = 1 << 5, /* may reclaim directly */
	LAB_REQ_HIGH = 1 << 6, /* __GFP_HIGH */
	LAB_REQ_ATOMIC = 1 << 7, /* __GFP_ATOMIC, 4.4 to 6.2 */
	LAB_REQ_KSWAPD = 1 << 8, /* wakes kswapd */
	LAB_REQ_MEMALLOC = 1 << 9,
	LAB_REQ_NOMEMALLOC = 1 << 10,
	LAB_REQ_THISNODE = 1 << 11,
	LAB_REQ_NOWARN = 1 << 12,
	LAB_REQ_NORETRY = 1 << 13,
	LAB_REQ_RETRY = 1 << 14, /* __GFP_REPEAT, __GFP_RETRY_MAYFAIL */
	LAB_REQ_NOFAIL = 1 << 15,
	LAB_REQ_IO = 1 << 16,
	LAB_REQ_FS = 1 << 17,
	LAB_REQ_COMP = 1 << 18,
	LAB_REQ_ZERO = 1 << 19,
	LAB_REQ_ACCOUNT = 1 << 20,
	LAB_REQ_HARDWALL = 1 << 21,
	LAB_REQ_OTHER = 1 << 22, /* decides nothing */
};

struct lab_request {
	bool known; /* false: neither words nor a number that can be read */
	unsigned int flags;
	char words[400]; /* the kernel's, or ours: "GFP_ATOMIC|__GFP_COMP" */
	char why[160]; /* it is not known */
};

struct lab_request lab_request_of(const struct lab_kernel_report *report,
				  const struct lab_version_range *range);

#endif /* LAB_GFP_BITS_H */
