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
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "history/history.h"
#include "history/status.h"
#include "history/steps.h"
#include "capture.h"
#include "kselftest_harness.h"
#include "series.h"
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
	added = lab_history_add(history, &run,
				&(struct lab_origin){ .when = when });
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
						  .alpha = 0.05 };

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

/* A kernel each night, with three seeds; from one on a cliff is two higher. */
static void add_nights(struct lab_history *history, unsigned int first,
		       unsigned int last, unsigned int changed)
{
	struct synthetic s = SYNTHETIC;
	unsigned int night;

	for (night = first; night <= last; night++) {
		s.build = night;
		s.changed = night < changed ? NULL : "task";
		s.cliff_change = 2;
		for (s.seed = 1; s.seed <= 3; s.seed++)
			add(history, &s, night * NIGHT);
	}
}

/* Sixteen nights, a kernel each; the ninth moved the cliff of a context. */
TEST_F(history, finds_the_kernel_that_stepped)
{
	const struct lab_trend *trend;
	struct lab_trends trends;

	add_nights(&self->history, 1, 16, 9);
	ASSERT_TRUE(lab_history_trends(&self->history, &everything, &trends));
	trend = find(&trends, "task", "cliff");
	ASSERT_NE(NULL, trend);
	EXPECT_EQ(16, trend->levels);
	ASSERT_EQ(1, trend->jumps);
	EXPECT_EQ(9, trend->level[trend->jump[0].at].when / NIGHT);
	EXPECT_EQ(6, trend->jump[0].before);
	EXPECT_EQ(8, trend->jump[0].after);
	EXPECT_TRUE(trend->jump[0].worse);
	EXPECT_FALSE(trend->jump[0].doubtful);
	trend = find(&trends, "spin_lock", "cliff");
	ASSERT_NE(NULL, trend);
	EXPECT_EQ(0, trend->jumps);
	lab_trends_free(&trends);
}

/* ---- trends of made-up values ------------------------------------------------ */

#define KERNELS_MAX 128
#define RUNS_MAX 1000

/* A history without a database. */
struct made_up {
	struct lab_tested kernel[KERNELS_MAX];
	struct lab_point point[RUNS_MAX];
	struct lab_trend trend;
};

static void add_kernel(struct made_up *made, size_t i, const char *release,
		       int64_t first)
{
	made->kernel[i] = (struct lab_tested){
		.id = i + 1,
		.release = (char *)release,
		.build_id = "",
		.branch = strdup(""),
		.first = first,
	};
}

/* One value for each kernel, in the order of their numbers. */
static void make_plain(struct made_up *made, size_t kernels, const char *metric)
{
	size_t i;

	memset(made, 0, sizeof(*made));
	made->trend.metric = (char *)metric;
	made->trend.point = made->point;
	for (i = 0; i < kernels; i++) {
		add_kernel(made, i, "6.12.0", i);
		made->kernel[i].place = i;
	}
}

static void add_value(struct made_up *made, size_t kernel, double value)
{
	made->point[made->trend.points] = (struct lab_point){
		.when = made->trend.points,
		.kernel = kernel,
		.value = value,
	};
	made->trend.points++;
}

static void search(struct made_up *made)
{
	lab_trend_levels(&made->trend, made->kernel);
	lab_trend_split(&made->trend, 0.05, LAB_STEP_ALPHA);
}

static void unmake(struct made_up *made)
{
	size_t i;

	for (i = 0; i < KERNELS_MAX; i++)
		free(made->kernel[i].branch);
	free(made->trend.level);
	free(made->trend.jump);
}

/*
 * What a build does to the layout of memory all of its runs have in common, so
 * that five runs of it are not five values. In 200 histories without a step, of
 * 20 kernels with 5 runs each, 5 % may show one: 10, with an error of 3.
 */
TEST(runs_of_a_kernel_are_one_value)
{
	size_t round, i, j, with = 0;
	uint64_t state = 1;

	for (round = 0; round < 200; round++) {
		struct made_up made;

		make_plain(&made, 20, "p50");
		for (i = 0; i < 20; i++) {
			const double layout =
				1000 + 100 * series_normal(&state);

			for (j = 0; j < 5; j++)
				add_value(&made, i,
					  layout + 10 * series_normal(&state));
		}
		search(&made);
		EXPECT_EQ(20, made.trend.levels);
		with += made.trend.jumps > 0;
		unmake(&made);
	}
	EXPECT_GE(16, with);
}

