// SPDX-License-Identifier: GPL-2.0-only
/* history/table.c - all output formats of trends. */
#include "history.h"

extern const struct lab_history_form lab_history_text;
extern const struct lab_history_form lab_history_html;
extern const struct lab_history_form lab_history_json;

const struct lab_history_form *const lab_history_forms[] = {
	&lab_history_text,
	&lab_history_html,
	&lab_history_json,
	NULL,
};
