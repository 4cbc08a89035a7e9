// SPDX-License-Identifier: GPL-2.0-only
/* export/slug.c - see export/slug.h. */
#include <ctype.h>
#include <string.h>

#include "slug.h"

/*
 * Operators get words, so that expectations that differ in them have different
 * slugs.
 */
static const struct {
	const char *sign, *word;
} signs[] = {
	{ "==", "eq" }, { "!=", "ne" }, { "<=", "le" }, { ">=", "ge" },
	{ "<", "lt" },	{ ">", "gt" },	{ "%", "pct" },
};

static const char *word_of(const char **text)
{
	size_t i;

	for (i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		const size_t length = strlen(signs[i].sign);

		if (strncmp(*text, signs[i].sign, length) != 0)
			continue;
		*text += length;
		return signs[i].word;
	}
	return NULL;
}

static void add(char *slug, size_t *at, size_t size, char c)
{
	if (c == '-' && (!*at || slug[*at - 1] == '-'))
		return;
	if (*at + 1 < size)
		slug[(*at)++] = c;
}

void lab_slug(const char *text, char *slug, size_t size)
{
	size_t at = 0;

	while (*text) {
		const char *word = word_of(&text);

		if (word) {
			add(slug, &at, size, '-');
			for (; *word; word++)
				add(slug, &at, size, *word);
			add(slug, &at, size, '-');
			continue;
		}
		add(slug, &at, size,
		    isalnum((unsigned char)*text) || *text == '_' ? *text :
								    '-');
		text++;
	}
	while (at && slug[at - 1] == '-')
		at--;
	slug[at] = '\0';
}
