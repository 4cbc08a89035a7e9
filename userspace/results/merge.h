/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * results/merge.h - runs of one scenario on one kernel, seed after seed, as one.
 *
 *	struct lab_merge merge = {};
 *
 *	while (...)
 *		if (!lab_merge_add(&merge, &run, why, sizeof(why)))
 *			...
 *	lab_merge_take(&merge, &whole);
 *
 * What is counted is summed, and quantiles are those of all shots together. A
 * claim that failed in one run has failed. What is only of one run, such as
 * looks at the zones, is that of the first.
 */
#ifndef LAB_MERGE_H
#define LAB_MERGE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "load.h"

struct lab_merge {
	struct lab_run whole;
	json_t *cells; /* of the whole, by lab_cell_words() */
	size_t runs;
};

/* The first run is taken over; of the others nothing is kept. False and why. */
bool lab_merge_add(struct lab_merge *merge, struct lab_run *run, char *why,
		   size_t size);

/*
 * The results of all of them. Where they are several there is a key more than
 * results.json has: "seeds", those of the runs in their order.
 */
void lab_merge_take(struct lab_merge *merge, struct lab_run *whole);
void lab_merge_free(struct lab_merge *merge);

#endif /* LAB_MERGE_H */
