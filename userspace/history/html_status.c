// SPDX-License-Identifier: GPL-2.0-only
/* history/html_status.c - the grid and the known issues; see history/status.h. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/alloc.h"
#include "lib/html_escape.h"
#include "status.h"

#define REPORT "report.html" /* in the folder of a run */
#define NEWEST 10 /* kernels of a branch that are shown without being asked */

static const struct {
	const char *word, *class;
} standings[LAB_STANDINGS] = {
	[LAB_STANDS_SKIPPED] = { "skip", "skipped" },
	[LAB_STANDS_PASSED] = { "pass", "passed" },
	[LAB_STANDS_KNOWN] = { "known", "explained" },
	[LAB_STANDS_BROKEN] = { "broken", "broken" },
	[LAB_STANDS_FAILED] = { "FAIL", "failed" },
};

/* ---- links -------------------------------------------------------------------- */

/* Bytes that mean something in an address, or may not be in one, as %XX. */
static void write_path(FILE *to, const char *path)
{
	for (; *path; path++)
		if (isalnum((unsigned char)*path) || strchr("-._~/", *path))
			fputc(*path, to);
		else
			fprintf(to, "%%%02X", (unsigned char)*path);
}

/* The bytes of the components that two paths have in common. */
static size_t common_of(const char *a, const char *b)
{
	size_t i, common = 0;

	for (i = 0; (a[i] ?: '/') == (b[i] ?: '/'); i++) {
		if (!a[i] || !b[i])
			return i;
		if (a[i] == '/')
			common = i + 1;
	}
	return common;
}

/*
 * The path of a folder as seen from another, both without symbolic links, with a
 * '/' behind it unless it is the same.
 */
static void write_relative(FILE *to, const char *from, const char *folder)
{
	const size_t common = common_of(from, folder);
	const char *up = from + common + (from[common] == '/');
	const char *down = folder + common + (common && folder[common] == '/');
	size_t i;

	for (i = 0; up[i]; i++)
		if (!i || up[i - 1] == '/')
			fputs("../", to);
	write_path(to, down);
	if (*down)
		fputc('/', to);
}

/* Whether there is a report of the run. */
static bool has_report(const struct lab_status_cell *cell)
{
	char *path;
	bool there;

	if (!*cell->folder)
		return false;
	path = xasprintf("%s/" REPORT, cell->folder);
	there = !access(path, R_OK);
	free(path);
	return there;
}

/* ---- the grid --------------------------------------------------------------- */

/* A kernel that panicked early, or whose guest broke, did not tell its release. */
static const char *name_of(const struct lab_tested *tested)
{
	return *tested->release ? tested->release : "not known";
}

static bool same_branch(const struct lab_tested *a, const struct lab_tested *b)
{
	return !*a->release == !*b->release && !strcmp(a->branch, b->branch);
}

static void write_issue_names(const struct lab_status *status, uint64_t issues,
			      FILE *to)
{
	size_t i;

	for (i = 0; i < status->known->count && i < LAB_STATUS_ISSUES; i++)
		if (issues >> i & 1)
			lab_html_printf(to, ", %s",
					status->known->issue[i].name);
}

/* In a word, which is a link where there is a report. */
static void write_verdict(const struct lab_status *status,
			  const struct lab_trends *trends,
			  const struct lab_status_cell *cell, FILE *to)
{
	const bool link = has_report(cell);
	char date[24];

	lab_date_words(cell->when, date, sizeof(date));
	fprintf(to, "<%s class=\"v %s\" title=\"", link ? "a" : "span",
		standings[cell->standing].class);
	lab_html_printf(to, "%s on %s: %s, %zu of %zu runs, %s", cell->scenario,
			name_of(&trends->kernel[cell->kernel]),
			standings[cell->standing].word, cell->of_standing,
			cell->runs, date);
	write_issue_names(status, cell->issues, to);
	if (link) {
		fputs("\" href=\"", to);
		write_relative(to, status->folder, cell->folder);
		fputs(REPORT, to);
	}
	fprintf(to, "\">%s", standings[cell->standing].word);
	if (cell->of_standing < cell->runs)
		fprintf(to, " %zu/%zu", cell->of_standing, cell->runs);
	fprintf(to, "</%s>", link ? "a" : "span");
}