TEST(several_steps_are_found)
{
	struct made_up made;
	uint64_t state = 1;
	size_t i;

	make_plain(&made, 90, "p50");
	for (i = 0; i < 90; i++)
		add_value(&made, i,
			  (i < 30 ? 1000 :
			   i < 60 ? 1200 :
				    900) +
				  50 * series_uniform(&state));
	search(&made);
	ASSERT_EQ(2, made.trend.jumps);
	EXPECT_EQ(30, made.trend.jump[0].at);
	EXPECT_EQ(60, made.trend.jump[1].at);
	EXPECT_TRUE(made.trend.jump[0].worse);
	EXPECT_FALSE(made.trend.jump[1].worse);
	/* From the level before it to the one behind it, not from all before. */
	EXPECT_GE(10, fabs(made.trend.jump[1].before - 1225));
	EXPECT_GE(10, fabs(made.trend.jump[1].after - 925));
	unmake(&made);
}

/* 4 % and 10 %, of which the limit hides the first and must not the second. */
TEST(a_small_step_hides_no_large_one)
{
	size_t round, i, found = 0;
	uint64_t state = 1;

	for (round = 0; round < 100; round++) {
		struct made_up made;

		make_plain(&made, 100, "p50");
		for (i = 0; i < 100; i++)
			add_value(&made, i,
				  1000 * (i < 50 ? 1.00 :
					  i < 90 ? 1.04 :
						   1.144) +
					  10 * series_normal(&state));
		search(&made);
		for (i = 0; i < made.trend.jumps; i++)
			found += made.trend.jump[i].at == 90;
		unmake(&made);
	}
	EXPECT_EQ(100, found);
}

/* Three times 3 %: none matters by itself, all of them together do. */
TEST(small_steps_add_up)
{
	struct made_up made;
	uint64_t state = 1;
	size_t i;

	make_plain(&made, 120, "p50");
	for (i = 0; i < 120; i++)
		add_value(&made, i,
			  1000 + 30.0 * (i / 30) + 3 * series_normal(&state));
	search(&made);
	ASSERT_EQ(1, made.trend.jumps);
	EXPECT_TRUE(made.trend.jump[0].worse);
	EXPECT_LE(50, made.trend.jump[0].after - made.trend.jump[0].before);
	unmake(&made);
}

/* ---- which kernel follows which ------------------------------------------------ */

TEST(kernels_are_in_the_order_of_versions)
{
	static const struct {
		const char *release, *branch;
	} rows[] = {
		/* as they follow each other */
		{ "6.1.0-37-amd64", "6.1.y-amd64" },
		{ "6.1.0-38-amd64", "6.1.y-amd64" },
		{ "6.12.9", "6.12.y" },
		{ "6.12.43", "6.12.y" },
		{ "6.12.117", "6.12.y" },
		{ "6.12.43+deb13-amd64", "6.12.y-deb13-amd64" },
		{ "6.12.43+deb13-rt-amd64", "6.12.y-deb13-rt-amd64" },
		{ "6.8.0-45-generic", "6.8.y-generic" },
		{ "6.12.0", "mainline" },
		{ "6.13.0-rc1", "mainline" },
		{ "6.13.0-rc4", "mainline" },
		{ "6.13.0-rc4-00012-gdeadbeef01", "mainline" },
		{ "6.13.0-rc4-00120-gdeadbeef02-dirty", "mainline" },
		{ "6.13.0-rc10", "mainline" },
		{ "6.13.0", "mainline" },
		{ "6.13.0-00007-gdeadbeef03", "mainline" },
		{ "6.14.0-rc1-next-20250210", "next" },
		{ "6.14.0-rc1-next-20250211", "next" },
	};
	const size_t n = sizeof(rows) / sizeof(rows[0]);
	struct made_up made;
	size_t i;

	make_plain(&made, 0, "p50");
	/* Tested in the opposite order. */
	for (i = 0; i < n; i++)
		add_kernel(&made, i, rows[n - 1 - i].release, i);
	lab_order_kernels(made.kernel, n);
	for (i = 0; i < n; i++) {
		EXPECT_STREQ(rows[n - 1 - i].branch, made.kernel[i].branch);
		EXPECT_EQ(n - 1 - i, made.kernel[i].place)
		{
			TH_LOG("%s", made.kernel[i].release);
		}
	}
	unmake(&made);
}

