// SPDX-License-Identifier: GPL-2.0-only
/* commands/until_decided.c - see commands/until_decided.h. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/alloc.h"
#include "lib/exit.h"
#include "until_decided.h"

uint64_t lab_until_next(const struct lab_until *until, uint64_t seeds)
{
	uint64_t last = 2, next = LAB_UNTIL_LEAST;

	/* Each look is of some 1.6 times as many seeds as the one before. */
	while (next <= seeds) {
		const uint64_t sum = last + next;

		last = next;
		next = sum;
	}
	return next < until->most ? next : until->most;
}

bool lab_until_check(const struct lab_until *until)
{
	struct lab_comparison comparison = {};
	const bool good = lab_gather(&comparison, LAB_A, until->against);

	lab_comparison_free(&comparison);
	return good;
}

void lab_until_add(struct lab_until *until, const char *path)
{
	until->path = xgrow(until->path, until->paths);
	until->path[until->paths++] = xstrdup(path);
}

void lab_until_free(struct lab_until *until)
{
	size_t i;

	for (i = 0; i < until->paths; i++)
		free(until->path[i]);
	free(until->path);
}

static bool gather(const struct lab_until *until,
		   struct lab_comparison *comparison)
{
	bool good = lab_gather(comparison, LAB_A, until->against);
	size_t i;

	for (i = 0; good && i < until->paths; i++)
		good = lab_gather(comparison, LAB_B, until->path[i]);
	comparison->set[LAB_B].where = "the runs of this lab";
	return good;
}

static void say(const struct lab_until *until, uint64_t seeds,
		enum lab_decision decision, size_t needed,
		const struct lab_comparison *comparison)
{
	printf("after %" PRIu64 " seeds, of which %s has %zu runs: ", seeds,
	       until->against, comparison->set[LAB_A].runs);
	if (decision == LAB_DECIDED && !comparison->count[LAB_WORSE] &&
	    !comparison->count[LAB_BETTER])
		printf("decided, no difference of %g %%\n", until->effect);
	else if (decision == LAB_DECIDED)
		printf("decided, there is a difference\n");
	else if (decision == LAB_UNDECIDED)
		printf("undecided, some %zu seeds a side are expected to decide\n",
		       needed);
	else
		printf("not to be decided at an effect of %g %%: some %zu seeds a side would be needed, at most %" PRIu64
		       " may be run\n",
		       until->effect, needed, until->most);
	fflush(stdout);
}

static void conclude(const struct lab_comparison *comparison)
{
	putchar('\n');
	lab_compare_forms[0]->write(comparison, stdout, false);
	fflush(stdout);
}

static int code_of(const struct lab_comparison *comparison,
		   enum lab_decision decision)
{
	if (comparison->count[LAB_WORSE])
		return LAB_FAIL;
	if (decision == LAB_UNDECIDABLE)
		return LAB_SKIP;
	/* As compare does: sets that have nothing in common are a mistake. */
	if (comparison->count[LAB_NOT_COMPARABLE] &&
	    !comparison->count[LAB_SAME] && !comparison->count[LAB_BETTER])
		return LAB_USAGE;
	return LAB_PASS;
}

int lab_until_look(struct lab_until *until, uint64_t seeds,
		   enum lab_decision *decision)
{
	struct lab_comparison comparison = { .threshold = LAB_THRESHOLD };
	int code = LAB_USAGE;
	size_t needed;

	comparison.alpha = lab_alpha_at_look(LAB_ALPHA, ++until->look);
	*decision = LAB_UNDECIDABLE;
	if (gather(until, &comparison)) {
		lab_judge(&comparison);
		*decision = lab_compare_decided(
			&comparison, until->effect / 100, until->most, &needed);
		/* There are no more. */
		if (*decision == LAB_UNDECIDED && seeds >= until->most)
			*decision = LAB_UNDECIDABLE;
		say(until, seeds, *decision, needed, &comparison);
		code = code_of(&comparison, *decision);
		if (*decision != LAB_UNDECIDED)
			conclude(&comparison);
	}
	lab_comparison_free(&comparison);
	return code;
}
