// SPDX-License-Identifier: GPL-2.0-only
/* results/cell_name.c - see results/cell_name.h. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/json.h"
#include "lib/alloc.h"
#include "cell_name.h"

static void node_words(const json_t *cell, char *words, size_t size)
{
	const json_t *node = json_object_get(cell, "node");

	if (json_is_string(node))
		snprintf(words, size, "any");
	else
		snprintf(words, size, "%" JSON_INTEGER_FORMAT,
			 json_integer_value(node));
}

char *lab_cell_words(const json_t *cell, bool with_phase)
{
	char node[24];

	node_words(cell, node, sizeof(node));
	return xasprintf("%s%s%s, %s, order %" PRIu64 ", %s, node %s",
			 with_phase ? lab_text(cell, "phase") : "",
			 with_phase ? ": " : "", lab_text(cell, "context"),
			 lab_text(cell, "api"), lab_number(cell, "order"),
			 lab_text(cell, "gfp"), node);
}
