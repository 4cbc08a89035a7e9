// SPDX-License-Identifier: GPL-2.0-only
/* entries_test.c - which entries of a plan are to be submitted, and in which arrays. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cluster/entries.h"
#include "lib/file.h"
#include "lib/leftover.h"
#include "kselftest_harness.h"

FIXTURE(entries)
{
	char out[64];
	struct lab_entries e;
};

static void make_folder(const char *out, const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", out, name);
	mkdir(path, 0755);
}

static void put(const char *out, const char *name, const char *text)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", out, name);
	lab_file_create(path, text);
}

FIXTURE_SETUP(entries)
{
	strcpy(self->out, "/tmp/labyrinth-entries-XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->out));
	make_folder(self->out, ".cluster");
	make_folder(self->out, ".cluster/results");
	lab_entries_init(&self->e, 50);
}

FIXTURE_TEARDOWN(entries)
{
	lab_entries_free(&self->e);
	lab_remove_tree(self->out);
}

static void count(void *arg, uint64_t entry)
{
	(void)entry;
	++*(unsigned int *)arg;
}

static size_t wanted(const struct lab_entries *e)
{
	size_t i, n = 0;

	for (i = 0; i < e->count; i++)
		n += lab_entry_is_wanted(e, i);
	return n;
}

TEST_F(entries, that_were_never_submitted_are_wanted)
{
	EXPECT_EQ(50, wanted(&self->e));
	EXPECT_EQ(true, lab_entries_read_jobs(&self->e, self->out));
	EXPECT_EQ(50, wanted(&self->e));
}

TEST_F(entries, are_counted_by_the_file_of_jobs)
{
	put(self->out, ".cluster/jobs", "7 0 0-16\n8 17 0-16\n9 0 3,5-6\n");
	EXPECT_EQ(true, lab_entries_read_jobs(&self->e, self->out));
	EXPECT_EQ(1, lab_entry_tries(self->e.entry[0]));
	EXPECT_EQ(2, lab_entry_tries(self->e.entry[3]));
	EXPECT_EQ(1, lab_entry_tries(self->e.entry[4]));
	EXPECT_EQ(2, lab_entry_tries(self->e.entry[6]));
	EXPECT_EQ(1, lab_entry_tries(self->e.entry[33]));
	EXPECT_EQ(0, lab_entry_tries(self->e.entry[34]));
	EXPECT_EQ(3, self->e.njobs);
	EXPECT_EQ(9, self->e.job[2]);
}

TEST_F(entries, of_a_line_that_has_no_end_are_not_counted)
{
	put(self->out, ".cluster/jobs", "7 0 0-16\n8 17 0-1");
	EXPECT_EQ(true, lab_entries_read_jobs(&self->e, self->out));
	EXPECT_EQ(0, lab_entry_tries(self->e.entry[17]));
	EXPECT_EQ(1, self->e.njobs);
	/* What comes after it is a line of its own. */
	EXPECT_EQ(0, lab_entries_add_job(&self->e, self->out, 9, 40, "0-1"));
	lab_entries_free(&self->e);
	lab_entries_init(&self->e, 50);
	EXPECT_EQ(true, lab_entries_read_jobs(&self->e, self->out));
	EXPECT_EQ(1, lab_entry_tries(self->e.entry[41]));
}

TEST_F(entries, of_lines_that_make_no_sense_do_no_harm)
{
	put(self->out, ".cluster/jobs",
	    "x\n7\n7 0\n7 0 \n7 0 9-3\n7 0 a\n7 48 0-99\n7 0 0-99999999999\n7 18446744073709551615 5\n");
	EXPECT_EQ(true, lab_entries_read_jobs(&self->e, self->out));
	EXPECT_EQ(0, lab_entry_tries(self->e.entry[0]));
}

TEST_F(entries, are_wanted_again_when_missed_twice)
{
	EXPECT_EQ(0, lab_entries_add_job(&self->e, self->out, 7, 0, "0-16"));
	EXPECT_EQ(33, wanted(&self->e));
	lab_entries_look(&self->e);
	EXPECT_EQ(33, wanted(&self->e));
	lab_entries_look(&self->e);
	lab_entries_see(&self->e, 5, true, "");
	lab_entries_see(&self->e, 6, false, "Resources");
	lab_entries_see(&self->e, 5000, true, "");
	EXPECT_EQ(48, wanted(&self->e));
	EXPECT_EQ(1, self->e.running);
	EXPECT_EQ(1, self->e.waiting);
	EXPECT_STREQ("Resources", self->e.reason);
	EXPECT_EQ(false, lab_entry_is_wanted(&self->e, 5));
	EXPECT_EQ(false, lab_entry_is_wanted(&self->e, 6));
}

