/* SPDX-License-Identifier: GPL-2.0-only */
/* results/cell_name.h - what a cell is called, for people and as a key. */
#ifndef LAB_CELL_NAME_H
#define LAB_CELL_NAME_H

#include <jansson.h>
#include <stdbool.h>

/*
 * "scarce: task, pages, order 0, GFP_ATOMIC, node any", malloc()ed: no other
 * cell of the run is called so. Without its phase it is what several phases have in common.
 */
char *lab_cell_words(const json_t *cell, bool with_phase);

#endif /* LAB_CELL_NAME_H */
