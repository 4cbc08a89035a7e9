/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * report/repeats.h - a machine against itself: how much runs of one kernel, with one
 * seed, differ there.
 *
 * On a real machine nothing repeats. What two kernels differ by says something only
 * when it is more than what a kernel differs by from itself, and so that comes first.
 */
#ifndef LAB_REPEATS_H
#define LAB_REPEATS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "results/load.h"

/* Zeroed to begin with. */
struct lab_repeats {
	size_t runs; /* of a real machine */
	json_t *cells; /* by lab_cell_words(): a list of values for each metric */
	double others,
		seconds; /* CPU time of other work, and wall time, summed up */
};

/* Whether it was fired on a real machine, and not in a guest. */
bool lab_is_of_real_machine(const json_t *results);

/* Takes numbers from a run of a real machine; one of a guest is left out. */
void lab_repeats_add(struct lab_repeats *repeats, const struct lab_run *run);
void lab_repeats_free(struct lab_repeats *repeats);

#endif /* LAB_REPEATS_H */
