// SPDX-License-Identifier: GPL-2.0-only
/*
 * export/ktap.c - KTAP 1, one test per verdict, below one for the scenario.
 *
 * Documentation/dev-tools/ktap.rst of the kernel; a name may not hold a '#'.
 */
#include <string.h>

#include "lib/json.h"
#include "results/known.h"
#include "export.h"

static void write_clean(const char *text, FILE *to)
{
	for (; *text; text++)
		fputc(*text == '#' || *text == '\n' ? '.' : *text, to);
}

/*
 * The kernel's kunit.py takes a result with the scenario's name for that of the
 * scenario. An oracle of the same name gets a prefix.
 */
static void write_name(const json_t *verdict, const char *scenario, FILE *to)
{
	const char *name = lab_text(verdict, "name");

	if (!strcmp(name, scenario)) {
		write_clean(lab_text(verdict, "kind"), to);
		fputc(' ', to);
	}
	write_clean(name, to);
}

static void write_verdict(const json_t *verdict, size_t number,
			  const char *scenario, FILE *to)
{
	const bool failed = lab_is(verdict, "verdict", "fail");
	const json_t *known = lab_known_of(verdict);

	if (failed) {
		fprintf(to, "  # %s\n", lab_text(verdict, "claim"));
		fputs("  # found: ", to);
		write_clean(lab_text(verdict, "found"), to);
		fputc('\n', to);
	}
	fprintf(to, "  %s %zu ", failed && !known ? "not ok" : "ok", number);
	write_name(verdict, scenario, to);
	if (lab_is(verdict, "verdict", "skip")) {
		fputs(" # SKIP ", to);
		write_clean(lab_text(verdict, "found"), to);
	} else if (known) {
		fputs(" # XFAIL ", to);
		write_clean(lab_text(known, "link"), to);
	}
	fputc('\n', to);
}

static const char *directive_of(const json_t *results)
{
	if (lab_is(results, "verdict", "skip"))
		return " # SKIP nothing could be asked of this kernel";
	return lab_known_all(results) ? " # XFAIL all that failed is known" :
					"";
}

static void ktap_write(const struct lab_exported *run, FILE *to)
{
	const json_t *results = run->results;
	const json_t *verdicts = json_object_get(results, "verdicts");
	const char *name =
		lab_text(json_object_get(results, "scenario"), "name");
	const bool passed = lab_is(results, "verdict", "pass") ||
			    lab_is(results, "verdict", "skip") ||
			    lab_known_all(results);
	json_t *verdict;
	size_t i;

	fprintf(to, "KTAP version 1\n1..1\n");
	fprintf(to, "  KTAP version 1\n  # Subtest: %s\n  1..%zu\n", name,
		json_array_size(verdicts));
	json_array_foreach(verdicts, i, verdict)
		write_verdict(verdict, i + 1, name, to);
	fprintf(to, "%s 1 %s%s\n", passed ? "ok" : "not ok", name,
		directive_of(results));
}

const struct lab_export lab_export_ktap = {
	.name = "ktap",
	.file = "results.ktap",
	.write = ktap_write,
};
