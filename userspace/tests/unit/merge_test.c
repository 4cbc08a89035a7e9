// SPDX-License-Identifier: GPL-2.0-only
/* merge_test.c - runs added up: nothing lost, nothing counted twice. */
#include <stdlib.h>
#include <string.h>

#include "lib/json.h"
#include "results/merge.h"
#include "kselftest_harness.h"
#include "synthetic.h"

#define SEEDS 3

static struct lab_run run_of(uint64_t seed)
{
	struct synthetic synthetic = SYNTHETIC;

	synthetic.seed = seed;
	return (struct lab_run){ .results = synthetic_run(&synthetic),
				 .fingerprint = "0123456789abcdef" };
}

static uint64_t count(const struct lab_run *run, size_t cell, const char *key)
{
	return lab_number(json_array_get(json_object_get(run->results, "cells"),
					 cell),
			  key);
}

static const json_t *verdict_of(const struct lab_run *run)
{
	return json_array_get(json_object_get(run->results, "verdicts"), 0);
}

static void set_verdict(struct lab_run *run, const char *verdict,
			const char *found)
{
	json_t *one = (json_t *)verdict_of(run);

	json_object_set_new(one, "verdict", json_string(verdict));
	json_object_set_new(one, "found", json_string(found));
	json_object_set_new(run->results, "verdict", json_string(verdict));
}

static void merge_of(struct lab_run *runs, size_t n, struct lab_run *whole)
{
	struct lab_merge merge = {};
	char why[100];
	size_t i;

	for (i = 0; i < n; i++)
		if (!lab_merge_add(&merge, &runs[i], why, sizeof(why)))
			abort();
	lab_merge_take(&merge, whole);
}

TEST(one_run_stays_as_it_is)
{
	struct lab_run run = run_of(1), same = run_of(1), whole;

	merge_of(&run, 1, &whole);
	EXPECT_EQ(NULL, run.results);
	EXPECT_EQ(1, json_equal(same.results, whole.results));
	json_decref(same.results);
	json_decref(whole.results);
}

TEST(counts_are_summed)
{
	static const char *const keys[] = { "attempts", "ok", "exhausted" };
	struct lab_run run[SEEDS], kept[SEEDS], whole;
	size_t i, k, cell;

	for (i = 0; i < SEEDS; i++) {
		run[i] = run_of(i + 1);
		kept[i] = run_of(i + 1);
	}
	merge_of(run, SEEDS, &whole);
	EXPECT_EQ(SEEDS,
		  json_array_size(json_object_get(whole.results, "seeds")));
	EXPECT_EQ(json_array_size(json_object_get(kept[0].results, "cells")),
		  json_array_size(json_object_get(whole.results, "cells")));
	for (cell = 0; cell < 8; cell++) {
		for (k = 0; k < sizeof(keys) / sizeof(keys[0]); k++) {
			uint64_t sum = 0;

			for (i = 0; i < SEEDS; i++)
				sum += count(&kept[i], cell, keys[k]);
			EXPECT_EQ(sum, count(&whole, cell, keys[k]));
		}
	}
	for (i = 0; i < SEEDS; i++) {
		json_decref(run[i].results);
		json_decref(kept[i].results);
	}
	json_decref(whole.results);
}

static void give_victim(struct lab_run *run, int passes, const char *detail)
{
	json_object_set_new(
		json_array_get(json_object_get(run->results, "cells"), 0),
		"victim",
		json_pack("{s:s, s:i, s:i, s:i, s:i, s:s, s:i, s:i}", "name",
			  "veth", "asked", 10, "done", 7, "wrong", 1, "errors",
			  2, "detail", detail, "passes", passes, "stuck", 0));
}

TEST(what_victims_did_is_summed)
{
	struct lab_run run[2] = { run_of(1), run_of(2) }, whole;
	const json_t *victim;

	give_victim(&run[0], 4, "");
	give_victim(&run[1], 2, "3 echoes");
	merge_of(run, 2, &whole);
	victim = json_object_get(
		json_array_get(json_object_get(whole.results, "cells"), 0),
		"victim");
	EXPECT_EQ(20, lab_number(victim, "asked"));
	EXPECT_EQ(14, lab_number(victim, "done"));
	EXPECT_EQ(2, lab_number(victim, "wrong"));
	EXPECT_EQ(4, lab_number(victim, "errors"));
	EXPECT_EQ(4, lab_number(victim, "passes"));
	EXPECT_STREQ("3 echoes", lab_text(victim, "detail"));
	json_decref(whole.results);
}

