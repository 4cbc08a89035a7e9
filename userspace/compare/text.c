// SPDX-License-Identifier: GPL-2.0-only
/* compare/text.c - for a terminal: the worst first, wrapped to its width. */
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "groups.h"
#include "sections.h"

#define NARROWEST 40
#define USUAL 80

struct page {
	FILE *to;
	size_t width;
	bool colour;
};

static struct page page_of(FILE *to)
{
	struct page page = { .to = to, .width = USUAL };
	const char *columns = getenv("COLUMNS");
	struct winsize size;
	const int fd = fileno(to);

	if (fd < 0 || !isatty(fd))
		return page;
	page.colour = !getenv("NO_COLOR");
	if (columns && atoi(columns) >= NARROWEST)
		page.width = atoi(columns);
	else if (!ioctl(fd, TIOCGWINSZ, &size) && size.ws_col >= NARROWEST)
		page.width = size.ws_col;
	return page;
}

/* Text wrapped at blanks; each line is indented by that many columns. */
static void write_words(const struct page *page, size_t indent,
			const char *words)
{
	size_t at = 0;

	while (*words) {
		const size_t length = strcspn(words, " ");

		if (!at) {
			fprintf(page->to, "%*s", (int)indent, "");
			at = indent;
		} else if (at + 1 + length > page->width) {
			fprintf(page->to, "\n%*s", (int)indent, "");
			at = indent;
		} else {
			fputc(' ', page->to);
			at++;
		}
		fprintf(page->to, "%.*s", (int)length, words);
		at += length;
		words += length;
		words += strspn(words, " ");
	}
	fputc('\n', page->to);
}

static void write_coloured(const struct page *page,
			   enum lab_judgement judgement, const char *words)
{
	static const char *const colours[] = {
		[LAB_WORSE] = "\033[1;31m",
		[LAB_BETTER] = "\033[1;32m",
		[LAB_CANNOT_TELL] = "\033[33m",
		[LAB_NOT_COMPARABLE] = "\033[33m",
		[LAB_SAME] = "\033[1m",
	};

	fputs(page->colour ? colours[judgement] : "", page->to);
	write_words(page, 0, words);
	fputs(page->colour ? "\033[0m" : "", page->to);
}

static void write_finding(const struct page *page,
			  const struct lab_comparison *comparison,
			  const struct lab_finding *f)
{
	char line[700], value[LAB_SIDES][32], change[100], basis[500];
	size_t side;

	snprintf(line, sizeof(line), "%s%s%s",
		 comparison->scenarios > 1 ? f->scenario : "",
		 comparison->scenarios > 1 ? " / " : "", f->where);
	/* The name of a cell is printed only with its first finding. */
	if (f == comparison->row || f[-1].judgement != f->judgement ||
	    strcmp(f[-1].where, f->where) ||
	    strcmp(f[-1].scenario, f->scenario))
		write_words(page, 2, line);
	lab_basis_words(f, basis, sizeof(basis));
	if (f->judgement != LAB_NOT_COMPARABLE) {
		for (side = 0; side < LAB_SIDES; side++)
			lab_value_words(f, side, value[side],
					sizeof(value[side]));
		lab_change_words(f, change, sizeof(change));
		snprintf(line, sizeof(line), "%s %s -> %s %s%s%s", f->metric,
			 value[LAB_A], value[LAB_B],
			 f->quantity == LAB_RUNS    ? "failed" :
			 f->quantity == LAB_STEP    ? "of min" :
			 f->quantity == LAB_LATENCY ? f->unit :
						      "",
			 *change ? "  " : "", change);
		write_words(page, 6, line);
	}
	if (*basis)
		write_words(page, 6, basis);
}

static void write_group(void *to, const char *words, size_t i)
{
	(void)i;
	write_words(to, 2, words);
}

static void write_section(struct page *page,
			  const struct lab_comparison *comparison,
			  const struct lab_finding_section *section, bool all)
{
	const size_t count = lab_finding_section_count(comparison, section);
	const struct lab_finding *finding;
	struct lab_finding_cursor shown = {};

	if (!count)
		return;
	fputc('\n', page->to);
	write_coloured(page, section->judgement, section->title);
	if (count > section->most &&
	    lab_write_groups(comparison, section, write_group, page))
		fputc('\n', page->to);
	while ((finding = lab_finding_section_next(comparison, section, all,
						   &shown)))
		write_finding(page, comparison, finding);
	if (!all && count > section->most)
		fprintf(page->to, "  and %zu more: --all shows them\n",
			count - section->most);
}

static void text_write(const struct lab_comparison *comparison, FILE *to,
		       bool all)
{
	struct page page = page_of(to);
	char words[400];
	size_t i;

	for (i = 0; i < LAB_SIDES; i++) {
		lab_set_words(comparison, i, words, sizeof(words));
		fprintf(to, "%c  %s\n   %s\n", i == LAB_A ? 'A' : 'B', words,
			comparison->set[i].where);
	}
	for (i = 0; i < comparison->notes && (all || i < 5); i++)
		write_words(&page, 3, comparison->note[i]);
	if (i < comparison->notes)
		fprintf(to, "   and %zu more notes: --all shows them\n",
			comparison->notes - i);
	for (i = 0; lab_finding_sections[i].title; i++)
		write_section(&page, comparison, &lab_finding_sections[i], all);
	fputc('\n', to);
	lab_counts_words(comparison, words, sizeof(words));
	write_words(&page, 0, words);
	lab_sum_words(comparison, words, sizeof(words));
	write_coloured(&page, lab_judgement(comparison), words);
}

const struct lab_compare_form lab_compare_text = {
	.name = "text",
	.write = text_write,
};
