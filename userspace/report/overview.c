// SPDX-License-Identifier: GPL-2.0-only
/*
 * report/overview.c - what was run, on which kernel and machine, and the
 * verdict with its reasons.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/json.h"
#include "results/known.h"
#include "results/boot_words.h"
#include "report.h"

static const char *const meanings[][2] = {
	{ "pass", "Everything that was asked for held." },
	{ "fail", "Something that must hold did not." },
	{ "skip", "Nothing could be asked of this kernel." },
	{ "broken", "The harness broke: nothing is said of the kernel." },
};

static const char *meaning_of(const char *verdict)
{
	size_t i;

	for (i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++)
		if (!strcmp(meanings[i][0], verdict))
			return meanings[i][1];
	return "";
}

static void write_machine(const struct lab_page *page, size_t run)
{
	const json_t *results = page->run[run].results;
	FILE *to = page->to;
	const json_t *kernel = json_object_get(results, "kernel");
	const json_t *machine = json_object_get(results, "machine");
	char *boot;

	lab_html_printf(
		to, "Linux %s (%s), %" PRIu64 " CPUs, %" PRIu64 " nodes",
		lab_text(kernel, "release"), lab_text(kernel, "machine"),
		lab_number(machine, "cpus"), lab_number(machine, "nodes"));
	if (lab_number(machine, "memory_per_node"))
		fprintf(to, " of %" PRIu64 " MiB",
			lab_number(machine, "memory_per_node") >> 20);
	lab_html_printf(to, ", %s", lab_text(machine, "mode"));
	if (*lab_text(machine, "qemu"))
		lab_html_printf(to, " (QEMU %s)", lab_text(machine, "qemu"));
	boot = lab_boot_words(machine);
	if (*boot)
		lab_html_printf(to,
				lab_is_of_real_machine(results) ?
					", %s" :
					", booted with %s",
				boot);
	free(boot);
	fputs(", ", to);
	lab_seeds_write(page, run);
}

static void write_run(const struct lab_page *page, size_t run)
{
	const json_t *results = page->run[run].results;
	const json_t *verdicts = json_object_get(results, "verdicts");
	const char *verdict = lab_text(results, "verdict");

	/* The schema allows only known words here. */
	fprintf(page->to, "<div class=\"head %s\"><p><span class=\"verdict\">",
		verdict);
	if (page->nruns > 1)
		fprintf(page->to, "%s: ", lab_run_letter(page, run));
	fprintf(page->to, "%s</span> – %s ", verdict, meaning_of(verdict));
	if (lab_known_all(results))
		fputs("All that failed is known. ", page->to);
	fprintf(page->to, "%zu checks held, %zu failed, %zu skipped.</p>\n<p>",
		lab_count(verdicts, "verdict", "pass"),
		lab_count(verdicts, "verdict", "fail"),
		lab_count(verdicts, "verdict", "skip"));
	write_machine(page, run);
	fprintf(page->to,
		"</p>\n<p class=\"dim\">fingerprint%s <code>%.16s…</code></p></div>\n",
		json_object_get(results, "seeds") ? " of the first" : "",
		page->run[run].fingerprint);
}

static void write(struct lab_page *page)
{
	const json_t *scenario =
		json_object_get(page->run[0].results, "scenario");
	size_t i;

	fputs("<h1>", page->to);
	lab_html_printf(page->to, "%s: %s", lab_text(scenario, "name"),
			lab_text(scenario, "claim"));
	fputs("</h1>\n", page->to);
	for (i = 0; i < page->nruns; i++)
		write_run(page, i);
}

const struct lab_section_of_page lab_page_head = {
	.id = "top",
	.write = write,
};

/* ---- the verdicts themselves --------------------------------------------- */

static void write_link(FILE *to, const json_t *known)
{
	/* The URL may have any scheme: only these become links. */
	const char *link = lab_text(known, "link");
	const bool safe = !strncmp(link, "https://", 8) ||
			  !strncmp(link, "http://", 7);

	if (safe) {
		fputs("<a href=\"", to);
		lab_html_write(to, link);
		fputs("\">", to);
	}
	lab_html_write(to, lab_text(known, "issue"));
	fputs(safe ? "</a>" : " (", to);
	if (!safe)
		lab_html_printf(to, "%s)", link);
}

