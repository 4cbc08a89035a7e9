// SPDX-License-Identifier: GPL-2.0-only
/*
 * compare_test.c - statistics against known numbers, and whether a
 * comparison can be believed: it finds what was planted and nothing else.
 */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare/compare.h"
#include "compare/decided.h"
#include "compare/groups.h"
#include "compare/sections.h"
#include "lib/json.h"
#include "kselftest_harness.h"
#include "synthetic.h"

#define SEEDS 10
#define REPETITIONS 25

#define EXPECT_NEAR(expected, value, off)                                  \
	EXPECT_LT(fabs((expected) - (value)), off)                         \
	{                                                                  \
		TH_LOG("%g, not %g", (double)(value), (double)(expected)); \
	}

TEST(cliffs_are_located)
{
	struct lab_cliff cliff = {};
	struct lab_cliff_seen seen;
	struct lab_cliff_place place;

	cliff.exhausted[4] = 100;
	cliff.ok[8] = 100;
	seen = lab_cliff_see(&cliff);
	EXPECT_EQ(5, seen.low);
	EXPECT_EQ(8, seen.high);
	cliff.exhausted[5] = 1000;
	cliff.ok[5] = 3;
	cliff.ok[6] = 50;
	place = lab_cliff_locate(&cliff, &seen, 1);
	EXPECT_EQ(6, place.low);
	EXPECT_EQ(6, place.high);
	EXPECT_EQ(3, place.against);
	EXPECT_TRUE(lab_cliff_is_sharp(&place));
	cliff.ok[2] = 300;
	place = lab_cliff_locate(&cliff, &seen, 1);
	EXPECT_FALSE(lab_cliff_is_sharp(&place));
}

TEST(one_run_that_differs_widens_the_interval)
{
	struct lab_cliff cliff = {};
	struct lab_cliff_seen seen[] = { { 6, 6 }, { 6, 6 }, { 9, 9 } };
	struct lab_cliff_place place;

	cliff.exhausted[5] = 1000;
	cliff.ok[6] = 1000;
	place = lab_cliff_locate(&cliff, seen, 3);
	EXPECT_EQ(6, place.low);
	EXPECT_EQ(9, place.high);
}

/* No run may be left out of eight: in 1 of 256 the median is beyond the last. */
TEST(no_more_runs_are_left_out_than_the_level_allows)
{
	struct lab_cliff cliff = {};
	struct lab_cliff_seen seen[8];
	struct lab_cliff_place place;
	size_t i;

	for (i = 0; i < 8; i++)
		seen[i] =
			(struct lab_cliff_seen){ i < 7 ? 6 : 9, i < 7 ? 6 : 9 };
	cliff.exhausted[5] = 1000;
	cliff.ok[6] = 1000;
	place = lab_cliff_locate(&cliff, seen, 8);
	EXPECT_EQ(9, place.high);
}

TEST(rules_of_requests)
{
	EXPECT_EQ(6, lab_cliff_rule("GFP_ATOMIC"));
	EXPECT_EQ(6, lab_cliff_rule("GFP_ATOMIC|__GFP_NOWARN"));
	EXPECT_EQ(8, lab_cliff_rule("GFP_ATOMIC|__GFP_NOMEMALLOC"));
	EXPECT_EQ(16, lab_cliff_rule("GFP_NOWAIT|__GFP_NOWARN"));
	EXPECT_EQ(-1, lab_cliff_rule("GFP_NOWAIT|__GFP_HIGH"));
	EXPECT_EQ(-1, lab_cliff_rule("GFP_ATOMIC|__GFP_MEMALLOC"));
}

static void gather(struct lab_comparison *comparison, enum lab_side side,
		   struct synthetic s, unsigned int seeds)
{
	comparison->set[side].where = "memory";
	while (seeds--) {
		struct lab_run run = { .results = synthetic_run(&s) };

		snprintf(run.fingerprint, sizeof(run.fingerprint), "%llu",
			 (unsigned long long)s.seed);
		if (!lab_gather_run(comparison, side, &run))
			abort();
		json_decref(run.results);
		s.seed++;
	}
}

static struct lab_comparison compare(const struct synthetic *a,
				     const struct synthetic *b,
				     unsigned int seeds)
{
	struct lab_comparison comparison = { .threshold = 0.05, .alpha = 0.01 };

	gather(&comparison, LAB_A, *a, seeds);
	gather(&comparison, LAB_B, *b, seeds);
	lab_judge(&comparison);
	return comparison;
}

static const struct lab_finding *row_of(const struct lab_comparison *comparison,
					const char *metric)
{
	size_t i;

	for (i = 0; i < comparison->rows; i++)
		if (!strcmp(comparison->row[i].metric, metric))
			return &comparison->row[i];
	return NULL;
}

/*
 * How many comparisons of two that are the same claim a difference. By chance
 * it is alpha of them: with 400, more than 10 in one of 400 tries like this.
 */
#define MANY 400
#define BY_CHANCE 10

static unsigned int false_claims(struct synthetic a, struct synthetic b,
				 uint64_t step)
{
	unsigned int i, claims = 0;

	for (i = 0; i < MANY; i++) {
		struct lab_comparison c = compare(&a, &b, SEEDS);

		claims += c.count[LAB_WORSE] + c.count[LAB_BETTER] > 0;
		lab_comparison_free(&c);
		a.seed += SEEDS;
		b.seed += SEEDS;
		b.build += step;
	}
	return claims;
}

