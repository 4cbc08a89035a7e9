/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * compare/cliff.h - the number of pages at which success ends.
 *
 * Shots that meet more usable pages than a mark succeed, the others fail. The
 * cliff is that mark, in steps of 1/16 of the zone's min watermark: shots
 * succeed from this step on. The estimate is the step that the fewest shots
 * contradict. Between two steps that shots met the cliff may be anywhere, so
 * the estimate is an interval.
 */
#ifndef LAB_CLIFF_H
#define LAB_CLIFF_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "labyrinth.h"

struct lab_cliff {
	uint64_t ok[LAB_CLIFF_BUCKETS], exhausted[LAB_CLIFF_BUCKETS];
};

/*
 * One row of "cliff" of a cell in results.json: outcomes of the shots that met
 * this step.
 */
struct lab_cliff_row {
	uint64_t step, ok, exhausted;
};

/* The interval of the cliff of one run. */
struct lab_cliff_seen {
	uint8_t low, high;
};

struct lab_cliff_place {
	double step; /* middle of the interval */
	double low, high;
	uint64_t ok, exhausted, against; /* against: contradict the estimate */
};

struct lab_cliff_row lab_cliff_row(const json_t *row);

/* Adds the rows of a cell. */
void lab_cliff_add(struct lab_cliff *cliff, const struct lab_cliff_row *rows,
		   size_t n);
void lab_cliff_add_json(struct lab_cliff *cliff, const json_t *rows);

struct lab_cliff_seen lab_cliff_see(const struct lab_cliff *cliff);

/*
 * The cliff of all runs together. The intervals of single runs say how far the
 * estimate may be off. seen is reordered.
 */
struct lab_cliff_place lab_cliff_locate(const struct lab_cliff *sum,
					struct lab_cliff_seen *seen, size_t n);

/*
 * Whether it is a cliff. If more than a few shots contradict it, it is a slope.
 */
bool lab_cliff_is_sharp(const struct lab_cliff_place *place);

/*
 * The step of the cliff by the kernel's rules for a request; -1 if that is not
 * known.
 */
int lab_cliff_rule(const char *gfp);

/*
 * Whether the number of usable pages alone decides the outcome of a request.
 * That is true for a single page that the shot itself requests. A request of
 * higher order needs a free block of that order too; a slab chooses its own
 * orders; a request that takes no lock also fails because of a held lock.
 */
bool lab_cliff_is_decided(const char *api, unsigned int order);

/*
 * A step as text: "6/16 min", "5 min". Steps are numbered as in the UAPI
 * header.
 */
void lab_cliff_words(double step, char *words, size_t size);

#endif /* LAB_CLIFF_H */