static void write_known(FILE *to, const json_t *known)
{
	if (!known)
		return;
	fputs("<br>known issue ", to);
	write_link(to, known);
	lab_html_printf(to, ": %s", lab_text(known, "what"));
	if (*lab_text(known, "expired"))
		lab_html_printf(to, "; until %s, which is past: it counts",
				lab_text(known, "expired"));
}

static void write_absent(const struct lab_page *page)
{
	json_t *known;
	size_t run, i;

	for (run = 0; run < page->nruns; run++) {
		json_array_foreach(json_object_get(page->run[run].results,
						   "known_absent"),
				   i, known) {
			fputs("<p>The known issue ", page->to);
			write_link(page->to, known);
			lab_html_printf(page->to,
					" did not occur%s%s: %s</p>\n",
					page->nruns > 1 ? " in " : "",
					page->nruns > 1 ?
						lab_run_letter(page, run) :
						"",
					lab_text(known, "what"));
		}
	}
}

static void write_row(const struct lab_page *page, size_t run,
		      const json_t *verdict)
{
	static const struct {
		const char *verdict, *class;
	} classes[] = { { "fail", "bad" }, { "skip", "warn" } };
	const char *word = lab_text(verdict, "verdict"), *class = "good";
	FILE *to = page->to;
	size_t i;

	for (i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
		if (!strcmp(word, classes[i].verdict))
			class = classes[i].class;
	if (lab_known_of(verdict)) {
		word = "known";
		class = "warn";
	}
	fputs("<tr>", to);
	if (page->nruns > 1)
		fprintf(to, "<td>%s</td>", lab_run_letter(page, run));
	fprintf(to, "<td class=\"%s\">%s</td><th scope=\"row\">", class, word);
	lab_html_write(to, lab_text(verdict, "name"));
	if (strcmp(lab_text(verdict, "kind"), "expectation") != 0) {
		fputs("<br><span class=\"dim\">", to);
		lab_html_write(to, lab_text(verdict, "claim"));
		fputs("</span>", to);
	}
	fputs("</th><td>", to);
	lab_html_write(to, lab_text(verdict, "found"));
	write_known(to, json_object_get(verdict, "known"));
	fputs("</td></tr>\n", to);
}

/* Writes the rows of verdicts that passed, or of those that did not. */
static size_t write_rows(const struct lab_page *page, bool passed, bool oracles)
{
	size_t run, i, n = 0;
	json_t *one;

	for (run = 0; run < page->nruns; run++) {
		json_array_foreach(json_object_get(page->run[run].results,
						   "verdicts"),
				   i, one) {
			if (lab_is(one, "verdict", "pass") != passed ||
			    (passed &&
			     lab_is(one, "kind", "oracle") != oracles))
				continue;
			write_row(page, run, one);
			n++;
		}
	}
	return n;
}

static bool all_pass(const struct lab_page *page)
{
	const json_t *verdicts;
	size_t run;

	for (run = 0; run < page->nruns; run++) {
		verdicts = json_object_get(page->run[run].results, "verdicts");
		if (lab_count(verdicts, "verdict", "pass") !=
		    json_array_size(verdicts))
			return false;
	}
	return true;
}

static void write_table(const struct lab_page *page, bool passed, bool oracles,
			const char *caption)
{
	fprintf(page->to,
		"<div class=\"wide\"><table><caption>%s</caption>\n<thead><tr>%s"
		"<th scope=\"col\">verdict</th><th scope=\"col\">what must hold</th>"
		"<th scope=\"col\">what was found</th></tr></thead>\n<tbody>\n",
		caption, page->nruns > 1 ? "<th scope=\"col\">run</th>" : "");
	write_rows(page, passed, oracles);
	fputs("</tbody></table></div>\n", page->to);
}

static void write_verdicts(struct lab_page *page)
{
	if (all_pass(page))
		fputs("<p>Nothing failed and nothing was skipped.</p>\n",
		      page->to);
	else
		write_table(page, false, false,
			    "What did not hold, or could not be asked");
	write_absent(page);
	write_table(page, true, true, "Oracles that held");
	fputs("<details><summary>Expectations that held</summary>\n", page->to);
	write_table(page, true, false, "Expectations of the scenario");
	fputs("</details>\n", page->to);
}

const struct lab_section_of_page lab_page_verdicts = {
	.id = "verdicts",
	.title = "Verdicts and oracles",
	.write = write_verdicts,
};
