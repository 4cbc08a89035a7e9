// SPDX-License-Identifier: GPL-2.0-only
/*
 * elsewhere_test.c - an exploration whose guests somebody else boots: which guests are
 * asked for in which round, and what is kept of one that does not come to its end.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "explore/explore.h"
#include "lib/file.h"
#include "lib/json.h"
#include "lib/leftover.h"
#include "kselftest_harness.h"
#include "scenario/shape.h"

/* Boots guests of a victim with one site, which crashes when that fails. */
struct booter {
	unsigned int rounds;
	char asked[400]; /* " 1,5" a round: the trials of each boot */
	unsigned int
		breaks; /* the harness does in this round, from 1; 0: never */
	unsigned int leaves; /* does not wait for this one */
};

FIXTURE(elsewhere)
{
	struct booter booter;
	struct lab_elsewhere elsewhere;
	struct lab_exploration ex;
	json_t *found;
};

static json_t *trials_of(const struct lab_boot_order *order)
{
	json_t *file = json_loads(
		lab_text(json_array_get(
				 json_object_get(order->request, "files"), 0),
			 "text"),
		0, NULL);
	json_t *trials = json_incref(json_object_get(file, "trials"));

	json_decref(file);
	return trials;
}

static void add(json_t *records, const char *kind, json_int_t id)
{
	json_array_append_new(records, json_pack("{s:s, s:I}", "record", kind,
						 "id", id));
}

static void profile(struct lab_boot *boot)
{
	boot->records =
		json_pack("[{s:s, s:s, s:i, s:i, s:s, s:s, s:s},"
			  " {s:s, s:i, s:b, s:{}}, {s:s, s:[i]}, {s:s, s:s}]",
			  "record", "site", "id", "00000000000000aa",
			  "occurrences", 1, "place", 0, "stack", "f", "context",
			  "task", "interface", "cache", "record", "trial", "id",
			  0, "recovered", 1, "watched", "record", "requests",
			  "places", 0, "record", "kernel", "release", "6.12");
}

/* Ends with the trial that has a fault. */
static void crash(struct lab_boot *boot, const json_t *trials)
{
	const json_t *trial;
	size_t i;

	boot->records = json_array();
	boot->ending = LAB_PANICKED;
	strcpy(boot->why, "it panicked");
	json_array_foreach(trials, i, trial) {
		add(boot->records, "begin",
		    (json_int_t)lab_number(trial, "id"));
		if (lab_number(trial, "id"))
			return;
		add(boot->records, "trial", 0);
	}
}

static int boot_all(void *arg, const struct lab_boot_order *order, size_t n,
		    struct lab_boot *boot, bool *left)
{
	struct booter *booter = arg;
	size_t i;

	booter->rounds++;
	for (i = 0; i < n; i++) {
		json_t *trials = trials_of(&order[i]);

		sprintf(booter->asked + strlen(booter->asked), "%s%zu",
			i ? "," : " ", json_array_size(trials));
		if (booter->rounds == booter->breaks ||
		    booter->rounds == booter->leaves)
			*left = booter->rounds == booter->leaves;
		else if (booter->rounds == 1)
			profile(&boot[i]);
		else
			crash(&boot[i], trials);
		json_decref(trials);
	}
	return 0;
}

FIXTURE_SETUP(elsewhere)
{
	const struct lab_victim_ops *planted = lab_victim_named("planted");

	ASSERT_NE(NULL, planted);
	self->ex = (struct lab_exploration){
		.kernel = "stock:6.12",
		.victim = { .ops = planted,
			    .machine = planted,
			    .name = (char *)"planted" },
		.arguments = json_array(),
		.machine.shape = lab_shape_plain(1, 1, 384u << 20),
		.folder = "/tmp/labyrinth-elsewhere-XXXXXX",
		.bundle.folder = "/nowhere/bundle",
		.bundle.arch = lab_arch_of_kernel("stock:6.12"),
		.qemu.arch = lab_arch_of_kernel("stock:6.12"),
		.elsewhere = &self->elsewhere,
	};
	ASSERT_NE(NULL, mkdtemp(self->ex.folder));
	self->elsewhere =
		(struct lab_elsewhere){ .arg = &self->booter, .run = boot_all };
}

FIXTURE_TEARDOWN(elsewhere)
{
	json_decref(self->found);
	json_decref(self->ex.arguments);
	lab_remove_tree(self->ex.folder);
}

static int explore(FIXTURE_DATA(elsewhere) * self)
{
	const struct lab_explore_options options = {
		.occurrences = LAB_FIRST_ONLY,
		.starve = true,
		.batch = 16,
		.jobs = 1,
	};

	return lab_explore(&self->ex, &options, &self->found);
}

static bool is_kept(const struct lab_exploration *ex)
{
	char path[4200];

	snprintf(path, sizeof(path), "%s/explore.json", ex->folder);
	return !access(path, F_OK);
}

TEST_F(elsewhere, what_failed_is_the_next_round)
{
	const json_t *fault;

	EXPECT_EQ(LAB_FAIL, explore(self));
	/*
	 * The profile; the site starved, alone in a boot, and a boot of all single
	 * requests; both alone, the first one for the second time; and the other one.
	 */
	EXPECT_STREQ(" 1 1,5 1,1 1", self->booter.asked);
	fault = json_array_get(json_object_get(self->found, "faults"), 0);
	EXPECT_STREQ("crashed", lab_text(fault, "verdict"));
	EXPECT_STREQ("alone", lab_text(fault, "place"));
	EXPECT_TRUE(json_is_true(json_object_get(fault, "same_twice")));
	EXPECT_EQ(NULL, json_object_get(fault, "provisional"));
	EXPECT_TRUE(is_kept(&self->ex));
}

TEST_F(elsewhere, what_the_harness_broke_is_not_tried)
{
	const json_t *fault;

	self->booter.breaks = 2;
	EXPECT_EQ(LAB_HARNESS, explore(self));
	ASSERT_NE(NULL, self->found);
	fault = json_array_get(json_object_get(self->found, "faults"), 0);
	EXPECT_STREQ("", lab_text(fault, "verdict"));
	EXPECT_EQ(2, self->booter.rounds);
	/* Who goes on asks for the same boots again, of which some are done. */
	EXPECT_FALSE(is_kept(&self->ex));
}

TEST_F(elsewhere, a_profile_that_broke_is_none)
{
	self->booter.breaks = 1;
	EXPECT_EQ(LAB_HARNESS, explore(self));
	EXPECT_EQ(NULL, self->found);
	EXPECT_EQ(1, self->booter.rounds);
}

TEST_F(elsewhere, what_is_left_is_no_result)
{
	self->booter.leaves = 3;
	EXPECT_EQ(LAB_PASS, explore(self));
	EXPECT_EQ(NULL, self->found);
	EXPECT_EQ(3, self->booter.rounds);
	EXPECT_FALSE(is_kept(&self->ex));
}

TEST_HARNESS_MAIN
