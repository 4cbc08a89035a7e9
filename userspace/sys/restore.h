/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sys/restore.h - restores the settings of the machine, however a run ends.
 *
 * Before a file in /sys or /proc is changed its value is appended to a list on
 * disk, /run/labyrinth/undo. The list is restored in reverse order at the end
 * of the run; by the guard process when the run dies; and by the next start, or
 * "labyrinth recover", when both died.
 *
 * Functions return 0 or a negative errno unless they say otherwise.
 */
#ifndef LAB_RESTORE_H
#define LAB_RESTORE_H

#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

#define LAB_RESTORE_DIR "/run/labyrinth"

/*
 * Takes the lock of which only one run has it at a time, until the last process
 * of this run has ended. -EBUSY when another run is active.
 */
int lab_restore_lock(void);

/*
 * The pid of the run that has the lock or had it last; 0 when there was none.
 */
pid_t lab_restore_holder(void);

/*
 * Takes the lock and restores a list that an earlier run left; *restored is the
 * number of its settings.
 */
int lab_restore_begin(size_t *restored);

/* Prints the list, a setting a line. */
void lab_restore_show(FILE *to);

/* Saves the current value of a file, unless it was saved already. */
int lab_restore_save(const char *path);

/* Saves the value of a file and writes another one to it. */
int lab_restore_write(const char *path, const char *value);

/* Restores one file before the end of the run. */
int lab_restore_one(const char *path);

/*
 * Things that a run creates and that outlive the process. They are noted before
 * they are created, and removed by name. It is not an error when they are gone
 * already.
 */
enum lab_restore_kind {
	LAB_RESTORE_SWAP, /* the path of a swap device */
	LAB_RESTORE_ZRAM, /* the number of a zram device */
	LAB_RESTORE_FOLDER, /* an empty folder: of configfs, a cgroup */
	/*
	 * The path of a setting that is set to 0 before all else, because other
	 * settings limit what it does. Its own value is saved as usual, and is
	 * restored in its turn.
	 */
	LAB_RESTORE_STOP,
};

int lab_restore_note(enum lab_restore_kind kind, const char *name);

/*
 * Restores all and verifies it by reading. Returns how many settings there
 * were, or a negative errno with the name of the first that could not be
 * restored in why[].
 */
int lab_restore_all(char *why, size_t size);

/*
 * Runs work() in a child process, passes terminating signals on to it, and
 * restores all settings when it has ended, whatever the cause. Returns the exit
 * code of the child, 128 + the signal that killed it, or a negative errno.
 */
int lab_restore_guard(int (*work)(void *), void *arg);

#endif /* LAB_RESTORE_H */
