// SPDX-License-Identifier: GPL-2.0-only
/*
 * results/log_verdict.c - findings as a part of the results, and the verdicts on them.
 *
 * Two claims. "log": the kernel says of itself that nothing is wrong. And
 * "reports": it reports what it was asked to report, and nothing else. The
 * latter knows one excuse: warn_alloc() says one thing in ten seconds, whoever
 * asks it to.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/json.h"
#include "pressure/pressure.h"
#include "judged.h"
#include "verdict.h"
#include "log/explain_log.h"
#include "labyrinth.h"

#define EXCERPTS 3 /* whole reports of each kind and class; more is a line */
#define WARN_ALLOC_US 10000000

/* A JSON string holds UTF-8; a kernel that crashes may write any bytes. */
json_t *lab_log_line_json(const struct lab_log_line *line)
{
	char text[512];
	size_t i;

	for (i = 0; i < line->length && i < sizeof(text); i++) {
		const unsigned char c = line->text[i];

		text[i] = (c >= ' ' && c < 0x7f) || c == '\t' ? c : '?';
	}
	return json_stringn(text, i);
}

const struct lab_phase *lab_log_phase_of(const struct lab_scenario *scenario,
					 const struct lab_log_mark *mark)
{
	size_t i;

	for (i = 0; scenario && i < scenario->nphases; i++) {
		const char *name = scenario->phases[i].name;
		const size_t length = strlen(name);

		if (mark->length > length &&
		    !memcmp(mark->where, name, length) &&
		    mark->where[length] == ':')
			return &scenario->phases[i];
	}
	return NULL;
}

/*
 * Whether the phase expects misses ("exhausted > 0"): then its shots use the
 * memory up, and messages on scarcity are expected.
 */
static bool expects_misses(const struct lab_phase *phase)
{
	size_t i;

	for (i = 0; i < phase->nexpects; i++) {
		const struct lab_expect *expect = &phase->expects[i];

		if (!strcmp(expect->metric->name, "exhausted") &&
		    (expect->op == LAB_GT || expect->op == LAB_GE))
			return true;
	}
	return false;
}

static bool makes_short(const struct lab_phase *phase)
{
	return lab_phase_is_pressed(phase) ||
	       phase->pattern == LAB_PATTERN_EXHAUST || expects_misses(phase);
}

static const char *class_of(enum lab_log_kind kind,
			    const struct lab_phase *phase)
{
	if (phase && phase->log >> kind & 1)
		return "expected";
	if (lab_log_classes[kind] == LAB_LOG_HARMLESS)
		return "harmless";
	if (lab_log_classes[kind] == LAB_LOG_SCARCITY && phase &&
	    makes_short(phase))
		return "expected";
	return "failure";
}

/* The finding that another of its kind at the same place is counted with. */
static json_t *find_like(json_t *findings, const char *kind, const char *class,
			 const char *at)
{
	json_t *one;
	size_t i;

	json_array_foreach(findings, i, one)
		if (lab_is(one, "kind", kind) && lab_is(one, "class", class) &&
		    lab_is(one, "at", at))
			return one;
	return NULL;
}

static size_t count_like(const json_t *findings, const char *kind,
			 const char *class)
{
	size_t i, n = 0;
	json_t *one;

	json_array_foreach(findings, i, one)
		n += lab_is(one, "kind", kind) && lab_is(one, "class", class);
	return n;
}

static json_t *excerpt(const struct lab_log *log,
		       const struct lab_log_entry *entry, bool whole)
{
	json_t *lines = json_array();
	size_t i;

	for (i = 0; i < (whole ? entry->lines : 1); i++)
		json_array_append_new(
			lines, lab_log_line_json(&log->line[entry->first + i]));
	return lines;
}

static void add_finding(json_t *findings, const struct lab_log *log,
			const struct lab_log_entry *entry,
			const struct lab_scenario *scenario)
{
	const struct lab_log_mark *mark = lab_log_mark_of(log, entry->first);
	const char *kind = lab_log_names[entry->kind];
	const char *class =
		class_of(entry->kind, lab_log_phase_of(scenario, mark));
	const struct lab_log_line where = { mark->where, mark->length, -1 };
	json_t *at = lab_log_line_json(&where), *like;

	like = find_like(findings, kind, class, json_string_value(at));
	if (like) {
		json_object_set_new(
			like, "count",
			json_integer(lab_number(like, "count") + 1));
		json_decref(at);
		return;
	}
	json_array_append_new(
		findings,
		json_pack("{s:s, s:s, s:i, s:o, s:I, s:I, s:o}", "kind", kind,
			  "class", class, "count", 1, "at", at, "time_us",
			  (json_int_t)log->line[entry->first].time, "line",
			  (json_int_t)entry->first + 1, "text",
			  excerpt(log, entry,
				  count_like(findings, kind, class) <
					  EXCERPTS)));
}

