// SPDX-License-Identifier: GPL-2.0-only
/*
 * unit/repeats_test.c - how much runs of a real machine differ, in a report, and that
 * what one machine did is not held against another.
 */
#include <stdlib.h>

#include <jansson.h>

#include "report/repeats.h"
#include "report/report.h"
#include "results/boot_words.h"

#include "kselftest_harness.h"

/* A run with two cells, of which only numbers that are looked at are there. */
static struct lab_run run_of(const char *mode, int p50, int max, int success)
{
	return (struct lab_run){
		.results = json_pack(
			"{s:{s:s}, s:[{s:s, s:s, s:s, s:i, s:s, s:s, s:i, s:{s:i, s:i}}, {s:s, s:s, s:s, s:i, s:s, s:s}]}",
			"machine", "mode", mode, "cells", "phase", "a",
			"context", "task", "api", "pages", "order", 0, "gfp",
			"GFP_ATOMIC", "node", "any", "success_ppm", success,
			"latency", "p50", p50, "max", max, "phase", "a",
			"context", "nmi", "api", "pages", "order", 0, "gfp",
			"GFP_ATOMIC", "node", "any"),
		.host = json_pack("{s:f, s:f}", "seconds", 10.0,
				  "others_cpu_seconds", 1.5),
	};
}

FIXTURE(repeats)
{
	struct lab_repeats repeats;
	struct lab_page page;
	char *text;
	size_t size;
};

FIXTURE_SETUP(repeats)
{
	self->page.nruns = 1;
	self->page.repeats = &self->repeats;
	self->page.to = open_memstream(&self->text, &self->size);
}

FIXTURE_TEARDOWN(repeats)
{
	fclose(self->page.to);
	free(self->text);
	lab_repeats_free(&self->repeats);
}

static void add(struct lab_repeats *repeats, struct lab_run run)
{
	lab_repeats_add(repeats, &run);
	json_decref(run.results);
	json_decref(run.host);
}

static const char *written(struct lab_page *page, char **text)
{
	lab_page_repeats.write(page);
	fflush(page->to);
	return *text;
}

TEST_F(repeats, of_guests_nothing_is_said)
{
	add(&self->repeats, run_of("deterministic", 100, 200, 1000000));
	EXPECT_FALSE(lab_page_repeats.there(&self->page));
}

TEST_F(repeats, one_run_is_told_to_be_one)
{
	add(&self->repeats, run_of("this machine", 100, 200, 1000000));
	ASSERT_TRUE(lab_page_repeats.there(&self->page));
	EXPECT_NE(NULL, strstr(written(&self->page, &self->text),
			       "There is one run"));
	EXPECT_EQ(NULL, strstr(self->text, "<table>"));
}

TEST_F(repeats, spreads_are_of_the_smallest)
{
	const char *text;

	add(&self->repeats, run_of("this machine", 100, 200, 1000000));
	add(&self->repeats, run_of("this machine", 150, 1000, 990000));
	add(&self->repeats, run_of("this machine", 120, 500, 1000000));
	text = written(&self->page, &self->text);
	EXPECT_NE(NULL, strstr(text, "Spread over 3 runs"));
	EXPECT_NE(
		NULL,
		strstr(text,
		       ">p50</th><td class=\"num\">1</td><td class=\"num\">50.0 %"));
	EXPECT_NE(
		NULL,
		strstr(text,
		       ">max</th><td class=\"num\">1</td><td class=\"num\">400.0 %"));
	EXPECT_NE(
		NULL,
		strstr(text,
		       ">success</th><td class=\"num\">1</td><td class=\"num\">1.0 points"));
	EXPECT_NE(NULL, strstr(text, "a: task, pages, order 0"));
	/* A number that no run has is no row. */
	EXPECT_EQ(NULL, strstr(text, ">p99<"));
	EXPECT_NE(NULL, strstr(text, "took 4.5 s of CPU time in 30.0 s"));
}

/* A cell that fired in one run only has no spread. */
TEST_F(repeats, what_one_run_lacks_is_left_out)
{
	struct lab_run half = run_of("this machine", 150, 1000, 990000);

	json_object_del(json_array_get(json_object_get(half.results, "cells"),
				       0),
			"latency");
	add(&self->repeats, run_of("this machine", 100, 200, 1000000));
	add(&self->repeats, half);
	EXPECT_EQ(NULL, strstr(written(&self->page, &self->text), ">p50<"));
}

/* By these words comparisons and the history tell machines apart. */
TEST(boards_are_told_apart)
{
	json_t *machine = json_pack("{s:s, s:s}", "mode", "this machine",
				    "board", "Board of a vendor, CPU");
	char *words = lab_boot_words(machine);

	EXPECT_STREQ("board Board of a vendor, CPU", words);
	free(words);
	json_decref(machine);
}

TEST_HARNESS_MAIN
