/* SPDX-License-Identifier: GPL-2.0-only */
/* lab/room.h - disk and memory that guests take, and what there is of both. */
#ifndef LAB_ROOM_H
#define LAB_ROOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lab_machine;

/* Bytes of disk that a guest takes in --out while it runs. Its results take less. */
uint64_t lab_room_disk(void);

/* Bytes free in the file system of @folder to who calls, or a negative errno. */
int lab_room_disk_free(const char *folder, uint64_t *bytes);

/*
 * Bytes of memory that a guest takes at most: its own, what the emulator has
 * beside it, and the channel, which is memory too where --out is a tmpfs.
 */
uint64_t lab_room_memory(const struct lab_machine *machine);

/* Bytes that there are, of the machine and of each cgroup that this runs in. */
uint64_t lab_room_memory_free(void);

/*
 * Whether one more guest may start: one always may, as nobody else takes part.
 */
bool lab_room_fits(uint64_t taken, uint64_t more, uint64_t free);

#endif /* LAB_ROOM_H */
