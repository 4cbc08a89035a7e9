/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * run/cell.h - a cell: one combination of what a phase lists.
 *
 *	for (more = lab_cell_first(&cell, phase); more;
 *	     more = lab_cell_next(&cell))
 */
#ifndef LAB_CELL_H
#define LAB_CELL_H

#include <stdbool.h>
#include <stdint.h>

#include "scenario/scenario.h"

struct lab_cell {
	uint64_t number; /* in the order in which the run fires them, from 0 */
	const struct lab_phase *phase;
	uint32_t context; /* enum lab_context_id */
	uint32_t api; /* enum lab_api_id */
	uint32_t order;
	const struct lab_gfp *gfp; /* of the phase */
	const int *node; /* of the phase */
};

/*
 * The first and the next cell of a phase; false when there is none. Nodes vary
 * fastest, contexts slowest.
 */
bool lab_cell_first(struct lab_cell *cell, const struct lab_phase *phase);
bool lab_cell_next(struct lab_cell *cell);

#endif /* LAB_CELL_H */
