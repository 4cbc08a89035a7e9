// SPDX-License-Identifier: GPL-2.0-only
/*
 * log/advice.c - what can be done, and what it costs.
 *
 * One function a piece of advice, which speaks only where the numbers of the
 * report bear it.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "explanation.h"

__attribute__((format(printf, 2, 3))) static void
advise(struct lab_explanation *e, const char *format, ...)
{
	va_list args;

	if (e->advices == LAB_ADVICE_MAX)
		return;
	va_start(args, format);
	vsnprintf(e->advice[e->advices++], sizeof(e->advice[0]), format, args);
	va_end(args);
}

static const struct lab_explained_zone *
main_zone(const struct lab_explanation *e)
{
	return e->main_zone < 0 ? NULL : &e->zone[e->main_zone];
}

static bool may_be_before(const struct lab_explanation *e, int major, int minor)
{
	return e->range.from < lab_version_key(major, minor, 0);
}

static bool is_atomic(const struct lab_explanation *e)
{
	return !(e->facts.flags & LAB_REQ_WAIT);
}

static bool any_cause(const struct lab_explanation *e, enum lab_verdict cause)
{
	unsigned int i;

	for (i = 0; i < e->zones; i++)
		if (e->zone[i].allowed && e->zone[i].cause == cause)
			return true;
	return false;
}

static void boost_fixed(struct lab_explanation *e)
{
	if (e->verdict != LAB_VERDICT_BOOST || e->facts.order)
		return;
	advise(e,
	       "Fixed in 5.9 (and 5.4.80) by f80b08fc4453: an atomic request for one page no longer counts the boost.");
	advise(e,
	       "Until then: vm.watermark_boost_factor=0 switches the boost off. It costs more fragmentation over time, for kswapd no longer reclaims when blocks of one type are taken for another.");
}

static void highatomic_fixed(struct lab_explanation *e)
{
	const struct lab_explained_zone *zone = main_zone(e);

	if (!zone || zone->cause != LAB_VERDICT_HIGHATOMIC ||
	    zone->check.result != LAB_ZONE_WRONG_TYPE || e->facts.order)
		return;
	if (may_be_before(e, 4, 10))
		advise(e,
		       "The reserve should be about 1%% of the zone: races let it grow past that, fixed in 4.10 by 4855e4a7f29d and its like.");
	if (may_be_before(e, 6, 12))
		advise(e,
		       "From 6.12 (281dd25c1a01, in stable 5.15.171, 6.1, 6.6 and 6.11.7 as well) an atomic request for one page may use the highatomic reserve before it fails.");
}

static void reserve_fixed(struct lab_explanation *e)
{
	const struct lab_report_zone *zone;

	if (!lab_reserve_is_large(e) || !may_be_before(e, 6, 8))
		return;
	zone = main_zone(e)->zone;
	advise(e,
	       "The highatomic reserve is %" PRId64 " of %" PRId64
	       " KiB, %.0f %% of this zone: before 6.8 (d68e39fc45f7, 9cd20f3fe045) it may be two pageblocks however small the zone is. From then on a zone of which 1 %% is less than a pageblock has none.",
	       zone->highatomic, zone->managed,
	       100. * (double)zone->highatomic / (double)zone->managed);
}

static void order_rule_fixed(struct lab_explanation *e)
{
	if (any_cause(e, LAB_VERDICT_ORDER_MARK))
		advise(e,
		       "From 4.4 (97a16fc82a7c) a free block of the order is enough: the marks by order are gone.");
}

/*
 * min_free_kbytes is shared out by the size of zones, HighMem aside; low less
 * the mark of an atomic request is 7/8 of min at least.
 */
static int64_t kib_for(const struct lab_explanation *e,
		       const struct lab_explained_zone *zone)
{
	const int64_t kib = (zone->short_by * 8 + 6) / 7 * e->page_kib;
	int64_t all = 0;
	unsigned int i;

	for (i = 0; i < e->zones; i++)
		if (strcmp(e->zone[i].zone->name, "HighMem") != 0 &&
		    e->zone[i].zone->managed > 0)
			all += e->zone[i].zone->managed;
	if (zone->zone->managed <= 0 || all <= zone->zone->managed)
		return kib;
	return kib * all / zone->zone->managed + 1;
}

/* What min would have to be: its share is what stays, so less is served. */
static void min_free(struct lab_explanation *e)
{
	const struct lab_explained_zone *zone = main_zone(e);

	if (!zone || e->verdict != LAB_VERDICT_BELOW_MARK || !is_atomic(e) ||
	    e->facts.no_watermarks)
		return;
	if (!(e->facts.flags & LAB_REQ_HIGH)) {
		advise(e,
		       "A request without __GFP_HIGH may use nothing below min: that is as it should be where its caller copes with the failure. Where it does not, it should ask with GFP_ATOMIC.");
		return;
	}
	if (zone->short_by > 0 && zone->check.eighths < 8 &&
	    zone->pages.reserve == 0)
		advise(e,
		       "vm.min_free_kbytes: kswapd starts below low, and what is between low and the mark (%" PRId64
		       " pages here) is what a burst may take before it fails. At least %" PRId64
		       " kB more make that larger by the %" PRId64
		       " pages it was short by; it costs as much memory, always.",
		       zone->zone->low == LAB_UNSAID ?
			       zone->pages.min - zone->check.share :
			       zone->zone->low / e->page_kib -
				       zone->check.share,
		       kib_for(e, zone), zone->short_by);
}

