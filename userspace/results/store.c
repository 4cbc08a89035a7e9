// SPDX-License-Identifier: GPL-2.0-only
/* results/store.c - see results/store.h. */
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/file.h"
#include "lib/sha256.h"
#include "lib/paths.h"
#include "build.h"
#include "store.h"

static int remove_one(const char *path, const struct stat *st, int type,
		      struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

static void remove_tree(const char *path)
{
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

int lab_store_make(struct lab_store *store, const char *parent,
		   const char *hint)
{
	int err;

	memset(store, 0, sizeof(*store));
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
	snprintf(store->work, sizeof(store->work), "%s/.%s.%d", store->parent,
		 hint, getpid());
	remove_tree(store->work);
	return mkdir(store->work, 0755) ? -errno : 0;
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

/* Makes way for a run that replaces an equal one or stands beside another. */
static void find_place(struct lab_store *store, const char *name,
		       const char *fingerprint, char before[LAB_FINGERPRINT])
{
	char earlier[LAB_FINGERPRINT], host[4200];
	unsigned int n;

	before[0] = '\0';
	snprintf(store->path, sizeof(store->path), "%s/%s", store->parent,
		 name);
	for (n = 2;; n++) {
		snprintf(host, sizeof(host), "%s/host.json", store->path);
		lab_fingerprint_told(host, earlier);
		if (!earlier[0] || !strcmp(earlier, fingerprint))
			break;
		if (!before[0])
			strcpy(before, earlier);
		snprintf(store->path, sizeof(store->path), "%s/%s.%u",
			 store->parent, name, n);
	}
	remove_tree(store->path);
}

int lab_store_keep(struct lab_store *store, const char *name,
		   const json_t *results, const json_t *host,
		   lab_store_more more, char fingerprint[LAB_FINGERPRINT],
		   char before[LAB_FINGERPRINT])
{
	json_t *stamped = json_copy((json_t *)host);
	int err;

	err = write_json(store, "results.json", results, fingerprint);
	json_object_set_new(stamped, "fingerprint", json_string(fingerprint));
	if (!err)
		err = write_json(store, "host.json", stamped, NULL);
	if (!err)
		err = more(store->work, results);
	json_decref(stamped);
	if (err)
		return err;

	find_place(store, name, fingerprint, before);
	return rename(store->work, store->path) ? -errno : 0;
}

void lab_store_drop(struct lab_store *store)
{
	remove_tree(store->work);
}
