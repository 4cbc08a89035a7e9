// SPDX-License-Identifier: GPL-2.0-only
/*
 * victim/disk_work.c - what is written to a disk, read back and verified.
 *
 * A unit of which an error was reported, when it was written or flushed, is lost,
 * and is not read: its caller was told. All others have to come back as they were
 * written, after the page cache was dropped and, with a file system, after that
 * was mounted again.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/file.h"
#include "disk.h"

#define SMALL_FILES 24
#define SMALL_MAX 9000 /* bytes */

static uint32_t passes;

static void empty_page_cache(void)
{
	lab_file_write("/proc/sys/vm/drop_caches", "1");
}

/* A part of a pass: what of it is lost is told in words. */
static void describe(struct lab_work *work, const struct lab_work *before,
		     const char *name)
{
	const uint64_t lost =
		(work->asked - before->asked) - (work->done - before->done);
	const size_t used = strlen(work->detail);

	if (!lost)
		return;
	snprintf(work->detail + used, sizeof(work->detail) - used,
		 "%s%llu %s%s%s", used ? ", " : "", (unsigned long long)lost,
		 name, work->errors ? ": " : "",
		 work->errors ? strerrorname_np(work->error) ?: "" : "");
}

/* ---- units ---------------------------------------------------------------- */

/* Through the page cache, and past it. */
struct units {
	struct lab_transfer cached, direct;
};

static void open_units(struct units *units, const char *path, int flags,
		       struct lab_work *work)
{
	units->cached.fd = open(path, O_CLOEXEC | flags, 0600);
	if (units->cached.fd < 0)
		lab_disk_error(work, errno);
	units->direct.fd = open(path, O_CLOEXEC | O_DIRECT | flags, 0600);
	if (units->direct.fd < 0)
		lab_disk_error(work, errno);
}

static void close_units(const struct units *units)
{
	if (units->cached.fd >= 0)
		close(units->cached.fd);
	if (units->direct.fd >= 0)
		close(units->direct.fd);
}

static void write_units(struct units *units, const char *path, int flags,
			struct lab_work *work)
{
	passes++;
	*units = (struct units){
		.cached.pass = passes,
		.direct.pass = passes,
		.direct.base = lab_transfer_bytes(),
	};
	work->asked += 2 * LAB_UNITS;
	open_units(units, path, O_RDWR | flags, work);
	if (units->cached.fd >= 0)
		lab_transfer_write(&units->cached, work);
	if (units->direct.fd >= 0)
		lab_transfer_write_direct(&units->direct, work);
	close_units(units);
}

/* From the disk, not from the page cache. */
static void read_units(struct units *units, const char *path, bool count,
		       struct lab_work *work)
{
	empty_page_cache();
	open_units(units, path, O_RDONLY, work);
	if (units->cached.fd >= 0)
		lab_transfer_read(&units->cached, count, work);
	if (units->direct.fd >= 0)
		lab_transfer_read_direct(&units->direct, count, work);
	close_units(units);
}

void lab_disk_pass(const char *device, struct lab_work *work)
{
	static struct units units;
	const struct lab_work before = *work;

	write_units(&units, device, 0, work);
	read_units(&units, device, true, work);
	describe(work, &before, "units");
}

/* ---- small files ------------------------------------------------------------ */

/* Numbered; the file's name after it was renamed. */
static void name_of(const char *folder, unsigned int number, const char *kind,
		    char *path, size_t size)
{
	snprintf(path, size, "%s/%u/%s%u", folder, number % 2, kind, number);
}

static unsigned int small_size(unsigned int number)
{
	return 1 + number * 1117 % SMALL_MAX;
}

static void fill_small(unsigned int number, unsigned char *bytes)
{
	unsigned int i;

	for (i = 0; i < small_size(number); i++)
		bytes[i] = passes * 17 + number * 31 + i * 7;
}

/* True when the kernel reported no error, the flush included. */
static bool write_small(const char *folder, unsigned int number,
			struct lab_work *work)
{
	unsigned char bytes[SMALL_MAX];
	char path[80], last[80];
	bool good;
	ssize_t n;
	int fd;

	name_of(folder, number, "new", path, sizeof(path));
	name_of(folder, number, "file", last, sizeof(last));
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0) {
		lab_disk_error(work, errno);
		return false;
	}
	fill_small(number, bytes);
	n = write(fd, bytes, small_size(number));
	good = n >= 0 && !fsync(fd) && !rename(path, last);
	if (!good)
		lab_disk_error(work, errno);
	close(fd);
	return good && n == small_size(number);
}

/* That the folder has it under its last name is told of by fsync alone. */
static bool flush_folders(const char *folder, struct lab_work *work)
{
	bool good = true;
	char path[80];
	int fd, i;

	for (i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "%s/%d", folder, i);
		fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd < 0 || fsync(fd)) {
			lab_disk_error(work, errno);
			good = false;
		}
		if (fd >= 0)
			close(fd);
	}
	return good;
}

static void write_smalls(const char *folder, bool *stored,
			 struct lab_work *work)
{
	char path[80];
	unsigned int i;

	work->asked += SMALL_FILES;
	for (i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "%s/%u", folder, i);
		if (mkdir(path, 0700) && errno != EEXIST)
			lab_disk_error(work, errno);
	}
	for (i = 0; i < SMALL_FILES; i++)
		stored[i] = write_small(folder, i, work);
	if (!flush_folders(folder, work))
		memset(stored, 0, SMALL_FILES * sizeof(*stored));
}

static void read_small(const char *folder, unsigned int number, bool count,
		       struct lab_work *work)
{
	unsigned char bytes[SMALL_MAX + 1], right[SMALL_MAX];
	char path[80];
	ssize_t n;
	int fd;

	name_of(folder, number, "file", path, sizeof(path));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, bytes, sizeof(bytes));
	fill_small(number, right);
	if (n < 0 && errno != ENOENT)
		lab_disk_error(work, errno);
	else if (n != small_size(number) || memcmp(bytes, right, n))
		work->wrong++;
	else
		work->done += count;
	if (fd >= 0)
		close(fd);
}

static void read_smalls(const char *folder, const bool *stored, bool count,
			struct lab_work *work)
{
	unsigned int i;

	for (i = 0; i < SMALL_FILES; i++)
		if (stored[i])
			read_small(folder, i, count, work);
}

/* ---- files ------------------------------------------------------------------ */

static void remove_files(const char *folder, const char *units,
			 struct lab_work *work)
{
	char path[80];
	unsigned int i;

	if (unlink(units) && errno != ENOENT)
		lab_disk_error(work, errno);
	for (i = 0; i < SMALL_FILES; i++) {
		name_of(folder, i, "file", path, sizeof(path));
		if (unlink(path) && errno != ENOENT)
			lab_disk_error(work, errno);
	}
}

void lab_files_pass(const char *folder, int (*remount)(void),
		    struct lab_work *work)
{
	static struct units units;
	struct lab_work before = *work;
	bool stored[SMALL_FILES] = {};
	char path[80];
	int err;

	snprintf(path, sizeof(path), "%s/units", folder);
	write_units(&units, path, O_CREAT, work);
	write_smalls(folder, stored, work);
	read_units(&units, path, false, work);
	read_smalls(folder, stored, false, work);
	err = remount();
	if (err) {
		lab_disk_error(work, -err);
	} else {
		read_units(&units, path, true, work);
		read_smalls(folder, stored, true, work);
		remove_files(folder, path, work);
	}
	describe(work, &before, "units and files");
}
