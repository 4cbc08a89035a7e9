/* SPDX-License-Identifier: GPL-2.0-only */
/* scenario/source.h - where scenario files are, and what they contain. */
#ifndef LAB_SOURCE_H
#define LAB_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

/* Whether a name says by itself which file it means. */
bool lab_source_is_path(const char *name);

/* The path of NAME.ini in the first folder that has one: malloc()ed, or NULL. */
char *lab_source_find(const char *name);

/* "smoke" of "/some/where/smoke.ini": malloc()ed. */
char *lab_source_name(const char *path);

/* 0 and a malloc()ed text, or a negative errno and the reason. */
int lab_source_read(const char *path, char **text, char *why, size_t size);

/* "a, b" or a word for nothing: the folders that were looked in. */
char *lab_source_folders(void);

#endif /* LAB_SOURCE_H */
