/* SPDX-License-Identifier: GPL-2.0-only */
/* tests/explained.h - a text or a file, explained. */
#ifndef LAB_EXPLAINED_H
#define LAB_EXPLAINED_H

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log/explain_log.h"

static inline struct lab_explained_log *explained(const char *text,
						  size_t length)
{
	struct lab_explain_reader *reader = lab_explain_begin(NULL, NULL, NULL);

	lab_explain_feed(reader, text, length);
	return lab_explain_end(reader);
}

/* malloc()ed, ended by NUL. */
static inline char *file_text(const char *path, size_t *length)
{
	FILE *file = fopen(path, "re");
	char *text = NULL;
	size_t size = 0;
	FILE *to = open_memstream(&text, &size);
	int c;

	if (!file || !to)
		err(1, "%s: tests are run from the top of the tree", path);
	while ((c = fgetc(file)) != EOF)
		fputc(c, to);
	fclose(file);
	fclose(to);
	*length = size;
	return text;
}

static inline const struct lab_explained_zone *
zone_called(const struct lab_explanation *e, int node, const char *name)
{
	unsigned int i;

	for (i = 0; i < e->zones; i++)
		if (e->zone[i].zone->node == node &&
		    !strcmp(e->zone[i].zone->name, name))
			return &e->zone[i];
	return NULL;
}

#endif /* LAB_EXPLAINED_H */
