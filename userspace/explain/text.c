// SPDX-License-Identifier: GPL-2.0-only
/* explain/text.c - explanations for a terminal. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "explain.h"

#define INDENT 11
#define WIDTH 100

/* A name and a paragraph beside it, wrapped. */
static void paragraph(FILE *to, const char *name, const char *text)
{
	size_t column = INDENT;

	fprintf(to, "  %-*s", INDENT - 2, name);
	for (text += strspn(text, " "); *text; text += strspn(text, " ")) {
		const size_t n = strcspn(text, " ");

		if (column > INDENT && column + 1 + n > WIDTH) {
			fprintf(to, "\n%*s", INDENT, "");
			column = INDENT;
		} else if (column > INDENT) {
			fputc(' ', to);
			column++;
		}
		fprintf(to, "%.*s", (int)n, text);
		column += n;
		text += n;
	}
	fputc('\n', to);
}

static void write_zone(FILE *to, const struct lab_explanation *e,
		       const struct lab_explained_zone *zone)
{
	static const int width[LAB_ZONE_COLUMNS] = { 9, 9, 8, 8, 8, 9 };
	char column[LAB_ZONE_COLUMNS][LAB_NUMBER_WORDS];
	char words[LAB_PHRASE], name[40];
	size_t i;

	lab_phrase_zone(zone, name);
	fprintf(to, "  %-16s", name);
	lab_phrase_columns(e, zone, column);
	for (i = 0; i < LAB_ZONE_COLUMNS; i++)
		fprintf(to, " %*s", width[i], column[i]);
	lab_phrase_result(e, zone, words);
	fprintf(to, "  %s\n", words);
}

static void write_extras(FILE *to, const struct lab_explained_zone *zone)
{
	char words[LAB_PHRASE], name[40], line[LAB_PHRASE + 80];
	size_t n;

	lab_phrase_zone(zone, name);
	n = snprintf(line, sizeof(line), "%s:", name);
	if (zone->pages.boost > 0)
		n += snprintf(line + n, sizeof(line) - n,
			      " boost %s%" PRId64 "%s;",
			      zone->boost_unknown ? "at least " : "",
			      zone->pages.boost,
			      zone->boost_inferred ? " (inferred)" : "");
	if (zone->pages.cma > 0)
		n += snprintf(line + n, sizeof(line) - n,
			      " CMA %" PRId64 " free;", zone->pages.cma);
	if (zone->pages.highatomic > 0)
		n += snprintf(line + n, sizeof(line) - n,
			      " highatomic %" PRId64 ";",
			      zone->pages.highatomic);
	lab_phrase_blocks(zone->zone, words);
	if (zone->zone->orders)
		snprintf(line + n, sizeof(line) - n, " blocks %s%s", words,
			 zone->zone->blocks_whole ? "" :
						    " (not whole: not used)");
	else
		snprintf(line + n, sizeof(line) - n, " no list of blocks");
	paragraph(to, "", line);
}

static void write_zones(FILE *to, const struct lab_explanation *e)
{
	unsigned int i;

	if (!e->zones)
		return;
	fprintf(to,
		"\n  zone, in pages        free    usable      min  has to  lowmem_  must have\n"
		"                                                       stay  reserve  more than\n");
	for (i = 0; i < e->zones; i++)
		write_zone(to, e, &e->zone[i]);
	for (i = 0; i < e->zones; i++)
		if (e->zone[i].allowed)
			write_extras(to, &e->zone[i]);
	fputc('\n', to);
}

static void each(FILE *to, const struct lab_explanation *e)
{
	char words[LAB_PHRASE];
	unsigned int i;

	lab_phrase_title(e, words);
	fprintf(to, "lines %" PRIu64 "-%" PRIu64 "%s%s: %s\n", e->report->first,
		e->report->last, e->report->stamp[0] ? ", " : "",
		e->report->stamp, words);
	if (e->report->head[0] && e->report->kind != LAB_REPORT_VMALLOC)
		paragraph(to, "it says", e->report->head);
	lab_phrase_facts(to, e, paragraph);
	write_zones(to, e);
	fprintf(to, "  %-*s%s\n", INDENT - 2, "verdict",
		lab_verdict_names[e->verdict]);
	paragraph(to, "", e->sentence);
	for (i = 0; i < e->advices; i++)
		paragraph(to, i ? "" : "advice", e->advice[i]);
	if (e->missing[0])
		paragraph(to, "missing", e->missing);
	fputc('\n', to);
}

static void write_group(FILE *to, const struct lab_explained_group *group)
{
	const struct lab_explanation *e = &group->explanation;
	char title[LAB_PHRASE], caller[100], order[LAB_NUMBER_WORDS];

	snprintf(title, sizeof(title), "%s",
		 lab_report_kind_words(e->report->kind));
	snprintf(caller, sizeof(caller), "%s", lab_explained_caller(e));
	lab_phrase_number(e->report->order, order);
	fprintf(to, "%8" PRIu64 "  %5s  %-13s  %-28s  %-34s %" PRIu64 "%s%s",
		group->count, order, lab_verdict_names[e->verdict],
		caller[0] ? caller : "-",
		e->request.words[0] ? e->request.words : title,
		e->report->first, e->report->stamp[0] ? " " : "",
		e->report->stamp);
	if (group->count > 1)
		fprintf(to, " to %" PRIu64 "%s%s", group->last_line,
			group->last_stamp[0] ? " " : "", group->last_stamp);
	fputc('\n', to);
}

static void end(FILE *to, const struct lab_explained_log *log)
{
	char words[LAB_PHRASE];
	size_t i;

	if (log->reports > 1) {
		fprintf(to,
			"   count  order  verdict        caller                        request                            lines, first and last\n");
		for (i = 0; i < log->groups; i++)
			write_group(to, log->group[i]);
		fputc('\n', to);
	}
	lab_phrase_sum(log, words);
	fprintf(to, "%s\n", words);
}

const struct lab_explain_form lab_explain_text = {
	.name = "text",
	.each = each,
	.end = end,
};
