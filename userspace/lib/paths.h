/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lib/paths.h - where scripts, results and the cache are, in a source tree or
 * installed.
 */
#ifndef LAB_PATHS_H
#define LAB_PATHS_H

#include <stddef.h>

/*
 * Looks for a script or another file to load or run by its name: in
 * scripts/runtime/ and build/ of a source tree, or in ../lib/labyrinth of an
 * installation and runtime/ below it. Returns 0 with path set, or -ENOENT.
 */
int lab_companion_path(const char *name, char *path, size_t size);

/* The default of --out. */
void lab_results_path(char *path, size_t size);

/*
 * The base of the cache, $XDG_CACHE_HOME or ~/.cache; the cache itself is
 * labyrinth/ in it. The same rule as cache_dir() of scripts/runtime/lib.sh.
 */
void lab_cache_path(char *path, size_t size);

/*
 * Looks for a program in the folders of PATH, or of /usr/local/bin, /usr/bin and
 * /bin where PATH is not set; a name with a slash is a path. Returns 0 with path
 * set, or -ENOENT.
 */
int lab_program_path(const char *name, char *path, size_t size);

/*
 * Like mkdir -p. 0 or a negative errno. path is modified while it works and
 * restored.
 */
int lab_make_path(char *path);

#endif /* LAB_PATHS_H */
