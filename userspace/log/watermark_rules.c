// SPDX-License-Identifier: GPL-2.0-only
/* log/watermark_rules.c - see log/watermark_rules.h. */
#include <string.h>

#include "watermark_rules.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* A patch level that no release has; lab_version_key() takes up to 999. */
#define STABLE_ONLY 999

static const struct lab_watermark_rules table[] = {
	{
		.major = 2,
		.minor = 6,
		.name = "up to 3.6",
		.halves_by_order = true,
		.harder = LAB_HARDER_NO_WAIT,
		.cite = "mm/page_alloc.c: zone_watermark_ok(), __zone_watermark_ok() from 2.6.38",
	},
	{
		.major = 3,
		.minor = 7,
		.name = "3.7 to 4.3",
		.halves_by_order = true,
		.cma_is_unusable = true,
		.harder = LAB_HARDER_NO_WAIT,
		.cite = "mm/page_alloc.c: __zone_watermark_ok(); free CMA pages by d95ea5d18e69",
	},
	{
		.major = 4,
		.minor = 4,
		.name = "4.4 to 4.20",
		.cma_is_unusable = true,
		.highatomic = true,
		.harder = LAB_HARDER_ATOMIC,
		.cite = "mm/page_alloc.c: __zone_watermark_ok() by 97a16fc82a7c, 0aaa29a56e4f",
	},
	{
		.major = 5,
		.minor = 0,
		.name = "5.0 to 5.8",
		.cma_is_unusable = true,
		.highatomic = true,
		.harder = LAB_HARDER_ATOMIC,
		.boost = LAB_BOOST_COUNTS,
		.cite = "include/linux/mmzone.h: wmark_pages(); mm/page_alloc.c: zone_watermark_fast()",
	},
	{
		.major = 5,
		.minor = 9,
		.name = "5.9 to 6.2",
		.cma_is_unusable = true,
		.highatomic = true,
		.harder = LAB_HARDER_ATOMIC,
		.boost = LAB_BOOST_SPARES_ATOMIC,
		.cite = "mm/page_alloc.c: zone_watermark_fast() by f80b08fc4453",
	},
	{
		.major = 6,
		.minor = 3,
		.name = "6.3 to 6.11",
		.cma_is_unusable = true,
		.highatomic = true,
		.harder = LAB_HARDER_NON_BLOCK,
		.boost = LAB_BOOST_SPARES_ATOMIC,
		.cite = "mm/page_alloc.c: __zone_watermark_ok(), gfp_to_alloc_flags() by 1ebbb21811b7",
	},
	{
		/* No release of mainline: between 6.11 and 6.12, see stable[] */
		.major = 6,
		.minor = 11,
		.patch = STABLE_ONLY,
		.name = "stable kernels with 281dd25c1a01",
		.cma_is_unusable = true,
		.highatomic = true,
		.highatomic_for_order_0 = true,
		.harder = LAB_HARDER_NON_BLOCK,
		.boost = LAB_BOOST_SPARES_ATOMIC,
		.cite = "mm/page_alloc.c: rmqueue_buddy() by 281dd25c1a01",
	},
	{
		.major = 6,
		.minor = 12,
		.name = "from 6.12",
		.cma_is_unusable = true,
		.highatomic = true,
		.highatomic_for_order_0 = true,
		.highatomic_free_part = true,
		.harder = LAB_HARDER_NON_BLOCK,
		.boost = LAB_BOOST_SPARES_ATOMIC,
		.cite = "mm/page_alloc.c: __zone_watermark_unusable_free() by c928807f6f6b",
	},
};

/*
 * Stable series that took later rules over, from a patch level on. Where it is
 * not known exactly from which one, the earliest that can be stands here, and
 * from it on both the old and the new rules are tried. 281dd25c1a01 was made
 * for 6.12 in October of 2024, and reviewed for 5.15.171, 6.1.116, 6.6.60 and
 * 6.11.7; 5.10 did not take it. It brought the rules of 6.3 with it to 5.15
 * and 6.1.
 */
