// SPDX-License-Identifier: GPL-2.0-only
/*
 * export/fixed_counts.c - the reference that runs of a scenario are compared
 * with.
 */
#include <stdlib.h>

#include "results/fixed.h"
#include "export.h"

static void reference_write(const struct lab_exported *run, FILE *to)
{
	const json_t *results = run->results;
	char *text = lab_fixed_text(results);

	fputs(text, to);
	free(text);
}

const struct lab_export lab_export_reference = {
	.name = "reference",
	.write = reference_write,
};
