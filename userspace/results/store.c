// SPDX-License-Identifier: GPL-2.0-only
/* results/store.c - see results/store.h. */
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "compare/cache.h"
#include "lib/sha256.h"
#include "lib/paths.h"
#include "export/export.h"
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

int lab_folder_make(struct lab_folder *folder, const char *parent,
		    const char *hint)
{
	int err;

	memset(folder, 0, sizeof(*folder));
	snprintf(folder->parent, sizeof(folder->parent), "%s", parent);
	err = lab_make_path(folder->parent);
	if (err)
		return err;
	/* QEMU is given paths below it and may run elsewhere. */
	if (!realpath(parent, folder->work))
		return -errno;
	if (strlen(folder->work) >= sizeof(folder->parent))
		return -ENAMETOOLONG;
	strcpy(folder->parent, folder->work);
	snprintf(folder->work, sizeof(folder->work), "%s/.%s.%d",
		 folder->parent, hint, getpid());
	remove_tree(folder->work);
	return mkdir(folder->work, 0755) ? -errno : 0;
}

static int write_text(const struct lab_folder *folder, const char *name,
		      const char *text)
{
	char path[4200];
	FILE *f;
	int err = 0;

	snprintf(path, sizeof(path), "%s/%s", folder->work, name);
	f = fopen(path, "we");
	if (!f)
		return -errno;
	if (fputs(text, f) < 0)
		err = -EIO;
	if (fclose(f))
		err = -errno;
	return err;
}

static int write_reports(const struct lab_folder *folder, const json_t *results)
{
	char path[4200];
	int err = 0;
	size_t i;
	FILE *f;

	for (i = 0; !err && lab_reports[i]; i++) {
		if (!lab_reports[i]->file)
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder->work,
			 lab_reports[i]->file);
		f = fopen(path, "we");
		if (!f)
			return -errno;
		lab_reports[i]->write(results, f);
		if (ferror(f))
			err = -EIO;
		if (fclose(f))
			err = -errno;
	}
	return err;
}

static int write_json(const struct lab_folder *folder, const char *name,
		      const json_t *json, char fingerprint[LAB_FINGERPRINT])
{
	char *text = lab_results_text(json);
	int err;

	if (!text)
		return -ENOMEM;
	err = write_text(folder, name, text);
	if (fingerprint)
		lab_fingerprint(text, fingerprint);
	free(text);
	return err;
}

/* Makes way for a run that replaces an equal one or stands beside another. */
static void find_place(struct lab_folder *folder, const char *name,
		       const char *fingerprint, char before[LAB_FINGERPRINT])
{
	char earlier[LAB_FINGERPRINT], host[4200];
	unsigned int n;

	before[0] = '\0';
	snprintf(folder->path, sizeof(folder->path), "%s/%s", folder->parent,
		 name);
	for (n = 2;; n++) {
		snprintf(host, sizeof(host), "%s/host.json", folder->path);
		lab_fingerprint_told(host, earlier);
		if (!earlier[0] || !strcmp(earlier, fingerprint))
			break;
		if (!before[0])
			strcpy(before, earlier);
		snprintf(folder->path, sizeof(folder->path), "%s/%s.%u",
			 folder->parent, name, n);
	}
	remove_tree(folder->path);
}

int lab_folder_keep(struct lab_folder *folder, const char *name,
		    const json_t *results, const json_t *host,
		    char fingerprint[LAB_FINGERPRINT],
		    char before[LAB_FINGERPRINT])
{
	json_t *stamped = json_copy((json_t *)host);
	int err;

	err = write_json(folder, "results.json", results, fingerprint);
	json_object_set_new(stamped, "fingerprint", json_string(fingerprint));
	if (!err)
		err = write_json(folder, "host.json", stamped, NULL);
	if (!err)
		err = write_reports(folder, results);
	json_decref(stamped);
	if (err)
		return err;

	find_place(folder, name, fingerprint, before);
	if (rename(folder->work, folder->path))
		return -errno;
	lab_kept_add_run(results, fingerprint);
	return 0;
}

void lab_folder_drop(struct lab_folder *folder)
{
	remove_tree(folder->work);
}
