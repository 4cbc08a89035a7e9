// SPDX-License-Identifier: GPL-2.0-only
/* pressure/table.c - all pressures. */
#include "pressure.h"

extern const struct lab_pressure lab_press_none;
extern const struct lab_pressure lab_press_anon;
extern const struct lab_pressure lab_press_swap;
extern const struct lab_pressure lab_press_ballast;
extern const struct lab_pressure lab_press_pinned;
extern const struct lab_pressure lab_press_fragment;
extern const struct lab_pressure lab_press_pagecache;
extern const struct lab_pressure lab_press_net;
extern const struct lab_pressure lab_press_slab;
extern const struct lab_pressure lab_press_numa;
extern const struct lab_pressure lab_press_memcg;
extern const struct lab_pressure lab_press_cpuset;
extern const struct lab_pressure lab_press_hotplug;
extern const struct lab_pressure lab_press_stress_ng;

/* One a line: scripts/dev/new and scripts/dev/check.sh rely on it. */
/* clang-format off */
const struct lab_pressure *const lab_pressures[] = {
	&lab_press_none,
	&lab_press_anon,
	&lab_press_swap,
	&lab_press_ballast,
	&lab_press_pinned,
	&lab_press_fragment,
	&lab_press_pagecache,
	&lab_press_net,
	&lab_press_slab,
	&lab_press_numa,
	&lab_press_memcg,
	&lab_press_cpuset,
	&lab_press_hotplug,
	&lab_press_stress_ng,
	NULL,
};
