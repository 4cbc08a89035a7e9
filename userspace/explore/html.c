// SPDX-License-Identifier: GPL-2.0-only
/*
 * explore/html.c - a single file without references to others: the failures
 * first, then the sites, by module.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "explore.h"
#include "lib/html_escape.h"
#include "lib/html_page.h"
#include "lib/json.h"
#include "site.h"
#include "site_words.h"

static const char head[] = LAB_HTML_HEAD(
	"labyrinth explore",
	"pre { font-size: .85rem; } .fails { color: #b3261e; }\n"
	"@media (prefers-color-scheme: dark) { .fails { color: #ff8a80; } }\n");

static void write_tag(const char *tag, const char *text, FILE *to)
{
	fprintf(to, "<%s>", tag);
	lab_html_write(to, text);
	fprintf(to, "</%s>\n", tag);
}

static void write_log(const json_t *fault, FILE *to)
{
	const json_t *lines = json_object_get(fault, "log"), *line;
	size_t i;

	if (!json_array_size(lines))
		return;
	fputs("<pre>", to);
	json_array_foreach(lines, i, line)
		lab_html_printf(to, "%s\n", json_string_value(line));
	fputs("</pre>\n", to);
}

static void write_finding(const json_t *found, const json_t *fault, FILE *to)
{
	const json_t *site = lab_site_of(found, fault);
	char who[LAB_SITE_WORDS], what[LAB_FAULT_WORDS];
	char *repeat = lab_repeat_words(found, fault);

	lab_site_words(site, who, sizeof(who));
	lab_fault_words(fault, what, sizeof(what));
	fputs("<section>\n<h3 class=\"fails\">", to);
	lab_html_printf(to, "%s: %s, %s, %s", lab_text(fault, "verdict"), who,
			lab_text(site, "context"), what);
	fputs("</h3>\n", to);
	write_tag("p", lab_text(fault, "evidence"), to);
	if (json_is_true(json_object_get(fault, "same_twice")))
		fputs("<p>Alone in a boot, twice: the same bytes.</p>\n", to);
	else if (json_object_get(fault, "same_twice"))
		fputs("<p>Alone in a boot, twice: <b>not</b> the same bytes.</p>\n",
		      to);
	if (json_is_true(json_object_get(fault, "provisional")))
		fputs("<p>Seen once, not confirmed.</p>\n", to);
	write_tag("pre", lab_text(site, "stack"), to);
	write_log(fault, to);
	if (*lab_text(fault, "console"))
		write_tag("pre", lab_text(fault, "console"), to);
	write_tag("pre", repeat, to);
	fputs("</section>\n", to);
	free(repeat);
}

static void write_findings(const json_t *found, FILE *to)
{
	const json_t *fault;
	bool any = false;
	size_t i;

	json_array_foreach(json_object_get(found, "faults"), i, fault) {
		if (!lab_fault_fails(fault))
			continue;
		if (!any)
			fputs("<h2>What fails</h2>\n", to);
		any = true;
		write_finding(found, fault, to);
	}
}

static void write_site(const json_t *found, const json_t *site, FILE *to)
{
	const json_t *faults = json_object_get(found, "faults");
	enum lab_trial_verdict worst;
	char who[LAB_SITE_WORDS];
	unsigned int count;

	worst = lab_site_verdict(faults, lab_text(site, "id"), &count);
	lab_site_words(site, who, sizeof(who));
	fprintf(to, "<tr><td%s>%s</td><td>%s</td><td>%s</td>",
		lab_trial_fails(worst) ? " class=\"fails\"" : "",
		lab_trial_names[worst] ?: "not tried",
		lab_text(site, "context"), lab_text(site, "interface"));
	fprintf(to,
		"<td class=\"n\">%" PRIu64 "</td><td class=\"n\">%u</td>"
		"<td><details><summary>",
		lab_number(site, "occurrences"), count);
	lab_html_write(to, who);
	fputs("</summary><pre>", to);
	lab_html_printf(to, "%s\n%s", lab_text(site, "id"),
			lab_text(site, "stack"));
	fputs("</pre></details></td></tr>\n", to);
}

/* The sites of one module; "" is the kernel itself. */
static void write_module(const json_t *found, const char *module, FILE *to)
{
	const json_t *profile = json_object_get(found, "profile"), *site;
	struct lab_site_name name;
	size_t i;

	fputs("<section>\n", to);
	write_tag("h3", *module ? module : "the kernel itself", to);
	fputs("<table><thead><tr><th>worst</th><th>context</th><th>interface</th>"
	      "<th>requests</th><th>faults</th><th>who asked</th></tr></thead><tbody>\n",
	      to);
	json_array_foreach(json_object_get(profile, "sites"), i, site) {
		lab_site_name(site, &name);
		if (!strcmp(name.module, module))
			write_site(found, site, to);
	}
	fputs("</tbody></table>\n</section>\n", to);
}

static void write_sites(const json_t *found, FILE *to)
{
	const json_t *profile = json_object_get(found, "profile"), *site;
	json_t *modules = json_object();
	struct lab_site_name name;
	const char *module;
	json_t *seen;
	size_t i;

	json_array_foreach(json_object_get(profile, "sites"), i, site) {
		lab_site_name(site, &name);
		json_object_set_new(modules, name.module, json_true());
	}
	fputs("<h2>Sites</h2>\n", to);
	json_object_foreach(modules, module, seen)
		if (*module)
			write_module(found, module, to);
	if (json_object_get(modules, ""))
		write_module(found, "", to);
	json_decref(modules);
}

static void write_sum(const json_t *found, FILE *to)
{
	unsigned int count[LAB_TRIAL_VERDICT_COUNT + 1] = {};
	const json_t *fault;
	size_t i;
	int v;

	json_array_foreach(json_object_get(found, "faults"), i, fault)
		count[lab_fault_verdict(fault)]++;
	fputs("<table><tbody>\n", to);
	for (v = 0; v <= LAB_TRIAL_VERDICT_COUNT; v++)
		if (count[v])
			fprintf(to,
				"<tr><td>%s</td><td class=\"n\">%u</td><td>%s</td></tr>\n",
				lab_trial_names[v] ?: "not tried", count[v],
				v < LAB_TRIAL_VERDICT_COUNT ?
					lab_trial_help[v] :
					"");
	fputs("</tbody></table>\n", to);
}

static void write_html(const json_t *found, FILE *to)
{
	const json_t *identity = json_object_get(found, "identity");
	const json_t *profile = json_object_get(found, "profile");

	fputs(head, to);
	fputs("<h1>", to);
	lab_html_printf(to, "%s on %s", lab_text(identity, "victim"),
			lab_text(profile, "release"));
	fputs("</h1>\n<p>", to);
	lab_html_printf(
		to,
		"%s: %zu sites, %" PRIu64
		" atomic requests. Each site was made to fail; below is what came of it.",
		lab_text(identity, "kernel"),
		json_array_size(json_object_get(profile, "sites")),
		lab_number(json_object_get(profile, "watched"), "requests"));
	fputs("</p>\n", to);
	write_sum(found, to);
	write_findings(found, to);
	write_sites(found, to);
	fputs("</body></html>\n", to);
}

const struct lab_explore_form lab_explore_html = {
	.name = "html",
	.write = write_html,
};
