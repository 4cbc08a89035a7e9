// SPDX-License-Identifier: GPL-2.0-only
/*
 * victim/disk.c - from a block device to the layers on it, in their order.
 *
 * What a trial is to be measured by begins with the same file system, so that one
 * is made before each trial, where nothing is watched.
 */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/file.h"
#include "disk.h"

/*
 * Seconds until a driver is asked again for what it was asked, and those that a
 * SCSI command of the error handling may take. The kernel's own 30 s would leave
 * no time to recover in.
 */
#define ANSWER_MS "5000"
#define ANSWER_S "5"
#define HANDLING_S "3"
#define POLL_US 20000
/* How often, and after how long, what is in use is tried again. */
#define BUSY_TRIES 50

static const struct lab_layer *filesystem;
/* Layers that are block devices: those that are chosen, and of these those put on. */
static const struct lab_layer *devices[LAB_LAYERS_MAX];
static unsigned int device_count, put_count;
static char block_device[64]; /* the topmost */
static bool mounted;
static int end_error; /* of the last end of the file system */

void lab_disk_layers(uint32_t set)
{
	unsigned int i;

	filesystem = NULL;
	device_count = 0;
	for (i = 0; lab_layers[i]; i++) {
		if (!(set & 1u << i))
			continue;
		if (lab_layers[i]->make)
			filesystem = lab_layers[i];
		if (lab_layers[i]->put)
			devices[device_count++] = lab_layers[i];
	}
}

/* Block devices on the block device. */
static int put_on(char *why, size_t size)
{
	char above[sizeof(block_device)] = "";
	int err;

	for (put_count = 0; put_count < device_count; put_count++) {
		err = devices[put_count]->put(block_device, above,
					      sizeof(above));
		if (err) {
			snprintf(why, size, "%s: this kernel cannot do it: %s",
				 devices[put_count]->name, strerror(-err));
			return err;
		}
		memcpy(block_device, above, sizeof(block_device));
	}
	return 0;
}

/* ---- the device --------------------------------------------------------------- */

/*
 * One of several possible paths to an NVMe disk cannot be opened: the disk that
 * is made of the paths can (drivers/nvme/host/multipath.c).
 */
static void name_whole(const char *path, char *name, size_t size)
{
	unsigned int subsystem, controller, space;

	if (sscanf(path, "nvme%uc%un%u", &subsystem, &controller, &space) == 3)
		snprintf(name, size, "nvme%un%u", subsystem, space);
	else
		snprintf(name, size, "%s", path);
}

/* The block device, no partition, of which the kernel's path has that part. */
static bool find_block(const char *part, char *name, size_t size)
{
	DIR *folder = opendir("/sys/class/block");
	char path[300], target[PATH_MAX];
	struct dirent *entry;
	uint64_t sectors;
	bool found = false;

	while (folder && !found && (entry = readdir(folder))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "/sys/class/block/%s",
			 entry->d_name);
		if (!realpath(path, target) || !strstr(target, part))
			continue;
		snprintf(path, sizeof(path), "/sys/class/block/%s/size",
			 entry->d_name);
		found = !lab_file_number(path, 10, &sectors) && sectors;
		if (found)
			name_whole(entry->d_name, name, size);
	}
	if (folder)
		closedir(folder);
	return found;
}

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000ull + now.tv_nsec / 1000000;
}

int lab_disk_wait(const char *part, unsigned int ms, char *name, size_t size)
{
	const uint64_t end = now_ms() + ms;

	while (!find_block(part, name, size)) {
		if (now_ms() >= end)
			return -ENODEV;
		usleep(POLL_US);
	}
	return 0;
}

/* Writes a file of sysfs that not every device has. */
static void set(const char *name, const char *file, const char *value)
{
	char path[400];

	snprintf(path, sizeof(path), "/sys/class/block/%s/%s", name, file);
	lab_file_write(path, value);
}

/*
 * A disk of the emulator has zeros written by a thread of the host's, which would
 * let the host's time in.
 */
static void no_zeroing(const char *name)
{
	char path[300];
	struct dirent *entry;
	DIR *folder;

	snprintf(path, sizeof(path), "/sys/class/block/%s/device/scsi_disk",
		 name);
	folder = opendir(path);
	while (folder && (entry = readdir(folder))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path),
			 "device/scsi_disk/%.40s/max_write_same_blocks",
			 entry->d_name);
		set(name, path, "0");
	}
	if (folder)
		closedir(folder);
}

static void set_up(const char *name)
{
	set(name, "queue/io_timeout", ANSWER_MS);
	set(name, "device/timeout", ANSWER_S);
	set(name, "device/eh_timeout", HANDLING_S);
	no_zeroing(name);
}

/* ---- the file system ------------------------------------------------------------ */

static int mount_it(void)
{
	if (mounted)
		return 0;
	mkdir(LAB_DISK_MOUNT, 0700);
	if (mount(block_device, LAB_DISK_MOUNT, filesystem->name, 0, NULL))
		return -errno;
	mounted = true;
	return 0;
}

static int end_it(void)
{
	int tries = 0;

	while (mounted) {
		if (!umount2(LAB_DISK_MOUNT, 0)) {
			mounted = false;
			break;
		}
		if (errno != EBUSY || tries++ == BUSY_TRIES)
			return -errno;
		usleep(POLL_US);
	}
	return 0;
}

static int remount(void)
{
	const int err = end_it();

	return err ? err : mount_it();
}

/* ---- the victim's steps --------------------------------------------------------- */

int lab_disk_prepare(const char *device, char *why, size_t size)
{
	int err;

	snprintf(block_device, sizeof(block_device), "%s", device);
	set_up(strrchr(device, '/') + 1);
	err = put_on(why, size);
	if (err || !filesystem)
		return err;
	err = lab_filesystem_make(filesystem, block_device, why, size);
	if (err)
		return err;
	/* Whether this kernel has it. */
	err = mount_it();
	if (err)
		snprintf(why, size, "%s: this kernel does not mount it: %s",
			 filesystem->name, strerror(-err));
	return err ? err : end_it();
}

int lab_disk_start(void)
{
	return filesystem ? mount_it() : 0;
}

void lab_disk_work(struct lab_work *work)
{
	int err = lab_disk_start();

	memset(work, 0, sizeof(*work));
	if (err) {
		work->asked = 1;
		lab_disk_error(work, -err);
		snprintf(work->detail, sizeof(work->detail), "not mounted");
	} else if (filesystem) {
		lab_files_pass(LAB_DISK_MOUNT, remount, work);
	} else {
		lab_disk_pass(block_device, work);
	}
}

void lab_disk_stop(void)
{
	end_error = end_it();
	if (end_error)
		umount2(LAB_DISK_MOUNT, MNT_DETACH);
	mounted = false;
}

int lab_disk_release(void)
{
	int err = end_error, end;

	end_error = 0;
	while (put_count) {
		end = devices[--put_count]->take_off();
		err = err ? err : end;
	}
	return err;
}
