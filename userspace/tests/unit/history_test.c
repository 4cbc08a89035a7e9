// SPDX-License-Identifier: GPL-2.0-only
/*
 * history_test.c - the history of runs: what is kept, where it stepped,
 * and what is left when a writer is killed or is not alone.
 */
#include <math.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "history/history.h"
#include "capture.h"
#include "kselftest_harness.h"
#include "synthetic.h"

#define NIGHT (24 * 60 * 60)

FIXTURE(history)
{
	char folder[64], path[96];
	struct lab_history history;
};

FIXTURE_SETUP(history)
{
	strcpy(self->folder, "/tmp/labyrinth-history-XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->folder));
	snprintf(self->path, sizeof(self->path), "%s/history.db", self->folder);
	ASSERT_TRUE(lab_history_open(&self->history, self->path, true));
}

FIXTURE_TEARDOWN(history)
{
	char command[128];

	lab_history_close(&self->history);
	snprintf(command, sizeof(command), "rm -rf %s", self->folder);
	EXPECT_EQ(0, system(command));
}

static enum lab_added add(struct lab_history *history,
			  const struct synthetic *s, int64_t when)
{
	struct lab_run run = { .results = synthetic_run(s) };
	enum lab_added added;

	snprintf(run.fingerprint, sizeof(run.fingerprint), "%llu-%llu",
		 (unsigned long long)s->build, (unsigned long long)s->seed);
	added = lab_history_add(history, &run, when);
	json_decref(run.results);
	return added;
}

static int64_t number(struct lab_history *history, const char *sql)
{
	sqlite3_stmt *statement;
	int64_t result = -1;

	if (sqlite3_prepare_v2(history->db, sql, -1, &statement, NULL) ==
		    SQLITE_OK &&
	    sqlite3_step(statement) == SQLITE_ROW)
		result = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return result;
}

static const struct lab_looked_for everything = { .last = 1000,
						  .threshold = 0.05,
						  .alpha = 0.01 };

static const struct lab_trend *find(const struct lab_trends *trends,
				    const char *where, const char *metric)
{
	size_t i;

	for (i = 0; i < trends->count; i++)
		if (strstr(trends->trend[i].where, where) &&
		    !strcmp(trends->trend[i].metric, metric))
			return &trends->trend[i];
	return NULL;
}

TEST_F(history, keeps_a_run_once)
{
	const struct synthetic s = SYNTHETIC;

	EXPECT_EQ(LAB_ADDED, add(&self->history, &s, 1));
	EXPECT_EQ(LAB_KNOWN, add(&self->history, &s, 2));
	EXPECT_EQ(1, number(&self->history, "SELECT count(*) FROM run"));
	/* 8 cells and 2 phases with 2 metrics, 4 cliffs. */
	EXPECT_EQ(24, number(&self->history, "SELECT count(*) FROM sample"));
}

/* Where CPUs take turns, what is long is one that waited for its own. */
TEST_F(history, keeps_the_tails_of_one_cpu)
{
	struct synthetic s = SYNTHETIC;

	s.cpus = 1;
	EXPECT_EQ(LAB_ADDED, add(&self->history, &s, 1));
	EXPECT_EQ(44, number(&self->history, "SELECT count(*) FROM sample"));
}

/* Twelve nights, a kernel each; the seventh moved the cliff of a context. */
TEST_F(history, finds_the_kernel_that_stepped)
{
	struct synthetic s = SYNTHETIC;
	const struct lab_trend *trend;
	struct lab_trends trends;
	unsigned int night;

	for (night = 1; night <= 12; night++) {
		unsigned int seed;

		s.build = night;
		s.changed = night < 7 ? NULL : "task";
		s.cliff_change = 2;
		for (seed = 1; seed <= 3; seed++) {
			s.seed = seed;
			EXPECT_EQ(LAB_ADDED,
				  add(&self->history, &s, night * NIGHT));
		}
	}
	ASSERT_TRUE(lab_history_trends(&self->history, &everything, &trends));
	trend = find(&trends, "task", "cliff");
	ASSERT_NE(NULL, trend);
	ASSERT_EQ(1, trend->jumps);
	EXPECT_EQ(7, trend->point[trend->jump[0].at].when / NIGHT);
	EXPECT_EQ(6, trend->jump[0].before);
	EXPECT_EQ(8, trend->jump[0].after);
	trend = find(&trends, "spin_lock", "cliff");
	ASSERT_NE(NULL, trend);
	EXPECT_EQ(0, trend->jumps);
	lab_trends_free(&trends);
}

/* Chaos without a change: in a hundred histories hardly one step. */
TEST(nothing_steps_by_chance)
{
	struct lab_point point[60];
	struct lab_trend trend = { .metric = "success",
				   .point = point,
				   .points = 60 };
	uint64_t state = 1;
	size_t i, steps = 0, round;

	for (round = 0; round < 100; round++) {
		for (i = 0; i < 60; i++)
			point[i] = (struct lab_point){
				.when = i,
				.kernel = i / 3,
				.value = synthetic_fraction(&state),
			};
		trend.jumps = 0;
		lab_trend_split(&trend, 0.05, 0.01);
		steps += trend.jumps;
	}
	EXPECT_GE(3, steps);
	free(trend.jump);
}

TEST(several_steps_are_found)
{
	struct lab_point point[90];
	struct lab_trend trend = { .metric = "p50",
				   .point = point,
				   .points = 90 };
	uint64_t state = 1;
	size_t i;

	for (i = 0; i < 90; i++)
		point[i] = (struct lab_point){
			.when = i,
			.kernel = i / 3,
			.value = (i < 30 ? 1000 :
				  i < 60 ? 1200 :
					   900) +
				 50 * synthetic_fraction(&state),
		};
	lab_trend_split(&trend, 0.05, 0.01);
	ASSERT_EQ(2, trend.jumps);
	EXPECT_EQ(30, trend.jump[0].at);
	EXPECT_EQ(60, trend.jump[1].at);
	free(trend.jump);
}

TEST_F(history, forgets_what_is_old)
{
	struct synthetic s = SYNTHETIC;
	struct lab_trends trends;

	EXPECT_EQ(LAB_ADDED, add(&self->history, &s, 1 * NIGHT));
	s.build = 2;
	s.scenario = "another";
	EXPECT_EQ(LAB_ADDED, add(&self->history, &s, 9 * NIGHT));
	EXPECT_EQ(1, lab_history_prune(&self->history, 5 * NIGHT));
	ASSERT_TRUE(lab_history_trends(&self->history, &everything, &trends));
	EXPECT_EQ(1, trends.runs);
	EXPECT_EQ(1, trends.kernels);
	EXPECT_STREQ("another", trends.trend[0].scenario);
	lab_trends_free(&trends);
	EXPECT_EQ(0, number(&self->history,
			    "SELECT count(*) FROM sample"
			    " WHERE run NOT IN (SELECT id FROM run)"));
}

/* Adds runs until it is killed, or has added n. */
static void write_runs(const char *path, unsigned int first, unsigned int n)
{
	struct synthetic s = SYNTHETIC;
	struct lab_history history;

	if (!lab_history_open(&history, path, true))
		_exit(1);
	for (s.seed = first; s.seed < first + n; s.seed++)
		if (add(&history, &s, s.seed) != LAB_ADDED)
			_exit(2);
	lab_history_close(&history);
	_exit(0);
}

#define WHOLE                                  \
	"SELECT count(*) FROM run WHERE 24 !=" \
	" (SELECT count(*) FROM sample WHERE sample.run = run.id)"

TEST_F(history, is_whole_after_a_kill)
{
	unsigned int round;

	for (round = 0; round < 8; round++) {
		const int64_t before =
			number(&self->history, "SELECT count(*) FROM run");
		const pid_t pid = fork();
		int status;

		if (!pid)
			write_runs(self->path, 100000 * (round + 1), 100000);
		/* While it writes, at another moment each time. */
		while (number(&self->history, "SELECT count(*) FROM run") <
		       before + 2)
			usleep(100);
		usleep(137 * round);
		kill(pid, SIGKILL);
		ASSERT_EQ(pid, waitpid(pid, &status, 0));
		EXPECT_TRUE(WIFSIGNALED(status));
		EXPECT_EQ(0, number(&self->history, WHOLE));
	}
	EXPECT_EQ(1, number(&self->history, "SELECT integrity_check = 'ok' FROM"
					    " pragma_integrity_check"));
}

TEST_F(history, takes_two_writers)
{
	pid_t pid[2];
	int i, status;

	for (i = 0; i < 2; i++) {
		pid[i] = fork();
		if (!pid[i])
			write_runs(self->path, 1 + 100 * i, 50);
	}
	for (i = 0; i < 2; i++) {
		ASSERT_EQ(pid[i], waitpid(pid[i], &status, 0));
		EXPECT_EQ(0, status);
	}
	EXPECT_EQ(100, number(&self->history, "SELECT count(*) FROM run"));
	EXPECT_EQ(0, number(&self->history, WHOLE));
}

/* What a call that must fail says. */
#define EXPECT_REFUSED(words, path, create)                              \
	do {                                                             \
		struct lab_history __history;                            \
                                                                         \
		EXPECT_SAID(words,                                       \
			    lab_history_open(&__history, path, create)); \
	} while (0)

TEST_F(history, says_why_it_cannot_be_opened)
{
	char other[128];
	FILE *f;

	EXPECT_REFUSED("no history yet", "/tmp/no-such.db", false);
	EXPECT_REFUSED("cannot open it", "/proc/no-such/history.db", true);
	snprintf(other, sizeof(other), "%s/other", self->folder);
	f = fopen(other, "w");
	fprintf(f, "%01000d", 0);
	fclose(f);
	EXPECT_REFUSED("not a database", other, true);
	ASSERT_TRUE(lab_history_do(&self->history, "PRAGMA user_version = 99"));
	EXPECT_REFUSED("made by a newer labyrinth", self->path, true);
}

TEST_F(history, takes_every_form)
{
	struct synthetic s = SYNTHETIC;
	struct lab_trends trends;
	size_t i, size;
	char *text;
	FILE *f;

	for (s.seed = 1; s.seed < 4; s.seed++, s.build++)
		add(&self->history, &s, s.seed * NIGHT);
	ASSERT_TRUE(lab_history_trends(&self->history, &everything, &trends));
	for (i = 0; lab_history_forms[i]; i++) {
		f = open_memstream(&text, &size);
		lab_history_forms[i]->write(&trends, f);
		fclose(f);
		EXPECT_NE(NULL, strstr(text, "softirq_tasklet"));
		free(text);
	}
	lab_trends_free(&trends);
}

TEST_HARNESS_MAIN
