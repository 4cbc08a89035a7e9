// SPDX-License-Identifier: GPL-2.0-only
/* log/explanation.c - see log/explanation.h. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explanation.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define NAME(id, name, help) name,
#define HELP(id, name, help) help,

const char *const lab_verdict_names[] = { LAB_VERDICTS(NAME) NULL };
const char *const lab_verdict_help[] = { LAB_VERDICTS(HELP) NULL };

static const char *const kind_words[LAB_REPORT_KINDS] = {
	[LAB_REPORT_PAGE] = "page allocation failure",
	[LAB_REPORT_STALL] = "page allocation stall",
	[LAB_REPORT_VMALLOC] = "vmalloc failure",
	[LAB_REPORT_OOM] = "OOM killer",
	[LAB_REPORT_HEADLESS] = "report without its first line",
	[LAB_REPORT_SLUB] = "SLUB allocation failure",
	[LAB_REPORT_SLAB] = "SLAB allocation failure",
	[LAB_REPORT_VMAP] = "vmalloc space exhausted",
	[LAB_REPORT_DMA_POOL] = "atomic DMA pool exhausted",
	[LAB_REPORT_SWIOTLB] = "swiotlb buffer full",
	[LAB_REPORT_CMA] = "CMA allocation failure",
	[LAB_REPORT_PERCPU] = "percpu allocation failure",
};

const char *lab_report_kind_words(enum lab_report_kind kind)
{
	return kind_words[kind];
}

static const struct {
	enum lab_report_flaw flaw;
	const char *words;
} flaw_words[] = {
	{ LAB_FLAW_NO_HEAD,
	  "the line \"page allocation failure\" is not there" },
	{ LAB_FLAW_MODE, "the mode is cut" },
	{ LAB_FLAW_NO_TRACE, "there is no stack trace" },
	{ LAB_FLAW_NO_ZONES, "there are no numbers of the zones (Mem-Info)" },
	{ LAB_FLAW_NO_BLOCKS, "there is no list of free blocks" },
	{ LAB_FLAW_NO_VERSION, "the kernel's version is not said" },
	{ LAB_FLAW_CUT, "a line is cut" },
	{ LAB_FLAW_MIXED,
	  "another report began within this one, and nothing tells the lines of their traces apart" },
	{ LAB_FLAW_SUM,
	  "a list of free blocks does not add up to what is printed behind it: it is cut or mixed" },
	{ LAB_FLAW_DISAGREE,
	  "a zone is there twice: the first is taken, the second is another report's" },
	{ LAB_FLAW_ZONES,
	  "the report ends within the zones: there may be more of them" },
	{ LAB_FLAW_LIMIT, "there are more zones than are kept" },
};

const char *lab_report_flaw_words(enum lab_report_flaw flaw)
{
	size_t i;

	for (i = 0; i < COUNT(flaw_words); i++)
		if (flaw_words[i].flaw == flaw)
			return flaw_words[i].words;
	return "";
}

__attribute__((format(printf, 2, 3))) static void say(struct lab_explanation *e,
						      const char *format, ...)
{
	const size_t length = strlen(e->sentence);
	va_list args;

	va_start(args, format);
	vsnprintf(e->sentence + length, sizeof(e->sentence) - length, format,
		  args);
	va_end(args);
}

/* Zones in the order in which the kernel numbers them. */
static int rank_of(const char *name)
{
	static const char *const ranks[] = { "DMA",	"DMA32",   "Normal",
					     "HighMem", "Movable", "Device" };
	size_t i;

	for (i = 0; i < COUNT(ranks); i++)
		if (!strcmp(name, ranks[i]))
			return (int)i;
	return 5;
}

/* The highest zone that a request may have: include/linux/gfp.h: gfp_zone() */
static int top_of(unsigned int flags)
{
	if (flags & LAB_REQ_DMA)
		return 0;
	if (flags & LAB_REQ_DMA32)
		return 1;
	if (flags & LAB_REQ_HIGHMEM)
		return flags & LAB_REQ_MOVABLE ? 4 : 3;
	return 2;
}

static bool is_populated(const struct lab_report_zone *zone)
{
	if (zone->managed != LAB_UNSAID)
		return zone->managed > 0;
	return zone->present == LAB_UNSAID || zone->present > 0;
}

static bool has_zone_of_rank(const struct lab_kernel_report *report, int rank,
			     bool populated)
{
	unsigned int i;

	for (i = 0; i < report->zones; i++)
		if (rank_of(report->zone[i].name) == rank &&
		    (!populated || is_populated(&report->zone[i])))
			return true;
	return false;
}

static unsigned int most_reserves(const struct lab_kernel_report *report)
{
	unsigned int i, most = 0;

	for (i = 0; i < report->zones; i++)
		if (report->zone[i].reserves > most)
			most = report->zone[i].reserves;
	return most;
}

static bool node_has_rank(const struct lab_kernel_report *report, int node,
			  int rank)
{
	unsigned int i;

	for (i = 0; i < report->zones; i++)
		if (report->zone[i].node == node &&
		    rank_of(report->zone[i].name) == rank &&
		    is_populated(&report->zone[i]))
			return true;
	return false;
}

/*
 * Where lines are left out, the list behind a zone may be the next one's: then
 * it keeps nothing from requests for a zone above it that has memory.
 */
static bool is_its_own(const struct lab_kernel_report *report,
		       const struct lab_report_zone *zone)
{
	const int own = rank_of(zone->name);
	int rank;

	if (!zone->reserve[zone->reserves - 1])
		for (rank = own + 1; rank < 4; rank++)
			if (node_has_rank(report, zone->node, rank))
				return false;
	return own || zone->reserves < 2 || zone->reserve[1] ||
	       !node_has_rank(report, zone->node, 1);
}

