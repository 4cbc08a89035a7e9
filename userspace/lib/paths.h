/* SPDX-License-Identifier: GPL-2.0-only */
/* lib/paths.h - where the program's companions are, built or installed. */
#ifndef LAB_PATHS_H
#define LAB_PATHS_H

#include <stddef.h>

/*
 * Looks for a script or another file to load or run by its name: in
 * scripts/runtime/ and build/ of a source tree, or in ../lib/labyrinth of an
 * installation and runtime/ below it. Returns 0 with path set, or -ENOENT.
 */
int lab_companion_path(const char *name, char *path, size_t size);

/* The folder that runs are kept in unless --out says otherwise. */
void lab_results_path(char *path, size_t size);

/*
 * The folder that holds labyrinth/ with all that can be made again; as
 * scripts/runtime/lib.sh has it.
 */
void lab_cache_path(char *path, size_t size);

/* Like mkdir -p. path is written to, and is afterwards what it was. */
int lab_make_path(char *path);

#endif /* LAB_PATHS_H */