/* Not by git's numbers, where the commits of all are known; else all by them. */
TEST(ancestry_decides_where_it_is_known)
{
	struct made_up made;

	make_plain(&made, 0, "p50");
	add_kernel(&made, 0, "6.13.0-rc4-00012-gdeadbeef01", 5);
	add_kernel(&made, 1, "6.13.0-rc4-00005-gdeadbeef02", 6);
	add_kernel(&made, 2, "6.13.0-rc4-00009-gdeadbeef03", 7);
	lab_order_kernels(made.kernel, 3);
	EXPECT_EQ(2, made.kernel[0].place);
	EXPECT_EQ(0, made.kernel[1].place);
	made.kernel[0].ancestors = 100;
	made.kernel[1].ancestors = 300;
	lab_order_kernels(made.kernel, 3);
	EXPECT_EQ(2, made.kernel[0].place);
	made.kernel[2].ancestors = 200;
	lab_order_kernels(made.kernel, 3);
	EXPECT_EQ(0, made.kernel[0].place);
	EXPECT_EQ(1, made.kernel[2].place);
	EXPECT_EQ(2, made.kernel[1].place);
	unmake(&made);
}

TEST_F(history, ancestors_are_counted)
{
	char command[700], hash[48] = "", release[80];
	FILE *f;

	if (system("git --version >/dev/null 2>&1"))
		SKIP(return, "there is no git here");
	snprintf(command, sizeof(command),
		 "cd %s && git init -q . && for i in 1 2 3; do"
		 " git -c user.name=a -c user.email=a@b commit -q"
		 " --allow-empty -m $i; done && git rev-parse HEAD",
		 self->folder);
	f = popen(command, "r");
	ASSERT_NE(NULL, f);
	EXPECT_NE(NULL, fgets(hash, sizeof(hash), f));
	pclose(f);
	snprintf(release, sizeof(release), "6.13.0-rc4-00012-g%.12s", hash);
	EXPECT_EQ(3, lab_ancestors(self->folder, release));
	EXPECT_EQ(0, lab_ancestors(self->folder, "6.13.0-00001-gdeadbeef01"));
	EXPECT_EQ(0, lab_ancestors(self->folder, "6.13.0"));
	EXPECT_EQ(0, lab_ancestors(NULL, release));
	EXPECT_TRUE(lab_is_tree(self->folder));
	EXPECT_FALSE(lab_is_tree("/proc"));
}

static size_t bisected(struct lab_history *history, const char *when,
		       struct lab_jump *jump, int64_t *kernel)
{
	struct lab_trends trends;
	const struct lab_trend *trend;
	size_t jumps = 99;

	(void)when;
	if (!lab_history_trends(history, &everything, &trends))
		return jumps;
	trend = find(&trends, "task", "cliff");
	jumps = trend ? trend->jumps : 99;
	if (jumps && jumps < 99) {
		*jump = trend->jump[0];
		*kernel = lab_trend_kernel(&trends, trend, jump->at)->id;
	}
	lab_trends_free(&trends);
	return jumps;
}

/* Kernels of before the step are run again afterwards, many times. */
TEST_F(history, a_bisection_moves_no_step)
{
	struct synthetic s = SYNTHETIC;
	int64_t before = 0, after = 0;
	struct lab_jump jump = {};

	add_nights(&self->history, 1, 16, 9);
	ASSERT_EQ(1, bisected(&self->history, "before", &jump, &before));
	for (s.build = 3; s.build < 9; s.build++)
		for (s.seed = 100; s.seed < 110; s.seed++)
			add(&self->history, &s, 17 * NIGHT);
	ASSERT_EQ(1, bisected(&self->history, "after", &jump, &after));
	EXPECT_EQ(before, after);
	EXPECT_EQ(8, jump.at);
}

/*
 * Two branches, tested in turns, of which one is higher by far and the other
 * steps by a little: together they are one band of noise.
 */
