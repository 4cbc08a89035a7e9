/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sys/restore.h - puts settings back, however a run ends.
 *
 * Before a file in /sys or /proc is changed its value goes to a list on disk.
 * The list is worked off, last first, when the run ends; by the process that
 * watches over the run when that dies; and by the next start when both did.
 */
#ifndef LAB_RESTORE_H
#define LAB_RESTORE_H

#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

#define LAB_RESTORE_DIR "/run/labyrinth"

/*
 * Takes the lock that one run at a time can have, and holds it until the last
 * process of this run is gone: -EBUSY when another one is active.
 */
int lab_restore_lock(void);

/* Who has it, or had it last; 0 when nobody did. */
pid_t lab_restore_holder(void);

/*
 * Takes the lock and works off a list that was left behind; *restored says how
 * many settings it had.
 */
int lab_restore_begin(size_t *restored);

/* Prints what is on the list, a setting a line. */
void lab_restore_show(FILE *to);

/* Remembers what the file says now. Once is enough for each file. */
int lab_restore_save(const char *path);

/* Writes to a setting, remembered before. */
int lab_restore_write(const char *path, const char *value);

/* Back to what it was before lab_restore_write(), ahead of all else. */
int lab_restore_one(const char *path);

/*
 * Something that a run makes and that outlives it, noted before it is made: to
 * be undone by name. That it is gone already is no error.
 */
enum lab_restore_kind {
	LAB_RESTORE_SWAP, /* a device that is swapped to */
	LAB_RESTORE_ZRAM, /* the number of a zram device */
	LAB_RESTORE_FOLDER, /* an empty folder: of configfs, a cgroup */
};

int lab_restore_note(enum lab_restore_kind kind, const char *name);

/*
 * Puts everything back and reads it again. How many settings there were, or
 * a negative errno when one is not what it was; why then names it.
 */
int lab_restore_all(char *why, size_t size);

/*
 * Runs work() in a child. Whatever becomes of it, settings are put back. What
 * ends programs is passed on to it. The child's exit code, or 128 + the signal
 * that killed it, or a negative errno.
 */
int lab_restore_guard(int (*work)(void *), void *arg);

#endif /* LAB_RESTORE_H */
