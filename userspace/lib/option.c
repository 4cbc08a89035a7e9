// SPDX-License-Identifier: GPL-2.0-only
/* lib/option.c - see lib/option.h. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "option.h"
#include "option_value.h"

bool lab_option_number(const char *option, const char *text, uint64_t min,
		       uint64_t max, uint64_t *number)
{
	char *end;

	errno = 0;
	*number = strtoull(text, &end, 10);
	if (isdigit((unsigned char)*text) && !*end && !errno &&
	    *number >= min && *number <= max)
		return true;
	fprintf(stderr,
		"labyrinth: %s takes a number from %" PRIu64 " to %" PRIu64
		", not '%s'\n",
		option, min, max, text);
	return false;
}

bool lab_option_bytes(const char *option, const char *text, uint64_t *bytes)
{
	static const struct lab_key key = { .type = LAB_KEY_BYTES,
					    .max = 1ull << 50 };
	char why[256];

	if (!lab_key_parse(&key, text, bytes, why, sizeof(why)))
		return true;
	fprintf(stderr, "labyrinth: %s: %s\n", option, why);
	return false;
}

bool lab_option_real(const char *option, const char *text, double min,
		     double max, double *number)
{
	char *end;

	*number = strtod(text, &end);
	/* A NaN fails each comparison, and so is refused. */
	if (end != text && !*end && *number >= min && *number <= max)
		return true;
	fprintf(stderr,
		"labyrinth: %s takes a number from %g to %g, not '%s'\n",
		option, min, max, text);
	return false;
}

static void say_takes(const char *option, const char *name, size_t i)
{
	if (!i)
		fprintf(stderr, "labyrinth: %s takes", option);
	fprintf(stderr, "%s %s", i ? "," : "", name);
}

int lab_option_word(const char *option, const char *text,
		    const char *const *words)
{
	int i;

	for (i = 0; words[i]; i++)
		if (!strcmp(text, words[i]))
			return i;
	for (i = 0; words[i]; i++)
		say_takes(option, words[i], i);
	fprintf(stderr, ", not '%s'\n", text);
	return -1;
}

int lab_option_row(const char *option, const char *text,
		   const char *(*name_of)(size_t i))
{
	const char *name;
	size_t i;

	for (i = 0; (name = name_of(i)); i++)
		if (!strcmp(text, name))
			return i;
	for (i = 0; (name = name_of(i)); i++)
		say_takes(option, name, i);
	fprintf(stderr, ", not '%s'\n", text);
	return -1;
}
