/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * results/load.h - reads what runs left: their folders, and results.json in each.
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
 * One run at a time, because a set of them may not fit in memory. What is
 * wrong is told on stderr with the file and the key; what was loaded is whole
 * and as schema.h has checked it.
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
	char fingerprint[LAB_FINGERPRINT]; /* of the file's very bytes */
};

/*
 * Adds the runs that are meant by a results.json, by the folder of a run, by a
 * folder of such folders, or by a shell pattern for any of these. False after
 * a message, also when there is none.
 */
bool lab_runs_find(struct lab_run_list *list, const char *where);
void lab_runs_free(struct lab_run_list *list);

/*
 * The fingerprint of each, all CPUs at work; "" of one that cannot be read or
 * that was edited, which lab_run_load() says more of. To be freed.
 */
char (*lab_runs_fingerprint(const struct lab_run_list *list))[LAB_FINGERPRINT];

/* False after a message. */
bool lab_run_load(struct lab_run *run, const char *path);
void lab_run_free(struct lab_run *run);

/* The same from memory, silently: false and a reason. */
bool lab_run_parse(struct lab_run *run, const char *text, size_t size,
		   char *why, size_t room);

/* The one run that is meant; false after a message, where it is several too. */
bool lab_run_load_one(struct lab_run *run, const char *where);

#endif /* LAB_LOAD_H */
