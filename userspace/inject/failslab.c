// SPDX-License-Identifier: GPL-2.0-only
/*
 * inject/failslab.c - allocations from slabs fail, through debugfs.
 *
 * The failure happens before the slab asks for pages, so of the module's
 * interfaces only kmalloc and kmem_cache can be hit. A size for which there is
 * no slab goes to the page allocator directly and is not hit.
 */
#include "fault_attr.h"

static const struct lab_key keys[] = {
	{ "cache-filter", LAB_KEY_BOOL, 0, 1, 0, false,
	  "only caches that are marked so in /sys/kernel/slab" },
	LAB_FAULT_KEYS,
};

static struct lab_fault_attr attr = {
	.name = "failslab",
	.option = "FAILSLAB",
};

static int fs_probe(const char **why)
{
	return lab_fault_probe(&attr, why);
}

static int fs_fits(const struct lab_setting *settings, const char **why)
{
	return lab_fault_fits(&attr, settings, why);
}

static int fs_arm(const struct lab_setting *settings)
{
	return lab_fault_arm(&attr, settings);
}

static int fs_level(unsigned int percent)
{
	return lab_fault_level(&attr, percent);
}

static int fs_disarm(void)
{
	return lab_fault_disarm(&attr);
}

static int fs_hits(uint64_t *count)
{
	return lab_fault_hits(&attr, count);
}

static bool fs_own_only(const struct lab_setting *settings)
{
	return lab_setting_get(settings, "own");
}

const struct lab_injector lab_inject_failslab = {
	.name = "failslab",
	.help = "the same for objects from slabs: kmalloc and kmem_cache",
	.keys = keys,
	.probe = fs_probe,
	.fits = fs_fits,
	.arm = fs_arm,
	.level = fs_level,
	.disarm = fs_disarm,
	.hits = fs_hits,
	.own_only = fs_own_only,
};