/* Hundreds that say the same are told once, and none is told of twice. */
TEST(many_findings_come_to_few_rolls)
{
	const struct lab_finding_section worse = { .judgement = LAB_WORSE };
	struct synthetic a = SYNTHETIC, b = SYNTHETIC;
	struct lab_comparison c;
	struct lab_finding_group *groups;
	size_t i, count, findings = 0;
	char words[200];

	a.cells = 40;
	b.cells = 40;
	b.latency = 1300;
	b.build = 2;
	c = compare(&a, &b, SEEDS);
	groups = lab_group_findings(&c, &worse, &count);
	for (i = 0; i < count; i++) {
		EXPECT_EQ(4, groups[i].contexts);
		EXPECT_LE(groups[i].low, groups[i].middle);
		EXPECT_LE(groups[i].middle, groups[i].high);
		findings += groups[i].findings;
	}
	/* But those that are of groups in the first place. */
	for (i = 0; i < c.rows; i++)
		findings += c.row[i].judgement == LAB_WORSE && c.row[i].cells;
	EXPECT_EQ(c.count[LAB_WORSE], findings);
	/* Ten orders, and of each some metrics. */
	EXPECT_LT(9, count);
	EXPECT_GT(findings / 4 + 1, count);
	lab_group_words(&c, &groups[0], words, sizeof(words));
	EXPECT_NE(NULL, strstr(words, " of pages, order "));
	EXPECT_NE(NULL, strstr(words, ": +30.0 % (+30.0 to +30.0) in "));
	EXPECT_NE(NULL, strstr(words, "cells, 4 contexts"));
	free(groups);
	lab_comparison_free(&c);
}

/* Hundreds of comparisons: more than the harness's 30 s on a busy machine. */
#define SIMULATION_SECONDS 300

FIXTURE(simulated){};

FIXTURE_SETUP(simulated)
{
}

FIXTURE_TEARDOWN(simulated)
{
}

/* The same kernel with other seeds: chaos alone. */
TEST_F_TIMEOUT(simulated, the_same_kernel_is_the_same, SIMULATION_SECONDS)
{
	struct synthetic a = SYNTHETIC, b = SYNTHETIC;

	b.seed = 1000001;
	EXPECT_GE(BY_CHANCE, false_claims(a, b, 0));
}

/*
 * Another layout each time: the same seeds meet other states, and each cell is
 * up to 10 of 1000 instructions and a point of success off in all of them.
 */
TEST_F_TIMEOUT(simulated, another_layout_is_the_same, SIMULATION_SECONDS)
{
	struct synthetic a = SYNTHETIC, b = SYNTHETIC;

	a.layout = 10;
	b.layout = 10;
	b.build = 2;
	EXPECT_GE(BY_CHANCE, false_claims(a, b, 1));
	a.cells = 40;
	b.cells = 40;
	a.one_order = true;
	b.one_order = true;
	EXPECT_GE(BY_CHANCE, false_claims(a, b, 1));
}

/* ---- groups ----------------------------------------------------------------- */

static unsigned int groups_found(struct synthetic a, struct synthetic b,
				 unsigned int seeds, const char *metric)
{
	unsigned int i, worse = 0;

	for (i = 0; i < 100; i++) {
		struct lab_comparison c;
		size_t k;

		b.build = 2 + i;
		c = compare(&a, &b, seeds);
		for (k = 0; k < c.rows; k++)
			worse += c.row[k].judgement == LAB_WORSE &&
				 c.row[k].cells &&
				 !strcmp(c.row[k].metric, metric);
		lab_comparison_free(&c);
	}
	return worse;
}

/* Five seeds, and a change that no single cell of forty could show. */
TEST_F_TIMEOUT(simulated, a_group_shows_what_its_cells_cannot,
	       SIMULATION_SECONDS)
{
	struct synthetic a = SYNTHETIC, b = SYNTHETIC;

	a.cells = 40;
	a.one_order = true;
	b = a;
	b.success_change = -50;
	EXPECT_LE(90, groups_found(a, b, 5, "success"));
	b.success_change = 0;
	b.latency = 1050;
	EXPECT_LE(90, groups_found(a, b, 5, "p50"));
}

/* And nothing where there is nothing, at any number of seeds. */
TEST_F_TIMEOUT(simulated, groups_claim_nothing_of_the_same_kernel,
	       SIMULATION_SECONDS)
{
	static const unsigned int seeds[] = { 1, 2, 3, 5, 9, 13 };
	struct synthetic a = SYNTHETIC, b = SYNTHETIC;
	unsigned int i, k, claims;

	a.cells = 40;
	a.one_order = true;
	a.cpus = 1;
	b = a;
	for (k = 0; k < 6; k++) {
		for (i = 0, claims = 0; i < 100; i++) {
			struct lab_comparison c;

			b.build = 2 + i;
			c = compare(&a, &b, seeds[k]);
			claims += c.count[LAB_WORSE] + c.count[LAB_BETTER] > 0;
			lab_comparison_free(&c);
		}
		/* 1 by chance; more than 5 in one of 1000 tries. */
		EXPECT_GE(5, claims);
	}
}

