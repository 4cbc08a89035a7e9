// SPDX-License-Identifier: GPL-2.0-only
/* why/decide.c - see why/why.h. */
#include "why.h"

static bool only_fails(const struct lab_moment *moment)
{
	return moment->fails == moment->runs;
}

uint64_t lab_decide_most(size_t cells, uint64_t seeds)
{
	uint64_t moments = 1;

	for (; cells > 1; cells = (cells + 1) / 2)
		moments++;
	return moments * seeds;
}

static int try_all(struct lab_decision *decision, lab_why_try try, void *arg)
{
	size_t i;
	int code = 0;

	for (i = 1; !code && i < decision->cells; i++)
		code = try(arg, i, &decision->moment[i]);
	/* The last with which it can pass: no later one can. */
	for (i = decision->cells; !code && i--;)
		if (!only_fails(&decision->moment[i])) {
			decision->cell = i;
			break;
		}
	return code;
}

int lab_decide(struct lab_decision *decision, bool all, lab_why_try try,
	       void *arg)
{
	size_t passes = 0, fails = decision->cells;
	int code;

	if (!decision->cells) {
		decision->from_the_start = true;
		return 0;
	}
	code = try(arg, 0, &decision->moment[0]);
	if (code)
		return code;
	if (all) {
		code = try_all(decision, try, arg);
		decision->from_the_start = !decision->cell &&
					   only_fails(&decision->moment[0]);
		return code;
	}
	decision->from_the_start = only_fails(&decision->moment[0]);
	while (!decision->from_the_start && fails - passes > 1) {
		const size_t middle = passes + (fails - passes) / 2;

		code = try(arg, middle, &decision->moment[middle]);
		if (code)
			return code;
		if (only_fails(&decision->moment[middle]))
			fails = middle;
		else
			passes = middle;
	}
	decision->cell = passes;
	return 0;
}
