// SPDX-License-Identifier: GPL-2.0-only
/*
 * compare/html.c - a single file without references to others and without
 * scripts.
 *
 * A judgement is never shown by colour alone: each table names it in its title.
 */
#include "lib/html_escape.h"
#include "lib/html_page.h"
#include "groups.h"
#include "sections.h"

static void write_tag(const char *tag, const char *text, FILE *to)
{
	fprintf(to, "<%s>", tag);
	lab_html_write(to, text);
	fprintf(to, "</%s>", tag);
}

static const char head[] = LAB_HTML_HEAD(
	"labyrinth compare",
	".wide table { min-width: 52rem; }\n"
	".worse h2 { color: #b3261e; } .better h2 { color: #1b6e2f; }\n"
	"@media (prefers-color-scheme: dark) { .worse h2 { color: #ff8a80; }"
	" .better h2 { color: #81c995; } }\n");

static void write_finding(const struct lab_comparison *comparison,
			  const struct lab_finding *f, FILE *to)
{
	char text[500];
	size_t side;

	fputs("<tr>", to);
	if (comparison->scenarios > 1)
		write_tag("td", f->scenario, to);
	write_tag("td", f->where, to);
	write_tag("td", f->metric, to);
	for (side = 0; side < LAB_SIDES; side++) {
		text[0] = '\0';
		if (f->judgement != LAB_NOT_COMPARABLE)
			lab_value_words(f, side, text, sizeof(text));
		fprintf(to, "<td class=\"n\">%s</td>", text);
	}
	lab_change_words(f, text, sizeof(text));
	fprintf(to, "<td class=\"n\">%s</td>", text);
	lab_basis_words(f, text, sizeof(text));
	write_tag("td", text, to);
	fputs("</tr>\n", to);
}

static void write_group(void *to, const char *words, size_t i)
{
	fputs(i ? "" : "<ul>\n", to);
	write_tag("li", words, to);
	fputc('\n', to);
}

static void write_section(const struct lab_comparison *comparison,
			  const struct lab_finding_section *section, bool all,
			  unsigned int level, FILE *to)
{
	const size_t count = lab_finding_section_count(comparison, section);
	const struct lab_finding *finding;
	struct lab_finding_cursor shown = {};
	size_t groups = 0;

	if (!count)
		return;
	fprintf(to, "<section class=\"%s wide\"><h%u>%s</h%u>\n",
		lab_judgement_words[section->judgement], level, section->title,
		level);
	if (count > section->most)
		groups = lab_write_groups(comparison, section, write_group, to);
	fputs(groups ? "</ul>\n" : "", to);
	fprintf(to,
		"<table><thead><tr>%s<th>where</th><th>metric</th><th>A</th><th>B</th><th>change</th><th>basis</th></tr></thead><tbody>\n",
		comparison->scenarios > 1 ? "<th>scenario</th>" : "");
	while ((finding = lab_finding_section_next(comparison, section, all,
						   &shown)))
		write_finding(comparison, finding, to);
	fputs("</tbody></table>\n", to);
	if (!all && count > section->most)
		fprintf(to, "<p>And %zu more: <code>--all</code>.</p>\n",
			count - section->most);
	fputs("</section>\n", to);
}

void lab_findings_html(const struct lab_comparison *comparison, bool all,
		       unsigned int level, FILE *to)
{
	size_t i;

	for (i = 0; lab_finding_sections[i].title; i++)
		write_section(comparison, &lab_finding_sections[i], all, level,
			      to);
}

static void html_write(const struct lab_comparison *comparison, FILE *to,
		       bool all)
{
	char words[400];
	size_t i;

	fputs(head, to);
	lab_sum_words(comparison, words, sizeof(words));
	write_tag("h1", words, to);
	fputs("\n<ul>\n", to);
	for (i = 0; i < LAB_SIDES; i++) {
		lab_set_words(comparison, i, words, sizeof(words));
		fprintf(to, "<li>%c: ", i == LAB_A ? 'A' : 'B');
		lab_html_write(to, words);
		fputs("</li>\n", to);
	}
	lab_counts_words(comparison, words, sizeof(words));
	fprintf(to, "<li>%s (threshold %g %%, alpha %g)</li>\n", words,
		100 * comparison->threshold, comparison->alpha);
	for (i = 0; i < comparison->notes; i++)
		write_tag("li", comparison->note[i], to);
	fputs("\n</ul>\n", to);
	lab_findings_html(comparison, all, 2, to);
	fputs("</body></html>\n", to);
}

const struct lab_compare_form lab_compare_html = {
	.name = "html",
	.write = html_write,
};
