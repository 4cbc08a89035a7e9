/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * compare/cache.h - caches extracts of runs.
 *
 * Parsing results.json takes fifty times as long as comparing. An extract is
 * stored in the cache under the SHA-256 of the bytes of results.json and the
 * build ID of this program, so it is never outdated or in the format of another
 * version. The cache only saves time: an extract that cannot be stored, or is
 * damaged, is made again.
 */
#ifndef LAB_CACHE_H
#define LAB_CACHE_H

#include <stdbool.h>

#include "extract.h"

/* Reads the extract of a run; false when there is none that can be used. */
bool lab_cache_find(struct lab_extract *extract, const char *fingerprint);

void lab_cache_add(const struct lab_extract *extract);

/* Adds a run that was just made, if its results are complete. */
void lab_cache_add_run(const json_t *results, const char *fingerprint);

/* Removes extracts that were not used for 90 days. */
void lab_cache_prune(void);

#endif /* LAB_CACHE_H */