TEST_F(history, branches_do_not_hide_each_other)
{
	struct synthetic s = SYNTHETIC;
	const struct lab_trend *trend;
	struct lab_trends trends;
	size_t i, stepped = 0;

	for (i = 1; i <= 24; i++) {
		s.release = i % 2 ? "6.12.7" : "6.1.90";
		s.build = i;
		s.cliff = i % 2 ? 6 : 15;
		s.changed = i % 2 && i > 12 ? "task" : NULL;
		s.cliff_change = 2;
		add(&self->history, &s, i * NIGHT);
	}
	ASSERT_TRUE(lab_history_trends(&self->history, &everything, &trends));
	for (i = 0; i < trends.count; i++) {
		trend = &trends.trend[i];
		if (strcmp(trend->metric, "cliff") || !trend->jumps)
			continue;
		stepped++;
		EXPECT_NE(NULL, strstr(trend->where, "task"));
		EXPECT_STREQ("6.12.y", trend->branch);
		EXPECT_EQ(12, trend->levels);
		EXPECT_EQ(6, trend->jump[0].at);
		EXPECT_EQ(6, trend->jump[0].before);
		EXPECT_EQ(8, trend->jump[0].after);
	}
	EXPECT_EQ(1, stepped);
	lab_trends_free(&trends);
}

/* ---- over all series ------------------------------------------------------------ */

/* Of two hundred series chance makes some that step, and they are told apart. */
TEST(steps_by_chance_are_doubtful)
{
	struct lab_trend trend[200] = {};
	struct lab_trends trends = { .trend = trend, .count = 200 };
	struct lab_jump jump[3] = { { .p = 1e-6 },
				    { .p = 0.02 },
				    { .p = 0.03 } };
	size_t i;

	for (i = 0; i < 3; i++) {
		trend[i].jump = &jump[i];
		trend[i].jumps = 1;
	}
	lab_trends_correct(&trends, 0.05);
	EXPECT_FALSE(jump[0].doubtful);
	EXPECT_TRUE(jump[1].doubtful);
	EXPECT_TRUE(jump[2].doubtful);
	trends.count = 3;
	lab_trends_correct(&trends, 0.05);
	EXPECT_FALSE(jump[1].doubtful);
	EXPECT_FALSE(jump[2].doubtful);
}

/* A change of the kernel that moved every context is one cause. */
TEST_F(history, series_that_step_together_have_one_cause)
{
	struct synthetic s = SYNTHETIC;
	struct lab_trends trends;
	size_t i, j, stepped = 0;

	for (s.build = 1; s.build <= 24; s.build++) {
		s.cliff = s.build > 12 ? 9 : 6;
		s.latency = s.build > 12 ? 800 : 1000;
		add(&self->history, &s, s.build * NIGHT);
	}
	ASSERT_TRUE(lab_history_trends(&self->history, &everything, &trends));
	for (i = 0; i < trends.count; i++)
		for (j = 0; j < trends.trend[i].jumps; j++)
			stepped += !trends.trend[i].jump[j].doubtful;
	EXPECT_LE(5, stepped);
	ASSERT_EQ(1, trends.causes);
	EXPECT_EQ(stepped, trends.cause[0].worse + trends.cause[0].better);
	EXPECT_LE(4, trends.cause[0].worse);
	EXPECT_LE(1, trends.cause[0].better);
	EXPECT_EQ(12, trends.kernel[trends.cause[0].kernel].place);
	lab_trends_free(&trends);
}

/* ---- what people acknowledge ------------------------------------------------------ */

static size_t acknowledged(struct lab_history *history, size_t *jumps)
{
	struct lab_trends trends;
	size_t i, j, known = 0;

	*jumps = 0;
	if (!lab_history_trends(history, &everything, &trends))
		return 99;
	for (i = 0; i < trends.count; i++)
		for (j = 0; j < trends.trend[i].jumps; j++) {
			const char *why = trends.trend[i].jump[j].acknowledged;

			known += why && !strcmp(why, "meant to be");
			++*jumps;
		}
	lab_trends_free(&trends);
	return known;
}

