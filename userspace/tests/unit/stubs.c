// SPDX-License-Identifier: GPL-2.0-only
/*
 * stubs.c - an injector and pressures that only have keys: one of each
 * type, so that what is tested does not change with the real ones.
 */
#include "inject/inject.h"
#include "pressure/pressure.h"

static const struct lab_key fail_page_alloc_keys[] = {
	{ "probability", LAB_KEY_NUMBER, 0, 100, 0, true, "percent" },
	{ "interval", LAB_KEY_NUMBER, 1, UINT64_MAX, 1, true, "every Nth" },
	{ "times", LAB_KEY_SIGNED, 0, 1000, UINT64_MAX, false, "at most" },
	{ "space", LAB_KEY_BYTES, 0, 1ull << 40, 0, false, "bytes before" },
	{ "verbose", LAB_KEY_BOOL, 0, 1, 0, false, "in the log" },
	{ "delay", LAB_KEY_SECONDS, 0, 3600, 0, false, "before the first" },
	{ "min-order", LAB_KEY_NUMBER, 0, 15, 0, true, "below it passes" },
	{},
};

static const struct lab_key anon_keys[] = {
	{ "target", LAB_KEY_PERMILLE_OF_MIN, 50, 20000, 1000, true,
	  "free pages to leave" },
	{},
};

static const char *const kinds[] = { "tcp", "udp", NULL };

static const struct lab_key net_keys[] = {
	{ "size", LAB_KEY_BYTES, 1, 1 << 20, 1024, true, "of a message" },
	{ "share", LAB_KEY_PERMILLE, 0, 1000, 500, true, "of something" },
	{ "kind", LAB_KEY_CHOICE, 0, 0, 0, true, "of a protocol", kinds },
	{ "words", LAB_KEY_STRING, 0, 0, 0, false, "handed on" },
	{ "target", LAB_KEY_NUMBER, 0, 9, 0, false, "as anon has one" },
	{},
};

static int fail_page_alloc_level(unsigned int percent)
{
	return (int)percent;
}

static const struct lab_injector none = {
	.name = "none",
	.help = "nothing is made to fail",
};

static const struct lab_injector fail_page_alloc = {
	.name = "fail_page_alloc",
	.help = "the kernel's own",
	.keys = fail_page_alloc_keys,
	.level = fail_page_alloc_level,
};

static const struct lab_pressure no_pressure = {
	.name = "none",
	.help = "memory is left alone",
};

static const struct lab_pressure anon = {
	.name = "anon",
	.help = "anonymous memory",
	.keys = anon_keys,
};

static const struct lab_pressure net = {
	.name = "net",
	.help = "packets",
	.keys = net_keys,
};

const struct lab_injector *const lab_injectors[] = {
	&none,
	&fail_page_alloc,
	NULL,
};

const struct lab_pressure *const lab_pressures[] = {
	&no_pressure,
	&anon,
	&net,
	NULL,
};
