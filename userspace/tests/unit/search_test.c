// SPDX-License-Identifier: GPL-2.0-only
/* unit/search_test.c - bisect/search.c, with culprits that are known. */
#include <string.h>

#include "bisect/search.h"
#include "kselftest_harness.h"

#define MOST 70

/* Tries until nothing is left to try; the number of trials. */
static size_t search_for(struct lab_search *search, size_t culprit,
			 const bool *broken)
{
	size_t next, trials = 0;

	memset(search->outcome, 0, search->count * sizeof(*search->outcome));
	while (trials <= search->count && lab_search_next(search, &next)) {
		trials++;
		if (next >= search->count ||
		    search->outcome[next] != LAB_UNTRIED)
			return search->count + 1;
		search->outcome[next] = broken[next]	? LAB_UNTESTABLE :
					next >= culprit ? LAB_BAD :
							  LAB_GOOD;
	}
	return trials;
}

TEST(every_culprit_of_every_count)
{
	static const bool broken[MOST];
	enum lab_searched outcome[MOST] = {};
	size_t count, culprit, first, last;

	for (count = 1; count <= MOST; count++) {
		for (culprit = 0; culprit < count; culprit++) {
			struct lab_search search = { count, outcome };
			const size_t trials =
				search_for(&search, culprit, broken);

			EXPECT_LE(trials, lab_search_trials(count));
			lab_search_left(&search, &first, &last);
			EXPECT_EQ(first, culprit);
			EXPECT_EQ(last, culprit);
		}
	}
}

TEST(trials_are_the_logarithm)
{
	EXPECT_EQ(0, lab_search_trials(1));
	EXPECT_EQ(1, lab_search_trials(2));
	EXPECT_EQ(2, lab_search_trials(3));
	EXPECT_EQ(2, lab_search_trials(4));
	EXPECT_EQ(5, lab_search_trials(24));
	EXPECT_EQ(5, lab_search_trials(32));
	EXPECT_EQ(6, lab_search_trials(33));
}

/*
 * What is left is the culprit with the skipped ones just before it, and no
 * others. A skipped one costs at most its own trial and that its neighbour does
 * not halve: one trial more.
 */
static void check_broken(struct __test_metadata *_metadata, const bool *broken,
			 size_t skipped)
{
	enum lab_searched outcome[24] = {};
	size_t culprit, from, to, first, last;

	for (culprit = 0; culprit < 24; culprit++) {
		struct lab_search search = { 24, outcome };
		const size_t trials = search_for(&search, culprit, broken);

		EXPECT_LE(trials, lab_search_trials(24) + 2 * skipped);
		from = culprit;
		to = culprit;
		while (from && broken[from - 1])
			from--;
		while (to < 23 && broken[to])
			to++;
		lab_search_left(&search, &first, &last);
		EXPECT_EQ(first, from);
		EXPECT_EQ(last, to);
	}
}

TEST(three_that_are_skipped)
{
	size_t a, b, c;

	for (a = 0; a < 23; a++) {
		for (b = a; b < 23; b++) {
			for (c = b; c < 23; c++) {
				bool broken[24] = {};

				broken[a] = true;
				broken[b] = true;
				broken[c] = true;
				check_broken(_metadata, broken,
					     1 + (b != a) + (c != b));
			}
		}
	}
}

TEST(all_but_the_last_are_skipped)
{
	enum lab_searched outcome[24] = {};
	struct lab_search search = { 24, outcome };
	bool broken[24];
	size_t first, last;

	memset(broken, true, sizeof(broken));
	EXPECT_EQ(23, search_for(&search, 23, broken));
	lab_search_left(&search, &first, &last);
	EXPECT_EQ(0, first);
	EXPECT_EQ(23, last);
}

TEST_HARNESS_MAIN
