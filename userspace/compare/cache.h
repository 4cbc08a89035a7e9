/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * compare/cache.h - extracts of runs, kept so that none is made twice.
 *
 * Reading results.json takes fifty times as long as all that is compared
 * afterwards. An extract is kept in the cache, under the SHA-256 of the very
 * bytes it was made of and the build of the program that made it: it is never
 * out of date, and never in another's form. It is a matter of speed only; what
 * cannot be kept, or is damaged, is made again.
 */
#ifndef LAB_CACHE_H
#define LAB_CACHE_H

#include <stdbool.h>

#include "extract.h"

/* False when there is none of this run, or none that can be used. */
bool lab_cache_find(struct lab_extract *extract, const char *fingerprint);

void lab_cache_add(const struct lab_extract *extract);

/* Of a run that was just made, if its results are whole: compare finds it read. */
void lab_cache_add_run(const json_t *results, const char *fingerprint);

/* Removes those that nobody has looked for in a long time. */
void lab_cache_prune(void);

#endif /* LAB_CACHE_H */
