/* SPDX-License-Identifier: GPL-2.0-only */
/* results/cell_name.h - the name of a cell, for users and as a key. */
#ifndef LAB_CELL_NAME_H
#define LAB_CELL_NAME_H

#include <jansson.h>
#include <stdbool.h>

/*
 * "scarce: task, pages, order 0, GFP_ATOMIC, node any", malloc()ed: unique in a
 * run. Without its phase, cells of several phases have the same name.
 */
char *lab_cell_words(const json_t *cell, bool with_phase);

#endif /* LAB_CELL_NAME_H */
