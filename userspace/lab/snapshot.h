/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lab/snapshot.h - guests that are loaded where others have been saved.
 *
 * Guests of one kernel, program and shape all boot in the same way, instruction by
 * instruction, up to the moment at which process 1 reads what it is to do. There
 * QEMU pauses the guest (guest/stand_still.c). The second such guest is saved, by
 * QEMU's migration to a file. It and later ones are loaded from there and go on with
 * the same instructions, clock and console, without the time that a boot takes. Only
 * counted guests are saved, and of those with devices the ones of which it was shown
 * that they are the same (struct lab_victim_ops, saved).
 *
 * QEMU ends when it has saved a guest: what it cleans up after a migration would cut
 * a turn of the CPUs short at some time (migration/migration.c, migration_cleanup()).
 *
 * A guest that is not saved pauses as well: the turns of its CPUs begin anew then,
 * as they do in one that is loaded.
 *
 * Snapshots lie in the folder of the bundle, named by the SHA-256 of what decides
 * a boot. Any of them may be deleted at any time.
 */
#ifndef LAB_SNAPSHOT_H
#define LAB_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>

#include "monitor.h"

struct lab_bundle;
struct lab_guest;
struct lab_machine;
struct lab_qemu;

enum lab_snapshot_state {
	LAB_SNAPSHOT_OFF, /* it never pauses, or did */
	LAB_SNAPSHOT_WAITING, /* it boots, until it pauses */
	LAB_SNAPSHOT_WRITING, /* it is being saved, and does not run meanwhile */
	LAB_SNAPSHOT_WRITTEN, /* QEMU ends, and is started again */
	LAB_SNAPSHOT_LOADING, /* the guest is being loaded */
};

struct lab_snapshot {
	enum lab_snapshot_state state;
	struct lab_monitor monitor;
	char path[4400]; /* of the snapshot, or "": there is to be none */
	bool save; /* when it pauses */
	bool tried; /* saving, which is not done again */
	bool loaded;
	/*
	 * How the channel began before a guest wrote to it, or that of another one
	 * was loaded: the request. malloc()ed.
	 */
	void *request;
	size_t request_size;
	double since; /* lab_now() when it began to be written */
};

/*
 * Before QEMU is started, with the channel and the console's file made: whether the
 * guest is loaded, saved, or neither. Adds to @machine what its command line then
 * needs. 0 or a negative errno.
 */
int lab_snapshot_open(struct lab_guest *guest, struct lab_machine *machine);

/* Looks after it until it has paused. Does not wait. */
void lab_snapshot_poll(struct lab_guest *guest);

/* Whether it is being saved or loaded: the guest does not run meanwhile. */
bool lab_snapshot_busy(const struct lab_snapshot *snapshot);

/*
 * After QEMU has ended: whether it is to be started again, as it has saved the guest,
 * or could not load it. The request is in the channel as it was, and the console is
 * empty.
 */
bool lab_snapshot_again(struct lab_guest *guest);

/* After QEMU has ended: what is half written is removed. */
void lab_snapshot_conclude(struct lab_guest *guest);

#endif /* LAB_SNAPSHOT_H */
