/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sys/device.h - the system calls of /dev/labyrinth. See
 * module/uapi/labyrinth.h for units and errors.
 */
#ifndef LAB_DEVICE_H
#define LAB_DEVICE_H

#include <stddef.h>

#include "labyrinth.h" /* module/uapi */

/*
 * Opens the device: a descriptor or a negative errno, with the cause and the
 * remedy in why[]. -EPROTO for a module of another ABI version.
 */
int lab_device_open(char *why, size_t size);

int lab_device_info(int fd, struct lab_info *info);
int lab_device_context(int fd, unsigned int index, struct lab_row *row);
int lab_device_api(int fd, unsigned int index, struct lab_row *row);
int lab_device_oracle(int fd, unsigned int index, struct lab_row *row);
/*
 * The calls below return 0 or a negative errno. reason, which may be NULL, gets
 * the module's explanation of an error.
 */
int lab_device_setup(int fd, const struct lab_spec *spec, char *reason,
		     size_t size);
/* *fired is the number of shots that were fired, also after an error. */
int lab_device_fire(int fd, __u64 shots, __u64 *fired);
/* -ENOENT after the last part. Only the nested context has several parts. */
int lab_device_read(int fd, unsigned int part, struct lab_stats *stats);
int lab_device_release(int fd);
int lab_device_zones(int fd, struct lab_zones *zones);
int lab_device_bust(int fd, const char *name, __u64 shot);

/*
 * Arms the injector of the module until the descriptor is closed. After an
 * error its member reason explains it.
 */
int lab_device_inject(int fd, struct lab_inject *inject);
int lab_device_injected(int fd, __u64 *count);

/*
 * Watches atomic requests until the file is closed, and makes those fail that
 * plans name. reason is in it, in words, after an error.
 */
int lab_device_watch(int fd, struct lab_site_watch *watch);
int lab_device_watched(int fd, struct lab_watched *seen);
/* id is 0 where there is no site; -ENOENT past the last place. */
int lab_device_site(int fd, unsigned int index, struct lab_site_row *row);
/* The places of the sites of the first count requests. */
int lab_device_requests(int fd, __u32 *places, size_t count);

/* Maps the event ring. NULL with errno when the shooter has none. */
struct lab_ring *lab_device_ring(int fd, unsigned int entries);
void lab_device_ring_close(struct lab_ring *ring);
/* The oldest event that was not taken yet, or NULL. */
const struct lab_event *lab_ring_next(struct lab_ring *ring);
/* Frees the entry of that event: the module may overwrite it. */
void lab_ring_taken(struct lab_ring *ring);

#endif /* LAB_DEVICE_H */
