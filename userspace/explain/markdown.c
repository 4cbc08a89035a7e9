// SPDX-License-Identifier: GPL-2.0-only
/* explain/markdown.c - explanations for a bug tracker. */
#include <inttypes.h>
#include <stdio.h>

#include "explain.h"

/* Text from the log must not become a table or a tag. */
static void put(FILE *to, const char *text)
{
	for (; *text; text++) {
		if (*text == '<')
			fputs("&lt;", to);
		else if (*text == '|' || *text == '`' || *text == '*' ||
			 *text == '_' || *text == '\\' || *text == '[')
			fprintf(to, "\\%c", *text);
		else
			fputc(*text, to);
	}
}

static void item(FILE *to, const char *name, const char *words)
{
	fprintf(to, "- **%s**: ", name);
	put(to, words);
	fputc('\n', to);
}

static void write_zone(FILE *to, const struct lab_explanation *e,
		       const struct lab_explained_zone *zone)
{
	char name[40], words[LAB_PHRASE];
	char column[LAB_ZONE_COLUMNS][LAB_NUMBER_WORDS];
	size_t i;

	lab_phrase_zone(zone, name);
	fprintf(to, "| %s ", name);
	lab_phrase_columns(e, zone, column);
	for (i = 0; i < LAB_ZONE_COLUMNS; i++)
		fprintf(to, "| %s ", column[i]);
	lab_phrase_result(e, zone, words);
	fputs("| ", to);
	put(to, words);
	fputs(" |\n", to);
}

static void write_zones(FILE *to, const struct lab_explanation *e)
{
	unsigned int i;

	fputs("| zone, in pages |", to);
	for (i = 0; i < LAB_ZONE_COLUMNS; i++)
		fprintf(to, " %s |", lab_zone_heads[i]);
	fputs(" so |\n|---|", to);
	for (i = 0; i < LAB_ZONE_COLUMNS; i++)
		fputs("--:|", to);
	fputs("---|\n", to);
	for (i = 0; i < e->zones; i++)
		write_zone(to, e, &e->zone[i]);
	fputc('\n', to);
}

static void each(FILE *to, const struct lab_explanation *e)
{
	char words[LAB_PHRASE];

	fputs("### ", to);
	lab_phrase_title(e, words);
	put(to, words);
	fprintf(to, "\n\nLines %" PRIu64 " to %" PRIu64 ". **%s**. ",
		e->report->first, e->report->last,
		lab_verdict_names[e->verdict]);
	put(to, e->sentence);
	fputs("\n\n", to);
	lab_phrase_facts(to, e, item);
	lab_phrase_advice(to, e, item);
	fputc('\n', to);
	if (e->zones)
		write_zones(to, e);
}

static void end(FILE *to, const struct lab_explained_log *log)
{
	char order[LAB_NUMBER_WORDS], words[LAB_PHRASE];
	size_t i;

	if (log->reports > 1)
		fputs("| count | order | flags | caller | verdict | first line | last line |\n|--:|--:|---|---|---|--:|--:|\n",
		      to);
	for (i = 0; log->reports > 1 && i < log->groups; i++) {
		const struct lab_explained_group *group = log->group[i];
		const struct lab_explanation *e = &group->explanation;

		lab_phrase_number(e->report->order, order);
		fprintf(to, "| %" PRIu64 " | %s | ", group->count, order);
		put(to, e->request.words);
		fputs(" | ", to);
		put(to, lab_explained_caller(e));
		fprintf(to, " | %s | %" PRIu64 " | %" PRIu64 " |\n",
			lab_verdict_names[e->verdict], e->report->first,
			group->last_line);
	}
	lab_phrase_sum(log, words);
	fprintf(to, "%s%s\n", log->reports > 1 ? "\n" : "", words);
}

const struct lab_explain_form lab_explain_markdown = {
	.name = "markdown",
	.each = each,
	.end = end,
};
