/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pressure/common/fill.h - takes memory of a node, page by page, down to a
 * level of free pages.
 *
 * For workers: the memory belongs to the calling process, is of one node, and
 * is given back only by the caller. Functions return 0 or a negative errno.
 */
#ifndef LAB_FILL_H
#define LAB_FILL_H

#include <stddef.h>
#include <stdint.h>

struct lab_fill {
	int device;
	unsigned int node;
	uint64_t permille; /* thousandths of the min watermark: the target */
	uint64_t jitter; /* pages added to the target */
	size_t random; /* bytes of each page that are random */
	uint64_t state; /* of lab_random() */

	char *memory;
	size_t page; /* bytes of a page */
	size_t pages; /* pages of the mapping */
	size_t taken; /* pages touched so far, from the first */
	size_t pinned; /* of those: pages that must not be given back */

	uint64_t target, free; /* pages, at the last lab_fill_look() */
	uint64_t boost, managed;
};

/*
 * Opens the device, binds this process's memory to the node and maps room for
 * it.
 */
int lab_fill_open(struct lab_fill *fill);
/* Updates target, free, boost and managed from the zone. */
int lab_fill_look(struct lab_fill *fill);
void lab_fill_touch(struct lab_fill *fill, size_t page);
/* Gives back the pages that were touched last, but not pinned ones. */
void lab_fill_give(struct lab_fill *fill, uint64_t pages);
/*
 * Takes pages until the target is reached or the zone gives no more; see free.
 */
int lab_fill_down(struct lab_fill *fill);

#endif /* LAB_FILL_H */
