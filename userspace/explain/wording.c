// SPDX-License-Identifier: GPL-2.0-only
/* explain/wording.c - phrases that several forms use. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "explain.h"

__attribute__((format(printf, 2, 3))) static void add(char words[LAB_PHRASE],
						      const char *format, ...)
{
	const size_t length = strlen(words);
	va_list args;

	va_start(args, format);
	vsnprintf(words + length, LAB_PHRASE - length, format, args);
	va_end(args);
}

void lab_phrase_number(int64_t number, char words[LAB_NUMBER_WORDS])
{
	if (number == LAB_UNSAID)
		snprintf(words, LAB_NUMBER_WORDS, "?");
	else
		snprintf(words, LAB_NUMBER_WORDS, "%" PRId64, number);
}

void lab_phrase_zone(const struct lab_explained_zone *zone, char words[40])
{
	if (zone->zone->node < 0)
		snprintf(words, 40, "%s", zone->zone->name);
	else
		snprintf(words, 40, "node %d %s", zone->zone->node,
			 zone->zone->name);
}

void lab_phrase_title(const struct lab_explanation *e, char words[LAB_PHRASE])
{
	const struct lab_kernel_report *report = e->report;

	words[0] = 0;
	if (report->comm[0])
		add(words, "%s: ", report->comm);
	add(words, "%s", lab_report_kind_words(report->kind));
	if (report->order != LAB_UNSAID)
		add(words, ", order %" PRId64, report->order);
	if (report->bytes != LAB_UNSAID)
		add(words, ", %" PRId64 " bytes", report->bytes);
	if (e->request.words[0] && !e->request_inferred)
		add(words, ", %s", e->request.words);
}

static void add_rights(const struct lab_explanation *e, char words[LAB_PHRASE])
{
	const struct lab_watermark_rules *rules = lab_rules_at(e->rules_first);
	unsigned int eighths;

	lab_share_of_min(rules, &e->facts, 0, &eighths);
	if (e->facts.no_watermarks)
		add(words, "no watermark applies");
	else if (eighths == 8)
		add(words, "all of min has to stay");
	else
		add(words, "%u/8 of min have to stay%s", eighths,
		    eighths == 3 ? " (min - 1/2, then - 1/4)" :
		    eighths == 4 ? " (min - 1/2)" :
				   " (min - 1/4)");
	add(words, "; %s",
	    e->facts.flags & LAB_REQ_WAIT ?
		    "may wait: reclaim and compaction were tried before" :
		    "cannot wait");
}

void lab_phrase_request(const struct lab_explanation *e, char words[LAB_PHRASE])
{
	const struct lab_kernel_report *report = e->report;
	char subject[80];

	words[0] = 0;
	if (report->order != LAB_UNSAID || e->request_inferred) {
		lab_explain_subject(e, subject, sizeof(subject));
		add(words, "%s", subject);
		if (e->page_kib != LAB_UNSAID)
			add(words, " of %" PRId64 " KiB%s", e->page_kib,
			    e->page_assumed ? " (assumed)" : "");
	} else {
		add(words, "of how many pages is not there");
	}
	if (!e->request.known) {
		add(words, "; %s", e->request.why);
		return;
	}
	add(words, ", %s", e->request.words);
	if (e->request_inferred)
		add(words,
		    " (inferred: the trace goes through the cache of page fragments)");
	if (report->has_mode && !report->words[0])
		add(words, " (mode 0x%" PRIx64 " as of this version)",
		    report->mode);
	add(words, ": ");
	add_rights(e, words);
}

void lab_phrase_kernel(const struct lab_explanation *e, char words[LAB_PHRASE])
{
	words[0] = 0;
	add(words, "%s; rules of %s", e->range.words,
	    lab_rules_at(e->rules_first)->name);
	if (e->rules_last != e->rules_first)
		add(words, ", of %s, and all between%s",
		    lab_rules_at(e->rules_last)->name,
		    e->range.vendor ?
			    " (a vendor's kernel takes changes over)" :
			    "");
}

void lab_phrase_context(const struct lab_explanation *e, char words[LAB_PHRASE])
{
	const struct lab_kernel_report *report = e->report;

	words[0] = 0;
	if (e->culprit.kprobe)
		add(words, "handler of a kprobe, ");
	switch (e->culprit.context) {
	case LAB_IN_UNKNOWN:
		add(words, "%s",
		    report->frames ? "the trace does not say in which" :
				     "not known: there is no trace");
		break;
	default:
		add(words, "%s", lab_ran_in_words[e->culprit.context]);
		break;
	}
	if (report->comm[0])
		add(words, "%s%s",
		    e->culprit.context == LAB_IN_TASK ? ": " :
							", in the time of ",
		    report->comm);
	if (report->pid != LAB_UNSAID)
		add(words, " (pid %" PRId64 ")", report->pid);
	if (report->cpu != LAB_UNSAID)
		add(words, " on CPU %" PRId64, report->cpu);
}

static void add_frame(const struct lab_kernel_report *report, int which,
		      char words[LAB_PHRASE])
{
	const struct lab_report_frame *frame = &report->frame[which];

	add(words, "%s", frame->function);
	if (frame->module[0])
		add(words, " [%s]", frame->module);
}

void lab_phrase_caller(const struct lab_explanation *e, char words[LAB_PHRASE])
{
	const struct lab_culprit *culprit = &e->culprit;
	const struct lab_report_slab *slab = &e->report->slab;

	words[0] = 0;
	if (culprit->caller < 0) {
		add(words, "not known: %s",
		    e->report->frames ? "the trace ends in the allocator" :
					"there is no trace");
	} else {
		add_frame(e->report, culprit->caller, words);
		if (culprit->driver > culprit->caller) {
			add(words, ", for ");
			add_frame(e->report, culprit->driver, words);
		}
		if (culprit->subsystem)
			add(words, ": %s", culprit->subsystem);
		if (culprit->start_cut && e->report->kind == LAB_REPORT_PAGE)
			add(words,
			    " (the trace does not show the allocator: what asked may be missing above)");
	}
	if (culprit->slab)
		add(words, "; through %s", culprit->slab);
	if (slab->cache[0])
		add(words, ", cache %s", slab->cache);
	if (slab->object != LAB_UNSAID)
		add(words, " (objects of %" PRId64 " bytes", slab->object);
	if (slab->object != LAB_UNSAID && slab->min_order != LAB_UNSAID)
		add(words, ", order %" PRId64 " at least", slab->min_order);
	if (slab->object != LAB_UNSAID)
		add(words, ")");
	if (e->report->aftermath[0])
		add(words, ". Then: \"%s\"", e->report->aftermath);
}

void lab_phrase_result(const struct lab_explanation *e,
		       const struct lab_explained_zone *zone,
		       char words[LAB_PHRASE])
{
	const struct lab_zone_check *check = &zone->check;

	words[0] = 0;
	if (!zone->allowed) {
		add(words, "not for this request");
		return;
	}
	switch (check->result) {
	case LAB_ZONE_ENOUGH:
		add(words, "enough");
		break;
	case LAB_ZONE_BELOW:
		add(words, "refused, short by %" PRId64 " (%s)", zone->short_by,
		    lab_verdict_names[zone->cause]);
		break;
	case LAB_ZONE_BELOW_BY_ORDER:
		add(words, "refused at order %u: %" PRId64 " <= %" PRId64,
		    check->at_order, check->order_usable, check->order_mark);
		if (!check->fitting)
			add(words, ", no block of order %u or more",
			    e->facts.order);
		break;
	case LAB_ZONE_NO_BLOCK:
		add(words, "no block of order %u or more", e->facts.order);
		break;
	case LAB_ZONE_WRONG_TYPE:
		add(words, "only blocks of other types (%s)",
		    lab_verdict_names[zone->cause]);
		break;
	default:
		add(words, "not decidable without %s", check->missing);
		break;
	}
	if (zone->differs)
		add(words, "; other versions' rules say otherwise");
}

void lab_phrase_blocks(const struct lab_report_zone *zone,
		       char words[LAB_PHRASE])
{
	static const char letters[] = "UMERHCI";
	unsigned int order, i;

	words[0] = 0;
	for (order = 0; order < zone->orders; order++) {
		if (!zone->blocks[order])
			continue;
		add(words, "%s%" PRId64 " of order %u", words[0] ? ", " : "",
		    zone->blocks[order], order);
		if (zone->types[order])
			add(words, " ");
		for (i = 0; i < 7; i++)
			if (zone->types[order] & 1u << i)
				add(words, "%c", letters[i]);
	}
	if (!words[0])
		add(words, "none");
}

const char *const lab_zone_heads[LAB_ZONE_COLUMNS] = {
	"free",	       "usable",	 "min",
	"has to stay", "lowmem_reserve", "must have more than",
};

void lab_phrase_columns(const struct lab_explanation *e,
			const struct lab_explained_zone *zone,
			char column[LAB_ZONE_COLUMNS][LAB_NUMBER_WORDS])
{
	const bool checked = zone->allowed && !e->facts.no_watermarks &&
			     zone->check.result != LAB_ZONE_UNSAID;
	const int64_t pages[LAB_ZONE_COLUMNS] = {
		zone->pages.free,
		checked ? zone->check.usable : LAB_UNSAID,
		zone->pages.min,
		checked ? zone->check.share : LAB_UNSAID,
		zone->allowed ? zone->pages.reserve : LAB_UNSAID,
		checked ? zone->check.mark : LAB_UNSAID,
	};
	size_t i;

	for (i = 0; i < LAB_ZONE_COLUMNS; i++)
		lab_phrase_number(pages[i], column[i]);
}

void lab_phrase_advice(FILE *to, const struct lab_explanation *e,
		       void (*item)(FILE *to, const char *name,
				    const char *words))
{
	unsigned int i;

	for (i = 0; i < e->advices; i++)
		item(to, "advice", e->advice[i]);
	if (e->missing[0])
		item(to, "missing", e->missing);
}

void lab_phrase_facts(FILE *to, const struct lab_explanation *e,
		      void (*item)(FILE *to, const char *name,
				   const char *words))
{
	const bool request = e->report->kind <= LAB_REPORT_SLAB;
	char words[LAB_PHRASE];

	if (request || e->range.stated) {
		lab_phrase_kernel(e, words);
		item(to, "kernel", words);
	}
	if (!request)
		return;
	lab_phrase_request(e, words);
	item(to, "request", words);
	lab_phrase_context(e, words);
	item(to, "context", words);
	lab_phrase_caller(e, words);
	item(to, "caller", words);
}

void lab_phrase_sum(const struct lab_explained_log *log, char words[LAB_PHRASE])
{
	words[0] = '\0';
	if (log->uncounted)
		add(words,
		    "%" PRIu64
		    " more reports are of further groups, which are not kept. ",
		    log->uncounted);
	add(words, "%" PRIu64 " lines, %" PRIu64 " report%s", log->lines,
	    log->reports, log->reports == 1 ? "" : "s");
	if (log->suppressed)
		add(words, ", %" PRIu64 " more held back by the kernel",
		    log->suppressed);
	add(words, ".");
}
