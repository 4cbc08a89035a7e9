/* SPDX-License-Identifier: GPL-2.0-only */
/* scenario/source.h - finds and reads scenario files. */
#ifndef LAB_SOURCE_H
#define LAB_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Is the name a path (with a slash or ".ini") rather than the name of a
 * scenario?
 */
bool lab_source_is_path(const char *name);

/* The path of NAME.ini in the first folder that has one: malloc()ed, or NULL. */
char *lab_source_find(const char *name);

/* The same of another file that lies beside scenarios, by its whole name. */
char *lab_source_find_file(const char *file);

/* "smoke" of "/some/where/smoke.ini": malloc()ed. */
char *lab_source_name(const char *path);

/* 0 and a malloc()ed text, or a negative errno and the reason. */
int lab_source_read(const char *path, char **text, char *why, size_t size);

/* The folders that are searched, "a, b", or "no folder": malloc()ed. */
char *lab_source_folders(void);

#endif /* LAB_SOURCE_H */
