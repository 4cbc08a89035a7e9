// SPDX-License-Identifier: GPL-2.0-only
/* pressure/table.c - everything that makes memory short. */
#include "pressure.h"

extern const struct lab_pressure lab_press_none;
extern const struct lab_pressure lab_press_anon;
extern const struct lab_pressure lab_press_swap;
extern const struct lab_pressure lab_press_ballast;
extern const struct lab_pressure lab_press_pinned;
extern const struct lab_pressure lab_press_fragment;

const struct lab_pressure *const lab_pressures[] = {
	&lab_press_none,
	&lab_press_anon,
	&lab_press_swap,
	&lab_press_ballast,
	&lab_press_pinned,
	&lab_press_fragment,
	NULL,
};