/*
 * What a zone keeps from this request: lowmem_reserve[] by the number of the
 * highest zone that it may have. Zones are numbered as the kernel was built,
 * which a report does not show; but where no zone above that one has memory,
 * the last entry is the same, for reserves only grow with the memory above
 * (setup_per_zone_lowmem_reserve()).
 */
static int64_t reserve_of(const struct lab_kernel_report *report,
			  const struct lab_report_zone *zone, int top)
{
	const int own = rank_of(zone->name);
	int rank, above = 0, listed = 0;

	/* The highest with memory at or below the one asked for. */
	while (top > own && !has_zone_of_rank(report, top, true))
		top--;
	if (own >= top)
		return 0;
	if (!zone->reserves || zone->reserves < most_reserves(report))
		return LAB_UNSAID;
	if (!is_its_own(report, zone))
		return LAB_UNSAID;
	for (rank = top + 1; rank < 6; rank++)
		above += has_zone_of_rank(report, rank, true);
	if (!above)
		return zone->reserve[zone->reserves - 1];
	/* Old kernels list all zones, those without memory too. */
	for (rank = 0; rank < 6; rank++)
		listed += has_zone_of_rank(report, rank, false);
	if (listed == (int)zone->reserves) {
		int index = 0;

		for (rank = 0; rank < top; rank++)
			index += has_zone_of_rank(report, rank, false);
		return zone->reserve[index];
	}
	/* HighMem: 32 bits, where Movable is the last and Device is not. */
	if (has_zone_of_rank(report, 3, false) && top == 2 &&
	    zone->reserves >= 3)
		return zone->reserve[zone->reserves - 3];
	if (has_zone_of_rank(report, 0, false) &&
	    has_zone_of_rank(report, 1, false) && top < (int)zone->reserves)
		return zone->reserve[top];
	return LAB_UNSAID;
}

/* The size of a page: the lists begin with it, or the machine's sum tells. */
static void find_page_size(struct lab_explanation *e)
{
	const struct lab_kernel_report *report = e->report;
	int64_t kib = 0;
	unsigned int i;

	e->page_kib = LAB_UNSAID;
	for (i = 0; i < report->zones; i++) {
		if (report->zone[i].orders) {
			e->page_kib = report->zone[i].block_kib;
			return;
		}
		if (report->zone[i].free != LAB_UNSAID)
			kib += report->zone[i].free;
	}
	if (report->free_pages > 64 && kib &&
	    !(report->flaws & LAB_FLAW_ZONES)) {
		const int64_t sizes[] = { 4, 8, 16, 64, 256 };

		for (i = 0; i < COUNT(sizes); i++) {
			const int64_t sum = report->free_pages * sizes[i];

			if (llabs(sum - kib) * 8 < kib) {
				e->page_kib = sizes[i];
				return;
			}
		}
	}
	e->page_kib = 4;
	e->page_assumed = true;
}

static int64_t pages(const struct lab_explanation *e, int64_t kib)
{
	return kib == LAB_UNSAID ? LAB_UNSAID : kib / e->page_kib;
}

/*
 * A boost that is not printed (5.0 to 5.17). low - min is a quarter of the
 * unboosted min, or more where watermark_scale_factor says so
 * (__setup_per_zone_wmarks()), and the boost moves all marks alike: so
 * min > 4 * (low - min) + 3 is one. How much is exact where the step is the
 * quarter: the truncation leaves four values, of which the one that makes the
 * boost whole blocks (boost_watermark()) is taken.
 */
static void infer_boost(struct lab_explanation *e,
			struct lab_explained_zone *zone)
{
	const struct lab_report_zone *z = zone->zone;
	const int64_t step = z->low == LAB_UNSAID || z->min == LAB_UNSAID ?
				     LAB_UNSAID :
				     pages(e, z->low) - pages(e, z->min);
	int64_t over, factor, i;

	zone->pages.boost = 0;
	if (rank_of(z->name) >= 3)
		return;
	if (step == LAB_UNSAID || step < 1) {
		zone->pages.boost = LAB_UNSAID;
		return;
	}
	over = zone->pages.min - 4 * step;
	if (over <= 3)
		return;
	zone->pages.boost = over;
	zone->boost_inferred = true;
	for (i = 0; i < 4; i++)
		if ((over - i) % 256 == 0 && over > i)
			zone->pages.boost = over - i;
	factor = z->managed == LAB_UNSAID ? 0 : pages(e, z->managed) / 1000;
	zone->boost_unknown = step <= factor + 1;
}

static void find_boost(struct lab_explanation *e,
		       struct lab_explained_zone *zone)
{
	if (zone->zone->boost != LAB_UNSAID)
		zone->pages.boost = pages(e, zone->zone->boost);
	else if (zone->pages.min != LAB_UNSAID &&
		 lab_rules_at(e->rules_last)->boost != LAB_BOOST_NONE)
		infer_boost(e, zone);
}

static void find_cma(struct lab_explanation *e, struct lab_explained_zone *zone)
{
	const struct lab_report_zone *z = zone->zone;
	unsigned int i;
	bool letter = false;

	zone->pages.cma = pages(e, z->cma);
	for (i = 0; i < z->orders; i++)
		letter |= z->types[i] & LAB_BLOCK_CMA;
	/*
	 * Printed since 3.7 where there is any. Without the field there is
	 * none, unless its line is cut or a list of blocks has CMA's letter.
	 */
	if (z->cma == LAB_UNSAID && e->report->cma_pages == 0)
		zone->pages.cma = 0;
	else if (z->cma == LAB_UNSAID && !letter && z->line &&
		 !(e->report->flaws & LAB_FLAW_CUT) && z->min != LAB_UNSAID &&
		 z->present != LAB_UNSAID)
		zone->pages.cma = 0;
}

/*
 * The counter that is subtracted stays below 1 % of the zone and a pageblock,
 * before another is added (reserve_highatomic_pageblock()); a pageblock is no
 * larger than the largest block of the lists.
 */
