/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shrink/ddmin.h - delta debugging: the least of a set, and of a number, that
 * still fails. It knows nothing of what fails.
 *
 * The algorithm is ddmin (A. Zeller and R. Hildebrandt, "Simplifying and
 * isolating failure-inducing input", IEEE TSE 28(2), 2002). Candidates of one
 * round are asked about together, so that they can be tried side by side, and
 * the first in order that fails is taken: what comes out does not depend on
 * how many are tried at a time.
 */
#ifndef LAB_DDMIN_H
#define LAB_DDMIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LAB_DDMIN_STOP (-1)

/*
 * @ask: the index of the first candidate that fails, count when none does, or
 *       LAB_DDMIN_STOP when no more may be tried
 */
struct lab_subsets {
	size_t size; /* of the set; 1 or more */
	bool may_be_empty; /* the empty set is a candidate too */
	long (*ask)(void *arg, bool *const *candidates, size_t count);
	void *arg;
};

/*
 * kept[]: on entry what fails, on return the least of it that was found: when
 * the return value is true, taking away any one element passes. False: stopped
 * before that was known.
 */
bool lab_ddmin(const struct lab_subsets *subsets, bool *kept);

struct lab_numbers {
	uint64_t least;
	long (*ask)(void *arg, const uint64_t *candidates, size_t count);
	void *arg;
};

/*
 * Lowers a number that fails. When the return value is true it is the least
 * allowed, or the least allowed, and what is halfway to it, pass.
 */
bool lab_descend(const struct lab_numbers *numbers, uint64_t *number);

#endif /* LAB_DDMIN_H */
