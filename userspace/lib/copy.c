// SPDX-License-Identifier: GPL-2.0-only
/* lib/copy.c - see lib/copy.h. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "alloc.h"
#include "copy.h"

static int write_all(int fd, const char *bytes, size_t size)
{
	ssize_t n;

	while (size) {
		n = write(fd, bytes, size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		bytes += n;
		size -= n;
	}
	return 0;
}

static int copy_bytes(int from, int to)
{
	char *bytes = xcheck(malloc(1 << 18));
	int err = 0;
	ssize_t n;

	while (!err && (n = read(from, bytes, 1 << 18))) {
		if (n < 0 && errno == EINTR)
			continue;
		err = n < 0 ? -errno : write_all(to, bytes, n);
	}
	free(bytes);
	return err;
}

/* Errors of the disk may be told by any of the three. */
static int finish(int fd, int err)
{
	if (!err && fsync(fd))
		err = -errno;
	if (close(fd) && !err)
		err = -errno;
	return err;
}

int lab_copy_file(const char *from, const char *to, mode_t mode)
{
	int in = open(from, O_RDONLY | O_CLOEXEC), out, err;

	if (in < 0)
		return -errno;
	out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	err = out < 0 ? -errno : finish(out, copy_bytes(in, out));
	close(in);
	return err;
}

static int copy_entry(const char *from, const char *to, const char *name)
{
	char *source = xasprintf("%s/%s", from, name);
	char *target = xasprintf("%s/%s", to, name);
	struct stat st;
	int err = stat(source, &st) ? -errno : 0;

	if (!err && S_ISREG(st.st_mode))
		err = lab_copy_file(source, target, 0644);
	free(source);
	free(target);
	return err;
}

int lab_copy_folder(const char *from, const char *to)
{
	DIR *folder = opendir(from);
	struct dirent *entry;
	int err = 0;

	if (!folder)
		return -errno;
	if (mkdir(to, 0755))
		err = -errno;
	while (!err && (entry = readdir(folder)))
		if (entry->d_name[0] != '.')
			err = copy_entry(from, to, entry->d_name);
	closedir(folder);
	return err;
}

/* Others may write the same file, on this machine or on another. */
static char *part_of(const char *path)
{
	char host[256] = "";

	gethostname(host, sizeof(host) - 1);
	return xasprintf("%s.%s.%d.part", path, host, getpid());
}

static int write_part(const char *part, const char *text)
{
	int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	return fd < 0 ? -errno : finish(fd, write_all(fd, text, strlen(text)));
}

int lab_write_whole(const char *path, const char *text)
{
	char *part = part_of(path);
	int err = write_part(part, text);

	if (!err && rename(part, path))
		err = -errno;
	if (err)
		unlink(part);
	free(part);
	return err;
}

/*
 * A link that was made may be told to have failed, when the answer of a file
 * server was lost: the number of links knows it (open(2), O_EXCL).
 */
static int link_first(const char *part, const char *path)
{
	struct stat st;
	int err;

	if (!link(part, path))
		return 0;
	err = -errno;
	return !stat(part, &st) && st.st_nlink == 2 ? 0 : err;
}

int lab_write_first(const char *path, const char *text)
{
	char *part = part_of(path);
	int err = write_part(part, text);

	if (!err)
		err = link_first(part, path);
	unlink(part);
	free(part);
	return err;
}
