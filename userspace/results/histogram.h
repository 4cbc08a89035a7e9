/* SPDX-License-Identifier: GPL-2.0-only */
/* results/histogram.h - reads the module's log-linear histograms; see the UAPI. */
#ifndef LAB_HISTOGRAM_H
#define LAB_HISTOGRAM_H

#include <jansson.h>
#include <stdint.h>

/* The quantiles that are reported; ended by a NULL name. */
struct lab_quantile {
	const char *name;
	unsigned int permyriad;
};

extern const struct lab_quantile lab_quantiles[];

/* The lowest value of a bucket. */
uint64_t lab_hist_lower(unsigned int bucket);

/*
 * The lower edge of the bucket that holds the quantile of permyriad / 10,000:
 * the lowest value that so large a share does not exceed. buckets is an array
 * of [bucket, count], ascending. 0 when it is empty.
 */
uint64_t lab_hist_quantile(const json_t *buckets, unsigned int permyriad);

/* The same for an array of [value, count]: the exact value. */
uint64_t lab_rows_quantile(const json_t *rows, unsigned int permyriad);

#endif /* LAB_HISTOGRAM_H */