TEST_F(entries, are_not_missed_by_who_does_not_answer)
{
	int i;

	EXPECT_EQ(0, lab_entries_add_job(&self->e, self->out, 7, 0, "0-16"));
	for (i = 0; i < 5; i++) {
		lab_entries_look(&self->e);
		lab_entries_see(&self->e, 5, true, "");
		lab_entries_not_told(&self->e);
		EXPECT_EQ(33, wanted(&self->e));
	}
}

TEST_F(entries, with_results_are_done)
{
	unsigned int fresh = 0;

	put(self->out, ".cluster/results/3.json", "{}");
	put(self->out, ".cluster/results/4.json.host.12.part", "{");
	put(self->out, ".cluster/results/99.json", "{}");
	put(self->out, ".cluster/results/x.json", "{}");
	lab_entry_give_up(&self->e, 3);
	EXPECT_EQ(1, self->e.given_up);
	lab_entries_read_results(&self->e, self->out, count, &fresh);
	EXPECT_EQ(1, fresh);
	EXPECT_EQ(1, self->e.done);
	EXPECT_EQ(0, self->e.given_up);
	EXPECT_EQ(49, wanted(&self->e));
	lab_entries_read_results(&self->e, self->out, count, &fresh);
	EXPECT_EQ(1, fresh);
	/* They stay so when all begins anew. */
	EXPECT_EQ(0, lab_entries_begin_anew(&self->e, self->out));
	EXPECT_EQ(false, lab_entry_is_wanted(&self->e, 3));
}

TEST_F(entries, that_were_given_up_begin_anew)
{
	put(self->out, ".cluster/jobs", "7 0 0\n8 0 0\n9 0 0\n");
	EXPECT_EQ(true, lab_entries_read_jobs(&self->e, self->out));
	EXPECT_EQ(LAB_TRIES_MAX, lab_entry_tries(self->e.entry[0]));
	lab_entry_give_up(&self->e, 0);
	EXPECT_EQ(false, lab_entry_is_wanted(&self->e, 0));
	EXPECT_EQ(0, lab_entries_begin_anew(&self->e, self->out));
	EXPECT_EQ(true, lab_entry_is_wanted(&self->e, 0));
	EXPECT_EQ(0, self->e.given_up);
	lab_entries_free(&self->e);
	lab_entries_init(&self->e, 50);
	EXPECT_EQ(true, lab_entries_read_jobs(&self->e, self->out));
	EXPECT_EQ(0, lab_entry_tries(self->e.entry[0]));
	EXPECT_EQ(3, self->e.njobs);
}

static bool is_even(void *arg, uint64_t entry)
{
	(void)arg;
	return entry % 2 == 0;
}

TEST_F(entries, are_cut_into_arrays)
{
	uint64_t base, next;
	char *tasks = lab_entries_tasks(&self->e, 0, 40, 17, &base, &next, NULL,
					NULL);

	EXPECT_STREQ("0-16", tasks);
	EXPECT_EQ(0, base);
	EXPECT_EQ(17, next);
	free(tasks);
	tasks = lab_entries_tasks(&self->e, 34, 40, 17, &base, &next, NULL,
				  NULL);
	EXPECT_STREQ("0-5", tasks);
	EXPECT_EQ(34, base);
	EXPECT_EQ(40, next);
	free(tasks);
	self->e.entry[2] |= LAB_ENTRY_DONE;
	tasks = lab_entries_tasks(&self->e, 0, 6, 17, &base, &next, NULL, NULL);
	EXPECT_STREQ("0-1,3-5", tasks);
	free(tasks);
	tasks = lab_entries_tasks(&self->e, 0, 8, 17, &base, &next, is_even,
				  NULL);
	EXPECT_STREQ("0,2,4,6", tasks);
	EXPECT_EQ(1, base);
	free(tasks);
	tasks = lab_entries_tasks(&self->e, 2, 3, 17, &base, &next, NULL, NULL);
	EXPECT_STREQ("", tasks);
	free(tasks);
}

TEST_HARNESS_MAIN
