/* SPDX-License-Identifier: GPL-2.0-only */
/* device.h - /dev/labyrinth. The only file that opens it is device.c. */
#ifndef LAB_DEVICE_H
#define LAB_DEVICE_H

#include <stddef.h>

#include "labyrinth.h" /* module/uapi */

/*
 * An open file, or a negative errno; why then says what is wrong and what to
 * do about it. A module of another ABI is -EPROTO.
 */
int lab_device_open(char *why, size_t size);

int lab_device_info(int fd, struct lab_info *info);
int lab_device_context(int fd, unsigned int index,
		       struct lab_context_info *info);
int lab_device_oracle(int fd, unsigned int index, struct lab_oracle_info *info);
int lab_device_setup(int fd, const struct lab_spec *spec);
/* *fired is right after an error as well. */
int lab_device_fire(int fd, __u64 shots, __u64 *fired);
int lab_device_read(int fd, struct lab_stats *stats);
int lab_device_release(int fd);
int lab_device_zones(int fd, struct lab_zones *zones);

#endif /* LAB_DEVICE_H */
