// SPDX-License-Identifier: GPL-2.0-only
/* unit/first_difference_test.c - results/first_difference.c: where runs part. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kselftest_harness.h"
#include "results/first_difference.h"

static const char *const text =
	"{'kernel':{'release':'6.12','build_id':'k1'},'module':{'build_id':'m1'},"
	"'program':{'build_id':'p1'},'machine':{'qemu':'8.2','cpus':2},"
	"'scenario':{'sha256':'s1'},'seed':1,'verdict':'pass','cells':["
	"{'phase':'a','context':'task','api':'pages','order':0,"
	"'gfp':'GFP_ATOMIC','node':'any','ok':10,'held':0},"
	"{'phase':'a','context':'nmi','api':'pages','order':1,"
	"'gfp':'GFP_ATOMIC','node':'any','ok':10,'events':"
	"[[0,0,0,0,500,9],[1,0,0,0,510,9],[0,0,1,1,620,9]]}],"
	"'log':{'lines':200}}";

static json_t *results(void)
{
	char *copy = strdup(text), *at;
	json_t *json;

	for (at = copy; *at; at++)
		*at = *at == '\'' ? '"' : *at;
	json = json_loads(copy, 0, NULL);
	free(copy);
	return json;
}

static json_t *cell(json_t *json, size_t i)
{
	return json_array_get(json_object_get(json, "cells"), i);
}

FIXTURE(two)
{
	json_t *was, *is;
	char *found;
};

FIXTURE_SETUP(two)
{
	self->was = results();
	self->is = results();
	self->found = NULL;
	ASSERT_NE(NULL, self->was);
}

FIXTURE_TEARDOWN(two)
{
	json_decref(self->was);
	json_decref(self->is);
	free(self->found);
}

#define FOUND(words)                                                     \
	do {                                                             \
		self->found = lab_first_difference(self->was, self->is); \
		ASSERT_NE(NULL, self->found);                            \
		EXPECT_STREQ(words, self->found);                        \
	} while (0)

TEST_F(two, same)
{
	self->found = lab_first_difference(self->was, self->is);
	EXPECT_EQ(NULL, self->found);
	EXPECT_EQ(0, lab_origin_differences(self->was, self->is, stdout));
}

TEST_F(two, member)
{
	json_object_set_new(cell(self->is, 0), "held", json_integer(3));
	json_object_set_new(cell(self->is, 1), "ok", json_integer(3));
	FOUND("a: task, pages, order 0, GFP_ATOMIC, node any: held was 0, is 3");
}

/* The shot tells more than the sums of its cell. */
TEST_F(two, shot)
{
	json_t *events = json_object_get(cell(self->is, 1), "events");

	json_object_set_new(cell(self->is, 1), "ok", json_integer(9));
	json_array_set_new(json_array_get(events, 2), 4, json_integer(633));
	FOUND("a: nmi, pages, order 1, GFP_ATOMIC, node any: shot 1 of CPU 0, clock 620 in the run, 633 here");
}

TEST_F(two, shot_that_is_missing)
{
	json_array_remove(json_object_get(cell(self->is, 1), "events"), 2);
	FOUND("a: nmi, pages, order 1, GFP_ATOMIC, node any: shot 1 of CPU 0 is missing");
}

TEST_F(two, cell_that_is_missing)
{
	json_array_remove(json_object_get(self->is, "cells"), 1);
	FOUND("a: nmi, pages, order 1, GFP_ATOMIC, node any: was not fired");
}

TEST_F(two, what_is_no_cell)
{
	json_object_set_new(json_object_get(self->is, "log"), "lines",
			    json_integer(201));
	FOUND("log was {\"lines\":200}, is {\"lines\":201}");
}

/* Each of them, but what is not known yet. */
TEST_F(two, origins)
{
	char *said = NULL;
	size_t size;
	FILE *to = open_memstream(&said, &size);

	json_object_del(self->is, "module");
	json_object_set_new(json_object_get(self->is, "kernel"), "build_id",
			    json_string("k2"));
	json_object_set_new(json_object_get(self->is, "machine"), "qemu",
			    json_string("9.0"));
	json_object_set_new(self->is, "seed", json_integer(2));
	EXPECT_EQ(3, lab_origin_differences(self->was, self->is, to));
	fclose(to);
	EXPECT_STREQ("kernel build_id: \"k1\" in the run, \"k2\" here\n"
		     "machine qemu: \"8.2\" in the run, \"9.0\" here\n"
		     "seed: 1 in the run, 2 here\n",
		     said);
	free(said);
	self->found = lab_first_difference(self->was, self->is);
	EXPECT_EQ(NULL, self->found);
}

TEST_HARNESS_MAIN
