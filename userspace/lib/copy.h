/* SPDX-License-Identifier: GPL-2.0-only */
/* lib/copy.h - copies of files that are on the disk when they are there. */
#ifndef LAB_COPY_H
#define LAB_COPY_H

#include <stddef.h>
#include <sys/types.h>

/*
 * Copies the content of a regular file, or of what a link names, to a new file
 * with this mode, and waits until the disk has it. 0 or a negative errno.
 */
int lab_copy_file(const char *from, const char *to, mode_t mode);

/*
 * Copies the regular files of a folder, not those of folders in it, into a new
 * folder. 0 or a negative errno: what was copied by then is left there.
 */
int lab_copy_folder(const char *from, const char *to);

/*
 * A file of this text that appears at once, whatever it replaces: written beside
 * it, and renamed when the disk has it. 0 or a negative errno.
 */
int lab_write_whole(const char *path, const char *text);

/*
 * The same of a file that must not be there: -EEXIST when it is. Of several who
 * try it, one succeeds, whichever machines they are on.
 */
int lab_write_first(const char *path, const char *text);

#endif /* LAB_COPY_H */
