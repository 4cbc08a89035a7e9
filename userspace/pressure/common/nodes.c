// SPDX-License-Identifier: GPL-2.0-only
/* pressure/common/nodes.c - see pressure/common/nodes.h. */
#include <errno.h>
#include <numa.h>
#include <string.h>
#include <unistd.h>

#include "level.h"
#include "nodes.h"

int lab_probe_numa(const char **why)
{
	*why = "";
	if (numa_available() >= 0)
		return 0;
	*why = "the kernel has no NUMA policies (CONFIG_NUMA)";
	return -ENOSYS;
}

int lab_bind_memory(unsigned int node)
{
	struct bitmask *mask = numa_allocate_nodemask();

	if (!mask)
		return -ENOMEM;
	numa_bitmask_setbit(mask, node);
	numa_set_bind_policy(1);
	numa_set_membind(mask);
	numa_bitmask_free(mask);
	return 0;
}

int lab_look_at_zones(struct lab_zones *zones)
{
	char why[256];
	int device = lab_device_open(why, sizeof(why)), err;

	if (device < 0)
		return device;
	err = lab_device_zones(device, zones);
	close(device);
	return err;
}

int lab_check_node(const struct lab_setting *settings)
{
	static struct lab_zones zones;
	const struct lab_setting *setting = settings;
	int err;

	for (; setting < settings + LAB_MAX_SETTINGS && setting->key;
	     setting++) {
		if (strcmp(setting->key->name, "node") || !setting->given ||
		    setting->number == UINT64_MAX)
			continue;
		err = lab_look_at_zones(&zones);
		if (err || !lab_node_pages(&zones, setting->number))
			return err ?: -ENODEV;
	}
	return 0;
}

int lab_start_on_nodes(int (*start_on)(unsigned int node,
				       const struct lab_setting *settings,
				       uint64_t seed),
		       const struct lab_setting *settings, uint64_t seed)
{
	static struct lab_zones zones;
	unsigned int node;
	int err = lab_look_at_zones(&zones);

	for (node = 0; !err && node < LAB_MAX_NODES; node++)
		if (lab_atomic_zone(&zones, node))
			err = start_on(node, settings, seed);
	return err;
}
