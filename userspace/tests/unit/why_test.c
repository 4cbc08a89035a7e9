// SPDX-License-Identifier: GPL-2.0-only
/* unit/why_test.c - the search for the cell that decided. */
#include <stdlib.h>
#include <string.h>

#include "kselftest_harness.h"
#include "lib/alloc.h"
#include "lib/exit.h"
#include "why/why.h"

#define CELLS 9
#define SEEDS 4

/* With other chance from a cell on up to this one, one of the runs passes. */
struct world {
	size_t last; /* CELLS: from none */
	size_t breaks; /* the harness, from this cell on */
	size_t late; /* passes only when it is tried once more */
	uint64_t runs;
};

static int ask(void *arg, size_t cell, struct lab_moment *moment)
{
	struct world *world = arg;

	if (cell == world->breaks)
		return LAB_HARNESS;
	world->runs += SEEDS;
	moment->runs += SEEDS;
	moment->fails += SEEDS;
	if (world->last < CELLS && cell <= world->last &&
	    (cell != world->late || moment->runs > SEEDS))
		moment->fails--;
	return 0;
}

static int decide(struct lab_decision *decision, struct world *world, bool all)
{
	memset(decision, 0, sizeof(*decision));
	decision->cells = CELLS;
	decision->moment = xcheck(calloc(CELLS, sizeof(*decision->moment)));
	return lab_decide(decision, all, ask, world);
}

TEST(finds_every_cell)
{
	struct lab_decision decision;
	bool all;
	size_t i;

	for (i = 0; i < 2 * CELLS; i++) {
		struct world world = { .last = i / 2,
				       .breaks = CELLS,
				       .late = CELLS };

		all = i % 2;
		ASSERT_EQ(0, decide(&decision, &world, all));
		EXPECT_EQ(i / 2, decision.cell);
		EXPECT_FALSE(decision.from_the_start);
		EXPECT_LE(world.runs, lab_decide_runs(CELLS, all, SEEDS));
		free(decision.moment);
	}
}

TEST(says_when_chance_decides_nothing)
{
	struct lab_decision decision;
	int all;

	for (all = 0; all < 2; all++) {
		struct world world = { .last = CELLS,
				       .breaks = CELLS,
				       .late = CELLS };

		ASSERT_EQ(0, decide(&decision, &world, all));
		EXPECT_TRUE(decision.from_the_start);
		EXPECT_EQ((all ? CELLS + 2 : 3) * SEEDS, world.runs);
		free(decision.moment);
	}
}

/* What passed only when it was tried once more is not blamed on the cell before. */
TEST(goes_on_behind_what_passes_late)
{
	struct lab_decision decision;
	size_t i;

	for (i = 0; i < 2 * CELLS; i++) {
		struct world world = { .last = i / 2,
				       .breaks = CELLS,
				       .late = i / 2 };

		ASSERT_EQ(0, decide(&decision, &world, i % 2));
		EXPECT_EQ(i / 2, decision.cell);
		EXPECT_FALSE(decision.from_the_start);
		free(decision.moment);
	}
}

TEST(ends_with_what_broke)
{
	struct world world = { .last = 7, .breaks = 5, .late = CELLS };
	struct lab_decision decision;

	EXPECT_EQ(LAB_HARNESS, decide(&decision, &world, false));
	free(decision.moment);
	world.breaks = 3;
	EXPECT_EQ(LAB_HARNESS, decide(&decision, &world, true));
	free(decision.moment);
}

TEST(needs_no_run_without_cells)
{
	struct world world = {};
	struct lab_decision decision = {};

	EXPECT_EQ(0, lab_decide(&decision, false, ask, &world));
	EXPECT_TRUE(decision.from_the_start);
	EXPECT_EQ(0, world.runs);
}

/* Clopper and Pearson's, of 0, all and half of some runs: 1 - 0.025^(1/n) and so on. */
TEST(knows_what_runs_exclude)
{
	double low, high;

	lab_why_interval(&(struct lab_moment){ .runs = 8, .fails = 8 }, &low,
			 &high);
	EXPECT_EQ(631, (int)(1000 * low + 0.5));
	EXPECT_EQ(1, high);
	lab_why_interval(&(struct lab_moment){ .runs = 8 }, &low, &high);
	EXPECT_EQ(0, low);
	EXPECT_EQ(369, (int)(1000 * high + 0.5));
	lab_why_interval(&(struct lab_moment){ .runs = 6, .fails = 3 }, &low,
			 &high);
	EXPECT_EQ(118, (int)(1000 * low + 0.5));
	EXPECT_EQ(882, (int)(1000 * high + 0.5));
}

TEST_HARNESS_MAIN