static void write_row(const struct lab_status *status,
		      const struct lab_trends *trends, size_t kernel, FILE *to)
{
	const struct lab_tested *tested = &trends->kernel[kernel];
	const struct lab_status_cell *cell;
	size_t i;

	fputs("<tr><th scope=\"row\">", to);
	lab_html_write(to, name_of(tested));
	fprintf(to, " <small>%.8s</small></th>", tested->build_id);
	for (i = 0; i < status->scenarios; i++) {
		cell = lab_status_find(status, kernel, status->scenario[i]);
		fputs("<td>", to);
		if (cell)
			write_verdict(status, trends, cell, to);
		fputs("</td>", to);
	}
	fputs("</tr>\n", to);
}

static void open_table(const struct lab_status *status, FILE *to)
{
	size_t i;

	fputs("<div class=\"wide\"><table class=\"grid\"><thead><tr><th scope=\"col\">kernel</th>",
	      to);
	for (i = 0; i < status->scenarios; i++) {
		fputs("<th scope=\"col\"><span>", to);
		lab_html_write(to, status->scenario[i]);
		fputs("</span></th>", to);
	}
	fputs("</tr></thead><tbody>\n", to);
}

static void close_table(FILE *to)
{
	fputs("</tbody></table></div>\n", to);
}

/* ---- the order of kernels ------------------------------------------------------ */

struct listed {
	const struct lab_tested *tested;
	size_t kernel; /* index in the trends' */
	size_t older_than; /* so many of its branch */
};

/* By branch, the newest first. */
static int by_place(const void *a, const void *b)
{
	const struct listed *x = a, *y = b;

	return (x->tested->place < y->tested->place) -
	       (x->tested->place > y->tested->place);
}

/* The kernels that have cells; malloc()ed. */
static struct listed *list_kernels(const struct lab_status *status,
				   const struct lab_trends *trends, size_t *n)
{
	struct listed *list =
		xcheck(calloc(trends->kernels + 1, sizeof(*list)));
	size_t i;

	*n = 0;
	for (i = 0; i < trends->kernels; i++)
		if (lab_status_first(status, i) <
		    lab_status_first(status, i + 1))
			list[(*n)++] = (struct listed){
				.tested = &trends->kernel[i],
				.kernel = i,
			};
	qsort(list, *n, sizeof(*list), by_place);
	for (i = 1; i < *n; i++)
		if (same_branch(list[i].tested, list[i - 1].tested))
			list[i].older_than = list[i - 1].older_than + 1;
	return list;
}

/* The rows of kernels that are among the newest of their branch, or are not. */
static size_t write_rows(const struct lab_status *status,
			 const struct lab_trends *trends,
			 const struct listed *list, size_t n, bool newest,
			 FILE *to)
{
	const struct lab_tested *last = NULL;
	size_t i, written = 0;

	for (i = 0; i < n; i++) {
		const bool is_new = list[i].older_than < NEWEST;

		if (is_new != newest)
			continue;
		if (!last || !same_branch(last, list[i].tested)) {
			last = list[i].tested;
			fputs("<tr><th scope=\"rowgroup\">", to);
			lab_html_write(to, *last->release ? last->branch :
							    "of no branch");
			fprintf(to, "</th><td colspan=\"%zu\"></td></tr>\n",
				status->scenarios);
		}
		write_row(status, trends, list[i].kernel, to);
		written++;
	}
	return written;
}

static void write_grid(const struct lab_status *status,
		       const struct lab_trends *trends,
		       const struct listed *list, size_t n, FILE *to)
{
	size_t written;

	fputs("<section id=\"status\"><h2>Latest verdicts</h2>\n", to);
	if (!n) {
		fputs("<p>No runs.</p></section>\n", to);
		return;
	}
	open_table(status, to);
	written = write_rows(status, trends, list, n, true, to);
	close_table(to);
	if (written < n) {
		fprintf(to, "<details><summary>%zu older kernel%s</summary>\n",
			n - written, n - written == 1 ? "" : "s");
		open_table(status, to);
		write_rows(status, trends, list, n, false, to);
		close_table(to);
		fputs("</details>\n", to);
	}
	fputs("</section>\n", to);
}

/* ---- what needs somebody -------------------------------------------------------- */

static void write_failing_cells(const struct lab_status *status,
				const struct lab_trends *trends, size_t kernel,
				FILE *to)
{
	const size_t end = lab_status_first(status, kernel + 1);
	size_t i, n = 0;

	for (i = lab_status_first(status, kernel); i < end; i++) {
		if (status->cell[i].standing < LAB_STANDS_BROKEN)
			continue;
		if (!n++) {
			fputs("<li><b>", to);
			lab_html_write(to, name_of(&trends->kernel[kernel]));
			fputs("</b><ul>\n", to);
		}
		fputs("<li>", to);
		write_verdict(status, trends, &status->cell[i], to);
		fputc(' ', to);
		lab_html_write(to, status->cell[i].scenario);
		fputs("</li>\n", to);
	}
	if (n)
		fputs("</ul></li>\n", to);
}

