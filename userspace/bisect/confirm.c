// SPDX-License-Identifier: GPL-2.0-only
/* bisect/confirm.c - chance, or the culprit; see bisect/bisect.h. */
#include <gsl/gsl_randist.h>

#include "bisect.h"

/*
 * The least number of runs of each side that show, when all of one fail and none
 * of the other does, that this is no chance: with 5 it is 1 in 252.
 */
#define LAB_AGAIN 5

uint64_t lab_bisect_again(const struct lab_bisect *bisect)
{
	/* A boot does not depend on the seed. */
	if (json_is_true(json_object_get(bisect->state, "boots")) &&
	    bisect->plan.mode == LAB_DETERMINISTIC)
		return 1;
	return bisect->seeds > LAB_AGAIN ? bisect->seeds : LAB_AGAIN;
}

static size_t count_failures(const struct lab_bisect *bisect,
			     const json_t *candidate)
{
	json_t *path;
	size_t i, failed = 0;

	json_array_foreach(json_object_get(candidate, "runs"), i, path)
		failed += lab_bisect_run_fails(bisect, json_string_value(path));
	return failed;
}

/*
 * Of so many failures in all, the chance that they are all of the culprit when
 * both sides fail equally often: Fisher's exact test, with one tail.
 */
void lab_bisect_count(const struct lab_bisect *bisect, json_t *before,
		      json_t *culprit)
{
	json_t *side[] = { before, culprit };
	const uint64_t seeds = lab_bisect_again(bisect);
	size_t i, failed[2];

	for (i = 0; i < 2; i++) {
		failed[i] = count_failures(bisect, side[i]);
		json_object_set_new(side[i], "failed", json_integer(failed[i]));
		json_object_set_new(side[i], "of", json_integer(seeds));
	}
	/* One run of each is enough where every run is the same. */
	if (seeds == 1)
		return;
	json_object_set_new(culprit, "chance",
			    json_real(failed[0] ? 1 :
						  gsl_ran_hypergeometric_pdf(
							  failed[1], seeds,
							  seeds, failed[1])));
}
