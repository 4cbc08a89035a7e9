// SPDX-License-Identifier: GPL-2.0-only
/* node_choice_test.c - on which nodes entries may run. */
#include <stdlib.h>
#include <string.h>

#include "cluster/node_choice.h"
#include "kselftest_harness.h"

FIXTURE(choice)
{
	struct lab_node_choice choice;
	struct lab_unfit unfit;
	struct lab_attempts attempts;
	struct lab_attempt attempt[2];
	char *unfit_node[1], *unfit_why[1];
};

/* n1 to n4, of which n2 is down and n4 alone is idle. */
FIXTURE_SETUP(choice)
{
	lab_node_choice_add(&self->choice, "n1", true, false);
	lab_node_choice_add(&self->choice, "n2", false, false);
	lab_node_choice_add(&self->choice, "n3", true, false);
	lab_node_choice_add(&self->choice, "n4", true, true);
	self->unfit_node[0] = "n3";
	self->unfit_why[0] = "it has another QEMU";
	self->unfit =
		(struct lab_unfit){ self->unfit_node, self->unfit_why, 1 };
	self->attempt[0] = (struct lab_attempt){ .entry = 7, .node = "n1" };
	self->attempt[1] = (struct lab_attempt){ .entry = 7, .node = "n4" };
	self->attempts = (struct lab_attempts){ self->attempt, 1 };
}

FIXTURE_TEARDOWN(choice)
{
	lab_node_choice_free(&self->choice);
}

#define EXPECT_EXCLUDES(list, number)                                          \
	do {                                                                   \
		char *text = lab_node_choice_exclude(&self->choice,            \
						     &self->attempts, number); \
		EXPECT_STREQ(list, text);                                      \
		free(text);                                                    \
	} while (0)

TEST_F(choice, without_a_limit_is_all)
{
	const struct lab_unfit none = {};

	lab_node_choice_make(&self->choice, &none, 0, NULL);
	EXPECT_EXCLUDES("", 1);
	EXPECT_EXCLUDES("n1", 7);
}

TEST_F(choice, is_never_of_unfit_nodes)
{
	lab_node_choice_make(&self->choice, &self->unfit, 0, NULL);
	EXPECT_EXCLUDES("n3", 1);
	EXPECT_EXCLUDES("n1,n3", 7);
}

TEST_F(choice, is_of_the_same_nodes_where_there_are_no_others)
{
	self->attempts.count = 2;
	lab_node_choice_make(&self->choice, &self->unfit, 0, NULL);
	EXPECT_EXCLUDES("n3", 7);
}

TEST_F(choice, takes_idle_nodes_first)
{
	char *text;

	lab_node_choice_make(&self->choice, &self->unfit, 1, NULL);
	text = lab_node_choice_text(&self->choice);
	EXPECT_STREQ("n4", text);
	free(text);
	EXPECT_EXCLUDES("n1,n2,n3", 1);
}

TEST_F(choice, stays_what_it_was)
{
	char *text;

	lab_node_choice_make(&self->choice, &self->unfit, 1, "n2,n3,n1");
	text = lab_node_choice_text(&self->choice);
	EXPECT_STREQ("n1", text);
	free(text);
}

TEST_HARNESS_MAIN
