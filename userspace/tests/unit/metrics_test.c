// SPDX-License-Identifier: GPL-2.0-only
/*
 * metrics_test.c - what expectations ask about: read from the cells of
 * results, summed up, and seen to hold and not to.
 */
#include <stdio.h>
#include <string.h>

#include "results/counts.h"
#include "scenario/expect.h"
#include "kselftest_harness.h"

#define CELL                                                                   \
	"{\"attempts\": 100, \"ok\": 60, \"exhausted\": 30, \"injected\": 6,"  \
	" \"refused\": 4, \"floored\": 4, \"partial\": 3, \"held\": 2,"        \
	" \"contended\": 12,"                                                  \
	" \"interrupting\": 5, \"injector_hits\": 9, \"boost\": 7,"            \
	" \"pressure_died\": true,"                                            \
	" \"cliff\": [[4, 0, 20], [5, 1, 9], [6, 19, 1], [7, 30, 0],"          \
	"  [64, 10, 0]],"                                                      \
	" \"passage\": {\"fast\": 10, \"slow\": 20, \"reserve\": 15,"          \
	"  \"other_zone\": 8, \"other_node\": 6, \"store\": 1},"               \
	" \"latency\": {\"p50\": 50, \"p99\": 99, \"p999\": 999,"              \
	"  \"max\": 1000},"                                                    \
	" \"kernel_counted\": {\"stalls\": 1, \"kswapd\": 2, \"ooms\": 3},"    \
	" \"highatomic\": {\"before\": 512, \"after\": 1536, \"share\": 1024," \
	"  \"share_of\": 32768},"                                              \
	" \"victim\": {\"asked\": 40, \"done\": 31, \"wrong\": 13,"            \
	"  \"errors\": 14, \"passes\": 15, \"stuck\": 16},"                    \
	" \"log\": {\"reports\": 8, \"announced\": 11},"                       \
	" \"oracles\": [{\"violations\": 1}, {\"violations\": 2}]}"

/* "yes: " or "no: " and why, of a cell or of one and another. */
static const char *asked(const char *text, const char *cell,
			 const char *another)
{
	static char words[512];
	struct lab_counts sum = {}, one;
	struct lab_expect expect;
	json_t *json;
	char why[256];
	bool holds;

	if (lab_expect_parse(text, &expect, words, sizeof(words)))
		return words;
	for (; cell; cell = another, another = NULL) {
		json = json_loads(cell, 0, NULL);
		lab_counts_of(json, &one);
		lab_counts_add(&sum, &one);
		json_decref(json);
	}
	holds = lab_expect_holds(&expect, &sum, 0.5, why, sizeof(why));
	snprintf(words, sizeof(words), "%s: %s", holds ? "yes" : "no", why);
	lab_expect_free(&expect);
	return words;
}

static bool holds(const char *text)
{
	return !strncmp(asked(text, CELL, NULL), "yes", 3);
}

/* One wrong by one is not taken for the right one. */
TEST(every_count_is_that_of_its_key)
{
	static const struct {
		const char *metric;
		int count;
	} counts[] = {
		{ "attempts", 100 },
		{ "ok", 60 },
		{ "exhausted", 30 },
		{ "injected", 6 },
		{ "refused", 4 },
		{ "floored", 4 },
		{ "contended", 12 },
		{ "partial", 3 },
		{ "held", 2 },
		{ "interrupting", 5 },
		{ "hits", 9 },
		{ "boost", 7 },
		{ "died", 1 },
		{ "violations", 3 },
		{ "fast", 10 },
		{ "slow", 20 },
		{ "reserve", 15 },
		{ "other_zone", 8 },
		{ "other_node", 6 },
		{ "store", 1 },
		{ "p50", 50 },
		{ "p99", 99 },
		{ "p999", 999 },
		{ "max", 1000 },
		{ "stalls", 1 },
		{ "kswapd", 2 },
		{ "ooms", 3 },
		{ "reports", 8 },
		{ "announced", 11 },
		{ "highatomic", 1536 },
		{ "highatomic_grown", 1024 },
		{ "highatomic_released", 0 },
		{ "elsewhere", 3 },
		{ "victim_asked", 40 },
		{ "victim_done", 31 },
		{ "victim_lost", 9 },
		{ "victim_wrong", 13 },
		{ "victim_errors", 14 },
		{ "victim_passes", 15 },
		{ "victim_stuck", 16 },
	};
	char text[64];
	size_t i;

	for (i = 0; i < sizeof(counts) / sizeof(*counts); i++) {
		snprintf(text, sizeof(text), "each %s == %d", counts[i].metric,
			 counts[i].count);
		EXPECT_TRUE(holds(text));
		snprintf(text, sizeof(text), "each %s == %d", counts[i].metric,
			 counts[i].count + 1);
		EXPECT_FALSE(holds(text));
	}
}

