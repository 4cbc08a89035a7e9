// SPDX-License-Identifier: GPL-2.0-only
/* paths_test.c - where things are kept, whatever the environment says. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

TEST_HARNESS_MAIN
