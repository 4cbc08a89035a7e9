/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pressure/common/fill.h - a node's memory, taken page by page down to a level.
 *
 * For workers: the memory is the calling process's own, of one node, and
 * nothing of it is given back but by the caller.
 */
#ifndef LAB_FILL_H
#define LAB_FILL_H

#include <stddef.h>
#include <stdint.h>

struct lab_fill {
	int device;
	unsigned int node;
	uint64_t permille; /* of min: the target */
	uint64_t jitter; /* pages more than that */
	size_t random; /* bytes of each page that are random */
	uint64_t state; /* of what is random */

	char *memory;
	size_t page; /* bytes of one */
	size_t pages; /* that there is room for */
	size_t taken; /* touched so far, from the first */
	size_t pinned; /* of those: not to be given back */

	uint64_t target, free; /* pages, as of the last look */
	uint64_t boost, managed;
};

/* Opens the device and binds this process's memory to the node. */
int lab_fill_open(struct lab_fill *fill);
/* Measures target and free anew. */
int lab_fill_look(struct lab_fill *fill);
void lab_fill_touch(struct lab_fill *fill, size_t page);
/* Gives back what was touched last, as far as it is not pinned. */
void lab_fill_give(struct lab_fill *fill, uint64_t pages);
/* As far as the zone lets itself be pressed: free says how far that was. */
int lab_fill_down(struct lab_fill *fill);

#endif /* LAB_FILL_H */
