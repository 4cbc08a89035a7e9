/* SPDX-License-Identifier: GPL-2.0-only */
/* sys/device.h - /dev/labyrinth. The only file that opens it is device.c. */
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
int lab_device_context(int fd, unsigned int index, struct lab_row *row);
int lab_device_api(int fd, unsigned int index, struct lab_row *row);
int lab_device_oracle(int fd, unsigned int index, struct lab_row *row);
/* reason, which may be NULL, says in words what an error is about. */
int lab_device_setup(int fd, const struct lab_spec *spec, char *reason,
		     size_t size);
/* *fired is right after an error as well. */
int lab_device_fire(int fd, __u64 shots, __u64 *fired);
/* -ENOENT past the last part; all but the nested context have one. */
int lab_device_read(int fd, unsigned int part, struct lab_stats *stats);
int lab_device_release(int fd);
int lab_device_zones(int fd, struct lab_zones *zones);
int lab_device_bust(int fd, const char *name, __u64 shot);

/* Until the file is closed. reason is in it, in words, after an error. */
int lab_device_inject(int fd, struct lab_inject *inject);
int lab_device_injected(int fd, __u64 *count);

/* The event ring of a run that has one, or NULL and errno. */
struct lab_ring *lab_device_ring(int fd, unsigned int entries);
void lab_device_ring_close(struct lab_ring *ring);
/* The oldest event that was not taken yet, or NULL. */
const struct lab_event *lab_ring_next(struct lab_ring *ring);
/* Gives its place back: the event may be overwritten from then on. */
void lab_ring_taken(struct lab_ring *ring);

#endif /* LAB_DEVICE_H */