/* Each look spends a part of alpha: to stop at the first claim is allowed. */
TEST(looking_after_each_seed_claims_no_more)
{
	struct synthetic a = SYNTHETIC, b = SYNTHETIC;
	unsigned int i, seeds, look, claims = 0;

	a.cells = 12;
	a.one_order = true;
	b = a;
	for (i = 0; i < 100; i++) {
		bool claimed = false;

		b.build = 2 + i;
		for (seeds = 2, look = 1; seeds <= 8 && !claimed;
		     seeds++, look++) {
			struct lab_comparison c = { .threshold = 0.05 };

			c.alpha = lab_alpha_at_look(0.01, look);
			gather(&c, LAB_A, a, seeds);
			gather(&c, LAB_B, b, seeds);
			lab_judge(&c);
			claimed = c.count[LAB_WORSE] || c.count[LAB_BETTER];
			lab_comparison_free(&c);
		}
		claims += claimed;
	}
	EXPECT_GE(7, claims);
}

TEST(alpha_is_spent_but_once)
{
	double sum = 0;
	unsigned int look;

	for (look = 1; look <= 10000; look++)
		sum += lab_alpha_at_look(0.01, look);
	EXPECT_GE(0.01, sum);
	EXPECT_LT(0.00999, sum);
}

TEST(decided_undecided_undecidable)
{
	struct synthetic a = SYNTHETIC, b = SYNTHETIC;
	struct lab_comparison c;
	size_t seeds;

	a.cells = 40;
	a.one_order = true;
	b = a;
	b.build = 2;
	c = compare(&a, &b, 1);
	EXPECT_EQ(LAB_UNDECIDED, lab_compare_decided(&c, 0.05, 100, &seeds));
	EXPECT_LT(1, seeds);
	lab_comparison_free(&c);
	c = compare(&a, &b, 3);
	EXPECT_EQ(LAB_UNDECIDED, lab_compare_decided(&c, 0.05, 100, &seeds));
	EXPECT_LT(3, seeds);
	EXPECT_GE(100, seeds);
	/* A thousandth is less than any number of seeds is claimed for. */
	EXPECT_EQ(LAB_UNDECIDABLE, lab_compare_decided(&c, 0.001, 100, &seeds));
	EXPECT_LT(100, seeds);
	lab_comparison_free(&c);
	c = compare(&a, &b, 20);
	EXPECT_EQ(LAB_DECIDED, lab_compare_decided(&c, 0.05, 100, &seeds));
	EXPECT_EQ(0, seeds);
	lab_comparison_free(&c);
	b.latency = 1300;
	c = compare(&a, &b, 5);
	EXPECT_EQ(LAB_DECIDED, lab_compare_decided(&c, 0.05, 100, &seeds));
	lab_comparison_free(&c);
}

/* ---- thresholds --------------------------------------------------------------- */

/* No kernel is better than itself, whatever the threshold. */
TEST(no_threshold_makes_the_same_differ)
{
	struct synthetic a = SYNTHETIC;
	struct lab_comparison c = { .threshold = 0, .alpha = 0.01 };

	gather(&c, LAB_A, a, 5);
	gather(&c, LAB_B, a, 5);
	lab_judge(&c);
	EXPECT_EQ(0, c.count[LAB_WORSE]);
	EXPECT_EQ(0, c.count[LAB_BETTER]);
	lab_comparison_free(&c);
}

/* What is claimed is the bound: 4 % is not 5, however it was estimated. */
TEST(less_than_the_threshold_is_not_claimed)
{
	struct synthetic a = SYNTHETIC, b = SYNTHETIC;
	struct lab_comparison c;
	unsigned int i, claims = 0;

	b.changed = "task";
	b.success_change = -40;
	b.latency_change = 40;
	for (i = 0; i < 100; i++) {
		size_t k;

		b.build = 2 + i;
		c = compare(&a, &b, 20);
		for (k = 0; k < c.rows; k++)
			claims += !c.row[k].cells &&
				  c.row[k].judgement == LAB_WORSE;
		lab_comparison_free(&c);
	}
	EXPECT_GE(3, claims);
}

/* 1 of 1000 fails and then 35: few points, and 35 times as many. */
TEST(odds_of_failing_are_judged_too)
{
	struct synthetic a = SYNTHETIC, b = SYNTHETIC;
	const struct lab_finding *f;
	struct lab_comparison c;

	a.cliff = 0;
	b = a;
	a.success_change = -1;
	b.success_change = -35;
	a.cells = 1;
	b.cells = 1;
	b.build = 2;
	c = compare(&a, &b, 12);
	f = row_of(&c, "success");
	ASSERT_NE(NULL, f);
	TH_LOG("%g -> %g, odds %g [%g, %g], p %g", f->value[LAB_A],
	       f->value[LAB_B], f->odds.value, f->odds.low, f->odds.high, f->p);
	EXPECT_EQ(LAB_WORSE, lab_judgement(&c));
	lab_comparison_free(&c);
	c = compare(&a, &a, 12);
	EXPECT_EQ(0, c.count[LAB_WORSE]);
	lab_comparison_free(&c);
}