TEST_F(history, remembers_what_was_acknowledged)
{
	struct lab_trends trends;
	char name[13] = "";
	const struct lab_trend *trend;
	size_t jumps;

	add_nights(&self->history, 1, 16, 9);
	EXPECT_EQ(0, acknowledged(&self->history, &jumps));
	EXPECT_LE(1, jumps);
	ASSERT_TRUE(lab_history_trends(&self->history, &everything, &trends));
	trend = find(&trends, "task", "cliff");
	ASSERT_NE(NULL, trend);
	ASSERT_EQ(1, trend->jumps);
	snprintf(name, sizeof(name), "%s",
		 lab_trend_kernel(&trends, trend, trend->jump[0].at)->build_id);
	EXPECT_EQ(0, lab_history_acknowledge(&self->history, &trends,
					     "no-such-kernel", 1, "no"));
	EXPECT_LE(1, lab_history_acknowledge(&self->history, &trends, name, 1,
					     "meant to be"));
	/* It is there when the database is opened again, and with more runs. */
	lab_history_close(&self->history);
	ASSERT_TRUE(lab_history_open(&self->history, self->path, false));
	add_nights(&self->history, 17, 20, 9);
	EXPECT_LE(1, acknowledged(&self->history, &jumps));
	EXPECT_LE(1, lab_history_withdraw(&self->history, &trends, name));
	EXPECT_EQ(0, acknowledged(&self->history, &jumps));
	/* What is pruned takes what was said of it along. */
	EXPECT_LE(1, lab_history_acknowledge(&self->history, &trends, name, 1,
					     "meant to be"));
	EXPECT_LE(1, number(&self->history, "SELECT count(*) FROM ack"));
	EXPECT_LE(1, lab_history_prune(&self->history, 100 * NIGHT));
	EXPECT_EQ(0, number(&self->history, "SELECT count(*) FROM ack"));
	lab_trends_free(&trends);
}

/* Another step of the same kernel, in the other direction, is news. */
TEST_F(history, acknowledges_one_direction)
{
	struct lab_trends trends;
	size_t jumps;

	add_nights(&self->history, 1, 16, 9);
	ASSERT_TRUE(lab_history_trends(&self->history, &everything, &trends));
	EXPECT_LE(1, lab_history_acknowledge(&self->history, &trends, "6.12.0",
					     1, "meant to be"));
	ASSERT_TRUE(
		lab_history_do(&self->history, "UPDATE ack SET up = NOT up"));
	EXPECT_EQ(0, acknowledged(&self->history, &jumps));
	EXPECT_LE(1, jumps);
	lab_trends_free(&trends);
}

/* ---- how kernels stand ----------------------------------------------------------- */

/* A list of one known issue of the scenario "made-up", and of one elsewhere. */
static void known_until(struct lab_known *known, const char *until)
{
	char text[600];

	snprintf(text, sizeof(text),
		 "[issue is <odd>]\nwhat = \"a\" & b\nscenario = made-up\n"
		 "verdict = scarce: odd\nkernels = 6.12\n"
		 "link = https://example.org/?a=1&b=2\nuntil = %s\n"
		 "[issue elsewhere]\nwhat = c\nscenario = other\nverdict = *\n"
		 "kernels = 4.19\nlink = https://example.org/\nuntil = never\n",
		 until);
	*known = (struct lab_known){};
	if (!lab_known_parse(known, "t.list", text))
		abort();
}

/* Adds a run with a verdict; "fail" is that of one expectation, "odd". */
static void add_verdict(struct lab_history *history, const char *release,
			const char *scenario, uint64_t seed,
			const char *verdict, const char *folder,
			const struct lab_known *known)
{
	struct synthetic s = SYNTHETIC;
	static unsigned int serial;
	struct lab_run run = {};
	struct lab_origin origin = { .known = known };

	s.release = release;
	s.scenario = scenario;
	s.seed = seed;
	run.results = synthetic_run(&s);
	json_object_set_new(run.results, "verdict", json_string(verdict));
	if (!strcmp(verdict, "fail"))
		json_array_append_new(
			json_object_get(run.results, "verdicts"),
			json_pack("{s:s, s:s, s:s, s:s, s:s}", "kind",
				  "expectation", "name", "scarce: odd", "claim",
				  "odd", "verdict", "fail", "found", "even"));
	if (asprintf(&run.path, "%s/results.json", folder) < 0)
		abort();
	snprintf(run.fingerprint, sizeof(run.fingerprint), "%u", ++serial);
	origin.when = serial * NIGHT;
	if (lab_history_add(history, &run, &origin) != LAB_ADDED)
		abort();
	free(run.path);
	json_decref(run.results);
}

