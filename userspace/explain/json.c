// SPDX-License-Identifier: GPL-2.0-only
/*
 * explain/json.c - explanations for programs: one JSON object on each line,
 * because a log may be larger than memory.
 *
 *	{"report": ...}   each report; its members are those of report_json()
 *	{"group": ...}    each group of those that are alike
 *	{"log": ...}      the last line
 *
 * What is not known is null. Sizes are in pages unless their name says KiB.
 */
#include <jansson.h>
#include <stdio.h>

#include "explain.h"

static json_t *number(int64_t value)
{
	return value == LAB_UNSAID ? json_null() : json_integer(value);
}

/* JSON is UTF-8: other bytes become "?". */
static json_t *words(const char *text)
{
	json_t *string = json_string(text);
	char copy[1024];
	size_t i;

	if (string)
		return string;
	snprintf(copy, sizeof(copy), "%s", text);
	for (i = 0; copy[i]; i++)
		if ((unsigned char)copy[i] > 126)
			copy[i] = '?';
	return json_string(copy);
}

static json_t *blocks_json(const struct lab_explained_zone *zone)
{
	static const char letters[] = "UMERHCI";
	json_t *list = json_array();
	unsigned int order, i, n;
	char types[8];

	for (order = 0; order < zone->pages.orders; order++) {
		for (i = n = 0; i < 7; i++)
			if (zone->pages.types[order] & 1u << i)
				types[n++] = letters[i];
		types[n] = 0;
		json_array_append_new(
			list, json_pack("{s:I, s:s}", "free",
					(json_int_t)zone->pages.blocks[order],
					"types", types));
	}
	return list;
}

static json_t *zone_json(const struct lab_explanation *e,
			 const struct lab_explained_zone *zone)
{
	const struct lab_zone_check *check = &zone->check;
	const bool checked = zone->allowed && !e->facts.no_watermarks &&
			     check->result != LAB_ZONE_UNSAID;
	char result[LAB_PHRASE];

	lab_phrase_result(e, zone, result);
	return json_pack(
		"{s:i, s:s, s:b, s:o, s:o, s:o, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:s, s:b, s:o, s:s}",
		"node", zone->zone->node < 0 ? 0 : zone->zone->node, "zone",
		zone->zone->name, "allowed", zone->allowed, "free",
		number(zone->pages.free), "min", number(zone->pages.min),
		"boost", number(zone->pages.boost), "boost_inferred",
		zone->boost_inferred, "cma", number(zone->pages.cma),
		"highatomic",
		number(zone->highatomic_most ? LAB_UNSAID :
					       zone->pages.highatomic),
		"lowmem_reserve", number(zone->pages.reserve), "usable",
		number(checked ? check->usable : LAB_UNSAID), "has_to_stay",
		number(checked ? check->share : LAB_UNSAID), "mark",
		number(checked ? check->mark : LAB_UNSAID), "short_by",
		number(checked ? zone->short_by : LAB_UNSAID), "fitting_blocks",
		zone->pages.orders ? json_integer(check->fitting) : json_null(),
		"cause", zone->allowed ? lab_verdict_names[zone->cause] : "",
		"rules_differ", zone->differs, "blocks", blocks_json(zone),
		"words", result);
}

static json_t *frame_json(const struct lab_explanation *e, int which)
{
	const struct lab_report_frame *frame;

	if (which < 0)
		return json_null();
	frame = &e->report->frame[which];
	return json_pack("{s:o, s:o}", "function", words(frame->function),
			 "module", words(frame->module));
}

static json_t *advice_json(const struct lab_explanation *e)
{
	json_t *list = json_array();
	unsigned int i;

	for (i = 0; i < e->advices; i++)
		json_array_append_new(list, words(e->advice[i]));
	return list;
}

static json_t *report_json(const struct lab_explanation *e)
{
	const struct lab_kernel_report *report = e->report;
	json_t *zones = json_array();
	json_t *object;
	unsigned int i;

	for (i = 0; i < e->zones; i++)
		json_array_append_new(zones, zone_json(e, &e->zone[i]));
	object = json_pack(
		"{s:I, s:I, s:o, s:s, s:o, s:o, s:o, s:o, s:b, s:b, s:o, s:s, s:s, s:b}",
		"first_line", (json_int_t)report->first, "last_line",
		(json_int_t)report->last, "time", words(report->stamp), "kind",
		lab_report_kind_words(report->kind), "comm",
		words(report->comm), "pid", number(report->pid), "cpu",
		number(report->cpu), "order", number(report->order),
		"request_inferred", e->request_inferred, "request_assumed",
		e->request_assumed, "release", words(report->release),
		"rules_from", lab_rules_at(e->rules_first)->name, "rules_to",
		lab_rules_at(e->rules_last)->name, "no_watermarks",
		e->facts.no_watermarks);
	json_object_set_new(object, "flags", words(e->request.words));
	json_object_set_new(object, "mode",
			    report->has_mode ? json_integer(report->mode) :
					       json_null());
	json_object_set_new(object, "context",
			    words(lab_ran_in_words[e->culprit.context]));
	json_object_set_new(object, "caller", frame_json(e, e->culprit.caller));
	json_object_set_new(object, "start_cut",
			    json_boolean(e->culprit.start_cut));
	json_object_set_new(object, "driver", frame_json(e, e->culprit.driver));
	json_object_set_new(object, "subsystem",
			    e->culprit.subsystem ? words(e->culprit.subsystem) :
						   json_null());
	json_object_set_new(object, "cache", words(report->slab.cache));
	json_object_set_new(object, "page_kib", number(e->page_kib));
	json_object_set_new(object, "zones", zones);
	json_object_set_new(object, "verdict",
			    words(lab_verdict_names[e->verdict]));
	json_object_set_new(object, "words", words(e->sentence));
	json_object_set_new(object, "advice", advice_json(e));
	json_object_set_new(object, "missing", words(e->missing));
	return object;
}

static void write_line(FILE *to, const char *name, json_t *object)
{
	json_t *line = json_pack("{s:o}", name, object);

	json_dumpf(line, to, JSON_COMPACT);
	fputc('\n', to);
	json_decref(line);
}

static void each(FILE *to, const struct lab_explanation *e)
{
	write_line(to, "report", report_json(e));
}

static void end(FILE *to, const struct lab_explained_log *log)
{
	size_t i;

	for (i = 0; i < log->groups; i++) {
		const struct lab_explained_group *group = log->group[i];
		const struct lab_explanation *e = &group->explanation;

		write_line(to, "group",
			   json_pack("{s:I, s:s, s:o, s:o, s:o, s:s, s:I, s:I}",
				     "count", (json_int_t)group->count, "kind",
				     lab_report_kind_words(e->report->kind),
				     "order", number(e->report->order), "flags",
				     words(e->request.words), "caller",
				     words(lab_explained_caller(e)), "verdict",
				     lab_verdict_names[e->verdict],
				     "first_line", (json_int_t)e->report->first,
				     "last_line",
				     (json_int_t)group->last_line));
	}
	write_line(to, "log",
		   json_pack("{s:I, s:I, s:I, s:I}", "lines",
			     (json_int_t)log->lines, "reports",
			     (json_int_t)log->reports, "suppressed",
			     (json_int_t)log->suppressed, "uncounted",
			     (json_int_t)log->uncounted));
}

const struct lab_explain_form lab_explain_json = {
	.name = "json",
	.each = each,
	.end = end,
};
