// SPDX-License-Identifier: GPL-2.0-only
/* compare/table.c - every form that a comparison can be written in. */
#include "compare.h"

extern const struct lab_compare_form lab_compare_text;
extern const struct lab_compare_form lab_compare_json;
extern const struct lab_compare_form lab_compare_html;
extern const struct lab_compare_form lab_compare_markdown;

const struct lab_compare_form *const lab_compare_forms[] = {
	&lab_compare_text,
	&lab_compare_json,
	&lab_compare_html,
	&lab_compare_markdown,
	NULL,
};