json_t *lab_log_json(const struct lab_log *log,
		     const struct lab_scenario *scenario)
{
	json_t *findings, *json;
	size_t i;

	if (!log)
		return json_null();
	findings = json_array();
	for (i = 0; i < log->entries; i++)
		add_finding(findings, log, &log->entry[i], scenario);
	json = json_pack("{s:I, s:o}", "lines", (json_int_t)log->lines,
			 "findings", findings);
	if (log->cut)
		json_object_set_new(json, "cut",
				    json_integer((json_int_t)log->cut));
	return json;
}

/*
 * Why nothing is known of the log, or NULL. A kernel writes to a console that it
 * has before anything runs in it: a console without a line had no driver.
 */
static const char *why_unread(const json_t *found)
{
	if (json_is_null(found))
		return "no log was read";
	if (!lab_number(found, "lines"))
		return "the kernel wrote nothing to the serial port: it has no console there";
	return NULL;
}

static void judge_findings(json_t *verdicts, const json_t *found)
{
	const char *unread = why_unread(found);
	const json_t *worst = NULL;
	uint64_t expected = 0, harmless = 0, failures = 0;
	char words[600];
	json_t *one;
	size_t i;

	json_array_foreach(json_object_get(found, "findings"), i, one) {
		const uint64_t count = lab_number(one, "count");

		if (lab_is(one, "class", "expected")) {
			expected += count;
		} else if (lab_is(one, "class", "harmless")) {
			harmless += count;
		} else {
			failures += count;
			worst = worst ? worst : one;
		}
	}
	if (!worst && lab_number(found, "cut"))
		snprintf(
			words, sizeof(words),
			"none in %" PRIu64
			" lines, but the guest flooded its console and %" PRIu64
			" bytes of it were cut out",
			lab_number(found, "lines"), lab_number(found, "cut"));
	else if (worst)
		snprintf(words, sizeof(words),
			 "%" PRIu64 " in %" PRIu64 " lines, the first %s%s: %s",
			 failures, lab_number(found, "lines"),
			 *lab_text(worst, "at") ? "in " :
						  "before the first cell",
			 lab_text(worst, "at"),
			 json_string_value(json_array_get(
				 json_object_get(worst, "text"), 0)));
	else
		snprintf(words, sizeof(words),
			 "none in %" PRIu64 " lines; %" PRIu64
			 " were expected, %" PRIu64 " are harmless",
			 lab_number(found, "lines"), expected, harmless);
	lab_judged_add(verdicts, LAB_JUDGED_LOG,
		       unread			? LAB_SKIPPED :
		       worst			? LAB_DOES_NOT_HOLD :
		       lab_number(found, "cut") ? LAB_SKIPPED :
						  LAB_HOLDS,
		       unread ?: words);
}

/*
 * The part of the log that belongs to a cell, and the reports that the kernel
 * must or must not have made in it.
 */
struct section {
	const json_t *cell;
	int64_t from, to; /* us; -1: not known */
	size_t first, end; /* lines */
};

static struct section section_of(const struct lab_log *log, size_t mark,
				 const json_t *cells)
{
	const bool last = mark + 1 == log->marks;
	struct section section = {
		.cell = json_array_get(cells, log->mark[mark].cell - 1),
		.first = log->mark[mark].line,
		.end = last ? log->lines : log->mark[mark + 1].line,
	};

	section.from = log->line[section.first].time;
	section.to = log->line[section.end - last].time;
	return section;
}

/* Interfaces whose requests reach warn_alloc() with the flags they were given. */
static bool passes_flags_on(const json_t *cell)
{
	static const char *const apis[] = { "pages", "get_free_pages", "exact",
					    "bulk" };
	size_t i;

	for (i = 0; i < sizeof(apis) / sizeof(apis[0]); i++)
		if (lab_is(cell, "api", apis[i]))
			return true;
	return false;
}

/* GFP_NOWAIT has __GFP_NOWARN in it since 6.8. */
static bool asks_for_report(const json_t *cell)
{
	const char *gfp = lab_text(cell, "gfp");

	return !strncmp(gfp, "GFP_ATOMIC", 10) &&
	       !strstr(gfp, "__GFP_NOWARN") && passes_flags_on(cell);
}

