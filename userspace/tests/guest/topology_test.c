// SPDX-License-Identifier: GPL-2.0-only
/*
 * topology_test.c - nodes and zones as a machine may have them: without memory,
 * with memory that only movable pages may use, more than are counted one by one,
 * and emptied while others look. What the machine does not have is skipped.
 */
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "guest_test.h"

#define NODES 1024 /* MAX_NUMNODES of a distribution's kernel */
#define SHOTS 16

FIXTURE(topology)
{
	int fd;
	struct lab_spec spec;
	struct lab_stats stats;
	char why[128];
};

FIXTURE_SETUP(topology)
{
	OPEN();
}

FIXTURE_TEARDOWN(topology)
{
	close(self->fd);
}

static struct lab_zones zones;

/* Refused with a reason, or fired with an outcome for each shot: "" or what not. */
static const char *misbehaves(FIXTURE_DATA(topology) * self)
{
	__u64 fired = 0;
	int err;

	self->why[0] = '\0';
	err = lab_device_setup(self->fd, &self->spec, self->why,
			       sizeof(self->why));
	if (err == -ENODEV || err == -EINVAL || err == -EOPNOTSUPP)
		return "";
	if (err)
		return "SETUP";
	err = lab_device_fire(self->fd, SHOTS, &fired);
	if (err || fired != SHOTS)
		return "FIRE";
	if (lab_device_read(self->fd, 0, &self->stats))
		return "READ";
	if (sum(self->stats.outcome, LAB_OUTCOME_COUNT) != SHOTS)
		return "outcomes";
	if (violations(&self->stats))
		return "oracles";
	return lab_device_release(self->fd) ? "RELEASE" : "";
}

/* Sets up and fires on every node that a kernel may have, or is refused. */
TEST_F_TIMEOUT(topology, of_every_node, 300)
{
	static const __u32 contexts[] = { LAB_CTX_TASK,
					  LAB_CTX_HARDIRQ_HRTIMER };
	size_t context, worked = 0;
	int node, thisnode;

	for (node = 0; node < 4 * NODES; node++) {
		const int at = node % NODES;

		thisnode = node / NODES % 2;
		context = node / NODES / 2;
		self->spec.node = at;
		self->spec.context = contexts[context];
		self->spec.gfp_mods = LAB_GFP_MOD(NOWARN) |
				      (thisnode ? LAB_GFP_MOD(THISNODE) : 0);
		if (!usable(self->fd, self->spec.context))
			continue;
		ASSERT_STREQ("", misbehaves(self))
		{
			TH_LOG("node %d, thisnode %d, context %u: %s", at,
			       thisnode, self->spec.context, self->why);
		}
		worked += !self->why[0];
		REOPEN();
	}
	TH_LOG("%zu runs on nodes that are there", worked);
	EXPECT_LT(0, worked);
}

TEST_F(topology, zones_are_counted_to_a_bound)
{
	unsigned int i;

	ASSERT_EQ(0, lab_device_zones(self->fd, &zones));
	EXPECT_LT(0, zones.count);
	EXPECT_LE(zones.count, LAB_ZONES_MAX);
	for (i = 0; i < zones.count; i++)
		EXPECT_LT(0, zones.zone[i].managed);
	TH_LOG("%u zones, up to node %u", zones.count, last_node(self->fd));
}

/* A node all of whose memory is in ZONE_MOVABLE, or -1. */
static int movable_node(void)
{
	unsigned int i;
	int node = -1;

	for (i = 0; i < zones.count; i++)
		if (!strcmp(zones.zone[i].name, "Movable"))
			node = zones.zone[i].node;
	for (i = 0; i < zones.count; i++)
		if ((int)zones.zone[i].node == node &&
		    strcmp(zones.zone[i].name, "Movable"))
			return -1;
	return node;
}

TEST_F(topology, of_a_node_that_has_but_movable_memory)
{
	ASSERT_EQ(0, lab_device_zones(self->fd, &zones));
	self->spec.node = movable_node();
	if (self->spec.node < 0)
		SKIP(return, "there is no such node");
	FIRE(SHOTS);
	EXPECT_EQ(SHOTS, self->stats.outcome[LAB_OK]);
	EXPECT_EQ(0, violations(&self->stats));
	REOPEN();
	self->spec.gfp_mods |= LAB_GFP_MOD(THISNODE);
	FIRE(SHOTS);
	EXPECT_EQ(SHOTS, self->stats.outcome[LAB_EXHAUSTED]);
	EXPECT_EQ(0, violations(&self->stats));
}

#define MEMORY "/sys/devices/system/memory/memory"

/* Takes a block off line: true when it went. */
static bool off_line(unsigned int block)
{
	char path[64], state[16] = "";
	FILE *f;

	snprintf(path, sizeof(path), MEMORY "%u/state", block);
	write_to(path, "offline");
	f = fopen(path, "re");
	if (!f)
		return false;
	if (fscanf(f, "%15s", state) != 1)
		state[0] = '\0';
	fclose(f);
	return !strcmp(state, "offline");
}

static void on_line(unsigned int block)
{
	char path[64];

	snprintf(path, sizeof(path), MEMORY "%u/state", block);
	write_to(path, "online_movable");
}

/* Until it is killed. */
static void look_and_fire(FIXTURE_DATA(topology) * self)
{
	__u64 fired;

	for (;;)
		if (lab_device_zones(self->fd, &zones) ||
		    lab_device_fire(self->fd, 1024, &fired))
			_exit(1);
}

/* Its per-CPU lists go with a zone's last page: mm/page_alloc.c, zone_pcp_reset(). */
TEST_F_TIMEOUT(topology, that_loses_zones_meanwhile, 300)
{
	unsigned int block, rounds, went = 0;
	int status;
	pid_t pid;

	/* A block of the machine's end is the likeliest to have no kernel in it. */
	for (block = 255; block && !off_line(block); block--)
		;
	if (!block)
		SKIP(return, "no block of memory goes off line");
	on_line(block);
	SETUP();
	pid = fork();
	if (!pid)
		look_and_fire(self);
	for (rounds = 0; rounds < 20; rounds++) {
		went += off_line(block);
		on_line(block);
	}
	EXPECT_EQ(0, waitpid(pid, &status, WNOHANG));
	kill(pid, SIGKILL);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	TH_LOG("block %u went %u times", block, went);
	EXPECT_LT(0, went);
}

TEST_HARNESS_MAIN
