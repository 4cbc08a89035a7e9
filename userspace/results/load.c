// SPDX-License-Identifier: GPL-2.0-only
/* results/load.c - see results/load.h. */
#include <dirent.h>
#include <errno.h>
#include <glob.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/sha256.h"
#include "lib/json.h"
#include "build.h"
#include "load.h"
#include "lib/alloc.h"
#include "schema.h"

/* Larger than a run of ten thousand cells, with a margin. */
#define LARGEST (1u << 30)

__attribute__((format(printf, 2, 3))) static bool
complain(const char *path, const char *format, ...)
{
	va_list args;

	fprintf(stderr, "labyrinth: %s: ", path);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return false;
}

/* ---- finding ------------------------------------------------------------ */

static void add(struct lab_run_list *list, char *path)
{
	list->path = xgrow(list->path, list->count);
	list->path[list->count++] = path;
}

/* Takes ownership of path. */
static bool add_if_there(struct lab_run_list *list, char *path)
{
	if (!access(path, F_OK)) {
		add(list, path);
		return true;
	}
	free(path);
	return false;
}

static int by_name(const void *a, const void *b)
{
	return strverscmp(*(char *const *)a, *(char *const *)b);
}

/*
 * Has the folder some files of a run, but no results? Then the run is
 * incomplete.
 */
static bool half_a_run(const char *folder)
{
	char *host = xasprintf("%s/host.json", folder);
	const bool there = !access(host, F_OK);

	free(host);
	return there;
}

/* Folders whose name begins with a dot belong to runs in progress. */
static bool find_below(struct lab_run_list *list, const char *folder)
{
	const size_t before = list->count;
	DIR *dir = opendir(folder);
	struct dirent *entry;
	bool good = true;

	if (!dir)
		return complain(folder, "%s", strerror(errno));
	while ((entry = readdir(dir))) {
		char *below;

		if (entry->d_name[0] == '.')
			continue;
		below = xasprintf("%s/%s", folder, entry->d_name);
		if (!add_if_there(list, xasprintf("%s/results.json", below)) &&
		    half_a_run(below))
			good = complain(
				below,
				"host.json without results.json: a run that is not whole; run it again, or remove it");
		free(below);
	}
	closedir(dir);
	if (good && list->count == before)
		good = complain(
			folder,
			"no run: no results.json in it, nor in a folder in it; labyrinth lab --out DIR makes some");
	qsort(list->path + before, list->count - before, sizeof(*list->path),
	      by_name);
	return good;
}

static bool find_one(struct lab_run_list *list, const char *where)
{
	struct stat st;

	if (stat(where, &st))
		return complain(where, "%s; labyrinth lab --out DIR makes runs",
				strerror(errno));
	if (!S_ISDIR(st.st_mode)) {
		add(list, xstrdup(where));
		return true;
	}
	return add_if_there(list, xasprintf("%s/results.json", where)) ||
	       find_below(list, where);
}

bool lab_runs_find(struct lab_run_list *list, const char *where)
{
	bool good = true;
	glob_t matches;
	size_t i;

	/*
	 * A name that exists is taken literally, even with pattern characters.
	 */
	if (!access(where, F_OK) || !strpbrk(where, "*?["))
		return find_one(list, where);
	if (glob(where, 0, NULL, &matches))
		return complain(where, "nothing matches this pattern");
	for (i = 0; i < matches.gl_pathc; i++)
		good &= find_one(list, matches.gl_pathv[i]);
	globfree(&matches);
	return good;
}

void lab_runs_free(struct lab_run_list *list)
{
	while (list->count)
		free(list->path[--list->count]);
	free(list->path);
	list->path = NULL;
}

/* ---- loading ------------------------------------------------------------ */

/* malloc()ed, with a NUL behind it; NULL after a message. */
static char *read_file(const char *path, size_t *size)
{
	FILE *f = fopen(path, "re");
	char *text = NULL;
	struct stat st;

	if (!f) {
		complain(path, "%s", strerror(errno));
		return NULL;
	}
	if (fstat(fileno(f), &st))
		complain(path, "%s", strerror(errno));
	else if (!S_ISREG(st.st_mode))
		complain(path, "not a file");
	else if (st.st_size > LARGEST)
		complain(path, "%jd bytes; no run writes more than %u",
			 (intmax_t)st.st_size, LARGEST);
	else
		text = xcheck(malloc(st.st_size + 1));
	if (text) {
		*size = fread(text, 1, st.st_size, f);
		text[*size] = '\0';
	}
	if (text && ferror(f)) {
		complain(path, "%s", strerror(errno));
		free(text);
		text = NULL;
	}
	fclose(f);
	return text;
}

