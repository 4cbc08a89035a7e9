// SPDX-License-Identifier: GPL-2.0-only
/* lab/reference_line.c - see lab/reference_line.h. */
#include <stdlib.h>
#include <string.h>

#include "lib/alloc.h"
#include "lib/file.h"
#include "lib/sha256.h"
#include "results/fixed.h"
#include "reference_line.h"

#define SHOWN 10 /* differences; more is a number */

/* NAME.reference beside NAME.ini: malloc()ed, or NULL. */
static char *reference_of(const struct lab_scenario *scenario)
{
	const char *path = scenario->sources[0].path;
	const size_t length = strlen(path);
	char *name, *text;
	size_t size;

	if (length < 4 || strcmp(path + length - 4, ".ini"))
		return NULL;
	name = xasprintf("%.*s" LAB_REFERENCE_SUFFIX, (int)length - 4, path);
	text = lab_file_read(name, &size);
	free(name);
	return text;
}

static void print_differences(const char *words, size_t n, FILE *to)
{
	size_t i;

	for (i = 0; *words && i < SHOWN; i++) {
		const int length = strcspn(words, "\n");

		fprintf(to, "       %.*s\n", length, words);
		words += length + !!words[length];
	}
	if (n > SHOWN)
		fprintf(to, "       and %zu more\n", n - SHOWN);
}

static void print_comparison(const json_t *results, const char *reference,
			     FILE *to)
{
	struct lab_fixed_difference found;

	if (!lab_fixed_compare(results, reference, &found)) {
		fprintf(to, ", not compared with the reference: %s\n",
			found.words);
	} else {
		if (found.different)
			fprintf(to,
				", NOT EQUAL to the reference in %zu of %zu:\n",
				found.different, found.compared);
		else
			fprintf(to, ", equal to the reference in all of %zu\n",
				found.compared);
		print_differences(found.words, found.different, to);
		if (found.unasked)
			fprintf(to,
				"       not asked of this kernel: %zu, the first %s\n",
				found.unasked, found.reason);
	}
	free(found.words);
}

void lab_counts_print(const struct lab_job *job, const json_t *results,
		      FILE *to)
{
	char hex[LAB_FINGERPRINT], *text, *reference;

	if (job->machine.mode != LAB_DETERMINISTIC)
		return;
	text = lab_fixed_text(results);
	lab_fingerprint(text, hex);
	fprintf(to, "  counts %s", hex);
	reference = reference_of(job->scenario);
	if (reference)
		print_comparison(results, reference, to);
	else
		fputc('\n', to);
	free(reference);
	free(text);
}
