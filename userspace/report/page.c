// SPDX-License-Identifier: GPL-2.0-only
/* report/page.c - the table of sections, and the rest of the page. */
#include <errno.h>
#include <stdlib.h>

#include "lib/json.h"
#include "lib/alloc.h"
#include "report.h"

/* The most important sections come first. */
static const struct lab_section_of_page *const sections[] = {
	&lab_page_head,	    &lab_page_repeats, &lab_page_differences,
	&lab_page_verdicts, &lab_page_victims, &lab_page_heat,
	&lab_page_cliff,    &lab_page_latency, &lab_page_timeline,
	&lab_page_nodes,    &lab_page_log,     &lab_page_again,
};

#define SECTIONS (sizeof(sections) / sizeof(sections[0]))

static bool is_there(const struct lab_page *page, size_t i)
{
	return !sections[i]->there || sections[i]->there(page);
}

static void write_start(const struct lab_page *page)
{
	const json_t *scenario =
		json_object_get(page->run[0].results, "scenario");
	size_t i;

	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
	      "<meta name=\"generator\" content=\"labyrinth " LAB_VERSION
	      "\">\n<title>",
	      page->to);
	lab_html_write(page->to, lab_text(scenario, "name"));
	for (i = 0; i < page->nruns; i++)
		lab_html_printf(page->to, "%s %s", i ? " and" : " on",
				lab_text(json_object_get(page->run[i].results,
							 "kernel"),
					 "release"));
	fprintf(page->to, "</title>\n<style>\n%s</style>\n</head>\n<body>\n",
		lab_page_style);
}

static void write_contents(const struct lab_page *page)
{
	size_t i;

	fputs("<nav aria-label=\"Contents\"><ul>\n", page->to);
	for (i = 0; i < SECTIONS; i++)
		if (sections[i]->title && is_there(page, i))
			fprintf(page->to, "<li><a href=\"#%s\">%s</a></li>\n",
				sections[i]->id, sections[i]->title);
	fputs("</ul></nav>\n", page->to);
}

static void write_sections(struct lab_page *page)
{
	size_t i;

	for (i = 0; i < SECTIONS; i++) {
		if (!is_there(page, i))
			continue;
		fprintf(page->to, "<%s id=\"%s\">\n",
			sections[i]->title ? "section" : "header",
			sections[i]->id);
		if (sections[i]->title)
			fprintf(page->to, "<h2>%s</h2>\n", sections[i]->title);
		sections[i]->write(page);
		if (sections[i]->title) {
			fputs("</section>\n", page->to);
		} else {
			fputs("</header>\n", page->to);
			write_contents(page);
		}
	}
	fputs("</body>\n</html>\n", page->to);
}

int lab_page_write(const struct lab_run *runs, size_t nruns,
		   const struct lab_comparison *comparison,
		   const struct lab_repeats *repeats, FILE *to)
{
	struct lab_page page = { .nruns = nruns,
				 .run = runs,
				 .comparison = comparison,
				 .repeats = repeats };
	char *text = NULL;
	size_t size = 0;
	int err;

	page.to = xcheck(open_memstream(&text, &size));
	page.drawing = lab_drawing_new();
	write_start(&page);
	write_sections(&page);
	fclose(page.to);
	err = lab_drawing_finish(page.drawing, text, size, to);
	lab_drawing_free(page.drawing);
	free(text);
	return err;
}