/* The quickest shots of one run may take some instructions more. */
TEST(min_is_compared_though_a_run_differs_by_little)
{
	struct synthetic a = SYNTHETIC, b = SYNTHETIC;
	struct lab_comparison c = { .threshold = 0.05, .alpha = 0.01 };
	const struct lab_finding *f;

	a.cells = 1;
	gather(&c, LAB_A, a, 19);
	b = a;
	b.seed = 20;
	b.latency = 1004;
	gather(&c, LAB_A, b, 1);
	b.build = 2;
	b.latency = 1200;
	gather(&c, LAB_B, b, 20);
	lab_judge(&c);
	f = row_of(&c, "min");
	ASSERT_NE(NULL, f);
	EXPECT_EQ(LAB_WORSE, f->judgement);
	EXPECT_NEAR(0.2, f->change.value, 1e-9);
	EXPECT_NEAR(1200.0 / 1004 - 1, f->change.low, 1e-9);
	lab_comparison_free(&c);
}

/* Both levels of the seeds rise by 10 %, and most of them change sides. */
TEST(medians_that_contradict_the_change_are_explained)
{
	static const unsigned int p50[LAB_SIDES][5] = {
		{ 1000, 1000, 2600, 2600, 2600 },
		{ 1100, 1100, 1100, 2860, 2860 },
	};
	struct lab_comparison c = { .threshold = 0.05, .alpha = 0.01 };
	const struct lab_finding *f;
	size_t side, i;

	for (side = 0; side < LAB_SIDES; side++)
		for (i = 0; i < 5; i++) {
			struct synthetic s = SYNTHETIC;

			s.cells = 1;
			s.build = 1 + side;
			s.seed = 1 + i;
			s.latency = p50[side][i];
			gather(&c, side, s, 1);
		}
	lab_judge(&c);
	f = row_of(&c, "p50");
	ASSERT_NE(NULL, f);
	EXPECT_EQ(2600, f->value[LAB_A]);
	EXPECT_EQ(1100, f->value[LAB_B]);
	EXPECT_NEAR(0.1, f->change.value, 1e-9);
	ASSERT_NE(NULL, f->words);
	EXPECT_NE(NULL, strstr(f->words, "several levels"));
	lab_comparison_free(&c);
}

/* ---- claims --------------------------------------------------------------------- */

static void gather_claims(struct lab_comparison *c, enum lab_side side,
			  const char *kind, unsigned int failed,
			  unsigned int ran)
{
	struct synthetic s = SYNTHETIC;
	unsigned int i;

	s.cells = 1;
	s.build = 1 + side;
	c->set[side].where = "memory";
	for (i = 0; i < ran; i++) {
		struct lab_run run = { .results = synthetic_run(&s) };
		json_t *verdict = json_array_get(
			json_object_get(run.results, "verdicts"), 0);

		json_object_set_new(verdict, "kind", json_string(kind));
		json_object_set_new(verdict, "verdict",
				    json_string(i < failed ? "fail" : "pass"));
		snprintf(run.fingerprint, sizeof(run.fingerprint), "%u", i);
		if (!lab_gather_run(c, side, &run))
			abort();
		json_decref(run.results);
		s.seed++;
	}
}

TEST(claims_are_judged_by_how_often_they_fail)
{
	static const struct {
		const char *kind;
		unsigned int failed[LAB_SIDES], ran;
		enum lab_judgement judgement;
	} cases[] = {
		/* An expectation that chance has failed: not in one, nor three. */
		{ "expectation", { 0, 1 }, 1, LAB_CANNOT_TELL },
		{ "expectation", { 0, 3 }, 3, LAB_CANNOT_TELL },
		{ "expectation", { 0, 12 }, 12, LAB_WORSE },
		{ "expectation", { 3, 4 }, 12, LAB_CANNOT_TELL },
		{ "expectation", { 12, 12 }, 12, LAB_SAME },
		/* An oracle is right in each run of a kernel that is right. */
		{ "oracle", { 0, 1 }, 1, LAB_WORSE },
		{ "oracle", { 1, 0 }, 20, LAB_BETTER },
		/* And of two that are not, one may be so more often. */
		{ "oracle", { 1, 20 }, 20, LAB_WORSE },
		{ "oracle", { 20, 1 }, 20, LAB_BETTER },
		{ "oracle", { 1, 2 }, 20, LAB_CANNOT_TELL },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct lab_comparison c = { .threshold = 0.05, .alpha = 0.01 };
		const struct lab_finding *f;

		gather_claims(&c, LAB_A, cases[i].kind, cases[i].failed[LAB_A],
			      cases[i].ran);
		gather_claims(&c, LAB_B, cases[i].kind, cases[i].failed[LAB_B],
			      cases[i].ran);
		lab_judge(&c);
		f = row_of(&c, "claim");
		ASSERT_NE(NULL, f);
		EXPECT_EQ(cases[i].judgement, f->judgement)
		{
			TH_LOG("case %zu", i);
		}
		if (f->judgement == LAB_WORSE && !isnan(f->p))
			EXPECT_GE(0.01, f->p);
		lab_comparison_free(&c);
	}
}

