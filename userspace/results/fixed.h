/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * results/fixed.h - what of a run is the same in every build of kernel and
 * program: the counts of phases that nothing presses on and whose injector leaves
 * nothing to chance, and the verdicts.
 *
 * Everything else follows from where code and data lie. A scenario may have such
 * counts beside it, NAME.reference, which a run of it is held against.
 *
 *	# a comment
 *	scenario NAME SHA-256 of its text
 *	verdict NAME
 *	cell ATTEMPTS OK INJECTED PHASE: CONTEXT, API, order N, GFP, node N
 *
 * Verdicts are those that pass. Cells that the kernel refused are not there.
 */
#ifndef LAB_FIXED_H
#define LAB_FIXED_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#define LAB_REFERENCE_SUFFIX ".reference"

/* Of a run: malloc()ed. */
char *lab_fixed_text(const json_t *results);

struct lab_fixed_difference {
	size_t compared; /* cells and verdicts */
	size_t different;
	size_t unasked; /* that this kernel lacks */
	char reason[200]; /* why, of the first of them */
	char *words; /* of what is different, a line each: malloc()ed */
};

/*
 * Holds a run against a reference. False, with the reason in words, when it is one
 * of another text of the scenario or is none.
 */
bool lab_fixed_compare(const json_t *results, const char *reference,
		       struct lab_fixed_difference *difference);

#endif /* LAB_FIXED_H */
