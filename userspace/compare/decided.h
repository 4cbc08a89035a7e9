/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * compare/decided.h - whether a comparison needs more seeds.
 *
 * Comparing again after each seed, and stopping at the first claim, gives
 * chance many opportunities for a false claim. So each comparison gets only a
 * part of alpha, and the sum of all parts is at most alpha, however many there
 * are. Comparing less often leaves more for each: at 3, 5, 8, 13, ... seeds.
 */
#ifndef LAB_DECIDED_H
#define LAB_DECIDED_H

#include "compare.h"

/*
 * The part of alpha for one comparison; look counts them from 1. alpha / 2,
 * alpha / 6, alpha / 12, ...: the sum is alpha. To be stored in
 * lab_comparison.alpha before lab_judge().
 */
double lab_alpha_at_look(double alpha, unsigned int look);

enum lab_decision {
	LAB_DECIDED, /* a difference is claimed, or one of effect is excluded */
	LAB_UNDECIDED, /* *seeds on each side are expected to decide */
	LAB_UNDECIDABLE, /* *seeds would be needed, more than allowed */
};

/*
 * For a comparison that was judged with the alpha of this look. effect: a
 * fraction, points of a rate or relative change of a latency. It is excluded if
 * each group of cells would have shown it in 9 of 10 comparisons; if no group
 * has several cells, each cell. most: the number of seeds allowed on each side.
 * *seeds: how many are expected to decide, 0 when decided.
 */
enum lab_decision lab_compare_decided(const struct lab_comparison *comparison,
				      double effect, size_t most,
				      size_t *seeds);

#endif /* LAB_DECIDED_H */
