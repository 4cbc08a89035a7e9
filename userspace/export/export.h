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
 * @file:  what it is called in the folder of a run; NULL: not kept
 * @write: to a stream, which the caller checks for errors
 */
struct lab_export {
	const char *name;
	const char *file;
	void (*write)(const json_t *results, FILE *to);
};

extern const struct lab_export *const lab_exports[]; /* ended by NULL */
extern const struct lab_export lab_export_summary;

/*
 * Writes those that have a file to a folder: 0 or a negative errno. A
 * lab_store_more.
 */
int lab_export_files(const char *folder, const json_t *results);

#endif /* LAB_EXPORT_H */