static void find_highatomic(struct lab_explanation *e,
			    struct lab_explained_zone *zone)
{
	const struct lab_report_zone *z = zone->zone;
	const bool free_part = z->highatomic_free != LAB_UNSAID;

	zone->pages.highatomic =
		pages(e, free_part ? z->highatomic_free : z->highatomic);
	if (zone->pages.highatomic == LAB_UNSAID && z->managed > 0 && z->orders)
		zone->highatomic_most =
			pages(e, z->managed) / 100 + (2 << (z->orders - 1));
	if (zone->highatomic_most)
		zone->pages.highatomic = 0;
}

/* What of the free blocks is of the reserve, by their letters: all or any. */
static int64_t lettered(const struct lab_zone_pages *pages, bool alone)
{
	int64_t sum = 0;
	unsigned int i;

	for (i = 0; i < pages->orders; i++)
		if (alone ? pages->types[i] == LAB_BLOCK_HIGHATOMIC :
			    pages->types[i] & LAB_BLOCK_HIGHATOMIC)
			sum += pages->blocks[i] << i;
	return sum;
}

/*
 * What these rules subtract for the reserve, least and most. Up to 5.5 it is
 * not printed at all; from 6.12 on its free part counts, which is printed later
 * only, but which the letters of the blocks bound.
 */
static void bound_reserve(const struct lab_watermark_rules *rules,
			  const struct lab_explained_zone *zone,
			  const struct lab_zone_pages *pages, int64_t *least,
			  int64_t *most)
{
	const int64_t any = lettered(pages, false);

	*least = *most = pages->highatomic;
	if (zone->highatomic_most) {
		*least = 0;
		*most = zone->highatomic_most;
	}
	if (!rules->highatomic_free_part || *most <= 0 ||
	    zone->zone->highatomic_free != LAB_UNSAID)
		return;
	*least = lettered(pages, true);
	if (pages->orders && any < *most)
		*most = any;
	if (*least > *most)
		*least = *most;
}

/*
 * As lab_zone_check(). A reserve that is not known is said to be missing only
 * where the least and the most that it can be lead to different ends.
 */
static struct lab_zone_check
check_pages(const struct lab_explanation *e,
	    const struct lab_watermark_rules *rules,
	    const struct lab_explained_zone *zone,
	    const struct lab_zone_pages *pages)
{
	struct lab_zone_pages least = *pages, most = *pages;
	struct lab_zone_check check, other;

	bound_reserve(rules, zone, pages, &least.highatomic, &most.highatomic);
	check = lab_zone_check(rules, &e->facts, &least);
	if (least.highatomic == most.highatomic)
		return check;
	other = lab_zone_check(rules, &e->facts, &most);
	/* Without a block it is refused whether or not the mark does so too. */
	if (other.result != check.result &&
	    !(check.result == LAB_ZONE_NO_BLOCK &&
	      other.result == LAB_ZONE_BELOW)) {
		check.result = LAB_ZONE_UNSAID;
		check.missing = "its highatomic reserve";
	}
	return check;
}

static void fill_zone(struct lab_explanation *e,
		      struct lab_explained_zone *zone)
{
	const struct lab_report_zone *z = zone->zone;
	const int top = top_of(e->facts.flags);
	unsigned int i;

	zone->allowed = is_populated(z) && rank_of(z->name) <= top;
	zone->pages.free = pages(e, z->free);
	zone->pages.min = pages(e, z->min);
	find_boost(e, zone);
	find_cma(e, zone);
	find_highatomic(e, zone);
	zone->pages.reserve = reserve_of(e->report, z, top);
	if (z->orders && z->blocks_whole) {
		zone->pages.orders = z->orders;
		for (i = 0; i < z->orders; i++) {
			zone->pages.blocks[i] = z->blocks[i];
			zone->pages.types[i] = z->types[i];
		}
	}
	/* With no line of its own, what is free is the sum of its blocks. */
	if (zone->pages.free == LAB_UNSAID && z->orders && z->blocks_whole)
		zone->pages.free = pages(e, z->blocks_total);
}

static bool would_pass(const struct lab_explanation *e,
		       const struct lab_watermark_rules *rules,
		       const struct lab_explained_zone *zone,
		       const struct lab_zone_pages *pages)
{
	const struct lab_zone_check check = check_pages(e, rules, zone, pages);

	return check.result == LAB_ZONE_ENOUGH ||
	       check.result == LAB_ZONE_UNSAID;
}

/* Which one of the things that count against it made the difference. */
static enum lab_verdict cause_below(const struct lab_explanation *e,
				    const struct lab_watermark_rules *rules,
				    const struct lab_explained_zone *zone)
{
	struct lab_zone_pages without = zone->pages;

	if (zone->check.boost_counts && without.boost == LAB_UNSAID)
		return LAB_VERDICT_UNDECIDED;
	if (zone->check.boost_counts && without.boost > 0) {
		without.min -= without.boost;
		without.boost = 0;
		if (would_pass(e, rules, zone, &without))
			return LAB_VERDICT_BOOST;
		without = zone->pages;
	}
	if (without.cma > 0) {
		without.cma = 0;
		if (would_pass(e, rules, zone, &without))
			return LAB_VERDICT_CMA;
		without = zone->pages;
	}
	if (without.highatomic > 0) {
		without.highatomic = 0;
		if (lab_zone_check(rules, &e->facts, &without).result !=
		    LAB_ZONE_BELOW)
			return LAB_VERDICT_HIGHATOMIC;
		without = zone->pages;
	}
	if (without.reserve > 0 && zone->check.usable > zone->check.share)
		return LAB_VERDICT_RESERVE;
	return LAB_VERDICT_BELOW_MARK;
}