/* By chance 30 % of its runs fail an expectation, in both. */
TEST(an_expectation_that_chance_fails_is_not_worse)
{
	static const unsigned int ran[] = { 1, 3, 5, 12 };
	uint64_t state = 1;
	unsigned int i, k, j, claims = 0;

	for (k = 0; k < 4; k++)
		for (i = 0; i < 100; i++) {
			struct lab_comparison c = { .threshold = 0.05,
						    .alpha = 0.01 };
			unsigned int failed[LAB_SIDES] = {};

			for (j = 0; j < 2 * ran[k]; j++)
				failed[j % 2] += synthetic_fraction(&state) <
						 0.3;
			gather_claims(&c, LAB_A, "expectation", failed[LAB_A],
				      ran[k]);
			gather_claims(&c, LAB_B, "expectation", failed[LAB_B],
				      ran[k]);
			lab_judge(&c);
			claims += c.count[LAB_WORSE] > 0;
			lab_comparison_free(&c);
		}
	EXPECT_GE(10, claims);
}

/* ---- cliffs --------------------------------------------------------------------- */

TEST(a_moved_cliff_is_found_where_it_is)
{
	struct synthetic a = SYNTHETIC, b = SYNTHETIC;
	unsigned int i;
	char contexts[200];

	b.changed = "softirq_tasklet";
	b.cliff_change = 2;
	for (i = 0; i < REPETITIONS; i++) {
		struct lab_comparison c;

		b.build = 2 + i;
		c = compare(&a, &b, SEEDS);
		EXPECT_EQ(LAB_WORSE, lab_judgement(&c));
		EXPECT_STREQ("cliff", c.row[0].metric);
		EXPECT_EQ(2, c.row[0].change.value);
		lab_contexts_words(&c, LAB_WORSE, contexts, sizeof(contexts));
		EXPECT_STREQ("softirq_tasklet", contexts);
		EXPECT_EQ(0, c.count[LAB_BETTER]);
		lab_comparison_free(&c);
		/* And the other way round it is better. */
		c = compare(&b, &a, SEEDS);
		EXPECT_EQ(LAB_BETTER, lab_judgement(&c));
		lab_comparison_free(&c);
	}
}

/* One run may have met what else decides: it is told of, and not claimed. */
TEST(a_cliff_that_moved_in_few_runs_is_not_claimed)
{
	struct synthetic a = SYNTHETIC, b = SYNTHETIC;
	struct lab_comparison c;
	unsigned int seeds;

	b.build = 2;
	b.cliff_change = 1;
	b.changed = "task";
	for (seeds = 1; seeds < 5; seeds++) {
		c = compare(&a, &b, seeds);
		EXPECT_EQ(0, c.count[LAB_WORSE]);
		ASSERT_NE(NULL, row_of(&c, "cliff"));
		EXPECT_EQ(LAB_CANNOT_TELL, row_of(&c, "cliff")->judgement);
		EXPECT_EQ(5 - seeds, row_of(&c, "cliff")->more);
		EXPECT_NE(NULL, strstr(row_of(&c, "cliff")->words, "seen in"));
		lab_comparison_free(&c);
	}
}

/* A step is the sixteenth part of min. */
TEST(a_cliff_that_moved_by_a_step_is_found_with_five_seeds)
{
	struct synthetic a = SYNTHETIC, b = SYNTHETIC;
	unsigned int i, found = 0;

	b.cliff_change = 1;
	b.changed = "task";
	for (i = 0; i < 100; i++) {
		struct lab_comparison c;

		b.build = 2 + i;
		c = compare(&a, &b, 5);
		found += c.count[LAB_WORSE] == 1 && c.count[LAB_BETTER] == 0 &&
			 !strcmp(c.row[0].metric, "cliff") &&
			 !strcmp(c.row[0].context, "task");
		lab_comparison_free(&c);
	}
	EXPECT_LE(95, found);
}

static size_t moved_cliffs(const struct lab_comparison *c)
{
	size_t i, count = 0;

	for (i = 0; i < c->rows; i++)
		count += !strcmp(c->row[i].metric, "cliff") &&
			 (c->row[i].judgement == LAB_WORSE ||
			  c->row[i].judgement == LAB_BETTER);
	return count;
}

/*
 * For more than a page there has to be a block, and where the last one is gone
 * differs from run to run: two sets of runs of one kernel have other cliffs there,
 * and nothing is claimed of them.
 */
TEST(a_cliff_that_blocks_decide_is_not_claimed_by_chance)
{
	/* In one of 500 all five runs of a side agree; here they do. */
	static const unsigned int agree[][LAB_SIDES] = {
		{ 8, 57 },  { 31, 137 }, { 4, 20 }, { 26, 48 },
		{ 21, 64 }, { 22, 73 },	 { 1, 49 }, { 33, 124 },
	};
	struct synthetic a = SYNTHETIC, b = SYNTHETIC;
	unsigned int i, seeds, seen = 0;
	size_t row;

	a.cells = b.cells = 8;
	a.wander = b.wander = 1;
	for (i = 0; i < sizeof(agree) / sizeof(agree[0]); i++)
		for (seeds = 1; seeds <= 5; seeds += 4) {
			struct lab_comparison c;

			a.build = agree[i][LAB_A];
			b.build = agree[i][LAB_B];
			c = compare(&a, &b, seeds);
			EXPECT_EQ(0, moved_cliffs(&c));
			for (row = 0; row < c.rows; row++)
				seen += c.row[row].words &&
					strstr(c.row[row].words, "seen in");
			lab_comparison_free(&c);
		}
	/* So that there was something not to claim. */
	EXPECT_LT(sizeof(agree) / sizeof(agree[0]), seen);
}

