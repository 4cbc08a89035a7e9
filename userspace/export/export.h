/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * export/export.h - the contract of exports: results.json for other programs.
 *
 * Adding one is a file in this folder and a row in table.c.
 */
#ifndef LAB_EXPORT_H
#define LAB_EXPORT_H

#include <jansson.h>
#include <stdio.h>

/*
 * @name:  of the format
 * @file:  its file name in the folder of a run; NULL: not stored there
 * @write: to a stream; the caller checks it for errors
 */
struct lab_export {
	const char *name;
	const char *file;
	void (*write)(const json_t *results, FILE *to);
};

extern const struct lab_export *const lab_exports[]; /* ended by NULL */
extern const struct lab_export lab_export_summary;

/*
 * Writes all formats that have a file name to a folder: 0 or a negative errno.
 * Has the type of lab_store_more.
 */
int lab_export_files(const char *folder, const json_t *results);

#endif /* LAB_EXPORT_H */
