// SPDX-License-Identifier: GPL-2.0-only
/* export/table.c - all export formats. */
#include "export.h"

extern const struct lab_export lab_export_ktap;
extern const struct lab_export lab_export_junit;
extern const struct lab_export lab_export_kcidb;
extern const struct lab_export lab_export_lava;
extern const struct lab_export lab_export_csv;
extern const struct lab_export lab_export_reference;

const struct lab_export *const lab_exports[] = {
	&lab_export_ktap,    &lab_export_junit,
	&lab_export_kcidb,   &lab_export_lava,
	&lab_export_csv,     &lab_export_reference,
	&lab_export_summary, NULL,
};
