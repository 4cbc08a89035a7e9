/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * map/map.h - zones, their watermarks and free blocks at one moment.
 *
 *	from_kernel.c   of the running kernel, from /proc
 *	from_results.c  from the timeline of results
 *	draw.c          as text
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

/* All counts are in pages, but for blocks, which are counted by order. */
struct lab_map_zone {
	int node;
	char name[16];
	uint64_t managed, free, min, low, high, boost, pcp;
	uint64_t highatomic; /* pages in the highatomic reserve */
	bool reserve_known;
	uint64_t blocks[LAB_MAP_ORDERS];
	unsigned int orders;
	struct lab_map_type type[LAB_MAP_TYPES];
	unsigned int types; /* 0: not known, or readable by root only */
};

struct lab_map {
	char at[256]; /* the name of that moment */
	struct lab_map_zone zone[LAB_MAP_ZONES];
	unsigned int zones;
};

/*
 * Reads streams in the format of /proc/zoneinfo, /proc/buddyinfo and
 * /proc/pagetypeinfo. The last may be NULL: migratetypes are then not known. 0
 * or a negative errno.
 */
int lab_map_kernel(struct lab_map *map, FILE *zoneinfo, FILE *buddyinfo,
		   FILE *pagetypeinfo);

/* Reads an entry of the timeline of results. */
void lab_map_moment(struct lab_map *map, const json_t *moment);

/*
 * Draws to a stream in a width of that many columns. colour allows
 * escape codes.
 */
void lab_map_draw(const struct lab_map *map, unsigned int width, bool colour,
		  FILE *to);

#endif /* LAB_MAP_H */