static enum lab_verdict cause_of(const struct lab_explanation *e,
				 const struct lab_watermark_rules *rules,
				 const struct lab_explained_zone *zone)
{
	switch (zone->check.result) {
	case LAB_ZONE_ENOUGH:
		return LAB_VERDICT_TRANSIENT;
	case LAB_ZONE_BELOW:
		return cause_below(e, rules, zone);
	case LAB_ZONE_BELOW_BY_ORDER:
		return zone->check.fitting ? LAB_VERDICT_ORDER_MARK :
					     LAB_VERDICT_FRAGMENTED;
	case LAB_ZONE_NO_BLOCK:
		return e->facts.order ? LAB_VERDICT_FRAGMENTED :
					LAB_VERDICT_BELOW_MARK;
	case LAB_ZONE_WRONG_TYPE:
		return zone->check.fitting_types & LAB_BLOCK_HIGHATOMIC ?
			       LAB_VERDICT_HIGHATOMIC :
			       LAB_VERDICT_CMA;
	default:
		return LAB_VERDICT_UNDECIDED;
	}
}

static void check_zone(struct lab_explanation *e,
		       struct lab_explained_zone *zone)
{
	const struct lab_watermark_rules *rules = lab_rules_at(e->rules_first);
	size_t i;

	zone->check = check_pages(e, rules, zone, &zone->pages);
	zone->cause = cause_of(e, rules, zone);
	for (i = e->rules_first + 1; i <= e->rules_last; i++) {
		struct lab_explained_zone other = *zone;

		other.check =
			check_pages(e, lab_rules_at(i), zone, &zone->pages);
		other.cause = cause_of(e, lab_rules_at(i), &other);
		if (other.check.result != zone->check.result ||
		    other.cause != zone->cause ||
		    other.check.usable != zone->check.usable ||
		    other.check.mark != zone->check.mark)
			zone->differs = true;
	}
	if (zone->check.result == LAB_ZONE_BELOW)
		zone->short_by = zone->check.mark + 1 - zone->check.usable;
	if (zone->check.result == LAB_ZONE_BELOW_BY_ORDER)
		zone->short_by =
			zone->check.order_mark + 1 - zone->check.order_usable;
	if (!zone->differs)
		return;
	/* The numbers may differ while what comes of them does not. */
	zone->differs = false;
	for (i = e->rules_first + 1; i <= e->rules_last; i++) {
		const struct lab_zone_check check =
			check_pages(e, lab_rules_at(i), zone, &zone->pages);

		if ((check.result == LAB_ZONE_ENOUGH) !=
			    (zone->check.result == LAB_ZONE_ENOUGH) ||
		    (check.result == LAB_ZONE_UNSAID) !=
			    (zone->check.result == LAB_ZONE_UNSAID))
			zone->differs = true;
	}
}

static bool in_nodemask(const char *mask, int node)
{
	const char *at = mask;

	while (*at >= '0' && *at <= '9') {
		char *end;
		const long from = strtol(at, &end, 10);
		long to = from;

		if (*end == '-')
			to = strtol(end + 1, &end, 10);
		if (node >= from && node <= to)
			return true;
		at = *end == ',' ? end + 1 : end;
	}
	return false;
}

/*
 * What cannot wait leaves its nodemask and its cpuset: gfp_to_alloc_flags(),
 * __alloc_pages_slowpath().
 */
static void apply_nodes(struct lab_explanation *e)
{
	const char *mask = e->report->nodemask;
	const char *mems = e->report->mems_allowed;
	const int64_t slab_node = e->report->slab.node;
	unsigned int i;

	for (i = 0; i < e->zones; i++) {
		struct lab_explained_zone *zone = &e->zone[i];
		const int node = zone->zone->node < 0 ? 0 : zone->zone->node;

		if (e->facts.flags & LAB_REQ_WAIT && mask[0] >= '0' &&
		    mask[0] <= '9' && !in_nodemask(mask, node))
			zone->allowed = false;
		if (e->facts.flags & LAB_REQ_WAIT && *mems &&
		    !in_nodemask(mems, node))
			zone->allowed = false;
		if (e->facts.flags & LAB_REQ_THISNODE && slab_node >= 0 &&
		    slab_node != node)
			zone->allowed = false;
	}
}

/* A head that is missing: of page fragments all is known. */
static void infer_request(struct lab_explanation *e)
{
	const struct lab_kernel_report *report = e->report;

	if (report->kind != LAB_REPORT_HEADLESS &&
	    report->order != LAB_UNSAID && e->request.known)
		return;
	if (e->culprit.page_frag && !e->request.known &&
	    report->order == LAB_UNSAID) {
		/*
		 * __page_frag_cache_refill() tries order 3 without a report
		 * first; the one that is reported is a page. Drivers call it
		 * through __netdev_alloc_skb(), with GFP_ATOMIC.
		 */
		e->request.known = true;
		e->request_inferred = true;
		e->facts.order = 0;
		e->facts.flags = LAB_REQ_HIGH | LAB_REQ_ATOMIC | LAB_REQ_KSWAPD;
		snprintf(e->request.words, sizeof(e->request.words),
			 "GFP_ATOMIC");
		return;
	}
	e->request_assumed = true;
	if (report->order == LAB_UNSAID)
		e->facts.order = 0;
	if (!e->request.known)
		e->facts.flags = LAB_REQ_HIGH | LAB_REQ_ATOMIC | LAB_REQ_KSWAPD;
}

static bool node_is_open(const struct lab_explanation *e)
{
	unsigned int i;
	int node = -2;

	if (!(e->facts.flags & LAB_REQ_THISNODE) || e->report->slab.node >= 0)
		return false;
	for (i = 0; i < e->zones; i++) {
		if (node != -2 && e->zone[i].zone->node != node)
			return true;
		node = e->zone[i].zone->node;
	}
	return false;
}

