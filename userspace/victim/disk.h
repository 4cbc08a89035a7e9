/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * victim/disk.h - a block device, what lies on it, and what is stored there.
 *
 *	controller.c   disks of the emulator, by the driver of their controller
 *	memory_disk.c  block devices whose data is in the guest's memory
 *	disk.c         from the device to the layers on it, in their order
 *	mapper.c       block devices on a block device
 *	filesystem.c   file systems, made
 *	disk_work.c    what is written, read back and verified
 *	transfer.c     units of data, and the ways to write and to read them
 *
 * Functions return 0 or the kernel's negative errno, unless they say otherwise.
 */
#ifndef LAB_DISK_H
#define LAB_DISK_H

#include <stdbool.h>
#include <stdint.h>

#include "victim.h"

/* MiB of each disk: xfs wants 300. Its blocks exist when they are written. */
#define LAB_DISK_MIB 320
#define LAB_DISK_MOUNT "/tmp/disk"

/* ---- disk.c ----------------------------------------------------------------- */

/*
 * Layers are put on the block device, and a file system is made. Not watched.
 * device: as in "/dev/sda". On an error why says what did not succeed.
 */
int lab_disk_prepare(const char *device, char *why, size_t size);
/* The functions of struct lab_victim_ops. */
int lab_disk_start(void);
void lab_disk_work(struct lab_work *work);
void lab_disk_stop(void);
/* Takes off what prepare put on. An error: something is still in use. */
int lab_disk_release(void);
/*
 * Waits for a block device of which sysfs has part in its path. name is as in
 * "sda". 0, or -ENODEV when none came within ms milliseconds.
 */
int lab_disk_wait(const char *part, unsigned int ms, char *name, size_t size);

/* ---- filesystem.c ----------------------------------------------------------- */

extern const struct lab_layer lab_layer_ext4, lab_layer_xfs, lab_layer_btrfs;

int lab_filesystem_make(const struct lab_layer *layer, const char *device,
			char *why, size_t size);

/* ---- mapper.c --------------------------------------------------------------- */

extern const struct lab_layer lab_layer_raid1, lab_layer_crypt;

/* ---- disk_work.c ------------------------------------------------------------ */

/*
 * One pass over a block device, or over the files of a file system on it.
 * remount: NULL, or ends the file system and mounts it again.
 */
void lab_disk_pass(const char *device, struct lab_work *work);
void lab_files_pass(const char *folder, int (*remount)(void),
		    struct lab_work *work);

/* ---- transfer.c ------------------------------------------------------------- */

#define LAB_UNITS 48 /* of different sizes, some 3 MiB in all */

/* A range of units in a file or device that is written and read in one way. */
struct lab_transfer {
	int fd;
	uint64_t base; /* where the first unit begins, in bytes */
	uint32_t pass; /* makes the bytes other ones than those before */
	bool stored[LAB_UNITS]; /* the kernel said that it is */
};

/* Counts a call that reported an error. */
void lab_disk_error(struct lab_work *work, int error);

/* Bytes from the first unit to behind the last one. */
uint64_t lab_transfer_bytes(void);
/*
 * Writes all units, through the page cache or past it, in several requests at a
 * time; stored says of which no error was reported, the flush included.
 */
void lab_transfer_write(struct lab_transfer *transfer, struct lab_work *work);
void lab_transfer_write_direct(struct lab_transfer *transfer,
			       struct lab_work *work);
/*
 * Reads those that are stored. count: those that came back right are done; wrong
 * ones always count.
 */
void lab_transfer_read(struct lab_transfer *transfer, bool count,
		       struct lab_work *work);
void lab_transfer_read_direct(struct lab_transfer *transfer, bool count,
			      struct lab_work *work);

#endif /* LAB_DISK_H */
