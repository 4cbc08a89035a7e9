/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * results/load.h - finds runs and reads their results.json.
 *
 *	if (!lab_runs_find(&list, argv[1]))
 *		return LAB_USAGE;
 *	for (i = 0; i < list.count; i++) {
 *		if (!lab_run_load(&run, list.path[i]))
 *			...
 *		lab_run_free(&run);
 *	}
 *	lab_runs_free(&list);
 *
 * Runs are loaded one at a time, because a set of them may not fit in memory.
 * Errors are printed on stderr with file and key. A run that was loaded has
 * passed lab_schema_check().
 */
#ifndef LAB_LOAD_H
#define LAB_LOAD_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "lib/sha256.h"

struct lab_run_list {
	char **path; /* of each results.json, sorted, s2 before s10 */
	size_t count;
};

struct lab_run {
	char *path; /* of results.json */
	json_t *results;
	json_t *host; /* host.json; NULL: it is not there */
	char fingerprint[LAB_FINGERPRINT]; /* of the bytes of results.json */
};

/*
 * Adds the runs that where names: a results.json, the folder of a run, a folder
 * of such folders, or a shell pattern for any of these. False after a message,
 * also when there is none.
 */
bool lab_runs_find(struct lab_run_list *list, const char *where);
void lab_runs_free(struct lab_run_list *list);

/*
 * The fingerprint of each run, computed on all CPUs; "" for one that cannot be
 * read or was edited, for which lab_run_load() prints the reason. malloc()ed.
 */
char (*lab_runs_fingerprint(const struct lab_run_list *list))[LAB_FINGERPRINT];

/* False after a message. */
bool lab_run_load(struct lab_run *run, const char *path);
void lab_run_free(struct lab_run *run);

/*
 * Parses results from memory: false with the reason in why[], without a
 * message.
 */
bool lab_run_parse(struct lab_run *run, const char *text, size_t size,
		   char *why, size_t room);

/*
 * Loads the only run that where names; false after a message, also when there
 * are several.
 */
bool lab_run_load_one(struct lab_run *run, const char *where);

#endif /* LAB_LOAD_H */
