// SPDX-License-Identifier: GPL-2.0-only
/* report/how_to_repeat.c - the commands that repeat the run. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/json.h"
#include "results/boot_words.h"
#include "report.h"

static void write_fact(FILE *to, const char *what, const char *value)
{
	if (!*value)
		return;
	fprintf(to, "<tr><th scope=\"row\">%s</th><td><code>", what);
	lab_html_write(to, value);
	fputs("</code></td></tr>\n", to);
}

/* Of which source the kernel is, as far as host.json tells. */
static void write_source(FILE *to, const json_t *host)
{
	const json_t *source = json_object_get(host, "kernel_source");
	json_t *patch;
	size_t i;

	write_fact(to, "its package", lab_text(source, "package"));
	write_fact(to, "its commit", lab_text(source, "commit"));
	write_fact(to, "its branch", lab_text(source, "branch"));
	json_array_foreach(json_object_get(source, "patches"), i, patch)
		write_fact(to, "patched by", lab_text(patch, "name"));
	write_fact(to, "its compiler", lab_text(source, "compiler"));
	write_fact(to, "SHA-256 of its configuration",
		   lab_text(source, "config_sha256"));
}

static void write_facts(const struct lab_page *page, size_t run)
{
	const json_t *results = page->run[run].results;
	const json_t *kernel = json_object_get(results, "kernel");
	char *boot = lab_boot_words(json_object_get(results, "machine"));

	fputs("<div class=\"wide\"><table><caption>What the results depend on</caption>\n<tbody>\n",
	      page->to);
	write_fact(page->to, "kernel", lab_text(kernel, "version"));
	write_fact(page->to, "its build id", lab_text(kernel, "build_id"));
	write_source(page->to, page->run[run].host);
	write_fact(page->to, "build id of the module",
		   lab_text(json_object_get(results, "module"), "build_id"));
	write_fact(page->to, "build id of the program",
		   lab_text(json_object_get(results, "program"), "build_id"));
	write_fact(page->to, "SHA-256 of the scenario",
		   lab_text(json_object_get(results, "scenario"), "sha256"));
	write_fact(page->to, "QEMU",
		   lab_text(json_object_get(results, "machine"), "qemu"));
	write_fact(page->to, "booted with", boot);
	write_fact(page->to, "fingerprint", page->run[run].fingerprint);
	fputs("</tbody></table></div>\n", page->to);
	free(boot);
}

/* Writes a word quoted for a shell. */
static void write_word(FILE *to, const char *word)
{
	if (*word && strspn(word, "abcdefghijklmnopqrstuvwxyz"
				  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				  "-_./:=+,@%") == strlen(word)) {
		lab_html_write(to, word);
		return;
	}
	fputs("&#39;", to);
	for (; *word; word++)
		if (*word == '\'')
			lab_html_write(to, "'\\''");
		else
			lab_html_printf(to, "%c", *word);
	fputs("&#39;", to);
}

/*
 * The command line of the run; if host.json is missing, one made from the
 * results.
 */
static void write_command(const struct lab_page *page, size_t run)
{
	const json_t *results = page->run[run].results;
	const json_t *command = json_object_get(page->run[run].host, "command");
	json_t *word;
	size_t i;

	fputs("<pre>labyrinth", page->to);
	if (json_array_size(command)) {
		json_array_foreach(command, i, word) {
			fputc(' ', page->to);
			write_word(page->to, json_string_value(word) ?
						     json_string_value(word) :
						     "");
		}
	} else {
		lab_html_printf(
			page->to,
			" lab %s --kernel KERNEL --seed %" PRIu64 " --mode %s",
			lab_text(json_object_get(results, "scenario"), "name"),
			lab_number(results, "seed"),
			lab_text(json_object_get(results, "machine"), "mode"));
	}
	fputs("</pre>\n", page->to);
}

static void write_seeds(const struct lab_page *page, size_t run)
{
	if (!json_object_get(page->run[run].results, "seeds"))
		return;
	fputs("<p>And so with <code>--seed</code> for each: ", page->to);
	lab_seeds_write(page, run);
	fputs(". The fingerprint is that of the first.</p>\n", page->to);
}

static void write(struct lab_page *page)
{
	size_t run;

	fputs("<p>In deterministic mode, the same of all that is listed below makes results.json the same, byte by byte: "
	      "its SHA-256 is the fingerprint.</p>\n",
	      page->to);
	for (run = 0; run < page->nruns; run++) {
		if (page->nruns > 1)
			fprintf(page->to, "<h3>%s</h3>\n",
				lab_run_letter(page, run));
		write_command(page, run);
		write_seeds(page, run);
		write_facts(page, run);
	}
}

const struct lab_section_of_page lab_page_again = {
	.id = "again",
	.title = "How to reproduce it",
	.write = write,
};
