/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * map/map.h - the labyrinth as it stands: zones, watermarks, free blocks.
 *
 *	kernel.c  from the running kernel's /proc
 *	from_results.c  from a look that a run took
 *	draw.c    for a terminal, or for whoever reads a pipe
 */
#ifndef LAB_MAP_H
#define LAB_MAP_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define LAB_MAP_ZONES 64
#define LAB_MAP_ORDERS 16
#define LAB_MAP_TYPES 8

struct lab_map_type {
	char name[16];
	uint64_t blocks[LAB_MAP_ORDERS];
};

/* Counts are in pages, blocks by order. */
struct lab_map_zone {
	int node;
	char name[16];
	uint64_t managed, free, min, low, high, boost, pcp;
	uint64_t highatomic; /* of the reserve, what is known of it */
	bool reserve_known;
	uint64_t blocks[LAB_MAP_ORDERS];
	unsigned int orders;
	struct lab_map_type type[LAB_MAP_TYPES];
	unsigned int types; /* 0: not told, or not to everybody */
};

struct lab_map {
	char at[256]; /* which moment it is of */
	struct lab_map_zone zone[LAB_MAP_ZONES];
	unsigned int zones;
};

/*
 * From files that are as /proc/zoneinfo, /proc/buddyinfo and /proc/pagetypeinfo
 * are; without the last there are no types. 0 or a negative errno.
 */
int lab_map_kernel(struct lab_map *map, FILE *zoneinfo, FILE *buddyinfo,
		   FILE *pagetypeinfo);

/* From an entry of the timeline of results. */
void lab_map_moment(struct lab_map *map, const json_t *moment);

/* width: columns. colour: escape codes may be used. */
void lab_map_draw(const struct lab_map *map, unsigned int width, bool colour,
		  FILE *to);

#endif /* LAB_MAP_H */
