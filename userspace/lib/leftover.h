/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lib/leftover.h - folders that belong to a process, and to nobody once it died.
 *
 * A folder is ".NAME.PID" and holds a file that its owner keeps locked, with
 * flock(2), while it works there. The kernel gives the lock back when the owner
 * dies, by whatever death; a number of a process alone says nothing, as it may
 * be another's by then, or be counted in another namespace.
 */
#ifndef LAB_LEFTOVER_H
#define LAB_LEFTOVER_H

#include <stddef.h>

/*
 * Makes a folder below @parent and locks it. @path is where it is, PATH_MAX at
 * most. A descriptor for lab_owned_end(), or a negative errno.
 */
int lab_owned_make(const char *parent, const char *name, char *path,
		   size_t size);

/* The folder is nobody's any more; who removes or renames it does that after. */
void lab_owned_end(int lock, const char *path);

/*
 * Removes the folders in @parent whose owners died. What another kernel's
 * processes may hold, on a file system of the network without locks, stays;
 * and so does every folder without such a file. How many were removed.
 */
unsigned int lab_leftovers_remove(const char *parent);

/* A folder with all that is in it; what it links to is left alone. */
void lab_remove_tree(const char *path);

#endif /* LAB_LEFTOVER_H */
