/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * export/export.h - the contract of exports: results.json for other programs.
 *
 * Adding one is a file in this folder and a row in table.c.
 */
#ifndef LAB_EXPORT_H
#define LAB_EXPORT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#define LAB_EXPORT_ORIGIN "labyrinth" /* a placeholder: nobody's lab */

/*
 * A run as exports take it. What a format has no place for, it leaves out.
 *
 * @results: of the run, with what is known of it: see results/known.h
 * @host:    its host.json; NULL: there is none
 * @folder:  that it is in; NULL: in none yet
 * @origin:  the lab that reports it: NULL for LAB_EXPORT_ORIGIN, else of
 *           lower-case letters, digits and '_'
 * @tree:    the name of the kernel's tree; NULL: derived from @host
 * @url:     of the folder, for others, without a '/' at its end; NULL: none
 * @config_url: of the kernel's configuration, for others; NULL: none
 */
struct lab_exported {
	const json_t *results;
	const json_t *host;
	const char *folder;
	const char *origin;
	const char *tree;
	const char *url;
	const char *config_url;
};

/*
 * @name:    of the format
 * @file:    its file name in the folder of a run; NULL: not stored there
 * @reports: it has a place for @origin, @tree, @url and @config_url
 * @write:   to a stream; the caller checks it for errors
 */
struct lab_export {
	const char *name;
	const char *file;
	bool reports;
	void (*write)(const struct lab_exported *run, FILE *to);
};

extern const struct lab_export *const lab_exports[]; /* ended by NULL */
extern const struct lab_export lab_export_summary;

/*
 * Writes all formats that have a file name to a folder: 0 or a negative errno.
 * Has the type of lab_store_more.
 */
int lab_export_files(const char *folder, const json_t *results);

#endif /* LAB_EXPORT_H */
