// SPDX-License-Identifier: GPL-2.0-only
/*
 * inject/none.c - injects nothing: the shortest implementation of the contract.
 */
#include "inject.h"

static int none_probe(const char **why)
{
	*why = "";
	return 0;
}

static int none_arm(const struct lab_setting *settings)
{
	(void)settings;
	return 0;
}

static int none_disarm(void)
{
	return 0;
}

static int none_hits(uint64_t *count)
{
	*count = 0;
	return 0;
}

const struct lab_injector lab_inject_none = {
	.name = "none",
	.help = "nothing is made to fail",
	.probe = none_probe,
	.arm = none_arm,
	.disarm = none_disarm,
	.hits = none_hits,
};
