// SPDX-License-Identifier: GPL-2.0-only
/* load_test.c - what is read of runs, and what is refused and how. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/sha256.h"
#include "lib/json.h"
#include "results/build.h"
#include "results/load.h"
#include "results/schema.h"
#include "capture.h"
#include "kselftest_harness.h"
#include "synthetic.h"

static const struct synthetic usual = SYNTHETIC;

static void write_file(const char *folder, const char *name, const char *text)
{
	char path[300];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "w");
	if (!f || fputs(text, f) < 0 || fclose(f))
		abort();
}

/* A folder of runs with one, "a", in it. */
FIXTURE(runs)
{
	char root[64], run[128], file[192];
	char *text;
};

FIXTURE_SETUP(runs)
{
	json_t *results = synthetic_run(&usual);

	strcpy(self->root, "/tmp/labyrinth-runs-XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->root));
	snprintf(self->run, sizeof(self->run), "%s/a", self->root);
	snprintf(self->file, sizeof(self->file), "%s/results.json", self->run);
	ASSERT_EQ(0, mkdir(self->run, 0755));
	self->text = lab_results_text(results);
	write_file(self->run, "results.json", self->text);
	json_decref(results);
}

FIXTURE_TEARDOWN(runs)
{
	char command[128];

	free(self->text);
	snprintf(command, sizeof(command), "rm -rf %s", self->root);
	EXPECT_EQ(0, system(command));
}

TEST_F(runs, are_found_by_each_of_their_names)
{
	char pattern[128];
	const char *const names[] = { self->root, self->run, self->file,
				      pattern };
	struct lab_run_list list;
	size_t i;

	snprintf(pattern, sizeof(pattern), "%s/[a]*", self->root);
	for (i = 0; i < 4; i++) {
		memset(&list, 0, sizeof(list));
		EXPECT_TRUE(lab_runs_find(&list, names[i]));
		ASSERT_EQ(1, list.count);
		EXPECT_STREQ(self->file, list.path[0]);
		lab_runs_free(&list);
	}
}

TEST_F(runs, are_loaded_whole)
{
	struct lab_run run;
	char expected[65];

	lab_fingerprint(self->text, expected);
	ASSERT_TRUE(lab_run_load(&run, self->file));
	EXPECT_STREQ(expected, run.fingerprint);
	EXPECT_EQ(NULL, run.host);
	EXPECT_EQ(1, lab_number(run.results, "seed"));
	lab_run_free(&run);

	write_file(self->run, "host.json", "{\"time\": 7}");
	ASSERT_TRUE(lab_run_load(&run, self->file));
	EXPECT_EQ(7, lab_number(run.host, "time"));
	lab_run_free(&run);
}

TEST_F(runs, that_are_not_there_are_named)
{
	struct lab_run_list list = {};
	char path[192];

	EXPECT_SAID("no-such: No such file",
		    lab_runs_find(&list, "/tmp/no-such"));
	EXPECT_SAID("nothing matches", lab_runs_find(&list, "/tmp/no-such*"));
	EXPECT_EQ(0, unlink(self->file));
	EXPECT_SAID("no run: no results.json in it",
		    lab_runs_find(&list, self->root));
	snprintf(path, sizeof(path), "%s/host.json", self->run);
	write_file(self->run, "host.json", "{}");
	EXPECT_SAID("not whole", lab_runs_find(&list, self->root));
	EXPECT_EQ(0, list.count);
	lab_runs_free(&list);
}

TEST_F(runs, that_were_edited_are_refused)
{
	struct lab_run run;

	write_file(self->run, "host.json", "{\"fingerprint\": \"00\"}");
	EXPECT_SAID("it was edited", lab_run_load(&run, self->file));
	write_file(self->run, "host.json", "{\"fingerprint\": ");
	EXPECT_SAID("host.json: line 1", lab_run_load(&run, self->file));
	write_file(self->run, "host.json", "[]");
	EXPECT_SAID("host.json: not an object", lab_run_load(&run, self->file));
}

/* At every length but the whole. */
TEST_F(runs, that_were_cut_short_are_refused)
{
	const size_t whole = strlen(self->text) - 1; /* but for its newline */
	struct lab_run run;
	char why[400];
	size_t size;

	for (size = 0; size < whole; size += 1 + size / 50) {
		ASSERT_FALSE(lab_run_parse(&run, self->text, size, why,
					   sizeof(why)));
		ASSERT_NE(0, why[0]);
	}
	EXPECT_FALSE(
		lab_run_parse(&run, self->text, whole - 1, why, sizeof(why)));
	EXPECT_NE(NULL, strstr(why, "cut short"));
	EXPECT_TRUE(lab_run_parse(&run, self->text, whole, why, sizeof(why)));
	lab_run_free(&run);
}

/* Results with one key of an object replaced; value NULL: taken away. */
static bool check_with(const char *path, const char *key, json_t *value,
		       char *why, size_t size)
{
	json_t *results = synthetic_run(&usual), *at = results;
	char copy[64], *step, *rest = copy;
	bool good;

	snprintf(copy, sizeof(copy), "%s", path);
	while ((step = strsep(&rest, ".")) && *step)
		at = json_is_array(at) ? json_array_get(at, atoi(step)) :
					 json_object_get(at, step);
	if (value)
		json_object_set_new(at, key, value);
	else
		json_object_del(at, key);
	good = lab_schema_check(results, why, size);
	json_decref(results);
	return good;
}

#define EXPECT_WRONG(words, path, key, value)                                \
	do {                                                                 \
		char __why[400];                                             \
                                                                             \
		EXPECT_FALSE(                                                \
			check_with(path, key, value, __why, sizeof(__why))); \
		EXPECT_NE(NULL, strstr(__why, words))                        \
		{                                                            \
			TH_LOG("'%s' is not in '%s'", words, __why);         \
		}                                                            \
	} while (0)

TEST(what_is_right_passes)
{
	char why[400];

	EXPECT_TRUE(check_with("", "new", json_true(), why, sizeof(why)))
	{
		TH_LOG("%s", why);
	}
	EXPECT_TRUE(check_with("", "kernel", json_null(), why, sizeof(why)));
	EXPECT_TRUE(check_with("cells.0", "node", json_integer(1), why,
			       sizeof(why)));
}

TEST(what_is_wrong_is_named)
{
	EXPECT_WRONG("no text 'schema'", "", "schema", NULL);
	EXPECT_WRONG("run the scenario again", "", "schema",
		     json_string("labyrinth-results/0"));
	EXPECT_WRONG("seed: it is not there", "", "seed", NULL);
	EXPECT_WRONG("seed: a negative number, not a count", "", "seed",
		     json_integer(-1));
	EXPECT_WRONG("seed: a number with a point", "", "seed", json_real(1.5));
	EXPECT_WRONG("verdict: 'fine' is none of: pass fail", "", "verdict",
		     json_string("fine"));
	EXPECT_WRONG("verdict: '' is none", "", "verdict", json_string(""));
	EXPECT_WRONG("cells: an object, not a list", "", "cells",
		     json_object());
	EXPECT_WRONG("kernel.build_id: null, not a text", "kernel", "build_id",
		     json_null());
	EXPECT_WRONG("cells[3].order: a text, not a count", "cells.3", "order",
		     json_string("x"));
	EXPECT_WRONG("cells[0].node: a text, not a node", "cells.0", "node",
		     json_string("all"));
	EXPECT_WRONG("cells[0].latency.p50: it is not there", "cells.0.latency",
		     "p50", NULL);
	EXPECT_WRONG("cells[0].left: 9007199254740993 is more than", "cells.0",
		     "left", json_integer((1ll << 53) + 1));
	EXPECT_WRONG("cells[0]: held is not left: it was edited", "cells.0",
		     "held", json_integer(1));
	EXPECT_WRONG("cells[0].cliff[1]: not a list of 3 numbers", "cells.0",
		     "cliff", json_pack("[[i,i,i],[i]]", 1, 1, 0, 2));
	EXPECT_WRONG("cells[0].cliff[1]: 1 comes after 2", "cells.0", "cliff",
		     json_pack("[[i,i,i],[i,i,i]]", 2, 1, 0, 1, 1, 0));
	EXPECT_WRONG("cliff has a step 99", "cells.0", "cliff",
		     json_pack("[[i,i,i]]", 99, 4000, 0));
}

TEST(what_was_edited_does_not_add_up)
{
	EXPECT_WRONG("cells[0]: ok, injected, exhausted and refused add up",
		     "cells.0", "ok", json_integer(3999));
	EXPECT_WRONG("success_ppm", "cells.0", "success_ppm",
		     json_integer(999999));
	EXPECT_WRONG("success_ppm", "cells.0", "success_ppm", json_null());
	EXPECT_WRONG("its histogram add up to 1, ok is 4000", "cells.0.latency",
		     "histogram", json_pack("[[i,i]]", 1000, 1));
	EXPECT_WRONG("exhausted of its cliff add up to 1", "cells.0", "cliff",
		     json_pack("[[i,i,i]]", 3, 0, 1));
}

TEST(failures_have_latencies_of_their_own)
{
	struct synthetic failing = SYNTHETIC;
	json_t *results, *cell, *latency;
	char why[400];

	failing.missing = 3000;
	results = synthetic_run(&failing);
	EXPECT_TRUE(lab_schema_check(results, why, sizeof(why)));
	cell = json_array_get(json_object_get(results, "cells"), 4);
	latency = json_object_get(cell, "latency_exhausted");
	json_object_set_new(latency, "histogram", json_pack("[[i, i]]", 9, 1));
	EXPECT_FALSE(lab_schema_check(results, why, sizeof(why)));
	EXPECT_NE(NULL,
		  strstr(why, "cells[4].latency_exhausted: the shots of "
			      "its histogram add up to 1, exhausted is "));
	json_object_del(cell, "latency_exhausted");
	EXPECT_TRUE(lab_schema_check(results, why, sizeof(why)));

	/* Without a look at the state there is no cliff. */
	json_object_set_new(cell, "look", json_false());
	EXPECT_FALSE(lab_schema_check(results, why, sizeof(why)));
	EXPECT_STREQ("cells[4]: cliff without a look at the state", why);
	json_object_set_new(cell, "cliff", json_array());
	EXPECT_TRUE(lab_schema_check(results, why, sizeof(why)));
	json_decref(results);
}

/* Earlier versions called "left" what is called "held" now. */
TEST(results_of_earlier_versions_are_read)
{
	json_t *results = synthetic_run(&usual), *cell;
	struct lab_run run;
	char why[400], *text;

	cell = json_array_get(json_object_get(results, "cells"), 0);
	json_object_del(cell, "held");
	json_object_set_new(cell, "left", json_integer(3));
	text = lab_results_text(results);
	ASSERT_TRUE(lab_run_parse(&run, text, strlen(text), why, sizeof(why)))
	{
		TH_LOG("%s", why);
	}
	cell = json_array_get(json_object_get(run.results, "cells"), 0);
	EXPECT_EQ(3, json_integer_value(json_object_get(cell, "held")));
	lab_run_free(&run);
	free(text);
	json_decref(results);
}

/* What is there twice would count twice. */
TEST(what_is_there_twice_is_refused)
{
	json_t *results = synthetic_run(&usual), *cells, *phases;
	char why[400];

	cells = json_object_get(results, "cells");
	json_array_append(cells, json_array_get(cells, 0));
	EXPECT_FALSE(lab_schema_check(results, why, sizeof(why)));
	EXPECT_STREQ(
		"cells[8]: 'plenty: task, pages, order 0, GFP_ATOMIC|__GFP_NOWARN, node any' is there twice",
		why);
	json_array_remove(cells, 8);
	phases = json_object_get(results, "phases");
	json_array_append(phases, json_array_get(phases, 1));
	EXPECT_FALSE(lab_schema_check(results, why, sizeof(why)));
	EXPECT_STREQ("phases[2]: 'scarce' is there twice", why);
	json_decref(results);
}

TEST_HARNESS_MAIN
