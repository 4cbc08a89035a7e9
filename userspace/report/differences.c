// SPDX-License-Identifier: GPL-2.0-only
/* report/differences.c - what "labyrinth compare" says of the two. */
#include "compare/sections.h"
#include "report.h"

static void write_sides(const struct lab_page *page)
{
	const struct lab_comparison *comparison = page->comparison;
	char words[400];
	size_t i;

	fputs("<ul>\n", page->to);
	for (i = 0; i < LAB_SIDES; i++) {
		lab_set_words(comparison, i, words, sizeof(words));
		fprintf(page->to, "<li>%s: ", lab_run_letter(page, i));
		lab_html_write(page->to, words);
		fputs("</li>\n", page->to);
	}
	for (i = 0; i < comparison->notes; i++) {
		fputs("<li>", page->to);
		lab_html_write(page->to, comparison->note[i]);
		fputs("</li>\n", page->to);
	}
	fputs("</ul>\n", page->to);
}

static void write(struct lab_page *page)
{
	const struct lab_comparison *comparison = page->comparison;
	char words[400];

	fputs("<p><strong>", page->to);
	lab_sum_words(comparison, words, sizeof(words));
	lab_html_write(page->to, words);
	fputs("</strong></p>\n", page->to);
	write_sides(page);
	lab_counts_words(comparison, words, sizeof(words));
	fprintf(page->to,
		"<p>%s. Differences below %g %% are none; claims that are false, %g %% at most.</p>\n",
		words, 100 * comparison->threshold, 100 * comparison->alpha);
	lab_findings_html(comparison, false, 3, page->to);
}

static bool there(const struct lab_page *page)
{
	return page->comparison;
}

const struct lab_section_of_page lab_page_differences = {
	.id = "differences",
	.title = "What differs between A and B",
	.there = there,
	.write = write,
};
