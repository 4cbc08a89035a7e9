// SPDX-License-Identifier: GPL-2.0-only
/*
 * demand_test.c - values of pressures that would have an innocent kernel kill what
 * runs in the guest, refuse it memory, or miss a level: refused, with the numbers.
 */
#include "scenario/scenario.h"
#include "capture.h"
#include "kselftest_harness.h"

#define CLAIM "[scenario]\nclaim = c\n"
#define PHASE "[phase a]\nexpect = each held == 0\n"

static bool parses(const char *text)
{
	struct lab_scenario *scenario = lab_scenario_parse("t", "t.ini", text);
	const bool good = scenario;

	if (scenario)
		lab_scenario_free(scenario);
	return good;
}

#define GUEST(nodes, memory, cpus)                                \
	CLAIM "[guest]\nnodes = " nodes "\nmemory = " memory "\n" \
	      "cpus = " cpus "\n" PHASE

TEST(a_group_has_no_more_than_the_guest)
{
#define MEMCG "pressure = memcg\npressure.limit = "
	EXPECT_TRUE(parses(GUEST("2", "256M", "2") MEMCG "200M\n"));
	EXPECT_SAID(
		"t.ini:10: pressure.limit: phase \"a\" demands 1T of the [guest], most for its limit, which no kernel could give; allowed: up to 232M, or more memory",
		parses(GUEST("2", "256M", "2") MEMCG "1T\n"));
}

TEST(a_group_has_room_for_those_in_it)
{
#define SHOOTER "M\npressure.shooter = Y\n"
	EXPECT_TRUE(parses(GUEST("1", "256M", "4") MEMCG "4" SHOOTER));
	EXPECT_SAID(
		"t.ini:10: pressure.limit: phase \"a\": 4M is too little for who shoots in the group; allowed: 10M or more, or fewer CPUs",
		parses(GUEST("1", "256M", "16") MEMCG "4" SHOOTER));
	EXPECT_TRUE(
		parses(GUEST("1", "256M", "16") MEMCG "4" SHOOTER "cpu = 0\n"));
	EXPECT_TRUE(parses(GUEST("1", "256M", "16") MEMCG "4M\n"));
}

TEST(swap_takes_memory_before_it_holds_anything)
{
#define SWAP "pressure = swap\npressure.size = "
	EXPECT_TRUE(parses(GUEST("2", "256M", "2") SWAP "16G\n"));
	EXPECT_SAID(
		"t.ini:10: pressure.size: phase \"a\" demands 8G of the [guest], most for its size",
		parses(GUEST("2", "256M", "2") SWAP "1T\n"));
}

TEST(a_fight_is_over_memory_that_the_node_has)
{
#define FIGHT "pressure = numa\npressure.how = fight\npressure.size = "
	EXPECT_TRUE(parses(GUEST("2", "256M", "2") FIGHT "64M\n"));
	EXPECT_TRUE(parses(GUEST("4", "128M", "4") FIGHT "16M\n"));
	/* A quarter of all memory is all of a node. */
	EXPECT_SAID(
		"demands 128M of the [guest], most for its size, which no kernel could give; allowed: up to 64M",
		parses(GUEST("4", "128M", "4") FIGHT "32M\n"));
	EXPECT_SAID("allowed: up to 32M",
		    parses(GUEST("2", "256M 64M", "1 1") FIGHT
			   "20M\npressure.node = 1\n"));
}

TEST(levels_are_of_memory_that_can_be_free)
{
#define LEVEL "pressure = anon\nmin-free = 16M\npressure.target = "
	EXPECT_TRUE(parses(GUEST("2", "128M", "2") LEVEL "10min\n"));
	EXPECT_SAID(
		"t.ini:11: pressure.target: phase \"a\" demands 320M of the [guest], most for its target, which no kernel could give; allowed: up to 208M",
		parses(GUEST("2", "128M", "2") LEVEL "20min\n"));
}

TEST_HARNESS_MAIN
