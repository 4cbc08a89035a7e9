// SPDX-License-Identifier: GPL-2.0-only
/*
 * history/order.c - branches of kernels, and which kernel follows which.
 *
 * A release is read as people and git-describe(1) write it: "6.13.0-rc4",
 * "6.13.0-rc4-00012-gdeadbeef", "6.12.43+deb13-amd64", "6.8.0-45-generic",
 * "6.13.0-rc1-next-20241203". Its numbers give the order, its words the branch:
 * -rt and -cloud of one version are different kernels, and neither follows the
 * other.
 */
#include <ctype.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/alloc.h"
#include "lib/process.h"
#include "history.h"

#define NUMBERS 8
#define FLAVOUR 64
#define HASH 41

enum { MAJOR, MINOR, PATCH, RC, FURTHER };

#define RELEASED \
	1000000 /* stands for the number of a release that is not a candidate */

struct version {
	uint64_t number[NUMBERS]; /* as above, then further ones */
	size_t further;
	bool next; /* from linux-next */
	char flavour[FLAVOUR], hash[HASH];
};

/* Reads "6.13.4" and what is before it; returns the end of what was read. */
static const char *read_version(const char *text, struct version *version)
{
	size_t i;

	version->number[RC] = RELEASED;
	for (i = MAJOR; i <= PATCH && isdigit((unsigned char)*text); i++) {
		version->number[i] = strtoull(text, (char **)&text, 10);
		if (*text != '.' || !isdigit((unsigned char)text[1]))
			break;
		text++;
	}
	return text;
}

static bool all_of(const char *word, const char *set)
{
	return *word && strspn(word, set) == strlen(word);
}

#define DIGITS "0123456789"

static void take_word(struct version *version, const char *word)
{
	const size_t used = strlen(version->flavour);

	if (!strncmp(word, "rc", 2) && all_of(word + 2, DIGITS))
		version->number[RC] = strtoull(word + 2, NULL, 10);
	else if (*word == 'g' && strlen(word) > 7 && strlen(word) <= HASH &&
		 all_of(word + 1, DIGITS "abcdef"))
		snprintf(version->hash, HASH, "%s", word + 1);
	else if (!strcmp(word, "next"))
		version->next = true;
	else if (all_of(word, DIGITS) && FURTHER + version->further < NUMBERS)
		version->number[FURTHER + version->further++] =
			strtoull(word, NULL, 10);
	else if (*word && strcmp(word, "dirty"))
		snprintf(version->flavour + used, FLAVOUR - used, "-%s", word);
}

static void read_release(const char *release, struct version *version)
{
	char *copy, *word, *rest;

	memset(version, 0, sizeof(*version));
	copy = xstrdup(read_version(release, version));
	for (word = strtok_r(copy, "-+.~", &rest); word;
	     word = strtok_r(NULL, "-+.~", &rest))
		take_word(version, word);
	free(copy);
}

/*
 * Releases with a patch number are of their version's stable branch, and so is
 * what a distribution numbers by itself ("6.8.0-45-generic"). Candidates, and
 * what git-describe(1) counts commits of, are of the mainline.
 */
static char *branch_of(const struct version *version)
{
	const bool described = version->hash[0];
	const bool stable =
		version->number[RC] == RELEASED &&
		(version->number[PATCH] || (version->further && !described));

	if (version->next)
		return xasprintf("next%s", version->flavour);
	if (!stable)
		return xasprintf("mainline%s", version->flavour);
	return xasprintf("%" PRIu64 ".%" PRIu64 ".y%s", version->number[MAJOR],
			 version->number[MINOR], version->flavour);
}

struct ordered {
	struct lab_tested *kernel;
	struct version version;
	bool by_ancestors;
};

/* Compares by version only; 0: the same version. */
static int by_version(const struct ordered *x, const struct ordered *y)
{
	const int branches = strcmp(x->kernel->branch, y->kernel->branch);
	size_t i;

	for (i = 0; !branches && i < FURTHER; i++)
		if (x->version.number[i] != y->version.number[i])
			return x->version.number[i] < y->version.number[i] ?
				       -1 :
				       1;
	return branches;
}

static int by_number(int64_t x, int64_t y)
{
	return (x > y) - (x < y);
}

/* All kernels of a version have by_ancestors set, or none has. */
static int by_all(const void *a, const void *b)
{
	const struct ordered *x = a, *y = b;
	int order = by_version(x, y);
	size_t i;

	if (!order && x->by_ancestors)
		order = by_number(x->kernel->ancestors, y->kernel->ancestors);
	for (i = FURTHER; !order && !x->by_ancestors && i < NUMBERS; i++)
		order = by_number(x->version.number[i], y->version.number[i]);
	if (!order)
		order = by_number(x->kernel->first, y->kernel->first);
	return order ? order : by_number(x->kernel->id, y->kernel->id);
}

static int by_version_only(const void *a, const void *b)
{
	return by_version(a, b);
}

void lab_order_kernels(struct lab_tested *kernel, size_t n)
{
	struct ordered *all = xcheck(calloc(n + 1, sizeof(*all)));
	size_t i, from, to;

	for (i = 0; i < n; i++) {
		all[i].kernel = &kernel[i];
		read_release(kernel[i].release, &all[i].version);
		if (!*kernel[i].branch) {
			free(kernel[i].branch);
			kernel[i].branch = branch_of(&all[i].version);
		}
	}
	qsort(all, n, sizeof(*all), by_version_only);
	for (from = 0; from < n; from = to) {
		bool known = true;

		for (to = from; to < n && !by_version(&all[from], &all[to]);
		     to++)
			known &= all[to].kernel->ancestors > 0;
		for (i = from; i < to; i++)
			all[i].by_ancestors = known;
	}
	qsort(all, n, sizeof(*all), by_all);
	for (i = 0; i < n; i++)
		all[i].kernel->place = i;
	free(all);
}

/* ---- ancestry -------------------------------------------------------------- */

/*
 * Runs a program and takes the first line of its output; false when it fails.
 */
static bool first_line(char *const *argv, char *line, int size)
{
	const int nothing = open("/dev/null", O_WRONLY | O_CLOEXEC);
	struct lab_process process;
	bool good;

	good = nothing >= 0 && !lab_process_start(&process, argv, -1, nothing);
	if (nothing >= 0)
		close(nothing);
	if (!good)
		return false;
	good = fgets(line, size, process.from);
	return !lab_process_end(&process) && good;
}

int64_t lab_ancestors(const char *tree, const char *release)
{
	struct version version;
	char line[32];
	/* A descendant has more ancestors than any of them. */
	char *argv[] = { "git",	    "-C",	  (char *)tree, "rev-list",
			 "--count", version.hash, "--",		NULL };

	if (!tree)
		return 0;
	read_release(release, &version);
	if (!version.hash[0] || !first_line(argv, line, sizeof(line)))
		return 0;
	return strtoll(line, NULL, 10);
}

bool lab_is_tree(const char *folder)
{
	char *argv[] = { "git",	      "-C",	   (char *)folder,
			 "rev-parse", "--git-dir", NULL };
	char line[4096];

	return first_line(argv, line, sizeof(line));
}
