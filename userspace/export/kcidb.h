/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * export/kcidb.h - the parts of a report for KCIDB.
 *
 *	kcidb.c         the report: tests, issues and incidents
 *	kcidb_source.c  the checkout and the build
 *	kcidb_files.c   the files of the run
 */
#ifndef LAB_KCIDB_H
#define LAB_KCIDB_H

#include "lib/sha256.h"
#include "export.h"

/*
 * What ids are made of. All are derived from the run, so that one that is sent
 * twice counts once.
 */
struct lab_kcidb {
	const struct lab_exported *run;
	const char *origin;
	const json_t *source; /* kernel_source of host.json, or NULL */
	char patchset[LAB_FINGERPRINT]; /* "": no patches */
	char fingerprint[LAB_FINGERPRINT]; /* of the run */
	/* Of the same bytes on another commit: they are results of that one. */
	char checkout[128], build[192], test[192];
};

void lab_kcidb_name(struct lab_kcidb *report, const struct lab_exported *run);
/* "ORIGIN:KIND-UNIQUE", and "ORIGIN:UNIQUE" for KIND "". */
json_t *lab_kcidb_id(const struct lab_kcidb *report, const char *kind,
		     const char *unique);

json_t *lab_kcidb_checkout(const struct lab_kcidb *report);
json_t *lab_kcidb_build(const struct lab_kcidb *report);

/* Adds where the files of the run are read, if it is known, to a test. */
void lab_kcidb_add_urls(const struct lab_kcidb *report, json_t *test);
/* Name and SHA-256 of each file of the run. */
json_t *lab_kcidb_files(const struct lab_kcidb *report);

#endif /* LAB_KCIDB_H */
