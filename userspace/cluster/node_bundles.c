// SPDX-License-Identifier: GPL-2.0-only
/* cluster/node_bundles.c - see cluster/node_bundles.h. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/alloc.h"
#include "lib/leftover.h"
#include "lib/sha256.h"
#include "node_bundles.h"

struct copy {
	char hex[LAB_FINGERPRINT];
	struct timespec used; /* 0: it is not known when */
};

static char *mark_of(const char *parent, const char *hex)
{
	return xasprintf("%s/.%s.used", parent, hex);
}

/* Locks the mark of a bundle. A descriptor or a negative errno. */
static int lock_mark(const char *parent, const char *hex, int how)
{
	char *path = mark_of(parent, hex);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	int err = fd < 0 ? -errno : 0;

	free(path);
	if (fd >= 0 && flock(fd, how)) {
		err = -errno;
		close(fd);
	}
	return err ?: fd;
}

int lab_node_bundle_hold(const char *parent, const char *hex)
{
	int fd = lock_mark(parent, hex, LOCK_SH);

	if (fd >= 0)
		futimens(fd, NULL);
	return fd;
}

static bool is_copy(const char *name)
{
	return strlen(name) == LAB_FINGERPRINT - 1 &&
	       strspn(name, "0123456789abcdef") == LAB_FINGERPRINT - 1;
}

static struct copy *find_copies(const char *parent, size_t *count)
{
	DIR *folder = opendir(parent);
	struct copy *all = NULL;
	struct dirent *entry;
	struct stat st;

	*count = 0;
	while (folder && (entry = readdir(folder))) {
		struct copy *one;
		char *mark;

		if (!is_copy(entry->d_name))
			continue;
		all = xcheck(realloc(all, (*count + 1) * sizeof(*all)));
		one = &all[(*count)++];
		*one = (struct copy){};
		strcpy(one->hex, entry->d_name);
		mark = mark_of(parent, one->hex);
		if (!stat(mark, &st))
			one->used = st.st_mtim;
		free(mark);
	}
	if (folder)
		closedir(folder);
	return all;
}

static int earlier_first(const void *a, const void *b)
{
	const struct timespec *x = &((const struct copy *)a)->used;
	const struct timespec *y = &((const struct copy *)b)->used;

	if (x->tv_sec != y->tv_sec)
		return x->tv_sec < y->tv_sec ? -1 : 1;
	return (x->tv_nsec > y->tv_nsec) - (x->tv_nsec < y->tv_nsec);
}

/* What has its name is whole: it loses the name first, in a folder of this process. */
static bool remove_copy(const char *parent, const char *hex)
{
	char aside[4096], *from = xasprintf("%s/%s", parent, hex), *to;
	const int lock = lab_owned_make(parent, "old", aside, sizeof(aside));
	bool gone = false;

	if (lock >= 0) {
		to = xasprintf("%s/%s", aside, hex);
		gone = !rename(from, to);
		free(to);
		lab_remove_tree(aside);
		close(lock);
	}
	free(from);
	return gone;
}

size_t lab_node_bundles_trim(const char *parent, size_t keep)
{
	size_t count, removed = 0, i;
	struct copy *copy = find_copies(parent, &count);

	if (count)
		qsort(copy, count, sizeof(*copy), earlier_first);
	for (i = 0; i < count && count - removed > keep; i++) {
		/* Who comes meanwhile waits, and makes another copy. */
		const int lock =
			lock_mark(parent, copy[i].hex, LOCK_EX | LOCK_NB);

		if (lock < 0)
			continue;
		removed += remove_copy(parent, copy[i].hex);
		close(lock);
	}
	free(copy);
	return removed;
}
