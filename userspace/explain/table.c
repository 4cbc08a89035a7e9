// SPDX-License-Identifier: GPL-2.0-only
/* explain/table.c - every form that explanations can be written in. */
#include <stddef.h>

#include "explain.h"

const struct lab_explain_form *const lab_explain_forms[] = {
	&lab_explain_text,
	&lab_explain_json,
	&lab_explain_html,
	&lab_explain_markdown,
	NULL,
};