/* The page, malloc()ed, as if it were written to a file of that name. */
static char *page_of(struct lab_history *history, const char *file,
		     const struct lab_known *known)
{
	struct lab_status status;
	struct lab_trends trends;
	size_t size, i = 0;
	char *text;
	FILE *f = open_memstream(&text, &size);

	if (!lab_history_trends(history, &everything, &trends) ||
	    !lab_status_read(history, &everything, known, file, &trends,
			     &status))
		abort();
	trends.status = &status;
	while (strcmp(lab_history_forms[i]->name, "html") != 0)
		i++;
	lab_history_forms[i]->write(&trends, f);
	fclose(f);
	lab_status_free(&status);
	lab_trends_free(&trends);
	return text;
}

static size_t count_of(const char *text, const char *words)
{
	size_t n = 0;

	for (; (text = strstr(text, words)); text++)
		n++;
	return n;
}

#define EXPECT_ON_PAGE(times, words)                      \
	EXPECT_EQ((size_t)(times), count_of(page, words)) \
	{                                                 \
		TH_LOG("'%s' is there %zu times", words,  \
		       count_of(page, words));            \
	}

TEST_F(history, the_latest_verdicts_are_a_grid)
{
	struct lab_known known = {};
	char *page;

	add_verdict(&self->history, "6.12.1", "made-up", 1, "fail", "/x", NULL);
	add_verdict(&self->history, "6.12.1", "made-up", 1, "pass", "/x", NULL);
	add_verdict(&self->history, "6.12.2<b>", "made-up", 1, "fail", "/x",
		    NULL);
	add_verdict(&self->history, "6.12.2<b>", "made-up", 2, "pass", "/x",
		    NULL);
	add_verdict(&self->history, "6.12.2<b>", "o&ther", 1, "broken", "/x",
		    NULL);
	page = page_of(&self->history, NULL, &known);
	EXPECT_ON_PAGE(2, "<th scope=\"row\">");
	EXPECT_ON_PAGE(2, "<th scope=\"col\"><span>");
	EXPECT_ON_PAGE(1, "<th scope=\"row\">6.12.2&lt;b&gt; ");
	EXPECT_ON_PAGE(1, "<th scope=\"col\"><span>o&amp;ther</span>");
	EXPECT_ON_PAGE(0, "<b>-");
	/* A later run of a seed takes the place of the earlier one. */
	EXPECT_ON_PAGE(1, "title=\"made-up on 6.12.1: pass, 1 of 1 runs, ");
	/* One seed of two. */
	EXPECT_ON_PAGE(2, ">FAIL 1/2</span>");
	EXPECT_ON_PAGE(2, ">broken</span>");
	EXPECT_ON_PAGE(1, "<section id=\"failing\">");
	EXPECT_ON_PAGE(0, "href=\"/x");
	EXPECT_ON_PAGE(1, "<h2>Known issues</h2>\n<p>None.</p>");
	free(page);
}

/* It broke before the kernel said what it is: that is of no branch. */
TEST_F(history, a_kernel_that_is_not_known_hides_none)
{
	struct lab_known known = {};
	char *page;

	add_verdict(&self->history, "6.13.0-rc1", "made-up", 1, "fail", "/x",
		    NULL);
	add_verdict(&self->history, "", "made-up", 1, "broken", "/x", NULL);
	page = page_of(&self->history, NULL, &known);
	EXPECT_ON_PAGE(1, "<th scope=\"row\">not known ");
	EXPECT_ON_PAGE(1, "<th scope=\"rowgroup\">of no branch<");
	EXPECT_ON_PAGE(1, "<th scope=\"rowgroup\">mainline<");
	EXPECT_ON_PAGE(2, ">broken</span>");
	EXPECT_ON_PAGE(2, ">FAIL</span>");
	free(page);
}