TEST(a_number_that_is_no_number_of_shots_says_so)
{
	EXPECT_STREQ("no: p50 was 50", asked("each p50 < 50", CELL, NULL));
	EXPECT_STREQ("no: reserve was 15 (of 100)",
		     asked("each reserve == 0", CELL, NULL));
	EXPECT_STREQ("yes: highatomic_share was 3.125 % (1024 of 32768)",
		     asked("each highatomic_share <= 4%", CELL, NULL));
}

#define CLIFF(steps) "{\"ok\": 1, \"exhausted\": 2, \"cliff\": [" steps "]}"

TEST(the_cliff)
{
	EXPECT_STREQ("yes: cliff was 6/16 of min",
		     asked("each cliff == 6/16", CELL, NULL));
	EXPECT_STREQ("no: cliff was 6/16 of min",
		     asked("each cliff == 5/16", CELL, NULL));
	EXPECT_STREQ("yes: deepest was 5/16 of min",
		     asked("each deepest >= 5/16", CELL, NULL));
	EXPECT_STREQ("yes: shallowest was 6/16 of min",
		     asked("each shallowest <= 6/16", CELL, NULL));
	/* A zone that comes to rest at the edge fails all further shots there. */
	EXPECT_STREQ("yes: cliff was 6/16 of min",
		     asked("each cliff == 6/16",
			   CLIFF("[6, 60, 7000], [7, 64, 0]"), NULL));
	EXPECT_STREQ("yes: cliff was 7/16 of min",
		     asked("each cliff == 7/16",
			   CLIFF("[6, 30, 7000], [7, 64, 0]"), NULL));
	/* Strays below it are no cliff, nor is what lies under a gap. */
	EXPECT_STREQ("yes: cliff was 7/16 of min",
		     asked("each cliff == 7/16",
			   CLIFF("[4, 99, 0], [6, 0, 1], [7, 64, 0]"), NULL));
	/* Above 4 min a bucket is a whole min wide. */
	EXPECT_STREQ("yes: deepest was 80/16 of min",
		     asked("each deepest == 80/16", CLIFF("[65, 1, 0]"), NULL));
}

/* "yes", or why these counts tell nothing. */
static const char *told(const char *text, const struct lab_counts *counts)
{
	static char why[256];
	struct lab_expect expect;
	bool decided;

	if (lab_expect_parse(text, &expect, why, sizeof(why)))
		return why;
	decided = lab_expect_decided(&expect, counts, why, sizeof(why));
	lab_expect_free(&expect);
	return decided ? "yes" : why;
}

/*
 * The zone was below the cliff from the first shot on: they are refused on a good
 * kernel. Refused where pages are to be had they are not.
 */
TEST(a_zone_that_was_never_above)
{
	struct lab_counts counts = { .attempts = 30, .exhausted = 30 };

	counts.cliff_exhausted[4] = 10;
	counts.cliff_exhausted[5] = 20;
	EXPECT_STREQ(
		"cliff cannot be told: none of 30 shots met more than 6/16 of min",
		told("each cliff == 6/16", &counts));
	EXPECT_STREQ(
		"deepest cannot be told: none of 30 shots met more than 6/16 of min",
		told("each deepest >= 6/16", &counts));
	EXPECT_STREQ(
		"deepest cannot be told: none of 30 shots met more than 6/16 of min",
		told("each deepest >= 5/16", &counts));
	EXPECT_STREQ("yes", told("each deepest >= 4/16", &counts));
	EXPECT_STREQ("yes", told("each cliff == 5/16", &counts));
	EXPECT_STREQ("yes", told("each shallowest <= 6/16", &counts));
	EXPECT_STREQ("yes", told("each success == 100%", &counts));
	counts.cliff_exhausted[6] = 1;
	EXPECT_STREQ("yes", told("each cliff == 6/16", &counts));
	counts.cliff_exhausted[6] = 0;
	counts.ok = 1;
	EXPECT_STREQ("yes", told("each cliff == 6/16", &counts));
	EXPECT_STREQ("yes", told("each cliff == 6/16",
				 &(struct lab_counts){ .attempts = 1 }));
}

/* Shots passed steps by: the cliff is at one of these, or at the next one. */
TEST(a_cliff_at_a_step_that_none_met)
{
	struct lab_counts counts = { .attempts = 90,
				     .ok = 60,
				     .exhausted = 30 };

	counts.cliff_exhausted[5] = 30;
	counts.cliff_ok[7] = 40;
	counts.cliff_ok[8] = 20;
	EXPECT_STREQ(
		"cliff cannot be told: it is from 6/16 to 7/16 of min, and no shot was between",
		told("each cliff == 6/16", &counts));
	EXPECT_STREQ(
		"cliff cannot be told: it is from 6/16 to 7/16 of min, and no shot was between",
		told("each cliff <= 6/16", &counts));
	EXPECT_STREQ("yes", told("each cliff == 5/16", &counts));
	EXPECT_STREQ("yes", told("each cliff <= 5/16", &counts));
	EXPECT_STREQ("yes", told("each cliff == 7/16", &counts));
	EXPECT_STREQ("yes", told("each cliff == 8/16", &counts));
	EXPECT_STREQ("yes", told("each cliff >= 8/16", &counts));
	counts.cliff_exhausted[6] = 1;
	EXPECT_STREQ("yes", told("each cliff == 6/16", &counts));
}