/* Not reentrant: report and explanation are static, as they are large. */
static const struct lab_explanation *parse_entry(const struct lab_log *log,
						 size_t i)
{
	static struct lab_kernel_report report;
	static struct lab_explanation explanation;
	const struct lab_log_entry *entry = &log->entry[i];

	return entry->kind == LAB_LOG_ALLOCATION &&
			       lab_explain_lines(&log->line[entry->first],
						 entry->lines, NULL, &report,
						 &explanation) ?
		       &explanation :
		       NULL;
}

/* Whether an earlier report may have used up the rate limit for this cell. */
static bool silenced(const struct lab_log *log, const struct section *section)
{
	size_t i;

	for (i = 0; i < log->entries; i++) {
		const int64_t time = log->line[log->entry[i].first].time;

		if (log->entry[i].first < section->end && parse_entry(log, i) &&
		    (time < 0 || section->from < 0 ||
		     time + WARN_ALLOC_US >= section->from))
			return true;
	}
	return false;
}

struct tally {
	size_t cells, asked, reports, silent, broken;
	char first[300]; /* of what is broken, in words */
};

__attribute__((format(printf, 3, 4))) static void
object(struct tally *tally, const json_t *cell, const char *format, ...)
{
	char what[160];
	va_list args;

	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	if (!tally->broken++)
		snprintf(tally->first, sizeof(tally->first),
			 "%s: %s order %" PRIu64 ": %s",
			 lab_text(cell, "phase"), lab_text(cell, "context"),
			 lab_number(cell, "order"), what);
}

static bool is_of_cell(const struct lab_explanation *e, const json_t *cell)
{
	return e->report->kind == LAB_REPORT_PAGE && e->request.known &&
	       e->report->order == (int64_t)lab_number(cell, "order") &&
	       !(e->facts.flags & LAB_REQ_WAIT);
}

static bool lacks_numbers(const struct lab_explanation *e)
{
	return e->report->flaws & (LAB_FLAW_NO_ZONES | LAB_FLAW_NO_BLOCKS);
}

static void judge_section(const struct lab_log *log,
			  const struct section *section, struct tally *tally)
{
	const uint64_t exhausted = lab_number(section->cell, "exhausted");
	const bool asks = asks_for_report(section->cell);
	const struct lab_explanation *e;
	size_t i, reports = 0;

	for (i = 0; i < log->entries; i++) {
		if (log->entry[i].first < section->first ||
		    log->entry[i].first >= section->end)
			continue;
		e = parse_entry(log, i);
		if (!e || !is_of_cell(e, section->cell))
			continue;
		reports++;
		if (e->facts.flags & LAB_REQ_NOWARN)
			object(tally, section->cell,
			       "reported though it was asked not to");
		else if (!exhausted)
			object(tally, section->cell,
			       "reported though no shot was exhausted");
		else if (lacks_numbers(e))
			object(tally, section->cell,
			       "the report lacks the numbers of the zones");
	}
	tally->cells++;
	tally->reports += reports;
	if (!asks || !exhausted)
		return;
	tally->asked++;
	if (reports)
		return;
	tally->silent++;
	if (!silenced(log, section))
		object(tally, section->cell,
		       "%" PRIu64 " exhausted shots and no report", exhausted);
}

static void judge_reports(json_t *verdicts, const struct lab_log *log,
			  const json_t *found, const json_t *cells)
{
	const char *unread = why_unread(found);
	struct tally tally = {};
	char words[500];
	size_t i;

	/* The report may be in the part of the log that is missing. */
	if (log && log->cut) {
		lab_judged_add(verdicts, LAB_JUDGED_REPORTS, LAB_SKIPPED,
			       "a part of the console was cut out");
		return;
	}
	for (i = 0; log && i < log->marks; i++) {
		struct section section;

		if (!log->mark[i].cell)
			continue;
		section = section_of(log, i, cells);
		if (section.cell)
			judge_section(log, &section, &tally);
	}
	if (tally.broken)
		snprintf(words, sizeof(words), "%zu times not so, first %s",
			 tally.broken, tally.first);
	else
		snprintf(
			words, sizeof(words),
			"%zu cells, %zu with failures to report, %zu reports; %zu cells had none because of the limit of one in 10 s",
			tally.cells, tally.asked, tally.reports, tally.silent);
	lab_judged_add(verdicts, LAB_JUDGED_REPORTS,
		       !tally.cells ? LAB_SKIPPED :
		       tally.broken ? LAB_DOES_NOT_HOLD :
				      LAB_HOLDS,
		       tally.cells ? words :
		       unread	   ? unread :
				     "no log with cells in it was read");
}

void lab_log_judge(json_t *verdicts, const struct lab_log *log,
		   const json_t *found, const json_t *cells)
{
	judge_findings(verdicts, found);
	judge_reports(verdicts, log, found, cells);
}
