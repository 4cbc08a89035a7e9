// SPDX-License-Identifier: GPL-2.0-only
/* run/cell.c - see run/cell.h. */
#include "cell.h"

#define NONE 64

/* The lowest member of a set that is not below from, or NONE. */
static uint32_t member(uint64_t set, uint32_t from)
{
	set = from < NONE ? set >> from << from : 0;
	return set ? __builtin_ctzll(set) : NONE;
}

bool lab_cell_first(struct lab_cell *cell, const struct lab_phase *phase)
{
	*cell = (struct lab_cell){
		.phase = phase,
		.context = member(phase->contexts, 0),
		.api = member(phase->apis, 0),
		.order = member(phase->orders, 0),
		.gfp = phase->gfps,
		.node = phase->nodes,
	};
	return cell->context != NONE && cell->api != NONE &&
	       cell->order != NONE && phase->ngfps && phase->nnodes;
}

/*
 * Moves to the next member of a set. At the end it goes back to the first and
 * returns true.
 */
static bool wraps(uint64_t set, uint32_t *at)
{
	*at = member(set, *at + 1);
	if (*at != NONE)
		return false;
	*at = member(set, 0);
	return true;
}

bool lab_cell_next(struct lab_cell *cell)
{
	const struct lab_phase *phase = cell->phase;

	if (++cell->node < phase->nodes + phase->nnodes)
		return true;
	cell->node = phase->nodes;
	if (++cell->gfp < phase->gfps + phase->ngfps)
		return true;
	cell->gfp = phase->gfps;
	return !wraps(phase->orders, &cell->order) ||
	       !wraps(phase->apis, &cell->api) ||
	       !wraps(phase->contexts, &cell->context);
}
