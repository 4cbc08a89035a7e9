// SPDX-License-Identifier: GPL-2.0-only
/*
 * map/from_kernel.c - the map of the running kernel, from /proc.
 *
 * zoneinfo has the numbers of each zone, buddyinfo its free blocks by order,
 * and pagetypeinfo, which root alone may read, the same by migratetype.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "map.h"

#define LINE 1024

static struct lab_map_zone *zone_of(struct lab_map *map, int node,
				    const char *name, bool add)
{
	struct lab_map_zone *zone;
	unsigned int i;

	for (i = 0; i < map->zones; i++) {
		zone = &map->zone[i];
		if (zone->node == node && !strcmp(zone->name, name))
			return zone;
	}
	if (!add || map->zones == LAB_MAP_ZONES)
		return NULL;
	zone = &map->zone[map->zones++];
	*zone = (struct lab_map_zone){ .node = node };
	snprintf(zone->name, sizeof(zone->name), "%s", name);
	return zone;
}

/* Lines of the form "  pages free     123", "        min      12". */
static void take_number(struct lab_map_zone *zone, const char *line)
{
	uint64_t *const values[] = { &zone->free, &zone->boost, &zone->min,
				     &zone->low,  &zone->high,	&zone->managed };
	static const char *const keys[] = { "pages free", "boost", "min",
					    "low",	  "high",  "managed" };
	size_t i;

	line += strspn(line, " ");
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const size_t length = strlen(keys[i]);

		if (!strncmp(line, keys[i], length) && line[length] == ' ')
			*values[i] = strtoull(line + length, NULL, 10);
	}
	if (!strncmp(line, "count:", 6))
		zone->pcp += strtoull(line + 6, NULL, 10);
	if (!strncmp(line, "reserved_highatomic", 19)) {
		zone->highatomic = strtoull(line + 19, NULL, 10);
		zone->reserve_known = true;
	}
}

static void read_zones(struct lab_map *map, FILE *zoneinfo)
{
	struct lab_map_zone *zone = NULL;
	char line[LINE], name[16];
	bool of_lists = false;
	int node;

	while (fgets(line, sizeof(line), zoneinfo)) {
		if (sscanf(line, "Node %d, zone %15s", &node, name) == 2) {
			zone = zone_of(map, node, name, true);
			of_lists = false;
			continue;
		}
		/* The per-CPU lists have a field "high:" too. */
		if (strstr(line, "pagesets"))
			of_lists = true;
		if (zone && (!of_lists || strstr(line, "count:")))
			take_number(zone, line);
	}
}

static unsigned int read_blocks(const char *at, uint64_t blocks[LAB_MAP_ORDERS])
{
	unsigned int n = 0;
	char *end;

	for (; n < LAB_MAP_ORDERS; n++, at = end) {
		blocks[n] = strtoull(at, &end, 10);
		if (end == at)
			break;
	}
	return n;
}

static void read_orders(struct lab_map *map, FILE *buddyinfo)
{
	struct lab_map_zone *zone;
	char line[LINE], name[16];
	int node, at;

	while (fgets(line, sizeof(line), buddyinfo)) {
		if (sscanf(line, "Node %d, zone %15s%n", &node, name, &at) != 2)
			continue;
		zone = zone_of(map, node, name, false);
		if (zone)
			zone->orders = read_blocks(line + at, zone->blocks);
	}
}

/* "Node 0, zone DMA, type Unmovable 1 2 3"; later tables have no " type". */
static void read_types(struct lab_map *map, FILE *pagetypeinfo)
{
	struct lab_map_zone *zone;
	struct lab_map_type *type;
	char line[LINE], name[16], word[16];
	int node, at;

	while (fgets(line, sizeof(line), pagetypeinfo)) {
		if (sscanf(line, "Node %d, zone %15[^,], type %15s%n", &node,
			   name, word, &at) != 3)
			continue;
		zone = zone_of(map, node, name, false);
		if (!zone || zone->types == LAB_MAP_TYPES)
			continue;
		type = &zone->type[zone->types++];
		strcpy(type->name, word);
		read_blocks(line + at, type->blocks);
	}
}

static void drop_empty(struct lab_map *map)
{
	unsigned int i, n = 0;

	for (i = 0; i < map->zones; i++)
		if (map->zone[i].managed)
			map->zone[n++] = map->zone[i];
	map->zones = n;
}

int lab_map_kernel(struct lab_map *map, FILE *zoneinfo, FILE *buddyinfo,
		   FILE *pagetypeinfo)
{
	*map = (struct lab_map){ .at = "now" };
	read_zones(map, zoneinfo);
	read_orders(map, buddyinfo);
	if (pagetypeinfo)
		read_types(map, pagetypeinfo);
	drop_empty(map);
	return map->zones ? 0 : -ENODATA;
}
