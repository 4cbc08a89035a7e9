// SPDX-License-Identifier: GPL-2.0-only
/* report/node_table.c - requested nodes, and nodes that pages came from. */
#include <inttypes.h>
#include <string.h>

#include "lib/json.h"
#include "report.h"

#define NODES 16

/* Number of blocks by requested node, "any" last, and by node of the block. */
struct matrix {
	uint64_t blocks[NODES + 1][NODES];
	bool asked[NODES + 1], gave[NODES];
};

static void fill(const json_t *results, struct matrix *matrix)
{
	json_t *cell, *origin;
	size_t i, j;

	*matrix = (struct matrix){};
	json_array_foreach(json_object_get(results, "cells"), i, cell) {
		const json_t *node = json_object_get(cell, "node");
		const uint64_t asked = json_is_integer(node) ?
					       json_integer_value(node) :
					       NODES;

		if (asked > NODES)
			continue;
		json_array_foreach(json_object_get(cell, "origin"), j, origin) {
			const uint64_t from = lab_number(origin, "node");

			if (from >= NODES)
				continue;
			matrix->blocks[asked][from] +=
				lab_number(origin, "blocks");
			matrix->asked[asked] = true;
			matrix->gave[from] = true;
		}
	}
}

static void write_matrix(const struct lab_page *page, size_t run)
{
	struct matrix matrix;
	size_t asked, from;

	fill(page->run[run].results, &matrix);
	fprintf(page->to,
		"<div class=\"wide\"><table><caption>Blocks %s</caption>\n<thead><tr><th scope=\"col\">asked for</th>",
		lab_run_letter(page, run));
	for (from = 0; from < NODES; from++)
		if (matrix.gave[from])
			fprintf(page->to,
				"<th scope=\"col\" class=\"num\">from node %zu</th>",
				from);
	fputs("</tr></thead>\n<tbody>\n", page->to);
	for (asked = 0; asked <= NODES; asked++) {
		if (!matrix.asked[asked])
			continue;
		if (asked == NODES)
			fputs("<tr><th scope=\"row\">any node</th>", page->to);
		else
			fprintf(page->to, "<tr><th scope=\"row\">node %zu</th>",
				asked);
		for (from = 0; from < NODES; from++)
			if (matrix.gave[from])
				fprintf(page->to,
					"<td class=\"num\">%" PRIu64 "</td>",
					matrix.blocks[asked][from]);
		fputs("</tr>\n", page->to);
	}
	fputs("</tbody></table></div>\n", page->to);
}

static void write(struct lab_page *page)
{
	size_t run;

	fputs("<p>Where no node was asked for, the one of the CPU comes first.</p>\n",
	      page->to);
	for (run = 0; run < page->nruns; run++)
		write_matrix(page, run);
}

static bool there(const struct lab_page *page)
{
	const json_t *machine =
		json_object_get(page->run[0].results, "machine");

	return lab_number(machine, "nodes") > 1;
}

const struct lab_section_of_page lab_page_nodes = {
	.id = "nodes",
	.title = "Nodes asked for and got",
	.there = there,
	.write = write,
};
