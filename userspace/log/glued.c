// SPDX-License-Identifier: GPL-2.0-only
/* log/glued.c - see log/glued.h. */
#include <regex.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "glued.h"
#include "lib/alloc.h"

#define PREFIXES 3
/* Of a line that is shorter nothing is expected. */
#define LENGTH 120

/*
 * The kernel's own time stamp, a prefix of syslog with the kernel's name, or
 * that with the stamp behind it.
 */
#define STAMP "\\[ *[0-9]+\\.[0-9]{6}\\]"
#define DAY                                            \
	"([A-Z][a-z]{2} +[0-9]{1,2} [0-9]{2}:[0-9]{2}" \
	"|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2})"
#define SYSLOG DAY ":[^ ]+ [^ ]+ kernel: "

static const regex_t *prefix(void)
{
	static regex_t compiled;
	static bool done;

	if (!done && regcomp(&compiled, SYSLOG "(" STAMP ")?|" STAMP,
			     REG_EXTENDED | REG_NEWLINE))
		abort();
	done = true;
	return &compiled;
}

/* Where the next prefix is, or NULL. */
static const char *next_prefix(const char *text, size_t *length)
{
	regmatch_t match;

	if (regexec(prefix(), text, 1, &match, 0))
		return NULL;
	*length = match.rm_eo - match.rm_so;
	return text + match.rm_so;
}

char *lab_unglue(const char *text)
{
	const char *at = text, *found;
	size_t length, prefixes = 0, size;
	char *lines;
	FILE *to;

	if (strnlen(text, LENGTH) < LENGTH)
		return NULL;
	while (prefixes < PREFIXES && (found = next_prefix(at, &length))) {
		prefixes++;
		at = found + length;
	}
	if (prefixes < PREFIXES)
		return NULL;
	to = xcheck(open_memstream(&lines, &size));
	for (at = text; (found = next_prefix(at, &length));
	     at = found + length) {
		fprintf(to, "%.*s", (int)(found - at), at);
		if (found > text && found[-1] != '\n')
			fputc('\n', to);
		fprintf(to, "%.*s", (int)length, found);
	}
	fputs(at, to);
	fclose(to);
	return lines;
}