/* The one that it would rather have: the highest, of those the largest. */
static int prefer(const struct lab_explanation *e, int best, int i)
{
	const struct lab_report_zone *a, *b;

	if (best < 0)
		return i;
	a = e->zone[best].zone;
	b = e->zone[i].zone;
	if (rank_of(a->name) != rank_of(b->name))
		return rank_of(a->name) > rank_of(b->name) ? best : i;
	return b->managed > a->managed || (b->managed == a->managed &&
					   b->present > a->present) ?
		       i :
		       best;
}

static void find_main_zone(struct lab_explanation *e)
{
	int enough = -1, any = -1, unsaid = -1;
	unsigned int i;

	for (i = 0; i < e->zones; i++) {
		if (!e->zone[i].allowed)
			continue;
		any = prefer(e, any, (int)i);
		if (e->zone[i].check.result == LAB_ZONE_ENOUGH)
			enough = prefer(e, enough, (int)i);
		if (e->zone[i].check.result == LAB_ZONE_UNSAID ||
		    e->zone[i].differs)
			unsaid = prefer(e, unsaid, (int)i);
	}
	e->main_zone = enough >= 0 ? enough : unsaid >= 0 ? unsaid : any;
}

static const char *zone_name(const struct lab_explanation *e, int i,
			     char words[40])
{
	const struct lab_report_zone *zone = e->zone[i].zone;

	if (zone->node < 0)
		snprintf(words, 40, "%s", zone->name);
	else
		snprintf(words, 40, "node %d %s", zone->node, zone->name);
	return words;
}

void lab_explain_subject(const struct lab_explanation *e, char *words,
			 size_t size)
{
	if (e->facts.order)
		snprintf(words, size, "%" PRIu64 " contiguous pages (order %u)",
			 (uint64_t)1 << e->facts.order, e->facts.order);
	else
		snprintf(words, size, "one page (order 0)");
}

static void letters_words(unsigned int types, char words[16])
{
	static const char letters[] = "UMERHCI";
	unsigned int i, n = 0;

	for (i = 0; i < 7; i++)
		if (types & 1u << i)
			words[n++] = letters[i];
	words[n] = 0;
}

/*
 * The reserve is limited to 1% of a zone and a block
 * (reserve_highatomic_pageblock()): orders with no letter but H are in it.
 */
static void say_overgrown(struct lab_explanation *e,
			  const struct lab_explained_zone *zone)
{
	const int64_t managed = pages(e, zone->zone->managed);
	int64_t held = 0;
	unsigned int order;

	for (order = 0; order < zone->pages.orders; order++)
		if (zone->pages.types[order] == LAB_BLOCK_HIGHATOMIC)
			held += zone->pages.blocks[order] << order;
	if (managed > 0 && held > managed / 100 + 1024)
		say(e,
		    " (%" PRId64
		    " pages at least, past its limit of 1%% of the zone, %" PRId64
		    ", and a block)",
		    held, managed / 100);
}

static void say_zone(struct lab_explanation *e, int i)
{
	const struct lab_explained_zone *zone = &e->zone[i];
	const struct lab_zone_check *check = &zone->check;
	char name[40], letters[16];
	int64_t reserve, most;

	bound_reserve(lab_rules_at(e->rules_first), zone, &zone->pages,
		      &reserve, &most);
	say(e, "%s: ", zone_name(e, i, name));
	switch (zone->cause) {
	case LAB_VERDICT_BELOW_MARK:
		if (check->result == LAB_ZONE_NO_BLOCK) {
			say(e, "no page is in its lists of free blocks");
			break;
		}
		say(e,
		    "%" PRId64 " usable pages are not more than the %" PRId64
		    " that have to stay: short by %" PRId64,
		    check->usable, check->mark, zone->short_by);
		break;
	case LAB_VERDICT_BOOST:
		say(e,
		    "%" PRId64 " usable pages are not more than %" PRId64
		    " (short by %" PRId64
		    "), because min is boosted by %s%" PRId64
		    " pages: without the boost %" PRId64
		    " have to stay and it would be served",
		    check->usable, check->mark, zone->short_by,
		    zone->boost_unknown ? "at least " : "", zone->pages.boost,
		    lab_share_of_min(lab_rules_at(e->rules_first), &e->facts,
				     zone->pages.min - zone->pages.boost,
				     &(unsigned int){ 0 }) +
			    zone->pages.reserve);
		break;
	case LAB_VERDICT_RESERVE:
		say(e,
		    "%" PRId64 " usable pages are not more than %" PRId64
		    " (%" PRId64 " of min + %" PRId64
		    " of lowmem_reserve, kept for requests that need this zone): short by %" PRId64,
		    check->usable, check->mark, check->share,
		    zone->pages.reserve, zone->short_by);
		break;
	case LAB_VERDICT_CMA:
		if (check->result == LAB_ZONE_WRONG_TYPE) {
			letters_words(check->fitting_types, letters);
			say(e,
			    "all free blocks of order %u and more are of types (%s) that this request cannot have",
			    e->facts.order, letters);
			break;
		}
		say(e,
		    "of %" PRId64 " free pages %" PRId64
		    " belong to CMA, which serves movable requests only: the %" PRId64
		    " left are not more than %" PRId64 ", short by %" PRId64,
		    zone->pages.free, zone->pages.cma, check->usable,
		    check->mark, zone->short_by);
		break;
	case LAB_VERDICT_HIGHATOMIC:
		if (check->result == LAB_ZONE_WRONG_TYPE) {
			say(e,
			    "%" PRId64
			    " usable pages are more than the %" PRId64
			    " that have to stay, but every free block%s is of the highatomic reserve (H), which this request cannot have in this version",
			    check->usable, check->mark,
			    e->facts.order ? " that is large enough" : "");
			say_overgrown(e, zone);
			break;
		}
		say(e,
		    "%" PRId64
		    " pages of the highatomic reserve do not count for this request: the %" PRId64
		    " left are not more than %" PRId64 ", short by %" PRId64,
		    reserve, check->usable, check->mark, zone->short_by);
		break;
	case LAB_VERDICT_ORDER_MARK:
		say(e,
		    "passes at order 0 (%" PRId64 " > %" PRId64
		    "), but without the smaller blocks %" PRId64
		    " usable at order %u are not more than the mark of that order, %" PRId64
		    ": refused by the rule of up to 4.3 although %" PRId64
		    " free block%s would do",
		    check->usable, check->mark, check->order_usable,
		    check->at_order, check->order_mark, check->fitting,
		    check->fitting == 1 ? "" : "s");
		break;
	case LAB_VERDICT_FRAGMENTED:
		if (e->facts.no_watermarks)
			say(e,
			    "%" PRId64
			    " pages are free, but no block of order %u or more",
			    zone->pages.free, e->facts.order);
		else
			say(e,
			    "%" PRId64
			    " usable pages are more than the %" PRId64
			    " that have to stay, but there is no free block of order %u or more",
			    check->usable, check->mark, e->facts.order);
		break;
	case LAB_VERDICT_TRANSIENT:
		if (e->facts.no_watermarks)
			say(e, "%" PRId64 " pages were free", zone->pages.free);
		else
			say(e,
			    "%" PRId64
			    " usable pages are more than the %" PRId64
			    " that have to stay",
			    check->usable, check->mark);
		if (e->facts.order)
			say(e,
			    ", with %" PRId64
			    " block%s of order %u or more: it would be served by these numbers",
			    check->fitting, check->fitting == 1 ? "" : "s",
			    e->facts.order);
		break;
	default:
		if (zone->differs)
			say(e,
			    "the rules of the versions that this may be do not agree");
		else if (check->result == LAB_ZONE_BELOW)
			say(e,
			    "%" PRId64
			    " usable pages are not more than the %" PRId64
			    " that have to stay, but whether min is boosted is not decidable without its low",
			    check->usable, check->mark);
		else
			say(e, "not decidable without %s",
			    check->missing ? check->missing : "its numbers");
		break;
	}
}