/* One that all runs agree about is found with more seeds. */
TEST(a_cliff_that_blocks_decide_is_found_with_more_seeds)
{
	struct synthetic a = SYNTHETIC, b = SYNTHETIC;
	struct lab_comparison c;
	unsigned int i, found = 0;

	a.cells = b.cells = 8;
	b.cliff_change = 1;
	b.changed = "task";
	c = compare(&a, &b, 5);
	EXPECT_EQ(1, moved_cliffs(&c)); /* of single pages */
	lab_comparison_free(&c);
	for (i = 0; i < 10; i++) {
		b.build = 2 + i;
		c = compare(&a, &b, 12);
		found += moved_cliffs(&c) == 2; /* of both orders */
		lab_comparison_free(&c);
	}
	EXPECT_EQ(10, found);
}

/* Free pages and usable ones are not the same thing where there is CMA. */
TEST(cliffs_over_different_things_are_not_compared)
{
	struct synthetic a = SYNTHETIC, b = SYNTHETIC;
	struct lab_comparison c;

	a.over_free = true;
	b.build = 2;
	b.cliff_change = 2;
	b.changed = "task";
	c = compare(&a, &b, SEEDS);
	EXPECT_EQ(0, moved_cliffs(&c));
	ASSERT_NE(NULL, row_of(&c, "cliff"));
	EXPECT_NE(NULL, strstr(row_of(&c, "cliff")->words, "earlier version"));
	lab_comparison_free(&c);
	/* Two of an earlier version are compared as they were. */
	b.over_free = true;
	c = compare(&a, &b, SEEDS);
	EXPECT_EQ(1, moved_cliffs(&c));
	lab_comparison_free(&c);
}

TEST(slower_shots_are_found)
{
	struct synthetic a = SYNTHETIC, b = SYNTHETIC;
	struct lab_comparison c;

	b.build = 2;
	b.changed = "hardirq_hrtimer";
	b.latency_change = 100;
	c = compare(&a, &b, SEEDS);
	EXPECT_EQ(LAB_WORSE, lab_judgement(&c));
	EXPECT_STREQ("hardirq_hrtimer", c.row[0].context);
	EXPECT_NEAR(0.1, c.row[0].change.value, 1e-9);
	lab_comparison_free(&c);
	/* Real, and below the threshold. */
	b.latency_change = 20;
	c = compare(&a, &b, SEEDS);
	EXPECT_EQ(0, c.count[LAB_WORSE]);
	EXPECT_TRUE(lab_finding_section_has(&lab_finding_sections[4],
					    &c.row[c.rows - 1]) ||
		    c.count[LAB_SAME] > 0);
	lab_comparison_free(&c);
}

/* Totals take seeds, and the comparison says how many. */
/* Of the shots that came by it, whatever their number. */
TEST(a_longer_detour_is_found_where_it_was_taken)
{
	struct synthetic a = SYNTHETIC, b = SYNTHETIC;
	struct lab_comparison c;
	size_t i, slow = 0;

	a.cpus = 1;
	b.cpus = 1;
	b.build = 2;
	b.detour = 150;
	c = compare(&a, &b, SEEDS);
	EXPECT_EQ(LAB_WORSE, lab_judgement(&c));
	for (i = 0; i < c.rows; i++) {
		const struct lab_finding *f = &c.row[i];

		EXPECT_STRNE("mean, reserve", f->metric);
		if (!strcmp(f->metric, "mean, fast"))
			EXPECT_EQ(LAB_SAME, f->judgement);
		if (strcmp(f->metric, "mean, slow") != 0 || f->cells)
			continue;
		slow++;
		EXPECT_EQ(LAB_WORSE, f->judgement);
		EXPECT_EQ(LAB_CONDITIONAL, f->kind);
		EXPECT_NEAR(0.2, f->change.value, 1e-9);
		EXPECT_EQ(0, strncmp(f->where, "scarce", 6));
	}
	EXPECT_EQ(4, slow);
	lab_comparison_free(&c);
}

/*
 * Half of the shots of plenty refill a list; values of cells differ by up to a
 * tenth, as in real runs.
 */
static struct synthetic refilling(uint64_t build, unsigned int refill)
{
	struct synthetic s = SYNTHETIC;

	s.one_order = true;
	s.cells = 16;
	s.build = build;
	s.refill = refill;
	s.refill_spread = 10;
	return s;
}

#define REFILLS 200

/* One seed each; returns how often a refill is judged like that. */
static unsigned int refills_judged(unsigned int cells, unsigned int a_refill,
				   unsigned int b_refill,
				   enum lab_judgement judgement)
{
	struct synthetic a = refilling(1, a_refill), b = refilling(2, b_refill);
	unsigned int i, count = 0;

	a.cells = cells;
	b.cells = cells;
	for (i = 0; i < REFILLS; i++) {
		struct lab_comparison c = compare(&a, &b, 1);
		const struct lab_finding *f = row_of(&c, "refill");

		count += f && f->judgement == judgement;
		lab_comparison_free(&c);
		a.seed++;
		b.seed++;
	}
	return count;
}

