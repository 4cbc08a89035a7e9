// SPDX-License-Identifier: GPL-2.0-only
/* explore/json.c - for programs: the whole document. */
#include "explore.h"

static void write_json(const json_t *found, FILE *to)
{
	json_dumpf(found, to, JSON_INDENT(1) | JSON_SORT_KEYS);
	fputc('\n', to);
}

const struct lab_explore_form lab_explore_json = {
	.name = "json",
	.write = write_json,
};