static void say_others(struct lab_explanation *e)
{
	unsigned int i;

	for (i = 0; i < e->zones; i++) {
		if (!e->zone[i].allowed || (int)i == e->main_zone)
			continue;
		say(e, ". ");
		say_zone(e, (int)i);
	}
	say(e, ".");
}

static const char *opening(const struct lab_explanation *e)
{
	static const char *const openings[LAB_VERDICT_COUNT] = {
		[LAB_VERDICT_BELOW_MARK] = "Below the mark: ",
		[LAB_VERDICT_BOOST] = "Watermark boost: ",
		[LAB_VERDICT_RESERVE] = "Kept for others (lowmem_reserve): ",
		[LAB_VERDICT_CMA] = "CMA: ",
		[LAB_VERDICT_HIGHATOMIC] = "Highatomic reserve: ",
		[LAB_VERDICT_ORDER_MARK] =
			"Refused by the high-order rule of kernels before 4.4: ",
		[LAB_VERDICT_FRAGMENTED] = "Fragmentation: ",
		[LAB_VERDICT_TRANSIENT] =
			"Transient: by the time of the report there was enough. ",
		[LAB_VERDICT_UNDECIDED] = "Not decidable: ",
	};

	return openings[e->verdict] ? openings[e->verdict] : "";
}

/* What of the usable pages of a zone is in blocks that are large enough. */
static int64_t fitting_pages(const struct lab_explained_zone *zone,
			     unsigned int order)
{
	int64_t sum = 0;

	for (; order < zone->pages.orders; order++)
		sum += zone->pages.blocks[order] << order;
	return sum;
}

/*
 * A few blocks of a zone that has many small ones: they may have come between
 * the failure and the report.
 */
#define FEW_IN_PERCENT 1

static bool is_nearly_fragmented(const struct lab_explanation *e,
				 const struct lab_explained_zone *zone)
{
	return e->facts.order && zone->cause == LAB_VERDICT_TRANSIENT &&
	       fitting_pages(zone, e->facts.order) * 100 <
		       FEW_IN_PERCENT * zone->pages.free;
}

static void say_raced(struct lab_explanation *e)
{
	const struct lab_explained_zone *zone = &e->zone[e->main_zone];

	say(e,
	    " Only %" PRId64 " of %" PRId64
	    " free pages there are in such blocks, and the numbers are of a moment after the failure: fragmentation, and a race.",
	    fitting_pages(zone, e->facts.order), zone->pages.free);
}

bool lab_reserve_is_large(const struct lab_explanation *e)
{
	const struct lab_report_zone *zone;

	if (e->main_zone < 0)
		return false;
	zone = e->zone[e->main_zone].zone;
	return zone->highatomic > 0 && zone->managed > 0 &&
	       zone->highatomic * 25 > zone->managed;
}

static void say_memalloc(struct lab_explanation *e)
{
	if (!e->facts.no_watermarks)
		return;
	if (e->facts.flags & LAB_REQ_MEMALLOC)
		say(e, " With __GFP_MEMALLOC no watermark applies.");
	else
		say(e,
		    " Its task reclaims memory itself (PF_MEMALLOC), so no watermark applies.");
}

static void no_verdict(struct lab_explanation *e, const char *why)
{
	e->verdict = LAB_VERDICT_UNDECIDED;
	say(e, "Not decidable: %s.", why);
}

/* Numbers without a request: what an atomic page would have met. */
static void say_assumed(struct lab_explanation *e)
{
	unsigned int i, above = 0, below = 0;

	if (e->main_zone < 0)
		return;
	for (i = 0; i < e->zones; i++) {
		above += e->zone[i].allowed &&
			 e->zone[i].check.result == LAB_ZONE_ENOUGH;
		below += e->zone[i].allowed &&
			 e->zone[i].check.result != LAB_ZONE_ENOUGH &&
			 e->zone[i].check.result != LAB_ZONE_UNSAID &&
			 !e->zone[i].differs;
	}
	if (above + below == 0)
		return;
	say(e,
	    " A GFP_ATOMIC request for one page would have been %s by these numbers. ",
	    above ? "served" : "refused");
	say_zone(e, e->main_zone);
	say(e, ".");
}