static const struct {
	int major, minor;
	int patch; /* from it on, [first, last] */
	struct lab_version first, last;
} stable[] = {
	{ 5, 4, 80, { 5, 9, 0 }, { 5, 9, 0 } }, /* f80b08fc4453 */
	{ 5, 15, 171, { 5, 9, 0 }, { 6, 11, STABLE_ONLY } },
	{ 6, 1, 114, { 5, 9, 0 }, { 6, 11, STABLE_ONLY } },
	{ 6, 6, 58, { 6, 3, 0 }, { 6, 11, STABLE_ONLY } },
	{ 6, 11, 5, { 6, 3, 0 }, { 6, 12, 0 } }, /* c928807f6f6b too */
};

size_t lab_rules_count(void)
{
	return COUNT(table);
}

const struct lab_watermark_rules *lab_rules_at(size_t which)
{
	return &table[which];
}

static size_t rules_of_key(int64_t key)
{
	size_t i = COUNT(table);

	while (--i)
		if (key >= lab_version_key(table[i].major, table[i].minor,
					   table[i].patch))
			return i;
	return 0;
}

static size_t rules_of_version(const struct lab_version *version)
{
	return rules_of_key(lab_version_key(version->major, version->minor,
					    version->patch));
}

void lab_rules_of(const struct lab_version_range *range, size_t *first,
		  size_t *last)
{
	size_t i;

	*first = rules_of_key(range->from);
	*last = rules_of_key(range->to);
	if (range->from / 1000 != range->to / 1000)
		return;
	for (i = 0; i < COUNT(stable); i++) {
		size_t from, to;

		if (range->from / 1000 !=
		    lab_version_key(stable[i].major, stable[i].minor, 0) / 1000)
			continue;
		from = rules_of_version(&stable[i].first);
		to = rules_of_version(&stable[i].last);
		if (range->to % 1000 < stable[i].patch)
			continue;
		/* Known to be at the patch level, or possibly before it. */
		if (range->from % 1000 >= stable[i].patch)
			*first = from;
		*last = to;
	}
}

bool lab_tries_harder(const struct lab_watermark_rules *rules,
		      const struct lab_request_facts *request)
{
	if (request->flags & LAB_REQ_NOMEMALLOC)
		return false;
	if (rules->harder == LAB_HARDER_ATOMIC)
		return request->flags & LAB_REQ_ATOMIC;
	return !(request->flags & LAB_REQ_WAIT);
}

int64_t lab_share_of_min(const struct lab_watermark_rules *rules,
			 const struct lab_request_facts *request, int64_t min,
			 unsigned int *eighths)
{
	const bool high = request->flags & LAB_REQ_HIGH;
	bool quarter = lab_tries_harder(rules, request);

	*eighths = 8;
	if (rules->harder == LAB_HARDER_NON_BLOCK && !high)
		quarter = false;
	if (high) {
		min -= min / 2;
		*eighths = 4;
	}
	if (quarter) {
		min -= min / 4;
		*eighths = *eighths * 3 / 4;
	}
	return min;
}

static bool spares_boost(const struct lab_watermark_rules *rules,
			 const struct lab_request_facts *request)
{
	const unsigned int flag = rules->harder == LAB_HARDER_NON_BLOCK ?
					  LAB_REQ_HIGH :
					  LAB_REQ_ATOMIC;

	return rules->boost == LAB_BOOST_SPARES_ATOMIC && !request->order &&
	       request->flags & flag;
}

/* Migratetypes whose free blocks the request may have. */
static unsigned int types_for(const struct lab_watermark_rules *rules,
			      const struct lab_request_facts *request)
{
	unsigned int types = LAB_BLOCK_UNMOVABLE | LAB_BLOCK_MOVABLE |
			     LAB_BLOCK_RECLAIMABLE | LAB_BLOCK_RESERVE;

	if (request->flags & LAB_REQ_MOVABLE)
		types |= LAB_BLOCK_CMA;
	if (rules->highatomic && lab_tries_harder(rules, request) &&
	    (request->order || rules->highatomic_for_order_0))
		types |= LAB_BLOCK_HIGHATOMIC;
	return types;
}

