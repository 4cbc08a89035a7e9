// SPDX-License-Identifier: GPL-2.0-only
/* results/histogram.c - see results/histogram.h. */
#include "histogram.h"
#include "labyrinth.h"

const struct lab_quantile lab_quantiles[] = {
	{ "p50", 5000 }, { "p90", 9000 }, { "p99", 9900 }, { "p999", 9990 }, {},
};

uint64_t lab_hist_lower(unsigned int bucket)
{
	unsigned int shift;

	if (bucket < LAB_HIST_SUB)
		return bucket;
	shift = (bucket >> LAB_HIST_SUB_BITS) - 1;
	return (uint64_t)(LAB_HIST_SUB + bucket % LAB_HIST_SUB) << shift;
}

static uint64_t count_of(const json_t *pair)
{
	return json_integer_value(json_array_get(pair, 1));
}

uint64_t lab_rows_quantile(const json_t *rows, unsigned int permyriad)
{
	uint64_t total = 0, rank, seen = 0;
	json_t *pair;
	size_t i;

	json_array_foreach(rows, i, pair)
		total += count_of(pair);
	/* Rounded up: p50 of three values is the second. */
	rank = (total * permyriad + 9999) / 10000;
	json_array_foreach(rows, i, pair) {
		seen += count_of(pair);
		if (seen >= rank)
			return json_integer_value(json_array_get(pair, 0));
	}
	return 0;
}

uint64_t lab_hist_quantile(const json_t *buckets, unsigned int permyriad)
{
	return lab_hist_lower(lab_rows_quantile(buckets, permyriad));
}