/* GFP_DMA where no memory lies so low, as in a kernel after a crash. */
static void decide_without_zone(struct lab_explanation *e)
{
	unsigned int i;

	if (e->report->flaws & (LAB_FLAW_ZONES | LAB_FLAW_CUT)) {
		no_verdict(
			e,
			"none of the zones that it may use is in the report");
		return;
	}
	e->verdict = LAB_VERDICT_WRONG_ZONE;
	say(e, "Wrong zone: ");
	for (i = 0; i < e->zones; i++)
		if (rank_of(e->zone[i].zone->name) <= top_of(e->facts.flags))
			say(e, "%s has no memory that is managed. ",
			    e->zone[i].zone->name);
	say(e,
	    "It asked for memory in %s or below, and there is none: what is free elsewhere does not help.",
	    e->facts.flags & LAB_REQ_DMA   ? "DMA" :
	    e->facts.flags & LAB_REQ_DMA32 ? "DMA32" :
					     "Normal");
}

static void decide_by_zones(struct lab_explanation *e)
{
	const struct lab_explained_zone *zone;
	unsigned int i;

	if (e->request_assumed) {
		no_verdict(e,
			   e->request.known ?
				   "the order that was asked for is not there" :
				   e->request.why);
		say_assumed(e);
		return;
	}
	if (!e->zones) {
		no_verdict(
			e,
			"the report has no numbers of the zones, so it cannot be said which one refused it");
		return;
	}
	if (e->main_zone < 0) {
		decide_without_zone(e);
		return;
	}
	zone = &e->zone[e->main_zone];
	if (node_is_open(e)) {
		for (i = 0; i < e->zones; i++)
			if (e->zone[i].allowed &&
			    e->zone[i].cause != zone->cause)
				break;
		if (i < e->zones) {
			no_verdict(
				e,
				"it was to be from one node (__GFP_THISNODE), and the report does not say which");
			return;
		}
	}
	e->verdict = zone->differs		   ? LAB_VERDICT_UNDECIDED :
		     is_nearly_fragmented(e, zone) ? LAB_VERDICT_FRAGMENTED :
						     zone->cause;
	say(e, "%s", opening(e));
	if (zone->differs) {
		say(e,
		    "the rules of %s and of %s do not agree on this report (%s). ",
		    lab_rules_at(e->rules_first)->name,
		    lab_rules_at(e->rules_last)->name, e->range.words);
	}
	say_zone(e, e->main_zone);
	say_others(e);
	if (!zone->differs && is_nearly_fragmented(e, zone))
		say_raced(e);
	say_memalloc(e);
}

/* Where the reserve counts, and is not known but in bounds. */
static void say_unknown_reserve(struct lab_explanation *e)
{
	const struct lab_watermark_rules *rules = lab_rules_at(e->rules_first);
	const struct lab_explained_zone *zone;
	struct lab_zone_pages most;
	int64_t least;

	if (e->main_zone < 0 || e->verdict == LAB_VERDICT_UNDECIDED)
		return;
	zone = &e->zone[e->main_zone];
	most = zone->pages;
	bound_reserve(rules, zone, &zone->pages, &least, &most.highatomic);
	if (least != most.highatomic &&
	    lab_zone_check(rules, &e->facts, &most).usable !=
		    zone->check.usable)
		say(e,
		    " What is subtracted for the highatomic reserve is not printed by this version; it is %" PRId64
		    " to %" PRId64 " pages, which makes no difference.",
		    least, most.highatomic);
}

static void decide_page(struct lab_explanation *e)
{
	unsigned int i;

	find_main_zone(e);
	decide_by_zones(e);
	for (i = 0; i < e->zones; i++)
		if (e->zone[i].boost_inferred && e->zone[i].allowed &&
		    e->verdict != LAB_VERDICT_UNDECIDED)
			break;
	if (i < e->zones)
		say(e,
		    " The boost is not printed by this version: it is inferred from the marks (low - min is %" PRId64
		    " pages).",
		    pages(e, e->zone[i].zone->low) -
			    pages(e, e->zone[i].zone->min));
	say_unknown_reserve(e);
}

static void decide_oom(struct lab_explanation *e)
{
	if (e->report->memcg) {
		e->verdict = LAB_VERDICT_CGROUP;
		say(e,
		    "The memory limit of a control group was reached: zones and their marks did not matter.");
		return;
	}
	decide_page(e);
}

/* Bytes of the machine's memory, by the zones that are listed; 0: not known. */
static int64_t memory_of(const struct lab_kernel_report *report)
{
	int64_t kib = 0;
	unsigned int i;

	if (report->flaws & LAB_FLAW_ZONES)
		return 0;
	for (i = 0; i < report->zones; i++) {
		if (report->zone[i].present == LAB_UNSAID)
			return 0;
		kib += report->zone[i].present;
	}
	return kib << 10;
}

/*
 * mm/vmalloc.c: __vmalloc_node_range() fails before it asks for pages, for a
 * size of 0 or of more than all memory, or for want of addresses; up to 5.12
 * its words are the same. __vmalloc_area_node() fails for want of pages.
 */
static bool vmalloc_wants_pages(const char *head)
{
	return strstr(head, "allocated ") || strstr(head, "allocate pages") ||
	       strstr(head, "page array") || strstr(head, "page order");
}

