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

#include "explain/explain.h"
#include "lib/json.h"
#include "lib/alloc.h"
#include "report.h"

static bool explain(const struct lab_page *page, size_t run,
		    const json_t *finding, struct lab_kernel_report *report,
		    struct lab_explanation *explanation)
{
	const json_t *text = json_object_get(finding, "text");
	const json_t *kernel =
		json_object_get(page->run[run].results, "kernel");
	const char *release = lab_text(kernel, "release");
	const size_t n = json_array_size(text);
	struct lab_log_line *line = xcheck(calloc(n + 1, sizeof(*line)));
	bool is;
	size_t i;

	for (i = 0; i < n; i++) {
		const char *words = json_string_value(json_array_get(text, i));

		line[i].text = words ? words : "";
		line[i].length = strlen(line[i].text);
	}
	is = lab_explain_lines(line, n, *release ? release : NULL, report,
			       explanation);
	free(line);
	return is && !(report->flaws & LAB_FLAW_NO_ZONES);
}

/* In the words of "labyrinth explain". */
static void write_sum(const struct lab_page *page, size_t run,
		      const json_t *finding)
{
	static struct lab_kernel_report report;
	static struct lab_explanation explanation;

	if (!explain(page, run, finding, &report, &explanation))
		return;
	fputs("<div class=\"wide\">\n", page->to);
	lab_explain_html_facts(page->to, &explanation);
	lab_explain_html_zones(page->to, &explanation);
	fputs("</div>\n", page->to);
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

static void write_finding(const struct lab_page *page, size_t run,
			  const json_t *finding)
{
	const bool failed = lab_is(finding, "class", "failure");
	const char *at = lab_text(finding, "at");

	fprintf(page->to, "<h3><span class=\"%s\">", failed ? "bad" : "dim");
	lab_html_printf(page->to, "%s", lab_text(finding, "class"));
	fputs("</span>: ", page->to);
	lab_html_printf(page->to, "%s, %" PRIu64 " %s, %s",
			lab_text(finding, "kind"), lab_number(finding, "count"),
			lab_number(finding, "count") == 1 ? "time" : "times",
			*at ? at : "outside the cells");
	fprintf(page->to, " <span class=\"dim\">line %" PRIu64 "</span></h3>\n",
		lab_number(finding, "line"));
	write_sum(page, run, finding);
	write_text(page->to, finding);
}

static void write_class(const struct lab_page *page, size_t run,
			const json_t *findings, const char *class)
{
	json_t *one;
	size_t i;

	json_array_foreach(findings, i, one)
		if (lab_is(one, "class", class))
			write_finding(page, run, one);
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
		write_class(page, run, findings, classes[i]);
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
