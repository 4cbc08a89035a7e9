// SPDX-License-Identifier: GPL-2.0-only
/* export/table.c - every form that results can take. */
#include "export.h"

extern const struct lab_report lab_report_ktap;
extern const struct lab_report lab_report_junit;
extern const struct lab_report lab_report_kcidb;
extern const struct lab_report lab_report_lava;
extern const struct lab_report lab_report_csv;

const struct lab_report *const lab_reports[] = {
	&lab_report_ktap,
	&lab_report_junit,
	&lab_report_kcidb,
	&lab_report_lava,
	&lab_report_csv,
	&lab_report_summary,
	NULL,
};