static void decide_vmalloc_range(struct lab_explanation *e)
{
	const int64_t bytes = e->report->bytes, memory = memory_of(e->report);
	const char *head = e->report->head;

	if (!bytes || strstr(head, "exceeds total pages") ||
	    (memory && bytes > memory)) {
		e->verdict = LAB_VERDICT_SIZE;
		say(e,
		    "%s: no page was asked for, so what is free does not matter. Its caller is to be looked at.",
		    bytes ? "More than all memory was asked for" :
			    "Nothing, 0 bytes, was asked for");
	} else if (strstr(head, "vm_struct") || memory) {
		e->verdict = LAB_VERDICT_ADDRESS_SPACE;
		say(e,
		    "The range of addresses for vmalloc() has no hole of this size, or no memory was left to note it down: pages were not asked for yet.");
	} else {
		no_verdict(
			e,
			"vmalloc() failed before it asked for pages, for want of addresses or for its size, and the report does not tell how much memory there is");
	}
}

static void decide_vmalloc(struct lab_explanation *e)
{
	if (!vmalloc_wants_pages(e->report->head)) {
		decide_vmalloc_range(e);
		return;
	}
	e->facts.order = e->report->order == LAB_UNSAID ? 0 : e->report->order;
	if (!e->zones) {
		no_verdict(e, "the report has no numbers of the zones");
		return;
	}
	e->request_assumed = !e->request.known;
	decide_page(e);
}

static void decide_slab(struct lab_explanation *e)
{
	e->verdict = LAB_VERDICT_UNDECIDED;
	say(e,
	    "Not decidable: a cache got no page. The report of the page allocator that says why was held back (one in 10 s), asked not to be made (__GFP_NOWARN), or cut off.");
}

static void decide_vmap(struct lab_explanation *e)
{
	e->verdict = LAB_VERDICT_ADDRESS_SPACE;
	say(e,
	    "The range of addresses for vmalloc() has no hole of this size: memory was not asked for yet.");
}

static void decide_dma_pool(struct lab_explanation *e)
{
	e->verdict = LAB_VERDICT_POOL;
	say(e,
	    "The pool that serves atomic requests for coherent DMA memory is used up; it is filled from GFP_KERNEL context only.");
}

static void decide_swiotlb(struct lab_explanation *e)
{
	e->verdict = LAB_VERDICT_POOL;
	say(e,
	    "The bounce buffers of swiotlb are used up, or have no free run of slots that is long enough: free memory does not matter.");
}

static void decide_cma(struct lab_explanation *e)
{
	const char *ret = strstr(e->report->head, "ret: ");

	e->verdict = LAB_VERDICT_POOL;
	say(e,
	    "A CMA area has no run of pages of this length that could be emptied%s.",
	    ret && strstr(ret, "-16") ?
		    ": pages in it are pinned or busy (-EBUSY)" :
	    ret && strstr(ret, "-12") ?
		    ": its bitmap has no free run (-ENOMEM)" :
		    "");
}

static void decide_percpu(struct lab_explanation *e)
{
	e->verdict = LAB_VERDICT_POOL;
	say(e, "The percpu allocator has no room%s.",
	    strstr(e->report->head, "atomic=1") ||
			    strstr(e->report->head, "atomic alloc") ?
		    " that is populated already: an atomic request cannot wait for a new chunk" :
		    "");
}

static void (*const decide[LAB_REPORT_KINDS])(struct lab_explanation *e) = {
	[LAB_REPORT_PAGE] = decide_page,
	[LAB_REPORT_STALL] = decide_page,
	[LAB_REPORT_VMALLOC] = decide_vmalloc,
	[LAB_REPORT_OOM] = decide_oom,
	[LAB_REPORT_HEADLESS] = decide_page,
	[LAB_REPORT_SLUB] = decide_slab,
	[LAB_REPORT_SLAB] = decide_slab,
	[LAB_REPORT_VMAP] = decide_vmap,
	[LAB_REPORT_DMA_POOL] = decide_dma_pool,
	[LAB_REPORT_SWIOTLB] = decide_swiotlb,
	[LAB_REPORT_CMA] = decide_cma,
	[LAB_REPORT_PERCPU] = decide_percpu,
};

static bool has_numbers(enum lab_report_kind kind)
{
	return kind <= LAB_REPORT_HEADLESS;
}

static void list_missing(struct lab_explanation *e)
{
	unsigned int flaws = e->report->flaws;
	size_t i;

	if (!has_numbers(e->report->kind))
		flaws = 0;
	if (e->report->kind == LAB_REPORT_HEADLESS)
		flaws |= LAB_FLAW_NO_HEAD;
	for (i = 0; i < COUNT(flaw_words); i++) {
		const size_t length = strlen(e->missing);

		if (flaws & flaw_words[i].flaw)
			snprintf(e->missing + length,
				 sizeof(e->missing) - length, "%s%s",
				 length ? "; " : "", flaw_words[i].words);
	}
}

void lab_explain(const struct lab_kernel_report *report,
		 struct lab_explanation *e)
{
	unsigned int i;

	*e = (struct lab_explanation){ .report = report,
				       .main_zone = -1,
				       .page_kib = LAB_UNSAID };
	e->range = lab_version_of(report);
	lab_rules_of(&e->range, &e->rules_first, &e->rules_last);
	e->request = lab_request_of(report, &e->range);
	e->facts.flags = e->request.flags;
	e->facts.order = report->order == LAB_UNSAID ? 0 : report->order;
	e->culprit = lab_culprit_of(report);
	if (has_numbers(report->kind) && report->kind != LAB_REPORT_VMALLOC)
		infer_request(e);
	e->facts.no_watermarks =
		!(e->facts.flags & LAB_REQ_NOMEMALLOC) &&
		(e->facts.flags & LAB_REQ_MEMALLOC || e->culprit.reclaims);
	find_page_size(e);
	if (has_numbers(report->kind)) {
		e->zones = report->zones;
		for (i = 0; i < e->zones; i++) {
			e->zone[i].zone = &report->zone[i];
			fill_zone(e, &e->zone[i]);
		}
		apply_nodes(e);
		for (i = 0; i < e->zones; i++)
			check_zone(e, &e->zone[i]);
	}
	decide[report->kind](e);
	list_missing(e);
	lab_advise(e);
}
