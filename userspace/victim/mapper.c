// SPDX-License-Identifier: GPL-2.0-only
/*
 * victim/mapper.c - block devices on a block device: encrypted by dm-crypt, and
 * the two halves of a disk as a mirror of md.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <linux/fs.h>
#include <linux/major.h>
#include <linux/raid/md_p.h>
#include <linux/raid/md_u.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "disk.h"

/* ---- device mapper ------------------------------------------------------------ */

struct mapper_ask {
	struct dm_ioctl head;
	struct dm_target_spec target;
	char words[256];
};

static int ask_mapper(unsigned long request, const char *name,
		      struct mapper_ask *ask)
{
	const int control = open("/dev/mapper/control", O_RDWR | O_CLOEXEC);
	int err = 0;

	if (control < 0)
		return -errno;
	ask->head.version[0] = DM_VERSION_MAJOR;
	ask->head.data_size = sizeof(*ask);
	ask->head.data_start = offsetof(struct mapper_ask, target);
	snprintf(ask->head.name, sizeof(ask->head.name), "%s", name);
	if (ioctl(control, request, ask))
		err = -errno;
	close(control);
	return err;
}

static int mapper_end(const char *name)
{
	struct mapper_ask ask = {};

	return ask_mapper(DM_DEV_REMOVE, name, &ask);
}

/* A device of one target over all of its sectors of 512 bytes. */
static int mapper_make(const char *name, const char *target, uint64_t sectors,
		       const char *words, char *node, size_t size)
{
	struct mapper_ask ask = {};
	int err = ask_mapper(DM_DEV_CREATE, name, &ask);

	if (err)
		return err;
	snprintf(node, size, "/dev/dm-%u", minor(ask.head.dev));
	ask = (struct mapper_ask){ .head.target_count = 1,
				   .target.length = sectors };
	snprintf(ask.target.target_type, sizeof(ask.target.target_type), "%s",
		 target);
	snprintf(ask.words, sizeof(ask.words), "%s", words);
	err = ask_mapper(DM_TABLE_LOAD, name, &ask);
	if (!err) {
		/* Without DM_SUSPEND_FLAG it begins to work. */
		ask = (struct mapper_ask){};
		err = ask_mapper(DM_DEV_SUSPEND, name, &ask);
	}
	if (err)
		mapper_end(name);
	return err;
}

static int sectors_of(const char *device, uint64_t *sectors)
{
	const int fd = open(device, O_RDONLY | O_CLOEXEC);
	uint64_t bytes = 0;
	int err = fd < 0 || ioctl(fd, BLKGETSIZE64, &bytes) ? -errno : 0;

	if (fd >= 0)
		close(fd);
	*sectors = bytes / 512;
	return err;
}

/* ---- crypt -------------------------------------------------------------------- */

#define CRYPT "lab-crypt"
#define KEY "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static int put_crypt(const char *below, char *node, size_t size)
{
	char words[200];
	uint64_t sectors;
	int err = sectors_of(below, &sectors);

	snprintf(words, sizeof(words), "aes-xts-plain64 %s 0 %s 0", KEY, below);
	return err ? err :
		     mapper_make(CRYPT, "crypt", sectors, words, node, size);
}

static int take_off_crypt(void)
{
	return mapper_end(CRYPT);
}

static const char *const crypt_modules[] = { "dm-crypt", "xts", NULL };

const struct lab_layer lab_layer_crypt = {
	.name = "crypt",
	.help = "encrypted by dm-crypt, AES-XTS",
	.medium = LAB_DISK,
	.modules = crypt_modules,
	.put = put_crypt,
	.take_off = take_off_crypt,
};

/* ---- raid1 -------------------------------------------------------------------- */

#define MIRROR "/dev/md0"
#define HALVES 2

static const char *const half_names[HALVES] = { "lab-half0", "lab-half1" };

static int put_half(const char *below, unsigned int half, char *node,
		    size_t size)
{
	char words[200];
	uint64_t sectors;
	int err = sectors_of(below, &sectors);

	sectors = sectors / HALVES & ~7ull;
	snprintf(words, sizeof(words), "%s %llu", below,
		 (unsigned long long)sectors * half);
	return err ? err :
		     mapper_make(half_names[half], "linear", sectors, words,
				 node, size);
}

static int add_half(int mirror, unsigned int half, const char *node)
{
	mdu_disk_info_t info = {
		.number = half,
		.raid_disk = half,
		.state = 1 << MD_DISK_ACTIVE | 1 << MD_DISK_SYNC,
	};
	struct stat stat_of;

	if (stat(node, &stat_of))
		return -errno;
	info.major = major(stat_of.st_rdev);
	info.minor = minor(stat_of.st_rdev);
	return ioctl(mirror, ADD_NEW_DISK, &info) ? -errno : 0;
}

/* Clean, so that nothing is copied, and without anything stored of itself. */
static int run_mirror(char node[HALVES][40])
{
	mdu_array_info_t array = {
		.minor_version = 90,
		.level = 1,
		.nr_disks = HALVES,
		.raid_disks = HALVES,
		.not_persistent = 1,
		.state = 1 << MD_SB_CLEAN,
	};
	const int mirror = open(MIRROR, O_RDWR | O_CLOEXEC);
	unsigned int half;
	int err = mirror < 0 || ioctl(mirror, SET_ARRAY_INFO, &array) ? -errno :
									0;

	for (half = 0; !err && half < HALVES; half++)
		err = add_half(mirror, half, node[half]);
	if (!err && ioctl(mirror, RUN_ARRAY, NULL))
		err = -errno;
	if (mirror >= 0)
		close(mirror);
	return err;
}

static int take_off_raid1(void)
{
	const int mirror = open(MIRROR, O_RDWR | O_CLOEXEC);
	int err = mirror < 0 || ioctl(mirror, STOP_ARRAY, NULL) ? -errno : 0;
	unsigned int half;
	int end;

	if (mirror >= 0)
		close(mirror);
	for (half = HALVES; half--;) {
		end = mapper_end(half_names[half]);
		err = err ? err : end;
	}
	return err;
}

static int put_raid1(const char *below, char *node, size_t size)
{
	char half_node[HALVES][40];
	unsigned int half;
	int err = 0;

	/* To open it makes it, and what it is made by is this node. */
	if (mknod(MIRROR, S_IFBLK | 0600, makedev(MD_MAJOR, 0)) &&
	    errno != EEXIST)
		return -errno;
	for (half = 0; !err && half < HALVES; half++)
		err = put_half(below, half, half_node[half],
			       sizeof(half_node[half]));
	if (!err)
		err = run_mirror(half_node);
	if (err)
		take_off_raid1();
	snprintf(node, size, MIRROR);
	return err;
}

static const char *const raid1_modules[] = { "dm-mod", "raid1", NULL };

const struct lab_layer lab_layer_raid1 = {
	.name = "raid1",
	.help = "a mirror of md, of the disk's two halves",
	.medium = LAB_DISK,
	.modules = raid1_modules,
	.put = put_raid1,
	.take_off = take_off_raid1,
};
