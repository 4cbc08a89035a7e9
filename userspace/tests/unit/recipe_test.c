// SPDX-License-Identifier: GPL-2.0-only
/* recipe_test.c - what a run was made of is found from where it was named. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "lab/recipe.h"
#include "lib/file.h"
#include "results/build.h"

FIXTURE(recipe)
{
	char folder[64], scenario[96];
};

FIXTURE_SETUP(recipe)
{
	char path[96];

	strcpy(self->folder, "/tmp/labyrinth-recipe-XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->folder));
	snprintf(self->scenario, sizeof(self->scenario), "%s/s.ini",
		 self->folder);
	ASSERT_EQ(0, lab_file_create(self->scenario,
				     "[scenario]\nclaim = c\n[phase p]\n"
				     "expect = each ok > 0\n"));
	snprintf(path, sizeof(path), "%s/a.patch", self->folder);
	ASSERT_EQ(0, lab_file_create(path, ""));
	snprintf(path, sizeof(path), "%s/b.diff", self->folder);
	ASSERT_EQ(0, lab_file_create(path, ""));
	snprintf(path, sizeof(path), "%s/bzImage", self->folder);
	ASSERT_EQ(0, lab_file_create(path, ""));
}

FIXTURE_TEARDOWN(recipe)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf %s", self->folder);
	EXPECT_EQ(0, system(command));
}

/* The kernel as it is found, with the folder as "@"; malloc()ed, or NULL. */
static char *found(const char *folder, const char *scenario, const char *kernel)
{
	struct lab_scenario *loaded = lab_scenario_load(scenario);
	char sha256[LAB_FINGERPRINT], *text = NULL, *at;
	struct lab_recipe recipe;
	struct lab_run run = { .path = (char *)"run" };

	lab_scenario_fingerprint(loaded, sha256);
	lab_scenario_free(loaded);
	run.results = json_pack("{s:{s:s}, s:{s:s}, s:i}", "scenario", "sha256",
				sha256, "machine", "mode", "fast", "seed", 7);
	run.host = json_pack("{s:s, s:s, s:s}", "kernel", kernel, "folder",
			     folder, "scenario", scenario);
	if (lab_recipe_read(&recipe, &run)) {
		text = strdup(recipe.kernel);
		while ((at = strstr(text, folder))) {
			*at = '@';
			memmove(at + 1, at + strlen(folder),
				strlen(at + strlen(folder)) + 1);
		}
	}
	lab_recipe_free(&recipe);
	json_decref(run.results);
	json_decref(run.host);
	return text;
}

#define EXPECT_FOUND(words, kernel)                                         \
	do {                                                                \
		char *__text = found(self->folder, self->scenario, kernel); \
                                                                            \
		EXPECT_STREQ(words, __text);                                \
		free(__text);                                               \
	} while (0)

TEST_F(recipe, paths_are_from_where_they_were_named)
{
	EXPECT_FOUND("source:6.12", "source:6.12");
	EXPECT_FOUND("@/bzImage", "bzImage");
	EXPECT_FOUND("/boot/bzImage", "/boot/bzImage");
	EXPECT_FOUND("source:6.12+debug", "source:6.12+debug");
	EXPECT_FOUND("source:6.12+@/a.patch", "source:6.12+a.patch");
	EXPECT_FOUND("source:6.12+debug+@/a.patch+@/b.diff",
		     "source:6.12+debug+a.patch+b.diff");
	EXPECT_FOUND("source:6.12+/x/a.patch+@/b.diff",
		     "source:6.12+/x/a.patch+b.diff");
	/* What is not there any more is asked for as it was named. */
	EXPECT_FOUND("source:6.12+none.patch", "source:6.12+none.patch");
}

TEST_HARNESS_MAIN
