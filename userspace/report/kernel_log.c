// SPDX-License-Identifier: GPL-2.0-only
/*
 * report/kernel_log.c - findings in the kernel's log, and why a reported
 * request failed.
 *
 * The watermark check of a reported failure is repeated zone by zone with the
 * numbers of the report.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/json.h"
#include "log/failure.h"
#include "lib/alloc.h"
#include "report.h"

static bool parse(const json_t *finding, struct lab_failure *failure)
{
	const json_t *text = json_object_get(finding, "text");
	const size_t n = json_array_size(text);
	struct lab_log_line *line = xcheck(calloc(n + 1, sizeof(*line)));
	bool is;
	size_t i;

	for (i = 0; i < n; i++) {
		const char *words = json_string_value(json_array_get(text, i));

		line[i].text = words ? words : "";
		line[i].length = strlen(line[i].text);
	}
	is = lab_failure_parse(line, n, failure);
	free(line);
	return is && failure->complete;
}

static void write_request(FILE *to, const struct lab_failure *failure)
{
	static const struct {
		const char *flag, *words;
	} flags[] = {
		{ "GFP_ATOMIC",
		  "cannot wait, and may use half of the reserve and a quarter of the rest" },
		{ "GFP_NOWAIT", "cannot wait, and may not use the reserve" },
		{ "GFP_KERNEL", "may wait and reclaim" },
		{ "__GFP_HIGH", "may use half of the reserve" },
		{ "__GFP_NOMEMALLOC", "may not use all of the reserve" },
		{ "__GFP_MEMALLOC", "may use all that there is" },
		{ "__GFP_THISNODE", "wants this node or nothing" },
		{ "__GFP_ZERO", "wants it zeroed" },
		{ "__GFP_COMP", "wants it as one compound page" },
		{ "GFP_DMA32", "wants it below 4 GiB" },
	};
	const char *comma = ": it ";
	size_t i;

	lab_html_printf(to, "A request for %u page%s (order %u), %s",
			1u << failure->order % 16, failure->order ? "s" : "",
			failure->order, failure->words);
	for (i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		if (!lab_failure_asked(failure, flags[i].flag))
			continue;
		fprintf(to, "%s%s", comma, flags[i].words);
		comma = ", ";
	}
	lab_html_printf(to, ". It was made while %s ran.", failure->comm);
}

static void write_zone(FILE *to, const struct lab_failure *failure,
		       const struct lab_failure_zone *zone)
{
	const struct lab_failure_sum sum = lab_failure_weigh(failure, zone);

	fputs("<tr><th scope=\"row\">", to);
	lab_html_printf(to, "node %d %s", zone->node, zone->name);
	fprintf(to,
		"</th><td class=\"num\">%" PRIu64
		"</td><td class=\"num\">%" PRIu64
		"</td><td class=\"num\">%" PRIu64
		"</td><td>%s</td><td class=\"num\">%" PRIu64
		"</td><td class=\"%s\">",
		zone->free, sum.usable, zone->min, sum.share, sum.mark,
		sum.above && sum.block ? "good" : "bad");
	if (!sum.above)
		fprintf(to, "refused: %" PRIu64 " is not more than %" PRIu64,
			sum.usable, sum.mark);
	else if (!sum.block)
		fprintf(to, "refused: enough pages, no free block of order %u",
			failure->order);
	else
		fputs("enough by the time of the report", to);
	fputs("</td></tr>\n", to);
}

static void write_sum(const struct lab_page *page,
		      const struct lab_failure *failure)
{
	unsigned int i;

	fputs("<p>", page->to);
	write_request(page->to, failure);
	fputs("</p>\n<div class=\"wide\"><table><caption>Why, in KiB: what is usable must be more than the share of min "
	      "that has to stay, and what the zone keeps from requests that could have a higher one. "
	      "The numbers are those of the report, a moment after the failure.</caption>\n"
	      "<thead><tr><th scope=\"col\">zone</th><th scope=\"col\" class=\"num\">free</th>"
	      "<th scope=\"col\" class=\"num\">usable</th><th scope=\"col\" class=\"num\">min</th><th scope=\"col\">must stay</th>"
	      "<th scope=\"col\" class=\"num\">which is</th><th scope=\"col\">so</th></tr></thead>\n<tbody>\n",
	      page->to);
	for (i = 0; i < failure->zones; i++)
		write_zone(page->to, failure, &failure->zone[i]);
	fputs("</tbody></table></div>\n", page->to);
}

static void write_text(FILE *to, const json_t *finding)
{
	json_t *line;
	size_t i;

	fputs("<details><summary>As the kernel wrote it</summary>\n<pre>", to);
	json_array_foreach(json_object_get(finding, "text"), i, line) {
		lab_html_write(to, json_string_value(line) ?
					   json_string_value(line) :
					   "");
		fputc('\n', to);
	}
	fputs("</pre></details>\n", to);
}

static void write_finding(const struct lab_page *page, const json_t *finding)
{
	const bool failed = lab_is(finding, "class", "failure");
	const char *at = lab_text(finding, "at");
	struct lab_failure failure;

	fprintf(page->to, "<h3><span class=\"%s\">", failed ? "bad" : "dim");
	lab_html_printf(page->to, "%s", lab_text(finding, "class"));
	fputs("</span>: ", page->to);
	lab_html_printf(page->to, "%s, %" PRIu64 " %s, %s",
			lab_text(finding, "kind"), lab_number(finding, "count"),
			lab_number(finding, "count") == 1 ? "time" : "times",
			*at ? at : "outside the cells");
	fprintf(page->to, " <span class=\"dim\">line %" PRIu64 "</span></h3>\n",
		lab_number(finding, "line"));
	if (parse(finding, &failure))
		write_sum(page, &failure);
	write_text(page->to, finding);
}

static void write_class(const struct lab_page *page, const json_t *findings,
			const char *class)
{
	json_t *one;
	size_t i;

	json_array_foreach(findings, i, one)
		if (lab_is(one, "class", class))
			write_finding(page, one);
}

static void write_run(const struct lab_page *page, size_t run)
{
	static const char *const classes[] = { "failure", "expected",
					       "harmless" };
	const json_t *log = json_object_get(page->run[run].results, "log");
	const json_t *findings = json_object_get(log, "findings");
	size_t i;

	if (page->nruns > 1)
		fprintf(page->to, "<h3>%s</h3>\n", lab_run_letter(page, run));
	if (!json_is_object(log)) {
		fputs("<p>No log was read.</p>\n", page->to);
		return;
	}
	fprintf(page->to, "<p>%" PRIu64 " lines were read, %s.</p>\n",
		lab_number(log, "lines"),
		json_array_size(findings) ? "and this found in them" :
					    "and nothing found in them");
	for (i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
		write_class(page, findings, classes[i]);
}

static void write(struct lab_page *page)
{
	size_t run;

	for (run = 0; run < page->nruns; run++)
		write_run(page, run);
}

const struct lab_section_of_page lab_page_log = {
	.id = "log",
	.title = "The kernel's log",
	.write = write,
};