TEST_F(history, known_failures_are_shown_as_known)
{
	struct lab_known known, past, none = {};
	char *page;

	known_until(&known, "never");
	known_until(&past, "2020-02-02");
	/* It is held against the list when it is imported: nothing is in /x. */
	add_verdict(&self->history, "6.12.3", "made-up", 1, "fail", "/x",
		    &known);
	add_verdict(&self->history, "6.13.3", "made-up", 1, "fail", "/x",
		    &known);
	page = page_of(&self->history, NULL, &known);
	EXPECT_ON_PAGE(1, "class=\"v explained\"");
	EXPECT_ON_PAGE(1, ">known</span>");
	/* Another version is another failure; it is the newest of its branch. */
	EXPECT_ON_PAGE(2, ">FAIL</span>");
	EXPECT_ON_PAGE(
		1,
		"<a href=\"https://example.org/?a=1&amp;b=2\">is &lt;odd&gt;</a>");
	EXPECT_ON_PAGE(1, "&quot;a&quot; &amp; b");
	EXPECT_ON_PAGE(2, "never expires");
	EXPECT_ON_PAGE(1, "made-up on 6.12.3</td>");
	EXPECT_ON_PAGE(1, "in none of the latest runs");
	free(page);
	/* It counts again after its last day, and when it is in no list. */
	page = page_of(&self->history, NULL, &past);
	EXPECT_ON_PAGE(0, ">known</span>");
	EXPECT_ON_PAGE(1, "expired after 2020-02-02: it counts again");
	EXPECT_ON_PAGE(4, ">FAIL</span>");
	free(page);
	page = page_of(&self->history, NULL, &none);
	EXPECT_ON_PAGE(4, ">FAIL</span>");
	free(page);
	lab_known_free(&known);
	lab_known_free(&past);
}

/* Makes FOLDER/NAME/report.html. */
static void make_report(const char *folder, const char *name)
{
	char path[200];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	mkdir(path, 0700);
	strcat(path, "/results.json");
	f = fopen(path, "w");
	fclose(f);
	strcpy(strrchr(path, '/'), "/report.html");
	f = fopen(path, "w");
	fclose(f);
}

TEST_F(history, verdicts_link_to_reports)
{
	struct lab_known known = {};
	char run[100], file[128], sub[100], *page;

	make_report(self->folder, "a run & \"more\"");
	snprintf(run, sizeof(run), "%s/a run & \"more\"", self->folder);
	add_verdict(&self->history, "6.12.3", "made-up", 1, "pass", run, NULL);
	add_verdict(&self->history, "6.12.4", "made-up", 1, "pass",
		    self->folder, NULL);
	snprintf(file, sizeof(file), "%s/page.html", self->folder);
	page = page_of(&self->history, file, &known);
	EXPECT_ON_PAGE(1, "/report.html");
	EXPECT_ON_PAGE(1, "href=\"a%20run%20%26%20%22more%22/report.html\"");
	free(page);
	snprintf(sub, sizeof(sub), "%s/a run", self->folder);
	mkdir(sub, 0700);
	snprintf(file, sizeof(file), "%s/a run/page.html", self->folder);
	page = page_of(&self->history, file, &known);
	EXPECT_ON_PAGE(1, "href=\"../a%20run%20%26%20%22more%22/report.html\"");
	free(page);
	snprintf(file, sizeof(file), "%s/page.html", run);
	page = page_of(&self->history, file, &known);
	EXPECT_ON_PAGE(1, "href=\"report.html\"");
	free(page);
	page = page_of(&self->history, "/page.html", &known);
	EXPECT_ON_PAGE(1, "href=\"tmp/labyrinth-history-");
	free(page);
}

TEST_F(history, runs_are_found_where_they_were_moved_to)
{
	struct synthetic s = SYNTHETIC;
	struct lab_run run = { .results = synthetic_run(&s) };
	const struct lab_origin origin = { .when = 1 };

	strcpy(run.fingerprint, "f");
	EXPECT_EQ(LAB_ADDED, lab_history_add(&self->history, &run, &origin));
	EXPECT_EQ(1, number(&self->history,
			    "SELECT count(*) FROM run WHERE folder = ''"));
	make_report(self->folder, "moved");
	ASSERT_LT(0,
		  asprintf(&run.path, "%s/moved/results.json", self->folder));
	EXPECT_EQ(LAB_KNOWN, lab_history_add(&self->history, &run, &origin));
	EXPECT_EQ(1, number(&self->history,
			    "SELECT count(*) FROM run WHERE folder LIKE"
			    " '%/moved'"));
	free(run.path);
	json_decref(run.results);
}

