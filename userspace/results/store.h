/* SPDX-License-Identifier: GPL-2.0-only */
/* results/store.h - the folder of a run, complete or not there. */
#ifndef LAB_STORE_H
#define LAB_STORE_H

#include <jansson.h>

#include "lib/sha256.h"

/* The memory of a guest that panicked or hung, if it was to be kept. */
#define LAB_STORE_CORE "vmcore"

/*
 * results/NAME appears at once, by renaming, when everything is in it: what
 * is half written is in a folder beside it, ".NAME.PID", which is removed, by
 * the next run when its own was killed: see lib/leftover.h.
 */
struct lab_store {
	char parent[2048];
	char work[4096];
	char path[4096]; /* after lab_store_keep() */
	int lock; /* a lock on work, or -1 */
};

/*
 * Makes the folder that is worked in, below parent, which is made too. hint is
 * part of its name. 0 or a negative errno.
 */
int lab_store_make(struct lab_store *store, const char *parent,
		   const char *hint);

/* Writes more files of a run to a folder: 0 or a negative errno. */
typedef int (*lab_store_more)(const char *folder, const json_t *results);

/*
 * Writes results.json and host.json, has more() write what else a run has of
 * shown, which are the results with what is known of them, and gives the folder
 * its name. A run of that name and fingerprint is replaced; its core is kept.
 * When one of that name had another fingerprint both are kept, the new one as
 * NAME.2 and so on, and before is the fingerprint of the first; else "".
 * Returns 0, or a negative errno: the folder is then to be dropped.
 */
int lab_store_keep(struct lab_store *store, const char *name,
		   const json_t *results, const json_t *shown,
		   const json_t *host, lab_store_more more,
		   char fingerprint[LAB_FINGERPRINT],
		   char before[LAB_FINGERPRINT]);

/*
 * The path below parent of a run of that name and fingerprint: NAME, or NAME.2
 * and so on beside runs of other fingerprints, of which the first is before, or
 * "". What is there already has the same fingerprint.
 */
void lab_store_place(const char *parent, const char *name,
		     const char *fingerprint, char *path, size_t size,
		     char before[LAB_FINGERPRINT]);

/*
 * Gives the folder that is worked in a name, for what is no run: whatever has that
 * name is replaced. 0 or a negative errno, as of lab_store_keep().
 */
int lab_store_keep_as(struct lab_store *store, const char *name);

/* Removes the folder that is worked in. */
void lab_store_drop(struct lab_store *store);

#endif /* LAB_STORE_H */
