// SPDX-License-Identifier: GPL-2.0-only
/*
 * victim/memory_disk.c - block devices of the kernel whose data is in the guest's
 * memory. Each is made before a trial and ended after it.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/file.h"
#include "disk.h"

/* How one is made and ended: 0 or a negative errno. */
struct memory_disk {
	const char *name;
	/* node: as in "/dev/zram1" */
	int (*make)(char *node, size_t size);
	int (*end)(void);
};

/* ---- null_blk --------------------------------------------------------------- */

#define CONFIGFS "/sys/kernel/config"
#define NULL_BLK CONFIGFS "/nullb/nullb1"

/* The kernel's own number follows that of the one it makes when it is loaded. */
static int null_blk_make(char *node, size_t size)
{
	char mib[16];
	int err;

	/* Process 1 mounts it where the kernel has it built in. */
	mount("configfs", CONFIGFS, "configfs", 0, NULL);
	err = mkdir(NULL_BLK, 0700) ? -errno : 0;

	snprintf(mib, sizeof(mib), "%d", LAB_DISK_MIB);
	if (!err)
		err = lab_file_write(NULL_BLK "/size", mib);
	if (!err)
		err = lab_file_write(NULL_BLK "/blocksize", "4096");
	if (!err)
		err = lab_file_write(NULL_BLK "/memory_backed", "1");
	if (!err)
		err = lab_file_write(NULL_BLK "/power", "1");
	snprintf(node, size, "/dev/nullb1");
	return err;
}

static int null_blk_end(void)
{
	int err = lab_file_write(NULL_BLK "/power", "0");

	return rmdir(NULL_BLK) ? -errno : err;
}

/* ---- zram --------------------------------------------------------------------- */

static int zram_number = -1;

static int zram_make(char *node, size_t size)
{
	char path[64], value[16];
	uint64_t number;
	int err =
		lab_file_number("/sys/class/zram-control/hot_add", 10, &number);

	if (err)
		return err;
	zram_number = number;
	snprintf(node, size, "/dev/zram%d", zram_number);
	snprintf(path, sizeof(path), "/sys/block/zram%d/disksize", zram_number);
	snprintf(value, sizeof(value), "%dM", LAB_DISK_MIB);
	return lab_file_write(path, value);
}

static int zram_end(void)
{
	char number[16];
	int err;

	if (zram_number < 0)
		return 0;
	snprintf(number, sizeof(number), "%d", zram_number);
	err = lab_file_write("/sys/class/zram-control/hot_remove", number);
	zram_number = -1;
	return err;
}

/* ---- loop --------------------------------------------------------------------- */

#define LOOP_FILE "/tmp/loop"

static char loop_node[32];

/* A device of a file in memory, which is given with its configuration. */
static int loop_set_up(int file)
{
	const struct loop_config config = { .fd = file };
	const int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
	int number = control < 0 ? -1 : ioctl(control, LOOP_CTL_GET_FREE);
	int err = number < 0 ? -errno : 0, device;

	if (control >= 0)
		close(control);
	if (err)
		return err;
	snprintf(loop_node, sizeof(loop_node), "/dev/loop%d", number);
	device = open(loop_node, O_RDWR | O_CLOEXEC);
	if (device < 0 || ioctl(device, LOOP_CONFIGURE, &config))
		err = -errno;
	if (device >= 0)
		close(device);
	return err;
}

static int loop_make(char *node, size_t size)
{
	const int file = open(LOOP_FILE, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	int err;

	if (file < 0)
		return -errno;
	err = ftruncate(file, (off_t)LAB_DISK_MIB << 20) ? -errno :
							   loop_set_up(file);
	close(file);
	snprintf(node, size, "%s", loop_node);
	return err;
}

static int loop_end(void)
{
	const int device = open(loop_node, O_RDWR | O_CLOEXEC);
	int err = device < 0 || ioctl(device, LOOP_CLR_FD) ? -errno : 0;

	if (device >= 0)
		close(device);
	unlink(LOOP_FILE);
	return err;
}

/* ---- all of them ---------------------------------------------------------------- */

static const struct memory_disk kinds[] = {
	{ "null_blk", null_blk_make, null_blk_end },
	{ "zram", zram_make, zram_end },
	{ "loop", loop_make, loop_end },
};

static const struct memory_disk *made;

static int memory_open(const struct lab_victim_ops *victim, char *why,
		       size_t size)
{
	char node[40];
	size_t i;
	int err;

	for (i = 0; strcmp(kinds[i].name, victim->name); i++)
		;
	made = &kinds[i];
	err = made->make(node, sizeof(node));
	if (err) {
		snprintf(why, size, "this kernel makes no %s: %s", victim->name,
			 strerror(-err));
		return err;
	}
	return lab_disk_prepare(node, why, size);
}

static int memory_close(void)
{
	const int err = lab_disk_release();
	const int end = made->end();

	return err ? err : end;
}

#define MEMORY(id, text)                                         \
	static const char *const id##_modules[] = { #id, NULL }; \
	const struct lab_victim_ops lab_victim_##id = {          \
		.name = #id,                                     \
		.help = text,                                    \
		.modules = id##_modules,                         \
		.memory = 128,                                   \
		.medium = LAB_DISK,                              \
		.open = memory_open,                             \
		.start = lab_disk_start,                         \
		.work = lab_disk_work,                           \
		.stop = lab_disk_stop,                           \
		.close = memory_close,                           \
	}

MEMORY(null_blk, "a disk in memory, of null_blk");
MEMORY(zram, "a disk in memory, compressed");
MEMORY(loop, "a file in memory as a disk");
