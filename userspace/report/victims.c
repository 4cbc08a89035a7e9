// SPDX-License-Identifier: GPL-2.0-only
/* report/victims.c - what victims did beside the shots. */
#include <inttypes.h>

#include "lib/json.h"
#include "report.h"

static bool has_victim(const json_t *results)
{
	json_t *cell;
	size_t i;

	json_array_foreach(json_object_get(results, "cells"), i, cell)
		if (json_object_get(cell, "victim"))
			return true;
	return false;
}

static bool there(const struct lab_page *page)
{
	size_t run;

	for (run = 0; run < page->nruns; run++)
		if (has_victim(page->run[run].results))
			return true;
	return false;
}

static void write_number(const struct lab_page *page, uint64_t number)
{
	fprintf(page->to, "<td class=\"num\">%" PRIu64 "</td>", number);
}

static void write_row(const struct lab_page *page, const json_t *cell)
{
	const json_t *victim = json_object_get(cell, "victim");
	const uint64_t asked = lab_number(victim, "asked");
	const uint64_t done = lab_number(victim, "done");

	fputs("<tr><th scope=\"row\">", page->to);
	lab_html_printf(page->to, "%s: %s order %" PRIu64,
			lab_text(cell, "phase"), lab_text(cell, "context"),
			lab_number(cell, "order"));
	fputs("</th><td>", page->to);
	lab_html_write(page->to, lab_text(victim, "name"));
	fputs("</td>", page->to);
	write_number(page, asked);
	write_number(page, done);
	write_number(page, asked > done ? asked - done : 0);
	write_number(page, lab_number(victim, "wrong"));
	write_number(page, lab_number(victim, "errors"));
	fputs("<td>", page->to);
	if (lab_number(victim, "stuck"))
		lab_html_printf(page->to, "no: %s",
				lab_text(victim, "trouble"));
	else
		fprintf(page->to, "after %" PRIu64,
			lab_number(victim, "passes"));
	fputs("</td></tr>\n", page->to);
}

static void write_run(const struct lab_page *page, size_t run)
{
	static const char *const numbers[] = { "asked", "done", "lost", "wrong",
					       "errors" };
	const json_t *results = page->run[run].results;
	json_t *cell;
	size_t i;

	fprintf(page->to,
		"<div class=\"wide\"><table><caption>Victims %s</caption>\n<thead><tr><th scope=\"col\">cell</th><th scope=\"col\">victim</th>",
		lab_run_letter(page, run));
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		fprintf(page->to, "<th scope=\"col\" class=\"num\">%s</th>",
			numbers[i]);
	fputs("<th scope=\"col\">well again, in passes</th></tr></thead>\n<tbody>\n",
	      page->to);
	json_array_foreach(json_object_get(results, "cells"), i, cell)
		if (json_object_get(cell, "victim"))
			write_row(page, cell);
	fputs("</tbody></table></div>\n", page->to);
}

static void write(struct lab_page *page)
{
	size_t run;

	fputs("<p>A victim makes requests of its own while shots are fired, and checks its results. Its units of work are asked for, done and verified, or lost; wrong ones came back with other bytes, errors were reported to it. Then nothing fails any more, and it repeats its work until it loses nothing.</p>\n",
	      page->to);
	for (run = 0; run < page->nruns; run++)
		if (has_victim(page->run[run].results))
			write_run(page, run);
}

const struct lab_section_of_page lab_page_victims = {
	.id = "victims",
	.title = "Victims",
	.there = there,
	.write = write,
};