static void count_fitting(const struct lab_watermark_rules *rules,
			  const struct lab_request_facts *request,
			  const struct lab_zone_pages *zone,
			  struct lab_zone_check *check)
{
	const unsigned int types = types_for(rules, request);
	unsigned int order;

	for (order = request->order; order < zone->orders; order++) {
		if (!zone->blocks[order])
			continue;
		check->fitting_types |= zone->types[order];
		/*
		 * Letters are those of all the blocks of an order: one that it
		 * may have is enough, for how many there are is not said.
		 */
		if (!zone->types[order] || zone->types[order] & types)
			check->fitting += zone->blocks[order];
	}
}

/* Up to 4.3: what is in lower orders does not count, and the mark halves. */
static bool above_by_order(const struct lab_request_facts *request,
			   const struct lab_zone_pages *zone,
			   struct lab_zone_check *check)
{
	int64_t usable = check->usable, mark = check->share;
	unsigned int order;

	for (order = 0; order < request->order; order++) {
		if (order < zone->orders)
			usable -= zone->blocks[order] << order;
		mark >>= 1;
		if (usable <= mark) {
			check->at_order = order + 1;
			check->order_usable = usable;
			check->order_mark = mark;
			return false;
		}
	}
	return true;
}

static bool missing(struct lab_zone_check *check, const char *what)
{
	check->result = LAB_ZONE_UNSAID;
	check->missing = what;
	return false;
}

static bool add_unusable(const struct lab_watermark_rules *rules,
			 const struct lab_request_facts *request,
			 const struct lab_zone_pages *zone,
			 struct lab_zone_check *check)
{
	check->unusable = ((int64_t)1 << request->order) - 1;
	if (rules->cma_is_unusable && !(request->flags & LAB_REQ_MOVABLE)) {
		if (zone->cma == LAB_UNSAID)
			return missing(check, "its free CMA pages");
		check->unusable += zone->cma;
	}
	if (rules->highatomic && !lab_tries_harder(rules, request) &&
	    !(rules->harder == LAB_HARDER_NON_BLOCK &&
	      request->flags & LAB_REQ_HIGH)) {
		if (zone->highatomic == LAB_UNSAID)
			return missing(check, "its highatomic reserve");
		check->unusable += zone->highatomic;
	}
	return true;
}

struct lab_zone_check lab_zone_check(const struct lab_watermark_rules *rules,
				     const struct lab_request_facts *request,
				     const struct lab_zone_pages *zone)
{
	struct lab_zone_check check = { .eighths = 8 };
	int64_t min = zone->min;

	count_fitting(rules, request, zone, &check);
	if (!request->no_watermarks) {
		if (zone->free == LAB_UNSAID)
			return missing(&check, "its free pages"), check;
		if (min == LAB_UNSAID)
			return missing(&check, "its min"), check;
		if (!add_unusable(rules, request, zone, &check))
			return check;
		check.boost_counts = rules->boost != LAB_BOOST_NONE &&
				     !spares_boost(rules, request);
		if (!check.boost_counts && rules->boost != LAB_BOOST_NONE) {
			if (zone->boost == LAB_UNSAID)
				return missing(&check, "its low"), check;
			min -= zone->boost;
		}
		check.usable = zone->free - check.unusable;
		check.share =
			lab_share_of_min(rules, request, min, &check.eighths);
		if (zone->reserve == LAB_UNSAID)
			return missing(&check, "its lowmem_reserve[]"), check;
		check.mark = check.share + zone->reserve;
		if (check.usable <= check.mark) {
			check.result = LAB_ZONE_BELOW;
			return check;
		}
	} else {
		check.usable = zone->free;
	}
	if (!zone->orders)
		return missing(&check, "its list of free blocks"), check;
	if (!request->no_watermarks && rules->halves_by_order &&
	    request->order && !above_by_order(request, zone, &check)) {
		check.result = LAB_ZONE_BELOW_BY_ORDER;
		return check;
	}
	check.result = check.fitting	   ? LAB_ZONE_ENOUGH :
		       check.fitting_types ? LAB_ZONE_WRONG_TYPE :
					     LAB_ZONE_NO_BLOCK;
	return check;
}
