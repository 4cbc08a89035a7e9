// SPDX-License-Identifier: GPL-2.0-only
/* why/decide.c - see why/why.h. */
#include "why.h"

/* Tries of the first moment with which nothing passed, instead of one. */
#define CONFIRMED 3

static bool only_fails(const struct lab_moment *moment)
{
	return moment->fails == moment->runs;
}

uint64_t lab_decide_runs(size_t cells, bool all, uint64_t seeds)
{
	uint64_t moments = CONFIRMED;

	if (all)
		return (cells + CONFIRMED - 1) * seeds;
	for (; cells > 1; cells = (cells + 1) / 2)
		moments++;
	return moments * seeds;
}

/* From low on it is not known, and from fails on it only fails. */
struct search {
	struct lab_decision *decision;
	lab_why_try try;
	void *arg;
	size_t low, fails;
};

static int try_at(struct search *search, size_t cell)
{
	return search->try(search->arg, cell, &search->decision->moment[cell]);
}

static int try_all(struct search *search)
{
	const struct lab_decision *decision = search->decision;
	size_t i;
	int code = 0;

	for (i = 1; !code && i < decision->cells; i++)
		code = try_at(search, i);
	/* From those that come before one that can pass, it can as well. */
	for (i = 0; !code && i < decision->cells; i++)
		if (!only_fails(&decision->moment[i]))
			search->low = i + 1;
	search->fails = search->low;
	return code;
}

static int halve(struct search *search)
{
	int code = 0;

	while (search->low < search->fails) {
		const size_t middle = (search->low + search->fails) / 2;
		const struct lab_moment *moment =
			&search->decision->moment[middle];

		if (!moment->runs)
			code = try_at(search, middle);
		if (code)
			return code;
		if (only_fails(moment))
			search->fails = middle;
		else
			search->low = middle + 1;
	}
	return 0;
}

/* Nothing passed from there on; if something does after all, it goes on behind it. */
static int confirm(struct search *search, bool *goes_on)
{
	const struct lab_decision *decision = search->decision;
	const size_t cell = search->fails;
	const struct lab_moment *moment = &decision->moment[cell];
	unsigned int tries;
	int code = 0;

	*goes_on = false;
	if (cell == decision->cells)
		return 0;
	for (tries = 1; !code && only_fails(moment) && tries < CONFIRMED;
	     tries++)
		code = try_at(search, cell);
	if (code || only_fails(moment))
		return code;
	search->low = cell + 1;
	search->fails = decision->cells;
	*goes_on = true;
	return 0;
}

int lab_decide(struct lab_decision *decision, bool all, lab_why_try try,
	       void *arg)
{
	struct search search = { .decision = decision,
				 .try = try,
				 .arg = arg,
				 .fails = decision->cells };
	bool goes_on = true;
	int code = 0;

	if (decision->cells)
		code = try_at(&search, 0);
	if (decision->cells && !code) {
		if (only_fails(&decision->moment[0]))
			search.fails = 0;
		else
			search.low = 1;
	}
	if (all && !code)
		code = try_all(&search);
	while (!code && goes_on) {
		code = halve(&search);
		if (!code)
			code = confirm(&search, &goes_on);
	}
	decision->from_the_start = !search.fails;
	decision->cell = search.fails ? search.fails - 1 : 0;
	return code;
}