static bool is_failing(const struct lab_status *status, size_t kernel)
{
	const size_t end = lab_status_first(status, kernel + 1);
	size_t i;

	for (i = lab_status_first(status, kernel); i < end; i++)
		if (status->cell[i].standing >= LAB_STANDS_BROKEN)
			return true;
	return false;
}

/* Of the newest kernel of each branch. */
static void write_failing(const struct lab_status *status,
			  const struct lab_trends *trends,
			  const struct listed *list, size_t n, FILE *to)
{
	size_t i, failing = 0;

	fputs("<section id=\"failing\"><h2>Failing on the newest kernels</h2>\n",
	      to);
	for (i = 0; i < n; i++) {
		if (list[i].older_than || !is_failing(status, list[i].kernel))
			continue;
		if (!failing++)
			fputs("<ul class=\"failing\">\n", to);
		write_failing_cells(status, trends, list[i].kernel, to);
	}
	fputs(failing ? "</ul></section>\n" : "<p>Nothing.</p></section>\n",
	      to);
}

/* ---- known issues ------------------------------------------------------------- */

static void write_until(const struct lab_status *status,
			const struct lab_known_issue *issue, FILE *to)
{
	const bool past = *issue->until &&
			  strcmp(issue->until, status->today) < 0;

	if (!*issue->until)
		fputs("never expires", to);
	else if (past)
		fprintf(to,
			"<span class=\"worse\">expired after %s: it counts again</span>",
			issue->until);
	else
		fprintf(to, "%s", issue->until);
}

#define SEEN 6 /* places that are named; the others are counted */

/* Where it is among the latest failures, on the newest kernels first. */
static void write_seen(const struct lab_status *status,
		       const struct lab_trends *trends, size_t issue, FILE *to)
{
	size_t i, n = 0;

	for (i = status->cells; i--;) {
		const struct lab_status_cell *cell = &status->cell[i];

		if (issue >= LAB_STATUS_ISSUES || !(cell->issues >> issue & 1))
			continue;
		if (n++ < SEEN)
			lab_html_printf(to, "%s%s on %s", n > 1 ? "; " : "",
					cell->scenario,
					trends->kernel[cell->kernel].release);
	}
	if (!n)
		fputs("in none of the latest runs", to);
	else if (n > SEEN)
		fprintf(to, "; and %zu more", n - SEEN);
}

static void write_issues(const struct lab_status *status,
			 const struct lab_trends *trends, FILE *to)
{
	size_t i;

	fputs("<section id=\"known\"><h2>Known issues</h2>\n", to);
	if (!status->known->count) {
		fputs("<p>None.</p></section>\n", to);
		return;
	}
	fputs("<table class=\"cards\"><thead><tr><th>issue</th><th>what</th>"
	      "<th>scenario</th><th>kernels</th><th>until</th><th>seen</th>"
	      "</tr></thead><tbody>\n",
	      to);
	for (i = 0; i < status->known->count; i++) {
		const struct lab_known_issue *issue = &status->known->issue[i];

		fputs("<tr><td><a href=\"", to);
		lab_html_write(to, issue->link);
		fputs("\">", to);
		lab_html_write(to, issue->name);
		fputs("</a></td><td>", to);
		lab_html_write(to, issue->what);
		fputs("</td><td data-label=\"scenario\">", to);
		lab_html_write(to, issue->scenario);
		fputs("</td><td data-label=\"kernels\">", to);
		lab_html_write(to, issue->kernel_words);
		fputs("</td><td data-label=\"until\">", to);
		write_until(status, issue, to);
		fputs("</td><td data-label=\"seen\">", to);
		write_seen(status, trends, i, to);
		fputs("</td></tr>\n", to);
	}
	fputs("</tbody></table></section>\n", to);
}

void lab_status_write(const struct lab_status *status,
		      const struct lab_trends *trends, FILE *to)
{
	size_t n;
	struct listed *list = list_kernels(status, trends, &n);

	write_failing(status, trends, list, n, to);
	write_grid(status, trends, list, n, to);
	write_issues(status, trends, to);
	free(list);
}
