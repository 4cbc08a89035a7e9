// SPDX-License-Identifier: GPL-2.0-only
/* shape_test.c - guests of all shapes, and guests that cannot be. */

#include <errno.h>

#include "scenario_text.h"

TEST(wrong_guests)
{
	EXPECT_ERRORS(CLAIM PHASE "[guest]\ncpus = 65\nnodes = 17\n"
				  "memory = 63M\ndeadline = 2h\n",
		      "t.ini:6: cpus: \"65\"; allowed: 1 to 64\n"
		      "t.ini:7: nodes: \"17\"; allowed: 1 to 16\n"
		      "t.ini:8: memory: \"63M\"; allowed: 64M to 64G\n"
		      "t.ini:9: deadline: \"2h\"; allowed: 1s to 30m\n");
	EXPECT_ERRORS(CLAIM PHASE "[guest]\ncpus = two\nnodes =\n"
				  "memory = 65G\ndeadline = 0\n",
		      "t.ini:6: cpus: \"two\"; allowed: 1 to 64\n"
		      "t.ini:7: nodes: \"\"; allowed: 1 to 16\n"
		      "t.ini:8: memory: \"65G\"; allowed: 64M to 64G\n"
		      "t.ini:9: deadline: \"0\"; allowed: 1s to 30m\n");
}

TEST(guests_of_all_shapes)
{
	ASSERT_PARSED(s, CLAIM
		      "[guest]\ncpus = 3 0 1\nnodes = 3\n"
		      "memory = 512M 128M 0\n"
		      "distance = 10 21 31\n 22 10 17\n 254 11 10\n" PHASE);
	const struct lab_shape *shape = &s->shape;

	EXPECT_EQ(3, shape->nodes);
	EXPECT_EQ(4, shape->cpus);
	EXPECT_EQ(3, shape->node[0].cpus);
	EXPECT_EQ(0, shape->node[1].cpus);
	EXPECT_EQ(1, shape->node[2].cpus);
	EXPECT_EQ(512ull << 20, shape->node[0].memory);
	EXPECT_EQ(128ull << 20, shape->node[1].memory);
	EXPECT_EQ(0, shape->node[2].memory);
	EXPECT_TRUE(shape->distant);
	EXPECT_EQ(31, shape->node[0].distance[2]);
	EXPECT_EQ(22, shape->node[1].distance[0]);
	EXPECT_EQ(254, shape->node[2].distance[0]);
	lab_scenario_free(s);
}

TEST(cpus_are_spread)
{
	ASSERT_PARSED(s, CLAIM "[guest]\ncpus = 5\nnodes = 3\n" PHASE);

	EXPECT_EQ(5, s->shape.cpus);
	EXPECT_EQ(1, s->shape.node[0].cpus);
	EXPECT_EQ(2, s->shape.node[1].cpus);
	EXPECT_EQ(2, s->shape.node[2].cpus);
	EXPECT_FALSE(s->shape.distant);
	lab_scenario_free(s);
}

#define EXPECT_GUEST_ERROR(lines, expected) \
	EXPECT_ERRORS(CLAIM "[guest]\n" lines "\n" PHASE, "t.ini:4: " expected)

TEST(guests_that_cannot_be)
{
	EXPECT_GUEST_ERROR("cpus = 1 2 3",
			   "cpus: 3 numbers for 2 nodes; allowed: one, or one "
			   "a node\n");
	EXPECT_GUEST_ERROR("cpus = 0 0",
			   "cpus: 0 CPUs in all; allowed: 1 to 64\n");
	EXPECT_GUEST_ERROR("cpus = 60 5",
			   "cpus: 65 CPUs in all; allowed: 1 to 64\n");
	EXPECT_GUEST_ERROR("cpus = 1 65", "cpus: \"65\"; allowed: 0 to 64\n");
	EXPECT_GUEST_ERROR("memory = 64M 64M 64M",
			   "memory: 3 numbers for 2 nodes; allowed: one, or "
			   "one a node\n");
	EXPECT_GUEST_ERROR("memory = 0 0",
			   "memory: no node has any; allowed: with one that "
			   "has\n");
	EXPECT_GUEST_ERROR("memory = 64M 63M",
			   "memory: node 1 has 66060288 bytes; allowed: 0, or "
			   "whole megabytes from 64M\n");
	EXPECT_GUEST_ERROR("memory = 0 64M\ncpus = 0 1",
			   "memory: node 0 has neither memory nor CPUs; "
			   "allowed: with one of them\n");
	EXPECT_GUEST_ERROR("distance = 10 20 20",
			   "distance: 3 numbers; allowed: 4, a row of 2 for "
			   "each node\n");
	EXPECT_GUEST_ERROR("distance = 10 20 20 11",
			   "distance: 11 from node 1 to 1; allowed: 10 to "
			   "itself, more to others\n");
	EXPECT_GUEST_ERROR("distance = 10 10 20 10",
			   "distance: 10 from node 0 to 1; allowed: 10 to "
			   "itself, more to others\n");
	EXPECT_GUEST_ERROR("distance = 10 9 20 10",
			   "distance: \"9\"; allowed: 10 to 254\n");
}

