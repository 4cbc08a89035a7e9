// SPDX-License-Identifier: GPL-2.0-only
/* shrink/ddmin.c - see shrink/ddmin.h. */
#include "ddmin.h"

#include <stdlib.h>
#include <string.h>

#include "lib/alloc.h"

/* The candidates of one round. */
struct round {
	bool **candidate;
	size_t count;
};

static size_t size_of(const bool *kept, size_t size)
{
	size_t i, n = 0;

	for (i = 0; i < size; i++)
		n += kept[i];
	return n;
}

static bool *add_candidate(struct round *round, size_t size)
{
	bool *set = xcheck(calloc(size, sizeof(*set)));

	round->candidate = xgrow(round->candidate, round->count);
	round->candidate[round->count++] = set;
	return set;
}

/*
 * The elements are dealt to so many chunks of nearly equal size, in order. Adds
 * chunk number @chunk alone, or all others.
 */
static void add_chunk(struct round *round, const bool *kept, size_t size,
		      size_t chunks, size_t chunk, bool others)
{
	const size_t all = size_of(kept, size);
	bool *set = add_candidate(round, size);
	size_t i, rank = 0;

	for (i = 0; i < size; i++)
		if (kept[i])
			set[i] = (rank++ * chunks / all == chunk) != others;
}

static void make_round(struct round *round, const bool *kept, size_t size,
		       size_t chunks)
{
	size_t i;

	for (i = 0; i < chunks; i++)
		add_chunk(round, kept, size, chunks, i, false);
	/* Of two chunks, each is what the other leaves. */
	for (i = 0; chunks > 2 && i < chunks; i++)
		add_chunk(round, kept, size, chunks, i, true);
}

static void end_round(struct round *round)
{
	size_t i;

	for (i = 0; i < round->count; i++)
		free(round->candidate[i]);
	free(round->candidate);
	*round = (struct round){};
}

/* The index of what was taken over into kept[], or what ask() said. */
static long try_round(const struct lab_subsets *subsets, struct round *round,
		      bool *kept)
{
	const long found =
		subsets->ask(subsets->arg, round->candidate, round->count);

	if (found >= 0 && (size_t)found < round->count)
		memcpy(kept, round->candidate[found],
		       subsets->size * sizeof(*kept));
	return found;
}

/* What is next: 0 for nothing. */
static size_t next_chunks(size_t chunks, size_t left, bool reduced, bool alone)
{
	if (reduced && alone)
		return 2;
	if (reduced)
		return chunks - 1 > 2 ? chunks - 1 : 2;
	if (chunks >= left)
		return 0;
	return chunks * 2 < left ? chunks * 2 : left;
}

static long try_empty(const struct lab_subsets *subsets, bool *kept)
{
	struct round round = {};
	long found;

	add_candidate(&round, subsets->size);
	found = try_round(subsets, &round, kept);
	end_round(&round);
	return found;
}

bool lab_ddmin(const struct lab_subsets *subsets, bool *kept)
{
	size_t chunks = 2, left;
	struct round round = {};
	long found;

	if (subsets->may_be_empty && size_of(kept, subsets->size)) {
		found = try_empty(subsets, kept);
		if (found <= 0)
			return !found;
	}
	while (chunks && (left = size_of(kept, subsets->size)) > 1) {
		if (chunks > left)
			chunks = left;
		make_round(&round, kept, subsets->size, chunks);
		found = try_round(subsets, &round, kept);
		if (found >= 0)
			chunks = next_chunks(chunks, left,
					     (size_t)found < round.count,
					     (size_t)found < chunks);
		end_round(&round);
		if (found < 0)
			return false;
	}
	return true;
}

/* From the least to what is halfway to the number, each once. */
static size_t ladder(uint64_t least, uint64_t number, uint64_t *rungs)
{
	static const unsigned int parts[] = { 0, 16, 8, 4, 2 };
	size_t i, n = 0;

	for (i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		const uint64_t rung =
			least + (parts[i] ? (number - least) / parts[i] : 0);

		if (rung < number && (!n || rung > rungs[n - 1]))
			rungs[n++] = rung;
	}
	return n;
}

bool lab_descend(const struct lab_numbers *numbers, uint64_t *number)
{
	uint64_t rungs[5];
	size_t n;
	long found;

	while (*number > numbers->least) {
		n = ladder(numbers->least, *number, rungs);
		found = numbers->ask(numbers->arg, rungs, n);
		if (found < 0)
			return false;
		if ((size_t)found == n)
			return true;
		*number = rungs[found];
	}
	return true;
}
