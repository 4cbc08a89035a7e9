// SPDX-License-Identifier: GPL-2.0-only
/* compare/cache.c - see compare/cache.h. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <nettle/sha2.h>

#include "lib/build_id.h"
#include "lib/paths.h"
#include "lib/alloc.h"
#include "results/schema.h"
#include "cache.h"

#define LONG_AGO (90 * 24 * 3600) /* seconds */

/* The header of a file, before the memory of an extract. */
struct label {
	char what[16];
	char program[LAB_BUILD_ID];
	char fingerprint[LAB_FINGERPRINT];
	/*
	 * Checksum of what follows: after a power failure a file may be
	 * incomplete.
	 */
	uint8_t sha256[SHA256_DIGEST_SIZE];
};

static void digest(const void *memory, size_t size,
		   uint8_t sha256[SHA256_DIGEST_SIZE])
{
	struct sha256_ctx sha;

	sha256_init(&sha);
	sha256_update(&sha, size, memory);
	sha256_digest(&sha, SHA256_DIGEST_SIZE, sha256);
}

/* False if the program has no build ID, which is part of the file's name. */
static bool make_label(struct label *label, const char *fingerprint)
{
	memset(label, 0, sizeof(*label));
	strcpy(label->what, "run's extract");
	lab_build_id_own(label->program);
	snprintf(label->fingerprint, sizeof(label->fingerprint), "%s",
		 fingerprint);
	return label->program[0];
}

static char *folder_path(void)
{
	char cache[4096];

	lab_cache_path(cache, sizeof(cache));
	return xasprintf("%s/labyrinth/extracts", cache);
}

static char *file_path(const struct label *label)
{
	char *folder = folder_path();
	char *path = xasprintf("%s/%.32s-%.12s", folder, label->fingerprint,
			       label->program);

	free(folder);
	return path;
}

/*
 * ---- reading
 * -----------------------------------------------------------------
 */

/*
 * Reads what follows the header, if that is the wanted one; NULL if it is not,
 * or if the checksum is wrong.
 */
static void *read_behind(FILE *f, const struct label *wanted)
{
	uint8_t sha256[SHA256_DIGEST_SIZE];
	struct label label;
	struct stat st;
	size_t size;
	void *memory;

	if (fstat(fileno(f), &st) || fread(&label, sizeof(label), 1, f) != 1 ||
	    memcmp(&label, wanted, offsetof(struct label, sha256)))
		return NULL;
	size = st.st_size - sizeof(label);
	memory = xcheck(malloc(size + 1));
	size = fread(memory, 1, size, f);
	digest(memory, size, sha256);
	if (!memcmp(sha256, label.sha256, sizeof(sha256)))
		return memory;
	free(memory);
	return NULL;
}

bool lab_cache_find(struct lab_extract *extract, const char *fingerprint)
{
	struct label label;
	void *memory = NULL;
	char *path;
	FILE *f;

	if (!make_label(&label, fingerprint))
		return false;
	path = file_path(&label);
	f = fopen(path, "re");
	if (f) {
		memory = read_behind(f, &label);
		/* Marks it as used: see lab_cache_prune(). */
		futimens(fileno(f), NULL);
		fclose(f);
	}
	free(path);
	if (!memory)
		return false;
	lab_extract_lay_out(extract, memory);
	strcpy(extract->fingerprint, label.fingerprint);
	return true;
}

/*
 * ---- storing
 * -----------------------------------------------------------------
 */

static bool write_file(const char *path, const struct label *label,
		       const struct lab_extract *extract)
{
	FILE *f = fopen(path, "we");
	bool good;

	if (!f)
		return false;
	good = fwrite(label, sizeof(*label), 1, f) == 1 &&
	       fwrite(extract->memory, lab_extract_size(extract->head), 1, f) ==
		       1;
	return !fclose(f) && good;
}

void lab_cache_add(const struct lab_extract *extract)
{
	struct label label;
	char *folder, *path, *part;

	if (!make_label(&label, extract->fingerprint))
		return;
	digest(extract->memory, lab_extract_size(extract->head), label.sha256);
	folder = folder_path();
	path = file_path(&label);
	part = xasprintf("%s.%d.part", path, getpid());
	if (lab_make_path(folder) || !write_file(part, &label, extract) ||
	    rename(part, path))
		unlink(part);
	free(folder);
	free(path);
	free(part);
}

void lab_cache_add_run(const json_t *results, const char *fingerprint)
{
	struct lab_run run = { .results = (json_t *)results };
	struct lab_extract extract;
	char why[400];

	/* Checked once, here: extracts from the cache are not checked again. */
	if (!lab_schema_check(results, why, sizeof(why)))
		return;
	snprintf(run.fingerprint, sizeof(run.fingerprint), "%s", fingerprint);
	lab_extract(&extract, &run);
	lab_cache_add(&extract);
	lab_extract_free(&extract);
	lab_cache_prune();
}

void lab_cache_prune(void)
{
	char *folder = folder_path();
	DIR *dir = opendir(folder);
	struct dirent *entry;
	struct stat st;

	while (dir && (entry = readdir(dir)))
		if (!fstatat(dirfd(dir), entry->d_name, &st, 0) &&
		    S_ISREG(st.st_mode) && time(NULL) - st.st_mtime > LONG_AGO)
			unlinkat(dirfd(dir), entry->d_name, 0);
	if (dir)
		closedir(dir);
	free(folder);
}
