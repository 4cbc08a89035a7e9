// SPDX-License-Identifier: GPL-2.0-only
/* results/boot_words.c - see results/boot_words.h. */
#include "boot_words.h"

#include <stdlib.h>
#include <string.h>

#include "lib/alloc.h"
#include "lib/json.h"

char *lab_boot_words(const json_t *machine)
{
	/* append is last: it may be of many words. */
	static const char *const keys[] = { "board", "cpu", "machine",
					    "append" };
	char *words = xstrdup(""), *more;
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const char *value = lab_text(machine, keys[i]);

		if (!*value)
			continue;
		more = xasprintf("%s%s%s %s", words, *words ? ", " : "",
				 keys[i], value);
		free(words);
		words = more;
	}
	return words;
}
