// SPDX-License-Identifier: GPL-2.0-only
/* tests/node_bundles_test.c - which copies of bundles stay on a node. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cluster/node_bundles.h"
#include "kselftest_harness.h"
#include "lib/leftover.h"
#include "lib/sha256.h"

FIXTURE(bundles)
{
	char parent[64];
};

FIXTURE_SETUP(bundles)
{
	strcpy(self->parent, "/tmp/bundles-XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->parent));
}

FIXTURE_TEARDOWN(bundles)
{
	lab_remove_tree(self->parent);
}

static const char *hex_of(int number)
{
	static char hex[LAB_FINGERPRINT];

	snprintf(hex, sizeof(hex), "%064x", number);
	return hex;
}

/* A copy that was used at this second, or at 0: it has no mark. */
static void put(const char *parent, int number, time_t used)
{
	const struct timespec times[2] = { { .tv_sec = used },
					   { .tv_sec = used } };
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", parent, hex_of(number));
	mkdir(path, 0755);
	strcat(path, "/kernel");
	close(open(path, O_CREAT | O_WRONLY, 0600));
	if (!used)
		return;
	snprintf(path, sizeof(path), "%s/.%s.used", parent, hex_of(number));
	fd = open(path, O_CREAT | O_WRONLY, 0600);
	futimens(fd, times);
	close(fd);
}

static bool is_there(const char *parent, int number)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s/kernel", parent, hex_of(number));
	return !access(path, F_OK);
}

TEST_F(bundles, that_were_used_longest_ago_go)
{
	put(self->parent, 1, 300);
	put(self->parent, 2, 100);
	put(self->parent, 3, 200);
	put(self->parent, 4, 0);
	EXPECT_EQ(0, lab_node_bundles_trim(self->parent, 4));
	EXPECT_EQ(2, lab_node_bundles_trim(self->parent, 2));
	EXPECT_TRUE(is_there(self->parent, 1));
	EXPECT_FALSE(is_there(self->parent, 2));
	EXPECT_TRUE(is_there(self->parent, 3));
	EXPECT_FALSE(is_there(self->parent, 4));
}

TEST_F(bundles, that_are_held_stay)
{
	int held;

	put(self->parent, 1, 100);
	put(self->parent, 2, 200);
	put(self->parent, 3, 300);
	held = lab_node_bundle_hold(self->parent, hex_of(1));
	ASSERT_LE(0, held);
	put(self->parent, 1, 100);
	EXPECT_EQ(2, lab_node_bundles_trim(self->parent, 0));
	EXPECT_TRUE(is_there(self->parent, 1));
	close(held);
	EXPECT_EQ(1, lab_node_bundles_trim(self->parent, 0));
	EXPECT_FALSE(is_there(self->parent, 1));
}

TEST_F(bundles, that_are_held_were_used_last)
{
	put(self->parent, 1, 100);
	put(self->parent, 2, 200);
	close(lab_node_bundle_hold(self->parent, hex_of(1)));
	EXPECT_EQ(1, lab_node_bundles_trim(self->parent, 1));
	EXPECT_TRUE(is_there(self->parent, 1));
}

TEST_F(bundles, can_be_held_by_several)
{
	const int one = lab_node_bundle_hold(self->parent, hex_of(1));
	const int two = lab_node_bundle_hold(self->parent, hex_of(1));

	EXPECT_LE(0, one);
	EXPECT_LE(0, two);
	close(one);
	put(self->parent, 1, 0);
	EXPECT_EQ(0, lab_node_bundles_trim(self->parent, 0));
	close(two);
}

TEST_F(bundles, are_not_what_is_called_otherwise)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/snapshots", self->parent);
	mkdir(path, 0755);
	EXPECT_EQ(0, lab_node_bundles_trim(self->parent, 0));
	EXPECT_EQ(0, access(path, F_OK));
	EXPECT_EQ(0, lab_node_bundles_trim("/nonexistent", 0));
}

TEST_F(bundles, leave_nothing_behind)
{
	put(self->parent, 1, 100);
	EXPECT_EQ(1, lab_node_bundles_trim(self->parent, 0));
	EXPECT_EQ(0, lab_leftovers_remove(self->parent));
}

TEST_HARNESS_MAIN
