// SPDX-License-Identifier: GPL-2.0-only
/*
 * inject/fail_page_alloc.c - page allocations fail, through debugfs.
 *
 * It hits any caller, not only the suite: failures of other callers are part of
 * what is tested. Task filter and stack filter exist only if the kernel was
 * built with them.
 */
#include "fault_attr.h"

static const struct lab_key keys[] = {
	{ "min-order", LAB_KEY_NUMBER, 0, 15, 0, true,
	  "requests below this order pass" },
	{ "ignore-gfp-highmem", LAB_KEY_BOOL, 0, 1, 1, false,
	  "requests for highmem pass" },
	LAB_FAULT_KEYS,
};

static struct lab_fault_attr attr = {
	.name = "fail_page_alloc",
	.option = "FAIL_PAGE_ALLOC",
};

static int fpa_probe(const char **why)
{
	return lab_fault_probe(&attr, why);
}

static int fpa_fits(const struct lab_setting *settings, const char **why)
{
	return lab_fault_fits(&attr, settings, why);
}

static int fpa_arm(const struct lab_setting *settings)
{
	return lab_fault_arm(&attr, settings);
}

static int fpa_level(unsigned int percent)
{
	return lab_fault_level(&attr, percent);
}

static int fpa_disarm(void)
{
	return lab_fault_disarm(&attr);
}

static int fpa_hits(uint64_t *count)
{
	return lab_fault_hits(&attr, count);
}

static bool fpa_own_only(const struct lab_setting *settings)
{
	return lab_setting_get(settings, "own");
}

const struct lab_injector lab_inject_fail_page_alloc = {
	.name = "fail_page_alloc",
	.help = "the kernel's fault injection, system-wide, through debugfs",
	.keys = keys,
	.probe = fpa_probe,
	.fits = fpa_fits,
	.arm = fpa_arm,
	.level = fpa_level,
	.disarm = fpa_disarm,
	.hits = fpa_hits,
	.own_only = fpa_own_only,
};
