// SPDX-License-Identifier: GPL-2.0-only
/* unit/ddmin_test.c - shrink/ddmin.c, against failures whose cause is known. */
#include <string.h>

#include "kselftest_harness.h"
#include "shrink/ddmin.h"

#define SIZE 64

/* Fails when all of the needed elements are there. */
struct fake {
	size_t size;
	const size_t *needed;
	size_t count;
	size_t limit, asked; /* candidates */
	uint64_t least; /* of a number that fails */
};

static bool fails(const struct fake *fake, const bool *set)
{
	size_t i;

	for (i = 0; i < fake->count; i++)
		if (!set[fake->needed[i]])
			return false;
	return true;
}

static long ask(void *arg, bool *const *candidates, size_t count)
{
	struct fake *fake = arg;
	size_t i;

	for (i = 0; i < count; i++) {
		if (fake->asked++ == fake->limit)
			return LAB_DDMIN_STOP;
		if (fails(fake, candidates[i]))
			return (long)i;
	}
	return (long)count;
}

static bool run(struct fake *fake, bool may_be_empty, bool *kept)
{
	const struct lab_subsets subsets = {
		.size = fake->size,
		.may_be_empty = may_be_empty,
		.ask = ask,
		.arg = fake,
	};

	memset(kept, true, fake->size);
	return lab_ddmin(&subsets, kept);
}

static size_t count_kept(const bool *kept, size_t size)
{
	size_t i, n = 0;

	for (i = 0; i < size; i++)
		n += kept[i];
	return n;
}

TEST(one_of_many)
{
	bool kept[SIZE];
	size_t i;

	for (i = 0; i < SIZE; i++) {
		struct fake fake = { SIZE, &i, 1, .limit = 1000 };

		ASSERT_TRUE(run(&fake, false, kept));
		EXPECT_EQ(1, count_kept(kept, SIZE));
		EXPECT_TRUE(kept[i]);
		/* By halves: log2(64) rounds of at most two. */
		EXPECT_LE(fake.asked, 12);
	}
}

TEST(several_far_apart)
{
	static const size_t needed[] = { 0, 13, 14, 40, 63 };
	struct fake fake = { SIZE, needed, 5, .limit = 10000 };
	bool kept[SIZE];

	ASSERT_TRUE(run(&fake, true, kept));
	EXPECT_EQ(5, count_kept(kept, SIZE));
	EXPECT_TRUE(fails(&fake, kept));
}

TEST(all_are_needed)
{
	static const size_t needed[] = { 0, 1, 2, 3, 4, 5, 6 };
	struct fake fake = { 7, needed, 7, .limit = 1000 };
	bool kept[7];

	ASSERT_TRUE(run(&fake, false, kept));
	EXPECT_EQ(7, count_kept(kept, 7));
}

TEST(none_is_needed)
{
	struct fake fake = { 9, NULL, 0, .limit = 1000 };
	bool kept[9];

	ASSERT_TRUE(run(&fake, true, kept));
	EXPECT_EQ(0, count_kept(kept, 9));
	EXPECT_EQ(1, fake.asked);

	/* One has to stay where nothing cannot be written. */
	ASSERT_TRUE(run(&fake, false, kept));
	EXPECT_EQ(1, count_kept(kept, 9));
}

TEST(a_single_one)
{
	static const size_t needed[] = { 0 };
	struct fake fake = { 1, needed, 1, .limit = 10 };
	bool kept[1];

	ASSERT_TRUE(run(&fake, false, kept));
	EXPECT_TRUE(kept[0]);
	EXPECT_EQ(0, fake.asked);
	ASSERT_TRUE(run(&fake, true, kept));
	EXPECT_TRUE(kept[0]);
	EXPECT_EQ(1, fake.asked);
}

/* What was found until then still fails. */
TEST(stopped)
{
	static const size_t needed[] = { 3, 17, 50 };
	bool kept[SIZE];
	size_t limit;

	for (limit = 0; limit < 20; limit++) {
		struct fake fake = { SIZE, needed, 3, .limit = limit };

		ASSERT_FALSE(run(&fake, false, kept));
		EXPECT_TRUE(fails(&fake, kept));
	}
}

/* What is not monotonic ends in something of which nothing can be taken. */
static long ask_parity(void *arg, bool *const *candidates, size_t count)
{
	size_t i;

	(void)arg;
	for (i = 0; i < count; i++)
		if (candidates[i][5] && count_kept(candidates[i], 16) % 2 == 0)
			return (long)i;
	return (long)count;
}

TEST(not_monotonic)
{
	const struct lab_subsets subsets = { .size = 16, .ask = ask_parity };
	bool kept[16];

	memset(kept, true, sizeof(kept));
	ASSERT_TRUE(lab_ddmin(&subsets, kept));
	EXPECT_TRUE(kept[5]);
	EXPECT_EQ(2, count_kept(kept, 16));
}

static long ask_number(void *arg, const uint64_t *candidates, size_t count)
{
	struct fake *fake = arg;
	size_t i;

	for (i = 0; i < count; i++) {
		if (fake->asked++ == fake->limit)
			return LAB_DDMIN_STOP;
		if (candidates[i] >= fake->least)
			return (long)i;
	}
	return (long)count;
}

TEST(numbers)
{
	static const uint64_t from[] = { 1, 2, 3, 400, 16000, 1ull << 32 };
	size_t i;

	for (i = 0; i < sizeof(from) / sizeof(*from); i++) {
		uint64_t least;

		for (least = 1; least <= from[i]; least = least * 3 + 1) {
			struct fake fake = { .least = least, .limit = 1000 };
			const struct lab_numbers numbers = { 1, ask_number,
							     &fake };
			uint64_t number = from[i];

			ASSERT_TRUE(lab_descend(&numbers, &number));
			EXPECT_GE(number, least);
			EXPECT_LT(number, 2 * least + 1);
		}
	}
}

TEST(number_that_is_stopped)
{
	struct fake fake = { .least = 10, .limit = 7 };
	const struct lab_numbers numbers = { 1, ask_number, &fake };
	uint64_t number = 100000;

	ASSERT_FALSE(lab_descend(&numbers, &number));
	EXPECT_GE(number, 10);
	EXPECT_LT(number, 100000);
}

TEST_HARNESS_MAIN
