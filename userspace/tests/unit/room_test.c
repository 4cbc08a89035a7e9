// SPDX-License-Identifier: GPL-2.0-only
/* tests/room_test.c - how many guests fit, and what there is. */
#include <errno.h>
#include <stdio.h>

#include "kselftest_harness.h"
#include "lab/lab.h"
#include "lab/room.h"
#include "scenario/shape.h"
#include "sys/meminfo.h"

TEST(one_guest_always_fits)
{
	EXPECT_TRUE(lab_room_fits(0, 100, 10));
	EXPECT_TRUE(lab_room_fits(0, UINT64_MAX, 0));
}

TEST(more_fit_while_there_is_memory)
{
	EXPECT_TRUE(lab_room_fits(100, 100, 200));
	EXPECT_FALSE(lab_room_fits(101, 100, 200));
	EXPECT_FALSE(lab_room_fits(1, 201, 200));
	EXPECT_FALSE(lab_room_fits(1, UINT64_MAX, 200));
}

TEST(a_guest_takes_more_than_its_memory)
{
	struct lab_machine machine = {
		.shape = lab_shape_plain(2, 2, 256u << 20),
	};

	EXPECT_LT(512u << 20, lab_room_memory(&machine));
	EXPECT_GT(2048u << 20, lab_room_memory(&machine));
}

TEST(memory_is_not_more_than_the_machine_has)
{
	EXPECT_LT(0, lab_room_memory_free());
	EXPECT_GE(lab_meminfo("MemTotal"), lab_room_memory_free());
}

TEST(disk_is_asked_of_the_folder)
{
	uint64_t bytes = 0;

	EXPECT_EQ(0, lab_room_disk_free("/", &bytes));
	EXPECT_EQ(-ENOENT, lab_room_disk_free("/nowhere", &bytes));
	EXPECT_LT(64u << 20, lab_room_disk());
}

TEST_HARNESS_MAIN
