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

/*
 * Adds a run. The first one is moved into the merge, from others only numbers
 * are taken. False with the reason in why[] when it does not belong to the
 * others.
 */
bool lab_merge_add(struct lab_merge *merge, struct lab_run *run, char *why,
		   size_t size);

/*
 * Moves the merged results to whole. When several runs were merged they have
 * one more key than results.json: "seeds", in the order in which runs were
 * added.
 */
void lab_merge_take(struct lab_merge *merge, struct lab_run *whole);
void lab_merge_free(struct lab_merge *merge);

#endif /* LAB_MERGE_H */