static bool cut_short(const json_error_t *error)
{
	return json_error_code(error) == json_error_premature_end_of_input;
}

/* Renames keys of earlier versions: "left" is "held". */
static void name_as_now(json_t *results)
{
	json_t *cell;
	size_t i;

	json_array_foreach(json_object_get(results, "cells"), i, cell)
		if (!json_object_get(cell, "held"))
			json_object_set(cell, "held",
					json_object_get(cell, "left"));
}

bool lab_run_parse(struct lab_run *run, const char *text, size_t size,
		   char *why, size_t room)
{
	json_error_t error;

	memset(run, 0, sizeof(*run));
	run->results = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
	if (!run->results) {
		snprintf(
			why, room, "line %d: %s%s", error.line, error.text,
			cut_short(&error) ?
				": the file was cut short; run the scenario again" :
				"");
		return false;
	}
	if (!lab_schema_check(run->results, why, room)) {
		lab_run_free(run);
		return false;
	}
	lab_fingerprint(text, run->fingerprint);
	name_as_now(run->results);
	return true;
}

static char *host_path(const char *path)
{
	const char *slash = strrchr(path, '/');

	return xasprintf("%.*shost.json", slash ? (int)(slash - path + 1) : 0,
			 path);
}

/*
 * host.json records the fingerprint of what the run wrote. It may be missing:
 * results may have been sent without it.
 */
static bool load_host(struct lab_run *run)
{
	char *path = host_path(run->path);
	const char *fingerprint;
	json_error_t error;
	bool good = true;

	if (access(path, F_OK)) {
		free(path);
		return true;
	}
	run->host = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
	fingerprint = lab_text(run->host, "fingerprint");
	if (!run->host)
		good = complain(path, "line %d: %s", error.line, error.text);
	else if (!json_is_object(run->host))
		good = complain(path, "not an object");
	else if (*fingerprint && strcmp(fingerprint, run->fingerprint))
		good = complain(
			run->path,
			"its SHA-256 is %.16s..., but the run wrote %.16s... (host.json): it was edited, or is another run's",
			run->fingerprint, fingerprint);
	free(path);
	return good;
}

bool lab_run_load(struct lab_run *run, const char *path)
{
	char *text, why[400];
	size_t size = 0;
	bool good;

	memset(run, 0, sizeof(*run));
	text = read_file(path, &size);
	if (!text)
		return false;
	good = lab_run_parse(run, text, size, why, sizeof(why));
	free(text);
	if (!good)
		return complain(path, "%s", why);
	run->path = xstrdup(path);
	if (!load_host(run)) {
		lab_run_free(run);
		return false;
	}
	return true;
}

/* ---- fingerprints ------------------------------------------------------- */

struct hashing {
	const struct lab_run_list *list;
	char (*fingerprint)[LAB_FINGERPRINT];
	atomic_size_t next;
};

static bool unedited(const char *path, char fingerprint[LAB_FINGERPRINT])
{
	char *host = host_path(path), told[LAB_FINGERPRINT];
	const bool good = lab_fingerprint_file(path, fingerprint) &&
			  lab_fingerprint_told(host, told) &&
			  (!*told || !strcmp(told, fingerprint));

	free(host);
	return good;
}

static void *hash_some(void *data)
{
	struct hashing *h = data;
	size_t i;

	while ((i = atomic_fetch_add(&h->next, 1)) < h->list->count)
		if (!unedited(h->list->path[i], h->fingerprint[i]))
			h->fingerprint[i][0] = '\0';
	return NULL;
}

char (*lab_runs_fingerprint(const struct lab_run_list *list))[LAB_FINGERPRINT]
{
	struct hashing h = {
		.list = list,
		.fingerprint =
			xcheck(calloc(list->count + 1, sizeof(*h.fingerprint))),
	};
	const long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	pthread_t thread[64];
	long started = 0;

	while (started < 64 && started < cpus - 1 &&
	       !pthread_create(&thread[started], NULL, hash_some, &h))
		started++;
	hash_some(&h);
	while (started)
		pthread_join(thread[--started], NULL);
	return h.fingerprint;
}

void lab_run_free(struct lab_run *run)
{
	free(run->path);
	json_decref(run->results);
	json_decref(run->host);
	memset(run, 0, sizeof(*run));
}

bool lab_run_load_one(struct lab_run *run, const char *where)
{
	struct lab_run_list list = {};
	bool good = lab_runs_find(&list, where);

	memset(run, 0, sizeof(*run));
	if (good && list.count > 1)
		good = complain(
			where,
			"holds %zu runs, and one is wanted: %s, for example",
			list.count, list.path[0]);
	good = good && lab_run_load(run, list.path[0]);
	lab_runs_free(&list);
	return good;
}
