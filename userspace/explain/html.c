// SPDX-License-Identifier: GPL-2.0-only
/* explain/html.c - explanations as a page, or a part of one. */
#include <inttypes.h>
#include <stdio.h>

#include "explain.h"
#include "lib/html_escape.h"
#include "lib/html_page.h"

static void start(FILE *to, const char *name)
{
	fputs(LAB_HTML_HEAD("Labyrinth: explanation", ""), to);
	fputs("<h1>Why requests failed: ", to);
	lab_html_write(to, name);
	fputs("</h1>\n", to);
}

static void item(FILE *to, const char *name, const char *words)
{
	fprintf(to, "<tr><th scope=\"row\">%s</th><td>", name);
	lab_html_write(to, words);
	fputs("</td></tr>\n", to);
}

static void cell(FILE *to, int64_t number)
{
	char words[LAB_NUMBER_WORDS];

	lab_phrase_number(number, words);
	fprintf(to, "<td class=\"n\">%s</td>", words);
}

static void write_zone(FILE *to, const struct lab_explanation *e,
		       const struct lab_explained_zone *zone)
{
	char name[40], words[LAB_PHRASE];
	char column[LAB_ZONE_COLUMNS][LAB_NUMBER_WORDS];
	size_t i;

	lab_phrase_zone(zone, name);
	fputs("<tr><th scope=\"row\">", to);
	lab_html_write(to, name);
	fputs("</th>", to);
	lab_phrase_columns(e, zone, column);
	for (i = 0; i < LAB_ZONE_COLUMNS; i++)
		fprintf(to, "<td class=\"n\">%s</td>", column[i]);
	lab_phrase_result(e, zone, words);
	fputs("<td>", to);
	lab_html_write(to, words);
	fputs("</td></tr>\n", to);
}

void lab_explain_html_zones(FILE *to, const struct lab_explanation *e)
{
	unsigned int i;

	if (!e->zones)
		return;
	fputs("<table><thead><tr><th scope=\"col\">zone, in pages</th>", to);
	for (i = 0; i < LAB_ZONE_COLUMNS; i++)
		fprintf(to, "<th scope=\"col\">%s</th>", lab_zone_heads[i]);
	fputs("<th scope=\"col\">so</th></tr></thead>\n<tbody>\n", to);
	for (i = 0; i < e->zones; i++)
		write_zone(to, e, &e->zone[i]);
	fputs("</tbody></table>\n", to);
}

void lab_explain_html_facts(FILE *to, const struct lab_explanation *e)
{
	fprintf(to, "<p><strong>%s</strong>. ", lab_verdict_names[e->verdict]);
	lab_html_write(to, e->sentence);
	fputs("</p>\n<table><tbody>\n", to);
	lab_phrase_facts(to, e, item);
	lab_phrase_advice(to, e, item);
	fputs("</tbody></table>\n", to);
}

static void each(FILE *to, const struct lab_explanation *e)
{
	char words[LAB_PHRASE];

	lab_phrase_title(e, words);
	fprintf(to, "<section>\n<h2>Line %" PRIu64 ": ", e->report->first);
	lab_html_write(to, words);
	fputs("</h2>\n", to);
	lab_explain_html_facts(to, e);
	lab_explain_html_zones(to, e);
	fputs("</section>\n", to);
}

static void write_group(FILE *to, const struct lab_explained_group *group)
{
	const struct lab_explanation *e = &group->explanation;

	fputs("<tr>", to);
	cell(to, group->count);
	cell(to, e->report->order);
	fputs("<td>", to);
	lab_html_write(to, e->request.words);
	fputs("</td><td>", to);
	lab_html_write(to, lab_explained_caller(e));
	fprintf(to, "</td><td>%s</td>", lab_verdict_names[e->verdict]);
	cell(to, e->report->first);
	cell(to, group->last_line);
	fputs("</tr>\n", to);
}

static void end(FILE *to, const struct lab_explained_log *log)
{
	char words[LAB_PHRASE];
	size_t i;

	if (log->reports > 1) {
		fputs("<section><h2>All of them</h2>\n<table><thead><tr>"
		      "<th>count</th><th>order</th><th>flags</th><th>caller</th>"
		      "<th>verdict</th><th>first line</th><th>last line</th>"
		      "</tr></thead><tbody>\n",
		      to);
		for (i = 0; i < log->groups; i++)
			write_group(to, log->group[i]);
		fputs("</tbody></table></section>\n", to);
	}
	lab_phrase_sum(log, words);
	fprintf(to, "<p>%s</p>\n</body></html>\n", words);
}

const struct lab_explain_form lab_explain_html = {
	.name = "html",
	.start = start,
	.each = each,
	.end = end,
};
