// SPDX-License-Identifier: GPL-2.0-only
/* lib/diagnostics.c - see lib/diagnostics.h. */
#include "diagnostics.h"

#include <stdlib.h>

#include "alloc.h"

void lab_complain(struct lab_complaints *complaints, const char *path,
		  unsigned int line, const char *key, const char *format, ...)
{
	unsigned int rank = complaints->count++;
	va_list args;
	char *text;
	int length;

	if (rank >= LAB_COMPLAINTS_MAX)
		return;
	va_start(args, format);
	length = vasprintf(&text, format, args);
	va_end(args);
	xcheck(length < 0 ? NULL : text);
	complaints->kept[rank] = (struct lab_complaint){
		.path = path,
		.line = line,
		.rank = rank,
		.text = xasprintf("%s:%u: %s%s%s", path, line, key ? key : "",
				  key ? ": " : "", text),
	};
	free(text);
}

bool lab_complaints_full(const struct lab_complaints *complaints)
{
	return complaints->count > LAB_COMPLAINTS_MAX;
}

/* Files keep the order in which something was first found in them. */
static unsigned int first_rank(const struct lab_complaint *complaint)
{
	const struct lab_complaint *all = complaint - complaint->rank;
	unsigned int rank = 0;

	while (all[rank].path != complaint->path)
		rank++;
	return rank;
}

static int by_place(const void *a, const void *b)
{
	const struct lab_complaint *const *left = a, *const *right = b;
	unsigned int keys[2][3] = {
		{ first_rank(*left), (*left)->line, (*left)->rank },
		{ first_rank(*right), (*right)->line, (*right)->rank },
	};
	int i;

	for (i = 0; i < 3; i++)
		if (keys[0][i] != keys[1][i])
			return keys[0][i] < keys[1][i] ? -1 : 1;
	return 0;
}

bool lab_complaints_end(struct lab_complaints *complaints)
{
	const struct lab_complaint *sorted[LAB_COMPLAINTS_MAX] = {};
	unsigned int i, kept = complaints->count;

	if (kept > LAB_COMPLAINTS_MAX)
		kept = LAB_COMPLAINTS_MAX;
	for (i = 0; i < kept; i++)
		sorted[i] = &complaints->kept[i];
	qsort(sorted, kept, sizeof(*sorted), by_place);
	/*
	 * A base that two files inherit is checked twice: its errors are
	 * printed once.
	 */
	for (i = 0; i < kept; i++)
		if (!complaints->quiet &&
		    (!i || strcmp(sorted[i]->text, sorted[i - 1]->text) != 0))
			fprintf(stderr, "%s\n", sorted[i]->text);
	for (i = 0; i < kept; i++)
		free(complaints->kept[i].text);
	if (lab_complaints_full(complaints) && !complaints->quiet)
		fprintf(stderr, "there is more; these are the first %u\n",
			kept);
	return kept;
}
