// SPDX-License-Identifier: GPL-2.0-only
/*
 * pressure/cpuset.c - who shoots is confined to the memory of one node.
 *
 * The kernel honours that for requests of a task and lets those of interrupts
 * pass; atomic requests of a task leave it as well when they would fail
 * otherwise (mm/page_alloc.c, ALLOC_CPUSET).
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "pressure/common/cgroup.h"
#include "pressure/common/level.h"
#include "pressure/common/nodes.h"
#include "pressure.h"

static const struct lab_key keys[] = {
	{ "node", LAB_KEY_NUMBER, 0, LAB_MAX_NODES - 1, 0, true,
	  "the node whose memory may be used" },
	{},
};

static struct lab_cgroup group = { .controller = "cpuset" };

static int cpuset_probe(const char **why)
{
	int err = lab_cgroup_probe(group.controller, why);

	return err ? err : lab_probe_numa(why);
}

static int cpuset_start(const struct lab_setting *settings, uint64_t seed)
{
	char node[24];
	int err;

	(void)seed;
	snprintf(node, sizeof(node), "%" PRIu64,
		 lab_setting_get(settings, "node"));
	err = lab_cgroup_make(&group);
	if (!err)
		err = lab_cgroup_set(&group, "cpuset.mems", node);
	if (!err)
		err = lab_cgroup_enter(&group);
	if (err)
		fprintf(stderr, "labyrinth: cpuset: %s\n", strerror(-err));
	return err;
}

static int cpuset_stop(void)
{
	return lab_cgroup_remove(&group);
}

const struct lab_pressure lab_press_cpuset = {
	.name = "cpuset",
	.help = "who shoots may use the memory of one node only",
	.keys = keys,
	.probe = cpuset_probe,
	.start = cpuset_start,
	.stop = cpuset_stop,
};
