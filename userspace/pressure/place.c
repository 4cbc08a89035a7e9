// SPDX-License-Identifier: GPL-2.0-only
/* pressure/place.c - see place.h. */
#include <errno.h>
#include <numa.h>
#include <unistd.h>

#include "place.h"

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
