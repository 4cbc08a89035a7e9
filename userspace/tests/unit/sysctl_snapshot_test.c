// SPDX-License-Identifier: GPL-2.0-only
/* sysctl_snapshot_test.c - a setting that is not what it was is found. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sys/sysctl_snapshot.h"
#include "kselftest_harness.h"

#define SETTING "/proc/sys/vm/stat_interval" /* harmless */

static int write_setting(const char *text)
{
	FILE *f = fopen(SETTING, "w");

	if (!f)
		return -1;
	fputs(text, f);
	return fclose(f);
}

TEST(what_was_changed_is_found_and_what_is_back_is_not)
{
	struct lab_settings *settings = lab_settings_take();
	char was[32] = "", expected[128], why[256] = "";
	FILE *f = fopen(SETTING, "r");

	ASSERT_NE(NULL, settings);
	EXPECT_LT(10, lab_settings_count(settings));
	EXPECT_TRUE(lab_settings_same(settings, why, sizeof(why)));
	ASSERT_NE(NULL, f);
	ASSERT_NE(NULL, fgets(was, sizeof(was), f));
	fclose(f);
	was[strcspn(was, "\n")] = '\0';
	if (access(SETTING, W_OK) || write_setting("77"))
		SKIP(goto out, "needs to write to " SETTING);
	EXPECT_FALSE(lab_settings_same(settings, why, sizeof(why)));
	snprintf(expected, sizeof(expected), SETTING " was %s and is 77", was);
	EXPECT_STREQ(expected, why);
	ASSERT_EQ(0, write_setting(was));
	EXPECT_TRUE(lab_settings_same(settings, why, sizeof(why)));
out:
	lab_settings_free(settings);
}

TEST_HARNESS_MAIN
