// SPDX-License-Identifier: GPL-2.0-only
/*
 * until_test.c - runs that are added until a comparison is decided: when it is
 * looked at, what each look comes to, and that looking often claims nothing.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "commands/until_decided.h"
#include "lib/exit.h"
#include "capture.h"
#include "kselftest_harness.h"
#include "synthetic.h"

FIXTURE(until)
{
	char folder[64], against[96], own[96];
	struct lab_until until;
};

/* The folder of a run, made; path: of at least 192. */
static void write_run(const char *folder, const struct synthetic *s, char *path)
{
	json_t *results = synthetic_run(s);
	char file[224];

	mkdir(folder, 0755);
	snprintf(path, 192, "%s/made-up-s%llu-%llu", folder,
		 (unsigned long long)s->seed, (unsigned long long)s->build);
	mkdir(path, 0755);
	snprintf(file, sizeof(file), "%s/results.json", path);
	if (json_dump_file(results, file, 0))
		abort();
	json_decref(results);
}

FIXTURE_SETUP(until)
{
	strcpy(self->folder, "/tmp/labyrinth-until-XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->folder));
	snprintf(self->against, sizeof(self->against), "%s/a", self->folder);
	snprintf(self->own, sizeof(self->own), "%s/b", self->folder);
	setenv("XDG_CACHE_HOME", self->folder, true);
	memset(&self->until, 0, sizeof(self->until));
	self->until.against = self->against;
	self->until.effect = 5;
	self->until.most = 8;
}

FIXTURE_TEARDOWN(until)
{
	char command[96];

	lab_until_free(&self->until);
	snprintf(command, sizeof(command), "rm -rf %s", self->folder);
	EXPECT_EQ(0, system(command));
}

/* As lab does; the number of seeds it took. */
static uint64_t run_until_decided(struct lab_until *until, const char *folder,
				  struct synthetic *s, int *code,
				  enum lab_decision *decision)
{
	const uint64_t first = s->seed;
	uint64_t seeds = 0, next;
	char path[192];

	*decision = LAB_UNDECIDED;
	while (*decision == LAB_UNDECIDED) {
		next = lab_until_next(until, seeds);
		for (; seeds < next; seeds++) {
			s->seed = first + seeds;
			write_run(folder, s, path);
			lab_until_add(until, path);
		}
		*code = lab_until_look(until, seeds, decision);
	}
	return seeds;
}

static void write_against(const char *folder, uint64_t first, uint64_t seeds)
{
	struct synthetic s = SYNTHETIC;
	char path[192];

	for (s.seed = first; s.seed < first + seeds; s.seed++)
		write_run(folder, &s, path);
}

TEST(looks_get_rarer)
{
	static const uint64_t looks[] = { 3, 5, 8, 13, 21, 34, 50 };
	const struct lab_until until = { .most = 50 };
	uint64_t seeds = 0;
	double alpha = 0;
	unsigned int i;

	for (i = 0; i < sizeof(looks) / sizeof(looks[0]); i++) {
		seeds = lab_until_next(&until, seeds);
		EXPECT_EQ(looks[i], seeds);
	}
	for (i = 1; i <= 1000; i++)
		alpha += lab_alpha_at_look(0.01, i);
	EXPECT_GE(0.01, alpha);
	EXPECT_LT(0.0099, alpha);
}

TEST_F(until, finds_what_is_worse)
{
	struct synthetic s = SYNTHETIC;
	enum lab_decision decision;
	int code;

	write_against(self->against, 1, 8);
	ASSERT_TRUE(lab_until_check(&self->until));
	s.build = 2;
	s.changed = "softirq_tasklet";
	s.cliff_change = 3;
	s.latency_change = 300;
	EXPECT_GE(8, run_until_decided(&self->until, self->own, &s, &code,
				       &decision));
	EXPECT_EQ(LAB_DECIDED, decision);
	EXPECT_EQ(LAB_FAIL, code);
}

/* More seeds than there may be are never run, and nothing is claimed. */
TEST_F(until, ends)
{
	struct synthetic s = SYNTHETIC;
	enum lab_decision decision;
	int code;

	write_against(self->against, 1, 8);
	s.build = 2;
	self->until.effect = 0.1;
	EXPECT_GE(8, run_until_decided(&self->until, self->own, &s, &code,
				       &decision));
	EXPECT_EQ(LAB_UNDECIDABLE, decision);
	EXPECT_EQ(LAB_SKIP, code);
}

/*
 * Kernels that differ in nothing but layout, looked at after 3, 5 and 8 seeds
 * each, whether or not more seeds are thought to help: at 1 % three false claims
 * of 30 have a probability of 0.3 %.
 */
TEST_F_TIMEOUT(until, claims_nothing_by_looking, 300)
{
	struct synthetic s = SYNTHETIC;
	enum lab_decision decision;
	unsigned int round, worse = 0;
	char path[192];

	write_against(self->against, 1, 8);
	self->until.effect = 1;
	for (round = 0; round < 30; round++) {
		char own[128];
		bool claimed = false;
		uint64_t seeds = 0, next;

		snprintf(own, sizeof(own), "%s-%u", self->own, round);
		s.build = 100 + round;
		self->until.look = 0;
		while (seeds < 8) {
			next = lab_until_next(&self->until, seeds);
			for (; seeds < next; seeds++) {
				s.seed = 1 + seeds;
				write_run(own, &s, path);
				lab_until_add(&self->until, path);
			}
			claimed |= lab_until_look(&self->until, seeds,
						  &decision) == LAB_FAIL;
		}
		EXPECT_EQ(3, self->until.look);
		worse += claimed;
		lab_until_free(&self->until);
		self->until.path = NULL;
		self->until.paths = 0;
	}
	EXPECT_GE(2, worse);
}

TEST_F(until, wants_something_to_compare_with)
{
	self->until.against = "/no-such-folder";
	EXPECT_SAID("no-such-folder", lab_until_check(&self->until));
}

TEST_HARNESS_MAIN
