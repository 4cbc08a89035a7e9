/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * history/steps.h - where the level of a series of values changes.
 *
 * A series may have many steps, and a step up may be taken back later, so that
 * no single place halves it well. It is searched in many intervals. In each,
 * every place is tested as the only step. Of the intervals with a significant
 * place the narrowest decide, because they contain one step and not two
 * (narrowest over threshold, in seeded intervals). The parts between steps are
 * ranked and searched again. Levels of 4 to 15 values are searched besides, as
 * runs of values that differ from all others. At the end each step is placed again between its
 * neighbours, and removed if it is not significant there.
 *
 * alpha is the chance that a series of independent values without any step
 * shows one, over all places and intervals together: calibrated by simulation,
 * see steps.c. Values that depend on those before them (a lag-1 autocorrelation
 * that exceeds chance) are taken to be a first-order autoregressive series,
 * whose means vary more.
 */
#ifndef LAB_STEPS_H
#define LAB_STEPS_H

#include <stddef.h>

#define LAB_STEP_ALPHA 0.05

struct lab_step {
	size_t at; /* index of the first value after it */
	/*
	 * The step may also be at any place from low to high, both included:
	 * there the likelihood is at least a twentieth of the highest.
	 */
	size_t low, high;
	double p; /* corrected for all places of its part of the series */
};

/*
 * Returns malloc()ed steps in order, and their number. Memory and time grow
 * with the number of values times its logarithm; nothing recurses.
 */
size_t lab_steps_find(const double *values, size_t n, double alpha,
		      struct lab_step **steps);

/* For calibration: the lowest p of any place, not corrected. */
struct lab_least {
	double whole; /* of splits of the whole series */
	double part; /* of its intervals */
};

struct lab_least lab_steps_least(const double *values, size_t n);

#endif /* LAB_STEPS_H */