/* ---- databases of before ---------------------------------------------------------- */

static const char first_version[] =
	"CREATE TABLE kernel (id INTEGER PRIMARY KEY, release TEXT NOT NULL,"
	" build_id TEXT NOT NULL, UNIQUE (release, build_id));"
	"CREATE TABLE run (id INTEGER PRIMARY KEY,"
	" fingerprint TEXT NOT NULL UNIQUE, time INTEGER NOT NULL,"
	" kernel INTEGER NOT NULL REFERENCES kernel, scenario TEXT NOT NULL,"
	" shape TEXT NOT NULL, seed INTEGER NOT NULL, verdict TEXT NOT NULL);"
	"CREATE INDEX run_time ON run (time);"
	"CREATE TABLE series (id INTEGER PRIMARY KEY, scenario TEXT NOT NULL,"
	" shape TEXT NOT NULL, cell INTEGER NOT NULL, place TEXT NOT NULL,"
	" metric TEXT NOT NULL, unit TEXT NOT NULL,"
	" UNIQUE (scenario, shape, place, metric));"
	"CREATE TABLE sample (series INTEGER NOT NULL REFERENCES series,"
	" time INTEGER NOT NULL, run INTEGER NOT NULL,"
	" kernel INTEGER NOT NULL, value REAL NOT NULL,"
	" PRIMARY KEY (series, time, run)) WITHOUT ROWID;"
	"PRAGMA user_version = 1;"
	"INSERT INTO kernel VALUES (1, '6.12.3', 'aa'), (2, '6.12.2', 'bb');"
	"INSERT INTO run VALUES (1, 'f1', 50, 1, 's', 'm', 1, 'pass'),"
	" (2, 'f2', 20, 1, 's', 'm', 2, 'pass'),"
	" (3, 'f3', 90, 2, 's', 'm', 1, 'pass');"
	"INSERT INTO series VALUES (1, 's', 'm', 0, 'p', 'cliff', 'min');"
	"INSERT INTO sample VALUES (1, 50, 1, 1, 6), (1, 20, 2, 1, 7),"
	" (1, 90, 3, 2, 8);";

TEST_F(history, brings_old_ones_up_to_date)
{
	struct lab_history old;
	struct lab_trends trends;
	char path[128];
	sqlite3 *db;

	snprintf(path, sizeof(path), "%s/old.db", self->folder);
	ASSERT_EQ(SQLITE_OK, sqlite3_open(path, &db));
	ASSERT_EQ(SQLITE_OK, sqlite3_exec(db, first_version, NULL, NULL, NULL));
	sqlite3_close(db);
	ASSERT_TRUE(lab_history_open(&old, path, false));
	EXPECT_EQ(3, number(&old, "PRAGMA user_version"));
	/* Where their results are is not known. */
	EXPECT_EQ(3,
		  number(&old, "SELECT count(*) FROM run WHERE folder = ''"));
	EXPECT_EQ(20, number(&old, "SELECT first FROM kernel WHERE id = 1"));
	EXPECT_EQ(90, number(&old, "SELECT first FROM kernel WHERE id = 2"));
	ASSERT_TRUE(lab_history_trends(&old, &everything, &trends));
	ASSERT_EQ(1, trends.count);
	EXPECT_EQ(3, trends.trend[0].points);
	ASSERT_EQ(2, trends.trend[0].levels);
	/* 6.12.2 comes first, whenever it was tested. */
	EXPECT_EQ(8, trends.trend[0].level[0].value);
	EXPECT_EQ(6.5, trends.trend[0].level[1].value);
	EXPECT_STREQ("6.12.y", trends.trend[0].branch);
	lab_trends_free(&trends);
	lab_history_close(&old);
	/* And a new one is as one that was brought up to date. */
	EXPECT_EQ(3, number(&self->history, "PRAGMA user_version"));
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