static void high_order(struct lab_explanation *e)
{
	const char *subsystem = e->culprit.subsystem;

	if (e->request_assumed || e->facts.order < 1 || !is_atomic(e))
		return;
	if (e->facts.order >= 4)
		advise(e,
		       "An atomic request of order %u (%" PRIu64
		       " KiB in one piece) cannot be relied on, on any kernel: whoever asks should allocate it beforehand, or use vmalloc() from a context that can wait.",
		       e->facts.order,
		       ((uint64_t)e->page_kib) << e->facts.order);
	else if (subsystem && !strncmp(subsystem, "network", 7) &&
		 (strstr(subsystem, "receive") ||
		  strstr(subsystem, "transmit") || strstr(subsystem, "packet")))
		advise(e,
		       "Order %u from the network: smaller buffers (MTU, jumbo frames off, receive in fragments, aggregation off) ask for single pages instead.",
		       e->facts.order);
	if (e->culprit.slab && e->report->slab.min_order == e->facts.order &&
	    e->facts.order)
		advise(e,
		       "The cache %s needs order %u even at its smallest: an object of %" PRId64
		       " bytes does not fit into less.",
		       e->report->slab.cache, e->facts.order,
		       e->report->slab.object);
}

static void cma(struct lab_explanation *e)
{
	const struct lab_explained_zone *zone = main_zone(e);

	if (zone && e->verdict == LAB_VERDICT_CMA &&
	    zone->pages.cma != LAB_UNSAID)
		advise(e,
		       "A smaller CMA area (cma=, or the device tree's linux,cma) leaves more to atomic requests; %" PRId64
		       " KiB of it were free here. It costs those who need large contiguous buffers, and must stay as large as they need at once.",
		       zone->pages.cma * e->page_kib);
}

static void reserve(struct lab_explanation *e)
{
	if (e->verdict == LAB_VERDICT_RESERVE)
		advise(e,
		       "This is how it is meant to be: a lower zone keeps pages for those that can use no other. vm.lowmem_reserve_ratio makes it keep less; it costs devices that need memory at low addresses.");
}

static void fragmented(struct lab_explanation *e)
{
	if (!any_cause(e, LAB_VERDICT_FRAGMENTED) || !e->facts.order)
		return;
	if (e->verdict != LAB_VERDICT_FRAGMENTED &&
	    e->verdict != LAB_VERDICT_ORDER_MARK)
		return;
	advise(e,
	       "vm.min_free_kbytes does not help by itself: there was enough. \"echo 1 > /proc/sys/vm/compact_memory\" makes blocks for a while; from 5.9 vm.compaction_proactiveness keeps some. Both cost CPU time.");
}

static void idle_pcp(struct lab_explanation *e)
{
	const struct lab_explained_zone *zone = main_zone(e);

	if (!zone || zone->zone->pcp == LAB_UNSAID || !zone->short_by ||
	    e->request_assumed)
		return;
	if (zone->zone->pcp / e->page_kib > zone->short_by)
		advise(e,
		       "%" PRId64
		       " pages lay idle on per-CPU lists: they do not count as free, and the request is refused before those lists are looked at.",
		       zone->zone->pcp / e->page_kib);
}

static void large_pages(struct lab_explanation *e)
{
	if (e->page_kib >= 16 && e->page_kib != LAB_UNSAID && main_zone(e) &&
	    is_atomic(e) && e->verdict == LAB_VERDICT_BELOW_MARK)
		advise(e,
		       "A page is %" PRId64
		       " KiB here, so there are few of them: min is %" PRId64
		       " pages.",
		       e->page_kib, main_zone(e)->pages.min);
}

static void harmless(struct lab_explanation *e)
{
	if (e->culprit.subsystem && strstr(e->culprit.subsystem, "harmless"))
		advise(e,
		       "Harmless: dma-debug says so and switches itself off; what it watched goes on. dma_debug_entries=, or a kernel without CONFIG_DMA_API_DEBUG, avoids it.");
}

static void nothing_said(struct lab_explanation *e)
{
	if (e->verdict == LAB_VERDICT_UNDECIDED && !e->zones &&
	    e->report->kind == LAB_REPORT_PAGE)
		advise(e,
		       "To collect: the log from \"page allocation failure\" to \"pages reserved\" (dmesg, not only a syslog that drops lines), and /proc/zoneinfo and /proc/buddyinfo of about that time.");
}

static void suppressed(struct lab_explanation *e)
{
	if (e->report->suppressed)
		advise(e,
		       "%" PRIu64
		       " reports were held back before this one (one in 10 s is printed): it happens far more often than the log shows.",
		       e->report->suppressed);
}

static void vmap(struct lab_explanation *e)
{
	if (e->report->kind == LAB_REPORT_VMAP)
		advise(e,
		       "On 32 bits vmalloc= on the kernel's command line makes the range larger; it costs directly mapped memory (lowmem).");
	if (e->report->kind == LAB_REPORT_DMA_POOL)
		advise(e,
		       "coherent_pool= on the kernel's command line makes the pool larger; it costs as much memory.");
	if (e->report->kind == LAB_REPORT_SWIOTLB)
		advise(e,
		       "swiotlb= on the kernel's command line makes it larger; it costs as much memory below 4 GiB. One mapping is never larger than 256 KiB.");
}

typedef void (*advice_fn)(struct lab_explanation *e);

void lab_advise(struct lab_explanation *e)
{
	static const advice_fn all[] = {
		harmless,      boost_fixed,	 highatomic_fixed,
		reserve_fixed, order_rule_fixed, cma,
		reserve,       min_free,	 high_order,
		fragmented,    idle_pcp,	 large_pages,
		vmap,	       suppressed,	 nothing_said,
	};
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		all[i](e);
}
