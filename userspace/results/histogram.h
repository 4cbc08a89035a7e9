/* SPDX-License-Identifier: GPL-2.0-only */
/* results/histogram.h - reads the module's log-linear histograms; see the UAPI. */
#ifndef LAB_HISTOGRAM_H
#define LAB_HISTOGRAM_H

#include <jansson.h>
#include <stdint.h>

/* Those that are told of latencies; ended by a NULL name. */
struct lab_quantile {
	const char *name;
	unsigned int permyriad;
};

extern const struct lab_quantile lab_quantiles[];

/* The least value that falls in a bucket. */
uint64_t lab_hist_lower(unsigned int bucket);

/*
 * The lower edge of the bucket that holds the value of a rank: the least
 * value that is not exceeded by permyriad / 10,000 of all. buckets is an
 * array of [bucket, count], ascending. 0 when it is empty.
 */
uint64_t lab_hist_quantile(const json_t *buckets, unsigned int permyriad);

/* The same of [value, count]: the value itself. */
uint64_t lab_rows_quantile(const json_t *rows, unsigned int permyriad);

#endif /* LAB_HISTOGRAM_H */
