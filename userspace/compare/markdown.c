// SPDX-License-Identifier: GPL-2.0-only
/* compare/markdown.c - for a mail or a merge request. */
#include <string.h>

#include "groups.h"
#include "sections.h"

/* A '|' would end the cell of a table, a '*' or '_' be taken for emphasis. */
static void write_clean(const char *text, FILE *to)
{
	for (; *text; text++) {
		if (strchr("|*_<>`\\[]", *text))
			fputc('\\', to);
		fputc(*text, to);
	}
}

static void write_finding(const struct lab_comparison *comparison,
			  const struct lab_finding *f, FILE *to)
{
	char value[LAB_SIDES][32] = { "", "" }, change[100] = "", basis[500];
	size_t side;

	if (f->judgement != LAB_NOT_COMPARABLE) {
		for (side = 0; side < LAB_SIDES; side++)
			lab_value_words(f, side, value[side],
					sizeof(value[side]));
		lab_change_words(f, change, sizeof(change));
	}
	lab_basis_words(f, basis, sizeof(basis));
	fputs("| ", to);
	if (comparison->scenarios > 1) {
		write_clean(f->scenario, to);
		fputs(": ", to);
	}
	write_clean(f->where, to);
	fprintf(to, " | %s | %s | %s | ", f->metric, value[LAB_A],
		value[LAB_B]);
	write_clean(change, to);
	fputs(" | ", to);
	write_clean(basis, to);
	fputs(" |\n", to);
}

static void write_group(void *to, const char *words, size_t i)
{
	(void)i;
	fputs("- ", to);
	write_clean(words, to);
	fputc('\n', to);
}

static void write_section(const struct lab_comparison *comparison,
			  const struct lab_finding_section *section, bool all,
			  FILE *to)
{
	const size_t count = lab_finding_section_count(comparison, section);
	const struct lab_finding *finding;
	struct lab_finding_cursor shown = {};

	if (!count)
		return;
	fprintf(to, "\n### %s\n\n", section->title);
	if (count > section->most &&
	    lab_write_groups(comparison, section, write_group, to))
		fputc('\n', to);
	fputs("| where | metric | A | B | change | basis |\n|---|---|---:|---:|---|---|\n",
	      to);
	while ((finding = lab_finding_section_next(comparison, section, all,
						   &shown)))
		write_finding(comparison, finding, to);
	if (!all && count > section->most)
		fprintf(to, "\nAnd %zu more (`--all`).\n",
			count - section->most);
}

static void markdown_write(const struct lab_comparison *comparison, FILE *to,
			   bool all)
{
	char words[400];
	size_t i;

	lab_sum_words(comparison, words, sizeof(words));
	fputs("**", to);
	write_clean(words, to);
	fputs("**\n\n", to);
	for (i = 0; i < LAB_SIDES; i++) {
		lab_set_words(comparison, i, words, sizeof(words));
		fprintf(to, "- %c: ", i == LAB_A ? 'A' : 'B');
		write_clean(words, to);
		fputc('\n', to);
	}
	lab_counts_words(comparison, words, sizeof(words));
	fprintf(to, "- %s (threshold %g %%, alpha %g)\n", words,
		100 * comparison->threshold, comparison->alpha);
	for (i = 0; i < comparison->notes; i++) {
		fputs("- ", to);
		write_clean(comparison->note[i], to);
		fputc('\n', to);
	}
	for (i = 0; lab_finding_sections[i].title; i++)
		write_section(comparison, &lab_finding_sections[i], all, to);
}

const struct lab_compare_form lab_compare_markdown = {
	.name = "markdown",
	.write = markdown_write,
};
