// SPDX-License-Identifier: GPL-2.0-only
/*
 * fixed_test.c - what is the same in every build, and what is seen where it is
 * not: each kind of difference, and what a kernel lacks, which is none.
 */
#include <stdlib.h>
#include <string.h>

#include "results/fixed.h"
#include "kselftest_harness.h"

static const char run[] =
	"{\"scenario\": {\"name\": \"s\", \"sha256\": \"abc\"}, \"verdicts\": ["
	"{\"name\": \"leak\", \"verdict\": \"pass\"},"
	"{\"name\": \"payload\", \"verdict\": \"skip\", \"found\": \"no net\"}],"
	"\"phases\": ["
	"{\"name\": \"plenty\", \"pressure\": \"none\", \"injector\": \"none\", \"inject\": {}},"
	"{\"name\": \"every\", \"pressure\": \"none\", \"injector\": \"fail_page_alloc\", \"inject\": {\"probability\": 100}},"
	"{\"name\": \"chance\", \"pressure\": \"none\", \"injector\": \"fail_page_alloc\", \"inject\": {\"probability\": 10}},"
	"{\"name\": \"scarce\", \"pressure\": \"anon\", \"injector\": \"none\", \"inject\": {}},"
	"{\"name\": \"lost\", \"pressure\": \"none\", \"injector\": \"none\", \"inject\": {}, \"skipped\": \"no such CPU\"}],"
	"\"cells\": ["
	"{\"phase\": \"plenty\", \"context\": \"task\", \"api\": \"pages\", \"order\": 0, \"gfp\": \"GFP_ATOMIC\", \"node\": \"any\","
	" \"attempts\": 100, \"ok\": 100, \"injected\": 0, \"exhausted\": 0},"
	"{\"phase\": \"plenty\", \"context\": \"nmi\", \"api\": \"pages\", \"order\": 0, \"gfp\": \"GFP_ATOMIC\", \"node\": \"any\","
	" \"attempts\": 100, \"ok\": 0, \"injected\": 0, \"exhausted\": 0, \"refusal\": \"no NMI here\"},"
	"{\"phase\": \"every\", \"context\": \"task\", \"api\": \"pages\", \"order\": 0, \"gfp\": \"GFP_ATOMIC\", \"node\": \"any\","
	" \"attempts\": 100, \"ok\": 50, \"injected\": 50, \"exhausted\": 0},"
	"{\"phase\": \"chance\", \"context\": \"task\", \"api\": \"pages\", \"order\": 0, \"gfp\": \"GFP_ATOMIC\", \"node\": \"any\","
	" \"attempts\": 100, \"ok\": 90, \"injected\": 10, \"exhausted\": 0},"
	"{\"phase\": \"scarce\", \"context\": \"task\", \"api\": \"pages\", \"order\": 0, \"gfp\": \"GFP_ATOMIC\", \"node\": \"any\","
	" \"attempts\": 100, \"ok\": 40, \"injected\": 0, \"exhausted\": 60}]}";

#define TASK "task, pages, order 0, GFP_ATOMIC, node any\n"
#define SCENARIO "scenario s abc\n"
#define SAME SCENARIO "verdict leak\ncell 100 100 0 plenty: " TASK

FIXTURE(fixed)
{
	json_t *results;
	struct lab_fixed_difference found;
};

FIXTURE_SETUP(fixed)
{
	self->results = json_loads(run, 0, NULL);
	ASSERT_NE(NULL, self->results);
	self->found.words = NULL;
}

FIXTURE_TEARDOWN(fixed)
{
	json_decref(self->results);
	free(self->found.words);
}

#define COMPARE(text) lab_fixed_compare(self->results, text, &self->found)

TEST_F(fixed, has_what_nothing_presses_on_and_no_chance_decides)
{
	char *text = lab_fixed_text(self->results);
	const char *from = strstr(text, "scenario");

	ASSERT_NE(NULL, from);
	EXPECT_STREQ(SAME "cell 100 50 50 every: " TASK, from);
	EXPECT_TRUE(COMPARE(text));
	EXPECT_EQ(0, self->found.different);
	EXPECT_EQ(3, self->found.compared);
	EXPECT_EQ(0, self->found.unasked);
	free(text);
}

TEST_F(fixed, a_count_that_differs_is_named)
{
	ASSERT_TRUE(COMPARE(SCENARIO "cell 100 49 51 every: " TASK));
	EXPECT_EQ(1, self->found.different);
	EXPECT_STREQ(
		"every: task, pages, order 0, GFP_ATOMIC, node any: 100 50 50, not 100 49 51\n",
		self->found.words);
}

TEST_F(fixed, a_cell_that_is_missing_differs)
{
	ASSERT_TRUE(COMPARE(SCENARIO "cell 1 1 0 plenty: none, pages\n"));
	EXPECT_EQ(1, self->found.different);
	EXPECT_NE(NULL, strstr(self->found.words, "not fired, not 1 1 0"));
}

TEST_F(fixed, a_verdict_that_fails_or_is_missing_differs)
{
	json_object_set_new(
		json_array_get(json_object_get(self->results, "verdicts"), 0),
		"verdict", json_string("fail"));
	ASSERT_TRUE(COMPARE(SCENARIO "verdict leak\nverdict other\n"));
	EXPECT_EQ(2, self->found.different);
}

TEST_F(fixed, what_a_kernel_lacks_is_no_difference)
{
	ASSERT_TRUE(COMPARE(
		SCENARIO
		"verdict payload\n"
		"cell 100 100 0 plenty: nmi, pages, order 0, GFP_ATOMIC, node any\n"
		"cell 100 100 0 lost: " TASK));
	EXPECT_EQ(0, self->found.different);
	EXPECT_EQ(0, self->found.compared);
	EXPECT_EQ(3, self->found.unasked);
	EXPECT_STREQ("payload: no net", self->found.reason);
}

TEST_F(fixed, what_is_no_reference_of_it_is_not_compared)
{
	EXPECT_FALSE(COMPARE("scenario s def\nverdict other\n"));
	EXPECT_NE(NULL, strstr(self->found.words, "another text"));
	free(self->found.words);
	EXPECT_FALSE(COMPARE("verdict leak\n"));
	EXPECT_NE(NULL, strstr(self->found.words, "names no scenario"));
	free(self->found.words);
	EXPECT_FALSE(COMPARE(SCENARIO "cell 1 2\n"));
	EXPECT_NE(NULL, strstr(self->found.words, "a line that is neither"));
}

TEST_HARNESS_MAIN
