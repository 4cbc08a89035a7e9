/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tests/unit/series.h - made-up series of values, for what looks for steps.
 */
#ifndef LAB_SERIES_H
#define LAB_SERIES_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>

#include <gsl/gsl_cdf.h>

#include "lib/random.h"

enum series_noise {
	SERIES_NORMAL,
	SERIES_OUTLIERS, /* one in twenty, with ten times the deviation */
	SERIES_T3, /* Student's t with three degrees of freedom */
	SERIES_SKEWED, /* log-normal, sigma 1 */
	SERIES_AUTOREGRESSIVE, /* of the first order, 0.6 */
	SERIES_NOISES
};

static inline double series_uniform(uint64_t *state)
{
	return ((lab_random(state) >> 11) + 0.5) * 0x1p-53;
}

static inline double series_normal(uint64_t *state)
{
	return gsl_cdf_ugaussian_Pinv(series_uniform(state));
}

static inline double series_t3(uint64_t *state)
{
	return gsl_cdf_tdist_Pinv(series_uniform(state), 3);
}

static inline void series_fill(double *values, size_t n,
			       enum series_noise noise, uint64_t *state)
{
	double last = series_normal(state);
	size_t i;

	for (i = 0; i < n; i++) {
		double value = noise == SERIES_T3 ? series_t3(state) :
						    series_normal(state);

		if (noise == SERIES_OUTLIERS && series_uniform(state) < 0.05)
			value *= 10;
		if (noise == SERIES_SKEWED)
			value = exp(value);
		if (noise == SERIES_AUTOREGRESSIVE)
			value = 0.6 * last + 0.8 * value;
		last = value;
		values[i] = value;
	}
}

/* Adds a step that lasts from one value to before another. */
static inline void series_step(double *values, size_t from, size_t to,
			       double height)
{
	for (; from < to; from++)
		values[from] += height;
}

#endif /* LAB_SERIES_H */