/* By a single seed. With 16 and 16 values chance parts two ranges in 3e-9. */
TEST(a_slower_refill_is_found_with_one_seed)
{
	EXPECT_EQ(0, refills_judged(16, 1400, 1400, LAB_WORSE));
	EXPECT_EQ(0, refills_judged(16, 1400, 1400, LAB_BETTER));
	/* Half of what cells of one kernel differ by. */
	EXPECT_EQ(0, refills_judged(16, 1400, 1470, LAB_WORSE));
	/* 300 instructions are 21 %. */
	EXPECT_EQ(REFILLS, refills_judged(16, 1400, 1700, LAB_WORSE));
	EXPECT_EQ(REFILLS, refills_judged(16, 1700, 1400, LAB_BETTER));
	/* Fewer than eight values claim nothing. */
	EXPECT_EQ(0, refills_judged(7, 1400, 2400, LAB_WORSE));
}

/* It is one finding, of all cells, and says what could have been found. */
TEST(refills_are_told_as_a_group)
{
	struct synthetic a = refilling(1, 1400), b = refilling(2, 1700);
	struct lab_comparison c = compare(&a, &b, 1);
	const struct lab_finding *f = row_of(&c, "refill");
	char words[200];

	ASSERT_NE(NULL, f);
	EXPECT_EQ(LAB_CONDITIONAL, f->kind);
	EXPECT_EQ(16, f->cells);
	EXPECT_TRUE(isnan(f->p));
	EXPECT_LT(0.05, f->change.low);
	EXPECT_GT(0.22, f->change.value);
	lab_sum_words(&c, words, sizeof(words));
	EXPECT_NE(NULL, strstr(words, "refill of pages, order 0"));
	lab_comparison_free(&c);

	c = compare(&a, &a, 1);
	f = row_of(&c, "refill");
	ASSERT_NE(NULL, f);
	EXPECT_EQ(LAB_CANNOT_TELL, f->judgement);
	EXPECT_LT(0.05, f->detectable);
	EXPECT_GT(0.16, f->detectable);
	lab_comparison_free(&c);

	/* Shots of orders that no list holds, and busy cells, have none. */
	a.refill = 0;
	c = compare(&a, &a, 1);
	EXPECT_EQ(NULL, row_of(&c, "refill"));
	lab_comparison_free(&c);
}

static size_t rows_of(const struct lab_comparison *comparison,
		      const char *metric)
{
	size_t i, n = 0;

	for (i = 0; i < comparison->rows; i++)
		n += !strcmp(comparison->row[i].metric, metric);
	return n;
}

/* Where they do, what is long is a shot that waited. */
TEST(tails_are_compared_where_nobody_takes_turns)
{
	struct synthetic a = SYNTHETIC, b = SYNTHETIC;
	struct lab_comparison c = compare(&a, &b, 3);

	EXPECT_EQ(0, rows_of(&c, "max"));
	EXPECT_EQ(0, rows_of(&c, "p99"));
	EXPECT_EQ(0, rows_of(&c, "mean, fast"));
	EXPECT_LT(0, rows_of(&c, "p50"));
	lab_comparison_free(&c);
	a.cpus = 1;
	b.cpus = 1;
	c = compare(&a, &b, 3);
	EXPECT_EQ(rows_of(&c, "p50"), rows_of(&c, "max"));
	EXPECT_EQ(rows_of(&c, "p50"), rows_of(&c, "p99"));
	EXPECT_LT(0, rows_of(&c, "mean, fast"));
	lab_comparison_free(&c);
}

/* What it takes to fail is a metric of its own, where results have it. */
TEST(failures_are_compared_by_their_latency)
{
	struct synthetic a = SYNTHETIC, b = SYNTHETIC;
	struct lab_comparison c = compare(&a, &b, 3);
	size_t i, worse = 0;

	EXPECT_EQ(0, rows_of(&c, "p50, exhausted"));
	lab_comparison_free(&c);

	a.missing = 2000;
	c = compare(&a, &b, 3);
	EXPECT_EQ(0, rows_of(&c, "p50, exhausted"));
	lab_comparison_free(&c);

	b.missing = 2600;
	b.build = 2;
	c = compare(&a, &b, SEEDS);
	for (i = 0; i < c.rows; i++) {
		if (c.row[i].judgement != LAB_WORSE)
			continue;
		EXPECT_STREQ("p50, exhausted", c.row[i].metric);
		worse++;
	}
	EXPECT_LT(0, worse);
	lab_comparison_free(&c);
}

TEST(few_seeds_cannot_tell)
{
	struct synthetic a = SYNTHETIC, b = SYNTHETIC;
	struct lab_comparison c;
	size_t i;

	b.build = 2;
	c = compare(&a, &b, 3);
	EXPECT_EQ(LAB_CANNOT_TELL, lab_judgement(&c));
	for (i = 0; i < c.count[LAB_CANNOT_TELL]; i++)
		EXPECT_LT(3, c.row[i].more);
	lab_comparison_free(&c);
}

