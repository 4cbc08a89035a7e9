/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lab/gdb_remote.h - the little of gdb's remote protocol that brings a guest to a
 * point, before gdb itself is there (gdb's manual, "GDB Remote Serial Protocol").
 *
 * QEMU answers one client at a time. A guest that has stopped stays so while
 * one client goes and another one comes.
 */
#ifndef LAB_GDB_REMOTE_H
#define LAB_GDB_REMOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/received.h"

struct lab_gdb_remote {
	int fd; /* or -1 */
	struct lab_received received; /* and is no whole packet yet */
};

/* Bytes of memory that one question may ask for, and of the longest answer. */
#define LAB_GDB_MEMORY 512
#define LAB_GDB_REPLY (2 * LAB_GDB_MEMORY + 1)

/*
 * All return 0 or a negative errno: -ETIMEDOUT when no answer came in 10 s,
 * -EPROTO when it is not the one that was expected. path: of a socket, at most
 * 107 bytes.
 */
int lab_gdb_connect(struct lab_gdb_remote *remote, const char *path);
void lab_gdb_close(struct lab_gdb_remote *remote);

/* Sends a packet, and does not wait. */
int lab_gdb_send(struct lab_gdb_remote *remote, const char *packet);
/* The next packet that has arrived; false: there is none yet. Does not wait. */
bool lab_gdb_next(struct lab_gdb_remote *remote, char *reply, size_t size);

/* Sets or takes away a breakpoint on all CPUs, before what is at that address. */
int lab_gdb_break(struct lab_gdb_remote *remote, uint64_t address, bool set);
/* A 64-bit register of the CPU that has stopped, by QEMU's number. */
int lab_gdb_register(struct lab_gdb_remote *remote, unsigned int number,
		     uint64_t *value);
/* Memory as that CPU sees it, at most LAB_GDB_MEMORY bytes. */
int lab_gdb_memory(struct lab_gdb_remote *remote, uint64_t address, void *to,
		   size_t size);

#endif /* LAB_GDB_REMOTE_H */
