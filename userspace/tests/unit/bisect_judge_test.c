// SPDX-License-Identifier: GPL-2.0-only
/*
 * bisect_judge_test.c - what bisect makes of runs: no candidate is bad by another
 * cell or another scenario than the one that is sought, and a culprit that may
 * come of chance is not confirmed.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "bisect/bisect.h"
#include "compare/compare.h"
#include "kselftest_harness.h"
#include "synthetic.h"

#define SEEDS 6

FIXTURE(judged)
{
	char folder[64];
	struct lab_bisect bisect;
	json_t *good, *bad;
	unsigned int run; /* the number of the last one */
};

static const char *outcome(const json_t *candidate)
{
	return lab_text(candidate, "outcome");
}

/* Writes a run and adds it to a candidate. Takes ownership of results. */
static void add_run(const char *folder, unsigned int number, json_t *candidate,
		    json_t *results)
{
	char path[192], file[224];

	snprintf(path, sizeof(path), "%s/made-up-%u", folder, number);
	mkdir(path, 0755);
	snprintf(file, sizeof(file), "%s/results.json", path);
	if (json_dump_file(results, file, 0))
		abort();
	json_decref(results);
	json_array_append_new(json_object_get(candidate, "runs"),
			      json_string(path));
}

static json_t *candidate(const char *kernel)
{
	return json_pack("{s:s, s:s, s:[]}", "kernel", kernel, "outcome",
			 "untried", "runs");
}

/* A run whose expectation passes or fails. */
static void add_verdict(FIXTURE_DATA(judged) * self, json_t *to,
			const char *scenario, const char *verdict)
{
	struct synthetic s = SYNTHETIC;
	json_t *results;

	s.scenario = scenario;
	s.seed = ++self->run;
	results = synthetic_run(&s);
	json_object_set_new(results, "ending", json_string("ended"));
	json_object_set_new(results, "verdicts",
			    json_pack("[{s:s, s:s, s:s, s:s, s:s}]", "kind",
				      "expectation", "claim", "it holds",
				      "name", "scarce: it holds", "verdict",
				      verdict, "found", "so"));
	add_run(self->folder, self->run, to, results);
}

/* Runs of a kernel that is so much slower in a context. */
static void add_runs(FIXTURE_DATA(judged) * self, json_t *to, uint64_t build,
		     const char *context, int change)
{
	unsigned int i;

	for (i = 1; i <= SEEDS; i++) {
		struct synthetic s = SYNTHETIC;

		s.seed = i;
		s.build = build;
		s.changed = context;
		s.latency_change = change;
		add_run(self->folder, ++self->run, to, synthetic_run(&s));
	}
}

FIXTURE_SETUP(judged)
{
	memset(self, 0, sizeof(*self));
	strcpy(self->folder, "/tmp/labyrinth-bisect-XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->folder));
	setenv("XDG_CACHE_HOME", self->folder, true);
	self->good = candidate("good");
	self->bad = candidate("bad");
	self->bisect.threshold = LAB_THRESHOLD;
	self->bisect.seeds = 1;
	self->bisect.state = json_pack("{s:O, s:[O]}", "good", self->good,
				       "candidates", self->bad);
}

FIXTURE_TEARDOWN(judged)
{
	char command[96];

	json_decref(self->bisect.state);
	json_decref(self->good);
	json_decref(self->bad);
	snprintf(command, sizeof(command), "rm -rf %s", self->folder);
	EXPECT_EQ(0, system(command));
}

TEST_F(judged, a_verdict_is_of_its_scenario)
{
	json_t *other = candidate("other");

	add_verdict(self, self->good, "a", "pass");
	add_verdict(self, self->good, "b", "pass");
	add_verdict(self, self->bad, "a", "pass");
	add_verdict(self, self->bad, "b", "fail");
	ASSERT_TRUE(lab_bisect_aim(&self->bisect));
	lab_bisect_judge(&self->bisect, self->good, self->bad, 1);
	EXPECT_STREQ("bad", outcome(self->bad));
	EXPECT_STREQ("good", outcome(self->good));
	EXPECT_TRUE(lab_bisect_aimed(&self->bisect));

	add_verdict(self, other, "a", "fail");
	add_verdict(self, other, "b", "pass");
	lab_bisect_judge(&self->bisect, self->good, other, 1);
	EXPECT_STREQ("good", outcome(other));
	json_decref(other);
}

TEST_F(judged, ends_that_are_the_same)
{
	add_verdict(self, self->good, "a", "fail");
	add_verdict(self, self->bad, "a", "fail");
	EXPECT_FALSE(lab_bisect_aim(&self->bisect));
}

TEST_F(judged, one_that_skips_the_verdict_says_nothing)
{
	json_t *other = candidate("other");

	add_verdict(self, self->good, "a", "pass");
	add_verdict(self, self->bad, "a", "fail");
	ASSERT_TRUE(lab_bisect_aim(&self->bisect));
	add_verdict(self, other, "a", "pass");
	add_verdict(self, other, "a", "skip");
	lab_bisect_judge(&self->bisect, self->good, other, 1);
	EXPECT_STREQ("skipped", outcome(other));
	json_decref(other);
}

/* What of so many runs is left to chance. */
static double chance_of(FIXTURE_DATA(judged) * self, unsigned int before,
			unsigned int culprit)
{
	json_t *a = candidate("before"), *b = candidate("culprit");
	double chance;
	unsigned int i;

	for (i = 0; i < 5; i++) {
		add_verdict(self, a, "a", i < before ? "fail" : "pass");
		add_verdict(self, b, "a", i < culprit ? "fail" : "pass");
	}
	lab_bisect_count(&self->bisect, a, b);
	chance = json_number_value(json_object_get(b, "chance"));
	json_decref(a);
	json_decref(b);
	return chance;
}

TEST_F(judged, a_failure_that_comes_and_goes)
{
	add_verdict(self, self->good, "a", "pass");
	add_verdict(self, self->bad, "a", "fail");
	ASSERT_TRUE(lab_bisect_aim(&self->bisect));
	EXPECT_LT(chance_of(self, 0, 5), LAB_ALPHA);
	EXPECT_GT(chance_of(self, 0, 5), 0.003);
	EXPECT_GT(chance_of(self, 0, 4), LAB_ALPHA);
	EXPECT_GT(chance_of(self, 0, 0), LAB_ALPHA);
	EXPECT_GT(chance_of(self, 1, 5), LAB_ALPHA);
}

TEST_F(judged, a_metric_is_of_its_cell)
{
	json_t *other = candidate("other"), *same = candidate("same");

	self->bisect.metric = "p50";
	self->bisect.most = SEEDS;
	add_runs(self, self->good, 1, "task", 0);
	add_runs(self, self->bad, 2, "task", 200);
	add_runs(self, other, 3, "spin_lock", 200);
	add_runs(self, same, 4, "task", 200);
	ASSERT_TRUE(lab_bisect_aim(&self->bisect));
	lab_bisect_judge(&self->bisect, self->good, self->bad, 1);
	EXPECT_STREQ("bad", outcome(self->bad));
	lab_bisect_judge(&self->bisect, self->good, other, 1);
	EXPECT_STRNE("bad", outcome(other));
	lab_bisect_judge(&self->bisect, self->good, same, 1);
	EXPECT_STREQ("bad", outcome(same));
	json_decref(other);
	json_decref(same);
}

TEST_HARNESS_MAIN