/* Longer than any machine has nodes for: counted, and not kept. */
TEST(guests_with_endless_lists)
{
	char *text = with_list(CLAIM PHASE "[guest]\n", "cpus", 64);
	char *errors = said_by(parse, text);

	EXPECT_STREQ("t.ini:6: cpus: 64 numbers for 2 nodes; allowed: one, or "
		     "one a node\n",
		     errors);
	free(errors);
	free(text);
}

TEST(how_it_boots)
{
	ASSERT_PARSED(s, CLAIM
		      "[guest]\nappend = mem=96M  hugepages=4\n quiet_=1\n"
		      "cpu = max,la57=on\nmachine = q35,hmat=on\n" PHASE);

	EXPECT_STREQ("mem=96M hugepages=4 quiet_=1", s->boot.append);
	EXPECT_STREQ("max,la57=on", s->boot.cpu);
	EXPECT_STREQ("q35,hmat=on", s->boot.machine);
	lab_scenario_free(s);
}

TEST(boots_as_usual)
{
	ASSERT_PARSED(s, CLAIM PHASE);

	EXPECT_STREQ("", s->boot.append);
	EXPECT_STREQ("", s->boot.cpu);
	EXPECT_STREQ("", s->boot.machine);
	lab_scenario_free(s);
}

#define OF_LIST(list)                                    \
	"allowed: a name that qemu-system-x86_64 -" list \
	" help lists, and what may follow it there\n"

TEST(boots_that_the_lab_decides)
{
	EXPECT_GUEST_ERROR("append = mem=1G console=ttyS1",
			   "append: \"console\" is not to be set: the lab "
			   "reads the kernel's log from its serial port\n");
	EXPECT_GUEST_ERROR("append = unknown-nmi-panic",
			   "append: \"unknown_nmi_panic\" is not to be set: "
			   "the lab tells by it how a guest ended\n");
	EXPECT_GUEST_ERROR("append = \"init=/bin/sh -c x\"",
			   "append: \"init\" is not to be set: process 1 of a "
			   "guest is the lab's\n");
	EXPECT_GUEST_ERROR("append = a -- b",
			   "append: \"--\" is not to be set: what follows it "
			   "would be arguments of process 1, which is the "
			   "lab's\n");
	EXPECT_GUEST_ERROR("machine = q35,accel=kvm",
			   "machine: \"accel\" is not to be set: --mode "
			   "chooses how the guest is executed\n");
}

TEST(boots_that_cannot_be)
{
	EXPECT_GUEST_ERROR("append =", "append: nothing; at least one value "
				       "is needed\n");
	EXPECT_GUEST_ERROR("append = m\xc3\xbc=1",
			   "append: a character 0xc3; allowed: printable "
			   "ASCII\n");
	EXPECT_GUEST_ERROR("cpu =", "cpu: \"\"; " OF_LIST("cpu"));
	EXPECT_GUEST_ERROR("cpu = 2",
			   "cpu: \"2\"; allowed: the name of a model; how "
			   "many there are is cpus\n");
	EXPECT_GUEST_ERROR("cpu = max,help",
			   "cpu: \"max,help\"; " OF_LIST("cpu"));
	EXPECT_GUEST_ERROR("cpu = max la57=on",
			   "cpu: a character 0x20; allowed: printable ASCII "
			   "without blanks\n");
	EXPECT_GUEST_ERROR("machine = ?",
			   "machine: \"?\"; " OF_LIST("machine"));
}

/* As much as an option may add to what a scenario has. */
TEST(boots_with_too_much)
{
	struct lab_boot_options boot = {};
	char text[1024], why[200];

	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	EXPECT_EQ(0, lab_boot_append(&boot, text, why, sizeof(why)));
	EXPECT_EQ(-EINVAL, lab_boot_append(&boot, text, why, sizeof(why)));
	EXPECT_STREQ("longer than 1535 characters; allowed: up to these", why);
	EXPECT_STREQ(text, boot.append);
}

TEST_HARNESS_MAIN
