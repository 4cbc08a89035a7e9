// SPDX-License-Identifier: GPL-2.0-only
/*
 * pressure/none.c - leaves memory alone: the shortest implementation of the
 * contract.
 */
#include "pressure.h"

static int none_probe(const char **why)
{
	*why = "";
	return 0;
}

static int none_start(const struct lab_setting *settings, uint64_t seed)
{
	(void)settings;
	(void)seed;
	return 0;
}

static int none_stop(void)
{
	return 0;
}

const struct lab_pressure lab_press_none = {
	.name = "none",
	.help = "memory is left alone",
	.probe = none_probe,
	.start = none_start,
	.stop = none_stop,
};
