// SPDX-License-Identifier: GPL-2.0-only
/* map/from_results.c - a map from the timeline of results. */
#include <string.h>

#include "lib/json.h"
#include "map.h"

static void take_zone(struct lab_map_zone *zone, const json_t *json)
{
	json_t *blocks;
	size_t i;

	*zone = (struct lab_map_zone){
		.node = lab_number(json, "node"),
		.managed = lab_number(json, "managed"),
		.free = lab_number(json, "free"),
		.min = lab_number(json, "min"),
		.low = lab_number(json, "low"),
		.high = lab_number(json, "high"),
		.boost = lab_number(json, "boost"),
		.pcp = lab_number(json, "pcp"),
		.highatomic = lab_number(json, "highatomic"),
		.reserve_known = true,
	};
	snprintf(zone->name, sizeof(zone->name), "%.15s",
		 lab_text(json, "zone"));
	json_array_foreach(json_object_get(json, "free_blocks"), i, blocks)
		if (i < LAB_MAP_ORDERS)
			zone->blocks[zone->orders++] =
				json_integer_value(blocks);
}

void lab_map_moment(struct lab_map *map, const json_t *moment)
{
	json_t *zone;
	size_t i;

	*map = (struct lab_map){};
	snprintf(map->at, sizeof(map->at), "%s", lab_text(moment, "at"));
	json_array_foreach(json_object_get(moment, "zones"), i, zone)
		if (map->zones < LAB_MAP_ZONES)
			take_zone(&map->zone[map->zones++], zone);
}
