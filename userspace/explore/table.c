// SPDX-License-Identifier: GPL-2.0-only
/* explore/table.c - every form that an exploration can be written in. */
#include <stddef.h>

#include "explore.h"

extern const struct lab_explore_form lab_explore_text, lab_explore_json,
	lab_explore_html, lab_explore_ktap, lab_explore_junit, lab_explore_lava;

const struct lab_explore_form *const lab_explore_forms[] = {
	&lab_explore_text,
	&lab_explore_json,
	&lab_explore_html,
	&lab_explore_ktap,
	&lab_explore_junit,
	&lab_explore_lava,
	NULL,
};
