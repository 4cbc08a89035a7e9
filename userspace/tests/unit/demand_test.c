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

#define BOOT(memory, append)                                              \
	CLAIM "[guest]\nnodes = 2\nmemory = " memory "\nappend = " append \
	      "\n" PHASE

TEST(parameters_take_memory_from_a_guest)
{
	EXPECT_TRUE(parses(BOOT("256M", "mem=nopentium crashkernel=1G-:64M")));
	EXPECT_TRUE(parses(BOOT("256M", "hugepages=0:20,1:20 cma=64M")));
	EXPECT_SAID(
		"t.ini:6: append: leaves 62 of 512 MiB of the guest; allowed: to leave 64,",
		parses(BOOT("256M", "mem=0x3e00000")));
	EXPECT_SAID("append: leaves 32 of 512 MiB",
		    parses(BOOT("256M", "hugepages=240")));
	EXPECT_SAID("append: leaves 0 of 512 MiB",
		    parses(BOOT("256M", "hugepages=0:1000,1:1000")));
	EXPECT_SAID("append: leaves 0 of 512 MiB",
		    parses(BOOT("256M", "hugepages=99999999999999999999")));
	EXPECT_SAID("append: leaves 0 of 512 MiB",
		    parses(BOOT("256M", "hugepagesz=1G hugepages=1")));
	EXPECT_SAID("append: leaves 12 of 512 MiB",
		    parses(BOOT("256M", "crashkernel=500M@16M")));
}

TEST(phases_demand_what_parameters_leave)
{
	EXPECT_TRUE(parses(BOOT("256M", "mem=256M") "min-free = 64M\n"));
	EXPECT_SAID(
		"t.ini:9: min-free: phase \"a\" demands 200M of the [guest], most for its min-free, which no kernel could give; allowed: up to 104M",
		parses(BOOT("256M", "mem=256M") "min-free = 200M\n"));
}

TEST(a_guest_that_is_refused_is_not_demanded_of)
{
	struct capture capture;
	char *said;

	capture_start(&capture, &stderr);
	EXPECT_FALSE(parses(GUEST("2", "128M 0", "2 0") "hold = 60000\n"));
	said = capture_end(&capture);
	EXPECT_NE(NULL, strstr(said, "node 1 has neither memory nor CPUs"));
	EXPECT_EQ(NULL, strstr(said, "demands"));
	free(said);
}

TEST(nodes_that_a_parameter_makes_are_asked_for)
{
	EXPECT_SAID("asks for node 3, but the [guest] has 0 to 1",
		    parses(BOOT("256M", "nosmp") "node = 3\n"));
	EXPECT_TRUE(parses(BOOT("256M", "numa=fake=4") "node = 3\n"));
	EXPECT_TRUE(parses(BOOT("256M", "numa=fake=4") "bind = 2-3\n"));
}

TEST_HARNESS_MAIN