/* One key of one run of B changed by hand. */
static struct lab_comparison compare_with(const char *object, const char *key,
					  json_t *value)
{
	struct lab_comparison c = { .threshold = 0.05, .alpha = 0.01 };
	struct synthetic s = SYNTHETIC;
	struct lab_run run = { .results = synthetic_run(&s) };
	json_t *at = json_object_get(run.results, object);

	strcpy(run.fingerprint, "x");
	gather(&c, LAB_A, s, 1);
	if (json_is_array(at))
		at = json_array_get(at, 0);
	json_object_set_new(at ? at : run.results, key, value);
	c.set[LAB_B].where = "memory";
	if (!lab_gather_run(&c, LAB_B, &run))
		abort();
	json_decref(run.results);
	lab_judge(&c);
	return c;
}

TEST(an_oracle_that_barks_is_worse)
{
	struct lab_comparison c =
		compare_with("verdicts", "verdict", json_string("fail"));

	EXPECT_EQ(LAB_WORSE, lab_judgement(&c));
	EXPECT_STREQ("exclusive", c.row[0].where);
	lab_comparison_free(&c);
	c = compare_with("cells", "held", json_integer(1));
	EXPECT_EQ(LAB_WORSE, lab_judgement(&c));
	EXPECT_STREQ("held", c.row[0].metric);
	lab_comparison_free(&c);
}

TEST(a_victim_that_gets_other_bytes_or_stays_ill_is_worse)
{
	struct lab_comparison c =
		compare_with("cells", "victim",
			     json_pack("{s:i, s:i}", "wrong", 3, "stuck", 0));

	EXPECT_EQ(LAB_WORSE, lab_judgement(&c));
	EXPECT_STREQ("victim_wrong", c.row[0].metric);
	lab_comparison_free(&c);
	c = compare_with("cells", "victim",
			 json_pack("{s:i, s:i}", "wrong", 0, "stuck", 1));
	EXPECT_EQ(LAB_WORSE, lab_judgement(&c));
	EXPECT_STREQ("victim_stuck", c.row[0].metric);
	lab_comparison_free(&c);
	c = compare_with("cells", "victim",
			 json_pack("{s:i, s:i}", "wrong", 0, "stuck", 0));
	EXPECT_NE(LAB_WORSE, lab_judgement(&c));
	lab_comparison_free(&c);
}

TEST(what_was_made_otherwise_is_not_compared)
{
	static const struct {
		const char *key, *words;
	} keys[] = {
		{ "mode", "modes deterministic and other" },
		{ "qemu", "QEMU 10.0.2 and other" },
		{ "append", "boots with nothing added and append other" },
		{ "cpu", "boots with nothing added and cpu other" },
		{ "machine", "boots with nothing added and machine other" },
	};
	struct lab_comparison c;
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		c = compare_with("machine", keys[i].key, json_string("other"));
		EXPECT_EQ(LAB_NOT_COMPARABLE, lab_judgement(&c));
		EXPECT_EQ(1, c.rows);
		EXPECT_STREQ(keys[i].words, c.row[0].words);
		lab_comparison_free(&c);
	}
	c = compare_with("machine", "cpus", json_integer(4));
	EXPECT_STREQ("CPUs: 2 and 4", c.row[0].words);
	lab_comparison_free(&c);
	c = compare_with("cells", "refusal", json_string("no NMI here"));
	EXPECT_EQ(1, c.count[LAB_NOT_COMPARABLE]);
	lab_comparison_free(&c);
}

TEST(what_the_harness_broke_is_left_out)
{
	struct lab_comparison c =
		compare_with("", "verdict", json_string("broken"));

	EXPECT_EQ(0, c.set[LAB_B].runs);
	EXPECT_EQ(1, c.set[LAB_B].broken);
	EXPECT_EQ(LAB_NOT_COMPARABLE, lab_judgement(&c));
	lab_comparison_free(&c);
}

/* No seed counts twice. */
TEST(a_run_counts_once)
{
	struct lab_comparison c = { .threshold = 0.05, .alpha = 0.01 };
	struct synthetic s = SYNTHETIC;

	gather(&c, LAB_A, s, 3);
	gather(&c, LAB_A, s, 3);
	EXPECT_EQ(3, c.set[LAB_A].runs);
	EXPECT_EQ(3, c.notes);
	lab_comparison_free(&c);
}

TEST(every_form_can_be_written)
{
	struct synthetic a = SYNTHETIC, b = SYNTHETIC;
	struct lab_comparison c;
	size_t i, size;
	json_t *json;
	char *text;
	FILE *f;

	b.build = 2;
	b.cliff_change = 1;
	b.changed = "task";
	c = compare(&a, &b, 5);
	for (i = 0; lab_compare_forms[i]; i++) {
		f = open_memstream(&text, &size);
		lab_compare_forms[i]->write(&c, f, true);
		fclose(f);
		EXPECT_NE(NULL, strstr(text, "task"))
		{
			TH_LOG("%s", lab_compare_forms[i]->name);
		}
		if (!strcmp(lab_compare_forms[i]->name, "json")) {
			json = json_loads(text, 0, NULL);
			ASSERT_NE(NULL, json);
			EXPECT_STREQ("worse", lab_text(json, "judgement"));
			EXPECT_EQ(c.rows, json_array_size(json_object_get(
						  json, "findings")));
			json_decref(json);
		}
		free(text);
	}
	lab_comparison_free(&c);
}

TEST_HARNESS_MAIN
