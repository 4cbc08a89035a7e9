/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * compare/decided.h - whether a comparison needs more seeds.
 *
 * Who looks at a comparison after each seed, and stops at the first claim, has
 * as many chances of a false one. So each look gets a part of alpha, and all
 * parts together are no more than alpha, however many looks there are. Looking
 * less often keeps more for each: 3, 5, 8, 13, ... seeds.
 */
#ifndef LAB_DECIDED_H
#define LAB_DECIDED_H

#include "compare.h"

/*
 * What a look may spend of alpha: look counts from 1. alpha / 2 for the first,
 * alpha / 6, alpha / 12 ...; the sum over all looks is alpha. Goes into
 * lab_comparison.alpha before lab_judge().
 */
double lab_alpha_at_look(double alpha, unsigned int look);

enum lab_decision {
	LAB_DECIDED, /* a difference is claimed, or one of the effect excluded */
	LAB_UNDECIDED, /* *seeds on each side are expected to decide */
	LAB_UNDECIDABLE, /* they are more than there may be */
};

/*
 * Of a comparison that was judged, with the alpha of this look. effect: a part
 * of 1, points of a rate or a part of a latency; it counts as excluded when
 * each group of cells would have shown it in 9 of 10 comparisons. Where no
 * group has several cells, single cells are asked. most: seeds that there may
 * be on each side. *seeds: how many are expected to decide, 0 when decided.
 */
enum lab_decision lab_compare_decided(const struct lab_comparison *comparison,
				      double effect, size_t most,
				      size_t *seeds);

#endif /* LAB_DECIDED_H */
