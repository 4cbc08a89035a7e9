/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * compare/cliff.h - where success ends.
 *
 * Shots that meet more free pages than a mark succeed, the others fail. The
 * cliff is that mark, in steps of 1/16 of the zone's min watermark: the step
 * from which on shots succeed. It is estimated as the one that fewest shots
 * contradict; where no shot was fired, any step will do, hence an interval.
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
 * One row of "cliff" of a cell in results.json: outcomes of the shots at a
 * step.
 */
struct lab_cliff_row {
	uint64_t step, ok, exhausted;
};

/* The interval of the cliff of one run. */
struct lab_cliff_seen {
	uint8_t low, high;
};

struct lab_cliff_place {
	double step; /* the estimate */
	double low, high;
	uint64_t ok, exhausted, against; /* the last contradict it */
};

struct lab_cliff_row lab_cliff_row(const json_t *row);

/* Adds the rows of a cell. */
void lab_cliff_add(struct lab_cliff *cliff, const struct lab_cliff_row *rows,
		   size_t n);
void lab_cliff_add_json(struct lab_cliff *cliff, const json_t *rows);

struct lab_cliff_seen lab_cliff_see(const struct lab_cliff *cliff);

/*
 * Of all runs together; their own places say how far the estimate may be off.
 * seen is reordered.
 */
struct lab_cliff_place lab_cliff_locate(const struct lab_cliff *sum,
					struct lab_cliff_seen *seen, size_t n);

/*
 * Is it a cliff? With more than a few shots that contradict it, it is a slope.
 */
bool lab_cliff_is_sharp(const struct lab_cliff_place *place);

/*
 * The step at which the kernel's rules put the cliff of a request; -1 when it
 * is not known.
 */
int lab_cliff_rule(const char *gfp);

/*
 * Whether usable pages against the mark alone decide what becomes of a request: it
 * is for single pages, and the one that the shot made. For more than a page there has
 * to be a block as well; a slab asks for what it likes; and who takes no lock fails
 * for that.
 */
bool lab_cliff_is_decided(const char *api, unsigned int order);

/* "6/16 min", "5 min": of a step, as the UAPI numbers them. */
void lab_cliff_words(double step, char *words, size_t size);

#endif /* LAB_CLIFF_H */