/* Who never fell has not seen where the cliff is. */
TEST(a_cliff_that_was_not_seen)
{
#define UNSEEN " is not known: ok was 1, exhausted 2, and no such step was met"
	EXPECT_STREQ("no: cliff" UNSEEN,
		     asked("each cliff >= 0/16", CLIFF("[6, 9, 0]"), NULL));
	EXPECT_STREQ("no: cliff" UNSEEN,
		     asked("each cliff >= 0/16", CLIFF("[3, 0, 9]"), NULL));
	EXPECT_STREQ("no: cliff" UNSEEN,
		     asked("each cliff <= 320/16", CLIFF(""), NULL));
	EXPECT_STREQ("no: deepest" UNSEEN,
		     asked("each deepest >= 0/16", CLIFF("[3, 0, 9]"), NULL));
	EXPECT_STREQ("no: shallowest" UNSEEN, asked("each shallowest <= 320/16",
						    CLIFF("[6, 9, 0]"), NULL));
	/* A journal may say anything. */
	EXPECT_STREQ("no: deepest" UNSEEN,
		     asked("each deepest >= 0/16",
			   CLIFF("[-1, 9, 9], [81, 9, 9], 7, []"), NULL));
}

#define OTHER                                                     \
	"{\"attempts\": 10, \"ok\": 10, \"cliff\": [[5, 0, 40]]," \
	" \"latency\": {\"p50\": 70, \"max\": 80}, \"boost\": 3," \
	" \"kernel_counted\": {\"stalls\": 4}, \"highatomic\":"   \
	"  {\"before\": 2048, \"after\": 512, \"share\": 512,"    \
	"  \"share_of\": 2048}}"

TEST(sums)
{
	EXPECT_STREQ("yes: attempts was 110",
		     asked("total attempts == 110", CELL, OTHER));
	EXPECT_STREQ("yes: stalls was 5",
		     asked("total stalls == 5", CELL, OTHER));
	/* Of what cannot be added the largest. */
	EXPECT_STREQ("yes: p50 was 70", asked("total p50 == 70", CELL, OTHER));
	EXPECT_STREQ("yes: max was 1000",
		     asked("total max == 1000", CELL, OTHER));
	/* As scenarios of earlier versions have it. */
	EXPECT_STREQ("yes: max was 1000",
		     asked("total slowest == 1000", CELL, OTHER));
	EXPECT_STREQ("yes: boost was 7",
		     asked("total boost == 7", CELL, OTHER));
	EXPECT_STREQ("yes: highatomic_released was 1536",
		     asked("total highatomic_released == 1536", CELL, OTHER));
	EXPECT_STREQ("yes: highatomic_share was 25 % (512 of 2048)",
		     asked("total highatomic_share == 25%", CELL, OTHER));
	EXPECT_STREQ("yes: highatomic_share was 25 % (512 of 2048)",
		     asked("total highatomic_share == 25%", OTHER, CELL));
	EXPECT_STREQ("yes: cliff was 6/16 of min",
		     asked("total cliff == 6/16", CELL, OTHER));
	EXPECT_STREQ("no: shallowest was 6/16 of min",
		     asked("total shallowest == 5/16", CELL, OTHER));
}

#define LEVEL(bp, trials, injected)                            \
	"{\"probability_bp\": " #bp ", \"attempts\": " #trials \
	", \"refused\": 0, \"injected\": " #injected "}"
#define LEVELS(first, second)                                         \
	"{\"attempts\": 2000, \"injected\": 600, \"levels\": [" first \
	", " second "]}"

/* A schedule is asked about level by level: the sum alone hides a mistake. */
TEST(levels)
{
	static const char good[] =
		LEVELS(LEVEL(0, 1000, 0), LEVEL(6000, 1000, 600));
	static const char late[] =
		LEVELS(LEVEL(0, 1000, 1), LEVEL(6000, 1000, 599));
	static const char even[] =
		LEVELS(LEVEL(0, 1000, 0), LEVEL(6000, 1000, 480));

	EXPECT_STREQ("yes: injected was as expected at each of 2 levels",
		     asked("each injected binomial 1e-6", good, NULL));
	EXPECT_EQ(0, strncmp("no: injected was 1 of 1000; at 0 % chance 0 to 0",
			     asked("each injected binomial 1e-6", late, NULL),
			     46));
	EXPECT_EQ(0, strncmp("no: injected was 480 of 1000; at 60 %",
			     asked("each injected binomial 1e-6", even, NULL),
			     37));
	EXPECT_STREQ("yes: injected was as expected at each of 2 levels",
		     asked("each injected binomial 1e-6", good, good));
}

TEST_HARNESS_MAIN
