// SPDX-License-Identifier: GPL-2.0-only
/* report/table.c - every form that results can take. */
#include "report.h"

extern const struct lab_report lab_report_ktap;

const struct lab_report *const lab_reports[] = {
	&lab_report_ktap,
	&lab_report_summary,
	NULL,
};
