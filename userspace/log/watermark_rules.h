/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * log/watermark_rules.h - whether a zone may serve a request, by version.
 *
 * All is in pages, and truncated where the kernel truncates. One row a set of
 * rules in log/watermark_rules.c, each with the file and function that has it.
 */
#ifndef LAB_WATERMARK_RULES_H
#define LAB_WATERMARK_RULES_H

#include "gfp_bits.h"

enum lab_harder_rule {
	LAB_HARDER_NO_WAIT, /* whoever cannot wait: up to 4.3 */
	LAB_HARDER_ATOMIC, /* __GFP_ATOMIC: 4.4 to 6.2 */
	LAB_HARDER_NON_BLOCK, /* no wait, and with __GFP_HIGH: from 6.3 */
};

enum lab_boost_rule {
	LAB_BOOST_NONE, /* there is none */
	LAB_BOOST_COUNTS, /* for all: 5.0 to 5.8 */
	LAB_BOOST_SPARES_ATOMIC, /* not for atomic order 0: from 5.9 */
};

struct lab_watermark_rules {
	int major, minor, patch; /* the first version */
	const char *name; /* "5.0 to 5.8", as in "the rules of 5.0 to 5.8" */
	bool halves_by_order; /* the mark halves, and lower orders do not count */
	bool cma_is_unusable; /* to what is not movable */
	bool highatomic; /* there is a reserve for high orders */
	bool highatomic_for_order_0; /* of atomic requests */
	bool highatomic_free_part; /* only its free part is subtracted */
	enum lab_harder_rule harder;
	enum lab_boost_rule boost;
	const char *cite;
};

/*
 * The rules of a version are [first, last] of the table: more than one where
 * the version is not known exactly, or stable kernels took changes over.
 */
void lab_rules_of(const struct lab_version_range *range, size_t *first,
		  size_t *last);
const struct lab_watermark_rules *lab_rules_at(size_t which);
size_t lab_rules_count(void);

/* What of a zone goes into its check, in pages; LAB_UNSAID where not known. */
struct lab_zone_pages {
	int64_t free, min; /* min: as printed, so with a boost */
	int64_t boost; /* of it; 0 where there is none */
	int64_t cma, highatomic; /* what of the reserve is to be subtracted */
	int64_t reserve; /* lowmem_reserve[] for this request */
	int64_t blocks[LAB_REPORT_ORDERS];
	unsigned int types[LAB_REPORT_ORDERS];
	unsigned int orders; /* 0: no list */
};

struct lab_request_facts {
	unsigned int flags; /* enum lab_request_flag */
	unsigned int order;
	bool no_watermarks; /* __GFP_MEMALLOC, or PF_MEMALLOC of its task */
};

enum lab_zone_result {
	LAB_ZONE_ENOUGH, /* it would be served from here by these numbers */
	LAB_ZONE_BELOW, /* not more than the mark */
	LAB_ZONE_BELOW_BY_ORDER, /* the mark of an order, before 4.4 */
	LAB_ZONE_NO_BLOCK, /* no free block is large enough */
	LAB_ZONE_WRONG_TYPE, /* those that are belong to others */
	LAB_ZONE_UNSAID, /* a number is missing */
	LAB_ZONE_RESULTS
};

struct lab_zone_check {
	enum lab_zone_result result;
	int64_t unusable; /* what of free this request may not count on */
	int64_t usable; /* may be negative */
	int64_t share; /* of min that has to stay */
	int64_t mark; /* share + reserve: usable must be more */
	unsigned int eighths; /* of min: 8, 6, 4 or 3, before truncation */
	bool boost_counts;
	/* LAB_ZONE_BELOW_BY_ORDER */
	unsigned int at_order;
	int64_t order_usable, order_mark;
	/* free blocks large enough, of types that it may have */
	int64_t fitting;
	unsigned int fitting_types; /* of those large enough, of any type */
	const char *missing;
};

struct lab_zone_check lab_zone_check(const struct lab_watermark_rules *rules,
				     const struct lab_request_facts *request,
				     const struct lab_zone_pages *zone);

/* How much of min has to stay. */
int64_t lab_share_of_min(const struct lab_watermark_rules *rules,
			 const struct lab_request_facts *request, int64_t min,
			 unsigned int *eighths);

/* Whether it may dip into what is kept for those that cannot wait. */
bool lab_tries_harder(const struct lab_watermark_rules *rules,
		      const struct lab_request_facts *request);

#endif /* LAB_WATERMARK_RULES_H */
