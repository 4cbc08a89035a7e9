// SPDX-License-Identifier: GPL-2.0-only
/* compare/names.c - see compare/names.h. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../json.h"
#include "../scenario/must.h"
#include "names.h"

static void node_words(const json_t *cell, char *words, size_t size)
{
	const json_t *node = json_object_get(cell, "node");

	if (json_is_string(node))
		snprintf(words, size, "any");
	else
		snprintf(words, size, "%" JSON_INTEGER_FORMAT,
			 json_integer_value(node));
}

/* "GFP_ATOMIC|__GFP_NOWARN" says no more than GFP_ATOMIC. */
static void gfp_words(const json_t *cell, char *words, size_t size)
{
	static const char quiet[] = "|__GFP_NOWARN";
	char *at;

	snprintf(words, size, "%s", lab_text(cell, "gfp"));
	at = strstr(words, quiet);
	if (at && (at[sizeof(quiet) - 1] == '|' || !at[sizeof(quiet) - 1]))
		memmove(at, at + sizeof(quiet) - 1,
			strlen(at + sizeof(quiet) - 1) + 1);
}

char *lab_cell_words(const json_t *cell, bool with_phase)
{
	char node[24], gfp[200];

	node_words(cell, node, sizeof(node));
	gfp_words(cell, gfp, sizeof(gfp));
	return must_printf("%s%s%s, %s, order %" PRIu64 ", %s, node %s",
			   with_phase ? lab_text(cell, "phase") : "",
			   with_phase ? ": " : "", lab_text(cell, "context"),
			   lab_text(cell, "api"), lab_number(cell, "order"),
			   gfp, node);
}
