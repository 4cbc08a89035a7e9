// SPDX-License-Identifier: GPL-2.0-only
/* lib/leftover.c - see lib/leftover.h. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "leftover.h"

#define LOCK "owner.lock"

/* Of folders with the same name and process; more are not looked for. */
#define TRIES 100

static int remove_one(const char *path, const struct stat *st, int type,
		      struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

void lab_remove_tree(const char *path)
{
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/*
 * The lock of a folder, taken; -EWOULDBLOCK when its owner lives, -ENOENT when
 * it is no folder of this kind.
 */
static int take(const char *folder, int flags)
{
	char path[PATH_MAX];
	int fd, err;

	if (snprintf(path, sizeof(path), "%s/" LOCK, folder) >=
	    (int)sizeof(path))
		return -ENAMETOOLONG;
	fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | flags, 0600);
	if (fd < 0)
		return -errno;
	if (!flock(fd, LOCK_EX | LOCK_NB))
		return fd;
	err = -errno;
	close(fd);
	return err;
}

/* Whether the file is still there: whoever removes the folder holds the lock. */
static bool is_there(int lock)
{
	struct stat st;

	return !fstat(lock, &st) && st.st_nlink;
}

static int make(const char *path)
{
	int lock;

	if (mkdir(path, 0755))
		return -errno;
	lock = take(path, O_CREAT | O_EXCL);
	if (lock < 0) {
		rmdir(path);
	} else if (!is_there(lock)) {
		close(lock);
		lock = -EEXIST;
	}
	return lock;
}

int lab_owned_make(const char *parent, const char *name, char *path,
		   size_t size)
{
	unsigned int i;
	int lock = -EEXIST;

	for (i = 0; lock == -EEXIST && i < TRIES; i++) {
		char more[16] = "";

		if (i)
			snprintf(more, sizeof(more), ".%u", i);
		if (snprintf(path, size, "%s/.%s.%d%s", parent, name, getpid(),
			     more) >= (int)size)
			return -ENAMETOOLONG;
		lock = make(path);
		/* Removed between its making and its locking: once more. */
		if (lock == -EWOULDBLOCK || lock == -ENOENT)
			lock = -EEXIST;
	}
	return lock;
}

void lab_owned_end(int lock, const char *path)
{
	char file[PATH_MAX];

	if (lock < 0)
		return;
	if (snprintf(file, sizeof(file), "%s/" LOCK, path) < (int)sizeof(file))
		unlink(file);
	close(lock);
}

/* ".NAME.PID", NAME not empty. */
static bool is_named_so(const char *name)
{
	const char *dot = strrchr(name, '.');
	size_t i;

	if (name[0] != '.' || dot < name + 2 || !dot[1])
		return false;
	for (i = 1; dot[i]; i++)
		if (!isdigit((unsigned char)dot[i]))
			return false;
	return true;
}

unsigned int lab_leftovers_remove(const char *parent)
{
	DIR *folder = opendir(parent);
	struct dirent *entry;
	unsigned int n = 0;
	char path[PATH_MAX];
	int lock;

	while (folder && (entry = readdir(folder))) {
		if (!is_named_so(entry->d_name) ||
		    snprintf(path, sizeof(path), "%s/%s", parent,
			     entry->d_name) >= (int)sizeof(path))
			continue;
		lock = take(path, 0);
		if (lock < 0)
			continue;
		lab_remove_tree(path);
		close(lock);
		n++;
	}
	if (folder)
		closedir(folder);
	return n;
}
