// SPDX-License-Identifier: GPL-2.0-only
/* paths_test.c - where things are kept, whatever the environment says. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/paths.h"
#include "kselftest_harness.h"

TEST(the_cache)
{
	char path[4200], home[4096] = "", own[4200];
	/* Not getpwuid(3): the test is static. */
	FILE *user = popen("getent passwd \"$(id -u)\" | cut -d : -f 6", "r");

	ASSERT_NE(NULL, user);
	if (fgets(home, sizeof(home), user))
		home[strcspn(home, "\n")] = '\0';
	pclose(user);
	setenv("XDG_CACHE_HOME", "/x", 1);
	setenv("HOME", "/h", 1);
	lab_cache_path(path, sizeof(path));
	EXPECT_STREQ("/x", path);
	setenv("XDG_CACHE_HOME", "", 1);
	lab_cache_path(path, sizeof(path));
	EXPECT_STREQ("/h/.cache", path);
	snprintf(own, sizeof(own), "%s/.cache", home);
	setenv("HOME", "", 1);
	lab_cache_path(path, sizeof(path));
	EXPECT_STREQ(own, path);
	unsetenv("HOME");
	lab_cache_path(path, sizeof(path));
	EXPECT_STREQ(own, path);
}

static void make_file(const char *folder, const char *name, mode_t mode)
{
	char path[4200];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "we");
	if (f)
		fclose(f);
	chmod(path, mode);
}

TEST(programs)
{
	char folder[] = "/tmp/labyrinth-paths-XXXXXX", path[4200], want[4200];

	ASSERT_NE(NULL, mkdtemp(folder));
	make_file(folder, "runs", 0755);
	make_file(folder, "does-not", 0644);
	snprintf(path, sizeof(path), "%s/folder", folder);
	mkdir(path, 0755);
	snprintf(want, sizeof(want), "/nowhere:%s", folder);
	setenv("PATH", want, 1);
	snprintf(want, sizeof(want), "%s/runs", folder);
	EXPECT_EQ(0, lab_program_path("runs", path, sizeof(path)));
	EXPECT_STREQ(want, path);
	EXPECT_EQ(0, lab_program_path(want, path, sizeof(path)));
	EXPECT_STREQ(want, path);
	EXPECT_EQ(-ENOENT, lab_program_path("does-not", path, sizeof(path)));
	EXPECT_EQ(-ENOENT, lab_program_path("folder", path, sizeof(path)));
	EXPECT_EQ(-ENOENT, lab_program_path("not-there", path, sizeof(path)));
	/* No room for it is no program, and not the beginning of its name. */
	EXPECT_EQ(-ENOENT, lab_program_path("runs", path, strlen(want)));
	/* An empty folder is the current one. */
	setenv("PATH", "", 1);
	ASSERT_EQ(0, chdir(folder));
	EXPECT_EQ(0, lab_program_path("runs", path, sizeof(path)));
	unsetenv("PATH");
	EXPECT_EQ(0, lab_program_path("sh", path, sizeof(path)));
	snprintf(path, sizeof(path), "rm -r %s", folder);
	EXPECT_EQ(0, system(path));
}

TEST_HARNESS_MAIN
