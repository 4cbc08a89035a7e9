/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * shrink/shrink.h - the smallest scenario that still fails in the same way.
 *
 *	ddmin.c    delta debugging by itself
 *	reduce.c   what may be taken away from a scenario, and in which order
 *	trials.c   candidates in guests, and whether they fail in the same way
 *	tell.c     the file that is written, with what was taken away
 *
 * A scenario is held as the sections of the file that is written at the end:
 * see scenario/write.h. Each candidate is parsed as a file of a user's would
 * be; what is refused does not fail.
 */
#ifndef LAB_SHRINK_H
#define LAB_SHRINK_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "lab/jobs.h"
#include "lib/ini.h"
#include "lib/sha256.h"

/* A verdict that failed; the ending matters where it is what failed. */
struct lab_shrink_target {
	char *kind, *name, *ending;
	char *found; /* in the run that was judged last */
};

struct lab_shrink_tried {
	char text[LAB_FINGERPRINT];
	bool fails;
};

struct lab_shrink {
	/* What is asked for. */
	struct lab_plan plan; /* without scenarios */
	uint64_t jobs, most, seeds;
	/* Part of the name of the verdict that counts, or NULL. */
	const char *verdict;

	/* What is known. */
	char *name; /* of the scenario */
	uint64_t seed; /* with which it fails */
	struct lab_sections first, now;
	struct lab_shrink_target target;
	struct lab_shrink_tried *tried;
	size_t ntried;
	uint64_t runs; /* guests that were booted */
	uint64_t failing; /* seeds of those asked for, at the end */
	int code; /* of what stopped it, or 0 */
	bool complete; /* nothing more can be taken away */
};

/*
 * Shrinks. LAB_PASS when it fails and all was tried that may be: then
 * shrink->now is what is left, also when shrink->complete is not set. LAB_SKIP
 * when it does not fail, else LAB_HARNESS or LAB_USAGE; all after a message.
 */
int lab_shrink(struct lab_shrink *shrink, const struct lab_scenario *scenario);
void lab_shrink_free(struct lab_shrink *shrink);

/* The file. */
void lab_shrink_write(const struct lab_shrink *shrink, FILE *to);

/* trials.c: as lab_subsets.ask(), of whole scenarios. */
long lab_shrink_ask(struct lab_shrink *shrink,
		    const struct lab_sections *candidates, size_t count);
/* Runs shrink->now with so many seeds from first on; the number that fail. */
uint64_t lab_shrink_seeds(struct lab_shrink *shrink, uint64_t first,
			  uint64_t seeds);

#endif /* LAB_SHRINK_H */
