/* SPDX-License-Identifier: GPL-2.0-only */
/* results/store.h - the folder of a run, complete or not there. */
#ifndef LAB_STORE_H
#define LAB_STORE_H

#include <jansson.h>

#include "lib/sha256.h"

/*
 * results/NAME appears at once, by renaming, when everything is in it: what
 * is half written is in a folder beside it, ".NAME.PID", and removed.
 */
struct lab_store {
	char parent[2048];
	char work[4096];
	char path[4096]; /* once kept */
};

int lab_store_make(struct lab_store *store, const char *parent,
		   const char *hint);

/*
 * Writes results.json, host.json and the reports, and gives the folder its
 * name. When a run of that name is there already and had another fingerprint,
 * it is kept beside, as NAME.2 and so on, and *before says what it was.
 */
int lab_store_keep(struct lab_store *store, const char *name,
		   const json_t *results, const json_t *host,
		   char fingerprint[LAB_FINGERPRINT],
		   char before[LAB_FINGERPRINT]);
void lab_store_drop(struct lab_store *store);

#endif /* LAB_STORE_H */
