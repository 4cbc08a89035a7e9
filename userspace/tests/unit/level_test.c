// SPDX-License-Identifier: GPL-2.0-only
/* level_test.c - the zone that levels are measured in. */
#include <stdio.h>

#include "pressure/common/level.h"
#include "kselftest_harness.h"

static void add_zone(struct lab_zones *zones, unsigned int node,
		     unsigned int index, const char *name, uint64_t managed)
{
	struct lab_zone *zone = &zones->zone[zones->count++];

	*zone = (struct lab_zone){ .node = node, .index = index };
	zone->managed = managed;
	snprintf(zone->name, sizeof(zone->name), "%s", name);
}

static struct lab_zones zones;

static const char *name_of(unsigned int node)
{
	const struct lab_zone *zone = lab_atomic_zone(&zones, node);

	return zone ? zone->name : "none";
}

/* As they are on a machine of 4 GiB with movablecore=. */
TEST(the_zone_of_atomic_requests)
{
	zones.count = 0;
	add_zone(&zones, 0, 0, "DMA", 3840);
	add_zone(&zones, 0, 1, "DMA32", 500000);
	add_zone(&zones, 1, 2, "Normal", 100000);
	add_zone(&zones, 1, 3, "Movable", 150000);
	add_zone(&zones, 2, 3, "Movable", 100000);
	add_zone(&zones, 3, 1, "DMA32", 400000);
	add_zone(&zones, 3, 2, "Normal", 1000);
	add_zone(&zones, 4, 1, "DMA32", 1000);
	add_zone(&zones, 4, 2, "Normal", 0);
	EXPECT_STREQ("DMA32", name_of(0));
	EXPECT_STREQ("Normal", name_of(1));
	EXPECT_STREQ("none", name_of(2));
	EXPECT_STREQ("Normal", name_of(3));
	EXPECT_STREQ("DMA32", name_of(4));
	EXPECT_STREQ("none", name_of(5));
	EXPECT_EQ(250000, lab_node_pages(&zones, 1));
	EXPECT_EQ(0, lab_node_pages(&zones, 5));
}

TEST_HARNESS_MAIN