TEST(quantiles_are_those_of_all_shots)
{
	struct lab_run run[SEEDS], whole;
	const json_t *cells, *cell, *latency;
	uint64_t last = 0;
	json_t *row;
	size_t i, c;

	for (i = 0; i < SEEDS; i++)
		run[i] = run_of(i + 1);
	merge_of(run, SEEDS, &whole);
	cells = json_object_get(whole.results, "cells");
	for (c = 0; c < json_array_size(cells); c++) {
		cell = json_array_get(cells, c);
		latency = json_object_get(cell, "latency");
		EXPECT_EQ(lab_number(cell, "ok"),
			  lab_column_sum(json_object_get(latency, "histogram"),
					 1));
		EXPECT_EQ(lab_number(cell, "exhausted"),
			  lab_column_sum(json_object_get(cell, "cliff"), 2));
		EXPECT_LE(lab_number(latency, "min"),
			  lab_number(latency, "p50"));
		EXPECT_LE(lab_number(latency, "p50"),
			  lab_number(latency, "p99"));
		EXPECT_LE(lab_number(latency, "p99"),
			  lab_number(latency, "max"));
		last = 0;
		json_array_foreach(json_object_get(latency, "histogram"), i,
				   row) {
			const uint64_t value =
				json_integer_value(json_array_get(row, 0));

			EXPECT_TRUE(!i || value > last);
			last = value;
		}
	}
	for (i = 0; i < SEEDS; i++)
		json_decref(run[i].results);
	json_decref(whole.results);
}

/* A sum over runs of which one has none of its failures would be wrong. */
TEST(latencies_of_failures_are_those_of_all)
{
	const struct synthetic without = SYNTHETIC;
	struct synthetic with = SYNTHETIC;
	struct lab_run run[2] = {}, whole;
	const json_t *cell, *latency;

	with.missing = 3000;
	run[0].results = synthetic_run(&with);
	with.seed = 2;
	run[1].results = synthetic_run(&with);
	merge_of(run, 2, &whole);
	cell = json_array_get(json_object_get(whole.results, "cells"), 4);
	latency = json_object_get(cell, "latency_exhausted");
	EXPECT_EQ(lab_number(cell, "exhausted"),
		  lab_column_sum(json_object_get(latency, "histogram"), 1));
	EXPECT_EQ(3001, lab_number(latency, "min"));
	EXPECT_EQ(3002, lab_number(latency, "max"));
	json_decref(whole.results);

	run[0].results = synthetic_run(&with);
	run[1].results = synthetic_run(&without);
	merge_of(run, 2, &whole);
	cell = json_array_get(json_object_get(whole.results, "cells"), 4);
	EXPECT_EQ(NULL, json_object_get(cell, "latency_exhausted"));
	EXPECT_LT(0, lab_number(cell, "exhausted"));
	json_decref(whole.results);
}

TEST(a_claim_that_failed_once_has_failed)
{
	struct lab_run run[SEEDS], whole;
	size_t i;

	for (i = 0; i < SEEDS; i++)
		run[i] = run_of(i + 1);
	set_verdict(&run[1], "fail", "a page twice");
	set_verdict(&run[2], "fail", "another");
	merge_of(run, SEEDS, &whole);
	EXPECT_STREQ("fail", lab_text(whole.results, "verdict"));
	EXPECT_STREQ("fail", lab_text(verdict_of(&whole), "verdict"));
	EXPECT_STREQ("with 2 of 3 seeds, 2 first: a page twice",
		     lab_text(verdict_of(&whole), "found"));
	EXPECT_EQ(NULL, json_object_get(verdict_of(&whole), "failed"));
	for (i = 0; i < SEEDS; i++)
		json_decref(run[i].results);
	json_decref(whole.results);
}

TEST(what_was_skipped_once_was_asked_elsewhere)
{
	struct lab_run run[2] = { run_of(1), run_of(2) }, whole;

	set_verdict(&run[0], "skip", "no such context");
	set_verdict(&run[1], "pass", "in all");
	merge_of(run, 2, &whole);
	EXPECT_STREQ("pass", lab_text(whole.results, "verdict"));
	EXPECT_STREQ("in all", lab_text(verdict_of(&whole), "found"));
	json_decref(run[1].results);
	json_decref(whole.results);
}

TEST(another_scenario_is_refused)
{
	struct lab_run run[2] = { run_of(1), run_of(2) };
	struct lab_merge merge = {};
	char why[200] = "";

	json_object_set_new(json_object_get(run[1].results, "scenario"), "name",
			    json_string("other"));
	EXPECT_TRUE(lab_merge_add(&merge, &run[0], why, sizeof(why)));
	EXPECT_FALSE(lab_merge_add(&merge, &run[1], why, sizeof(why)));
	EXPECT_NE(NULL, strstr(why, "'made-up-*'"));
	json_decref(run[1].results);
	lab_merge_free(&merge);
}

TEST_HARNESS_MAIN
