// SPDX-License-Identifier: GPL-2.0-only
/* compare/cliff.c - see compare/cliff.h. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cdf.h>

#include "cliff.h"

#define SHARP 0.05 /* of the rarer outcome may contradict a sharp cliff */
#define SURE 0.005 /* chance of a median beyond one end of its interval */

struct lab_cliff_row lab_cliff_row(const json_t *row)
{
	return (struct lab_cliff_row){
		.step = json_integer_value(json_array_get(row, 0)),
		.ok = json_integer_value(json_array_get(row, 1)),
		.exhausted = json_integer_value(json_array_get(row, 2)),
	};
}

void lab_cliff_add(struct lab_cliff *cliff, const struct lab_cliff_row *rows,
		   size_t n)
{
	for (; n--; rows++) {
		cliff->ok[rows->step] += rows->ok;
		cliff->exhausted[rows->step] += rows->exhausted;
	}
}

void lab_cliff_add_json(struct lab_cliff *cliff, const json_t *rows)
{
	json_t *row;
	size_t i;

	json_array_foreach(rows, i, row) {
		const struct lab_cliff_row one = lab_cliff_row(row);

		lab_cliff_add(cliff, &one, 1);
	}
}

/* The interval of steps that the fewest shots contradict, and their number. */
static struct lab_cliff_seen least_against(const struct lab_cliff *cliff,
					   uint64_t *against)
{
	struct lab_cliff_seen seen = {};
	uint64_t now = 0;
	unsigned int step;

	/* If the cliff is at step 0, every failure contradicts it. */
	for (step = 0; step < LAB_CLIFF_BUCKETS; step++)
		now += cliff->exhausted[step];
	*against = now;
	for (step = 0; step < LAB_CLIFF_BUCKETS; step++) {
		now += cliff->ok[step] - cliff->exhausted[step];
		if (now < *against) {
			*against = now;
			seen.low = step + 1;
		}
		if (now == *against)
			seen.high = step + 1;
	}
	return seen;
}

struct lab_cliff_seen lab_cliff_see(const struct lab_cliff *cliff)
{
	uint64_t against;

	return least_against(cliff, &against);
}

static int by_low(const void *a, const void *b)
{
	const struct lab_cliff_seen *x = a, *y = b;

	return x->low - y->low;
}

static int by_high(const void *a, const void *b)
{
	const struct lab_cliff_seen *x = a, *y = b;

	return x->high - y->high;
}

/*
 * How many values may be left out at either end of n, so that the median is
 * still between the others.
 */
static size_t spare(size_t n)
{
	size_t k = 0;

	while (2 * (k + 1) < n && gsl_cdf_binomial_P(k + 1, 0.5, n) <= SURE)
		k++;
	return k;
}

struct lab_cliff_place lab_cliff_locate(const struct lab_cliff *sum,
					struct lab_cliff_seen *seen, size_t n)
{
	struct lab_cliff_place place = {};
	const struct lab_cliff_seen pooled = least_against(sum, &place.against);
	const size_t k = spare(n);
	unsigned int step;

	for (step = 0; step < LAB_CLIFF_BUCKETS; step++) {
		place.ok += sum->ok[step];
		place.exhausted += sum->exhausted[step];
	}
	place.step = (pooled.low + pooled.high) / 2.0;
	place.low = pooled.low;
	place.high = pooled.high;
	if (!n)
		return place;
	/*
	 * A run whose interval overlaps the pooled one agrees with it. A run
	 * whose interval is entirely below or above extends the interval to
	 * that side.
	 */
	qsort(seen, n, sizeof(*seen), by_high);
	place.low = fmin(place.low, seen[k].high);
	qsort(seen, n, sizeof(*seen), by_low);
	place.high = fmax(place.high, seen[n - 1 - k].low);
	return place;
}

bool lab_cliff_is_sharp(const struct lab_cliff_place *place)
{
	const uint64_t rarer = place->ok < place->exhausted ? place->ok :
							      place->exhausted;

	return place->against <= SHARP * rarer;
}

static bool has_flag(const char *gfp, const char *flag)
{
	const size_t length = strlen(flag);

	for (; *gfp; gfp += strspn(gfp, "|")) {
		const size_t n = strcspn(gfp, "|");

		if (n == length && !memcmp(gfp, flag, n))
			return true;
		gfp += n;
	}
	return false;
}

/*
 * From 5.10 to 7.3 an urgent request may use half of min, and one that also
 * cannot wait a quarter of the rest (mm/page_alloc.c, __zone_watermark_ok()).
 * With other flags it depends on more than these.
 */
int lab_cliff_rule(const char *gfp)
{
	if (has_flag(gfp, "__GFP_MEMALLOC"))
		return -1;
	if (has_flag(gfp, "GFP_ATOMIC"))
		return has_flag(gfp, "__GFP_NOMEMALLOC") ? 8 : 6;
	return has_flag(gfp, "GFP_NOWAIT") && !has_flag(gfp, "__GFP_HIGH") ?
		       LAB_CLIFF_STEPS :
		       -1;
}

bool lab_cliff_is_decided(const char *api, unsigned int order)
{
	static const char *const decided[] = { "pages", "get_free_pages",
					       "exact", "bulk", "mempool" };
	size_t i;

	for (i = 0; i < sizeof(decided) / sizeof(decided[0]); i++)
		if (!order && !strcmp(api, decided[i]))
			return true;
	return false;
}

void lab_cliff_words(double step, char *words, size_t size)
{
	if (step <= LAB_CLIFF_FINE)
		snprintf(words, size, "%g/%d", step, LAB_CLIFF_STEPS);
	else
		snprintf(words, size, "%g",
			 step - LAB_CLIFF_FINE +
				 LAB_CLIFF_FINE / LAB_CLIFF_STEPS);
}
