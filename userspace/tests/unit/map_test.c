// SPDX-License-Identifier: GPL-2.0-only
/* map_test.c - /proc as kernels write it, and what is drawn of it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "map/map.h"
#include "kselftest_harness.h"

static const char zoneinfo[] = "Node 0, zone      DMA\n"
			       "  per-node stats\n"
			       "      nr_inactive_anon 5\n"
			       "  pages free     300\n"
			       "        boost    0\n"
			       "        min      100\n"
			       "        low      125\n"
			       "        high     150\n"
			       "        spanned  4095\n"
			       "        managed  3840\n"
			       "        protection: (0, 3000, 3000)\n"
			       "      nr_free_pages 300\n"
			       "  pagesets\n"
			       "    cpu: 0\n"
			       "              count: 7\n"
			       "              high:  999\n"
			       "    cpu: 1\n"
			       "              count: 4\n"
			       "Node 1, zone   Normal\n"
			       "  pages free     30\n"
			       "        min      80\n"
			       "        low      100\n"
			       "        high     120\n"
			       "        managed  9000\n"
			       "Node 1, zone  Movable\n"
			       "  pages free     0\n"
			       "        min      32\n"
			       "        managed  0\n";

static const char buddyinfo[] = "Node 0, zone      DMA      0      2     74\n"
				"Node 1, zone   Normal     30      0      0\n";

static const char pagetypeinfo[] =
	"Page block order: 9\n"
	"Node    0, zone      DMA, type    Unmovable      0      1     0\n"
	"Node    0, zone      DMA, type      Movable      0      1     74\n"
	"Node    0, zone      DMA, type      Isolate      0      0     0\n"
	"Number of blocks type     Unmovable      Movable\n"
	"Node 0, zone      DMA            3            5\n";

static int read_map(struct lab_map *map, const char *zones, bool root)
{
	FILE *z = fmemopen((void *)zones, strlen(zones), "r");
	FILE *b = fmemopen((void *)buddyinfo, strlen(buddyinfo), "r");
	FILE *t = fmemopen((void *)pagetypeinfo, strlen(pagetypeinfo), "r");
	int err = lab_map_kernel(map, z, b, root ? t : NULL);

	fclose(z);
	fclose(b);
	fclose(t);
	return err;
}

static struct lab_map map;

TEST(proc_is_read)
{
	ASSERT_EQ(0, read_map(&map, zoneinfo, true));
	ASSERT_EQ(2, map.zones);
	EXPECT_STREQ("DMA", map.zone[0].name);
	EXPECT_EQ(300, map.zone[0].free);
	EXPECT_EQ(100, map.zone[0].min);
	EXPECT_EQ(150, map.zone[0].high);
	EXPECT_EQ(3840, map.zone[0].managed);
	EXPECT_EQ(11, map.zone[0].pcp);
	EXPECT_EQ(3, map.zone[0].orders);
	EXPECT_EQ(74, map.zone[0].blocks[2]);
	EXPECT_EQ(3, map.zone[0].types);
	EXPECT_EQ(1, map.zone[1].node);
	EXPECT_EQ(30, map.zone[1].free);
}

TEST(what_says_nothing_is_no_map)
{
	EXPECT_EQ(-ENODATA, read_map(&map, "garbage\n\nNode x\n", true));
}

TEST(a_map_says_where_each_zone_is)
{
	char *text;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	ASSERT_EQ(0, read_map(&map, zoneinfo, true));
	lab_map_draw(&map, 80, false, to);
	fclose(to);
	/* 300 is twice the high watermark: the bar is full. */
	EXPECT_NE(NULL, strstr(text, "> 3.00 min, above high"));
	EXPECT_NE(NULL, strstr(text, "| 0.38 min, below min: the reserve"));
	EXPECT_NE(NULL, strstr(text, "Movable"));
	EXPECT_EQ(NULL, strstr(text, "Isolate"));
	EXPECT_EQ(NULL, strchr(text, '\033'));
	free(text);
}

TEST_HARNESS_MAIN
