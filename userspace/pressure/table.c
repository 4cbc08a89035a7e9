// SPDX-License-Identifier: GPL-2.0-only
/* pressure/table.c - everything that makes memory short. */
#include "pressure.h"

extern const struct lab_pressure lab_press_none;
extern const struct lab_pressure lab_press_anon;

const struct lab_pressure *const lab_pressures[] = {
	&lab_press_none,
	&lab_press_anon,
	NULL,
};
