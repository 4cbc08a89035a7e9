/* SPDX-License-Identifier: GPL-2.0-only */
/* lib/file.h - small files, read and written whole. */
#ifndef LAB_FILE_H
#define LAB_FILE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/*
 * All of a file, or what is left of a stream: malloc()ed, with a NUL behind it.
 * size, unless NULL, is its length in bytes without that. NULL with errno set
 * when it cannot be opened or read.
 */
char *lab_file_read(const char *path, size_t *size);
char *lab_stream_read(FILE *from, size_t *size);

/* The first line, cut to size, without its newline; "" when there is none. */
void lab_file_line(const char *path, char *line, size_t size);

/*
 * The number at the beginning of a file, as strtoull() reads it in that base.
 * 0, -errno when it cannot be read, -EIO when there is no number.
 */
int lab_file_number(const char *path, int base, uint64_t *number);

/*
 * Writes a value to a file of /sys or /proc in one write(2): it must exist. 0 or
 * a negative errno, which is the kernel's answer to the value.
 */
int lab_file_write(const char *path, const char *value);

/* Makes a file of a text, or replaces its content. 0 or a negative errno. */
int lab_file_create(const char *path, const char *text);

#endif /* LAB_FILE_H */
