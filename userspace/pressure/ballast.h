/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pressure/ballast.h - pages that the module holds.
 *
 * They are kernel pages, unmovable, taken by shots of the module whatever the
 * watermarks say (__GFP_MEMALLOC) and down to its own floor. Room for a number
 * of pages has to be got while there still is memory; taking them needs none.
 */
#ifndef LAB_BALLAST_H
#define LAB_BALLAST_H

#include <stdint.h>

struct lab_ballast {
	int fd; /* of the device; below 0: there is none */
	unsigned int node, order;
	unsigned int cpu; /* that all calls are made on */
	uint32_t room, taken; /* blocks; what was taken is what was tried for */
};

/* In blocks of @order; @pages of room are needed, at most. */
int lab_ballast_open(struct lab_ballast *ballast, unsigned int node,
		     unsigned int order, uint64_t pages);
/* Tries for the blocks in so many pages, never for more than there is room. */
int lab_ballast_take(struct lab_ballast *ballast, uint64_t pages);
/* Gives all back, and keeps the room. */
int lab_ballast_release(struct lab_ballast *ballast);
void lab_ballast_close(struct lab_ballast *ballast);

#endif /* LAB_BALLAST_H */
