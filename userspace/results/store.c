// SPDX-License-Identifier: GPL-2.0-only
/* results/store.c - see results/store.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/file.h"
#include "lib/leftover.h"
#include "lib/sha256.h"
#include "lib/paths.h"
#include "build.h"
#include "store.h"

int lab_store_make(struct lab_store *store, const char *parent,
		   const char *hint)
{
	int err;

	memset(store, 0, sizeof(*store));
	store->lock = -1;
	snprintf(store->parent, sizeof(store->parent), "%s", parent);
	err = lab_make_path(store->parent);
	if (err)
		return err;
	/* QEMU is given paths below it and may run elsewhere. */
	if (!realpath(parent, store->work))
		return -errno;
	if (strlen(store->work) >= sizeof(store->parent))
		return -ENAMETOOLONG;
	strcpy(store->parent, store->work);
	lab_leftovers_remove(store->parent);
	store->lock = lab_owned_make(store->parent, hint, store->work,
				     sizeof(store->work));
	return store->lock < 0 ? store->lock : 0;
}

static int write_json(const struct lab_store *store, const char *name,
		      const json_t *json, char fingerprint[LAB_FINGERPRINT])
{
	char *text = lab_results_text(json), path[4200];
	int err;

	if (!text)
		return -ENOMEM;
	snprintf(path, sizeof(path), "%s/%s", store->work, name);
	err = lab_file_create(path, text);
	if (fingerprint)
		lab_fingerprint(text, fingerprint);
	free(text);
	return err;
}

void lab_store_place(const char *parent, const char *name,
		     const char *fingerprint, char *path, size_t size,
		     char before[LAB_FINGERPRINT])
{
	char earlier[LAB_FINGERPRINT], host[4200];
	unsigned int n;

	before[0] = '\0';
	snprintf(path, size, "%s/%s", parent, name);
	for (n = 2;; n++) {
		snprintf(host, sizeof(host), "%s/host.json", path);
		lab_fingerprint_told(host, earlier);
		if (!earlier[0] || !strcmp(earlier, fingerprint))
			break;
		if (!before[0])
			strcpy(before, earlier);
		snprintf(path, size, "%s/%s.%u", parent, name, n);
	}
}

/* Has the folder appear under its path, in the place of what is there. */
static int give_place(struct lab_store *store)
{
	lab_remove_tree(store->path);
	lab_owned_end(store->lock, store->work);
	store->lock = -1;
	return rename(store->work, store->path) ? -errno : 0;
}

/* That of a run with the same fingerprint is of this run as well. */
static void keep_core(const struct lab_store *store)
{
	char old[4200], new[4200];

	snprintf(old, sizeof(old), "%s/" LAB_STORE_CORE, store->path);
	snprintf(new, sizeof(new), "%s/" LAB_STORE_CORE, store->work);
	if (access(new, F_OK))
		rename(old, new);
}

int lab_store_keep(struct lab_store *store, const char *name,
		   const json_t *results, const json_t *shown,
		   const json_t *host, lab_store_more more,
		   char fingerprint[LAB_FINGERPRINT],
		   char before[LAB_FINGERPRINT])
{
	json_t *stamped = json_copy((json_t *)host);
	int err;

	err = write_json(store, "results.json", results, fingerprint);
	json_object_set_new(stamped, "fingerprint", json_string(fingerprint));
	if (!err)
		err = write_json(store, "host.json", stamped, NULL);
	if (!err)
		err = more(store->work, shown);
	json_decref(stamped);
	if (err)
		return err;

	lab_store_place(store->parent, name, fingerprint, store->path,
			sizeof(store->path), before);
	keep_core(store);
	return give_place(store);
}

int lab_store_keep_as(struct lab_store *store, const char *name)
{
	snprintf(store->path, sizeof(store->path), "%s/%s", store->parent,
		 name);
	return give_place(store);
}

void lab_store_drop(struct lab_store *store)
{
	lab_owned_end(store->lock, store->work);
	store->lock = -1;
	lab_remove_tree(store->work);
}
