/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * export/export.h - the contract of reports: results.json in another form.
 *
 * Adding one is a file in this folder and a row in table.c.
 */
#ifndef LAB_EXPORT_H
#define LAB_EXPORT_H

#include <jansson.h>
#include <stdio.h>

/*
 * @name:  of the format
 * @file:  what it is called in the folder of a run; NULL: not kept
 * @write: to a stream, which the caller checks for errors
 */
struct lab_report {
	const char *name;
	const char *file;
	void (*write)(const json_t *results, FILE *to);
};

extern const struct lab_report *const lab_reports[]; /* ended by NULL */
extern const struct lab_report lab_report_summary;

#endif /* LAB_EXPORT_H */
