// SPDX-License-Identifier: GPL-2.0-only
/* sys/zones_json.c - see sys/zones_json.h. */
#include "zones_json.h"

static json_t *zone_json(const struct lab_zone *zone)
{
	json_t *blocks = json_array(), *json;
	int order, top = LAB_MAX_ORDERS - 1;

	while (top > 0 && !zone->free_blocks[top])
		top--;
	for (order = 0; order <= top; order++)
		json_array_append_new(blocks,
				      json_integer(zone->free_blocks[order]));
	json = json_pack(
		"{s:i, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o}",
		"node", (int)zone->node, "zone", zone->name, "managed",
		(json_int_t)zone->managed, "free", (json_int_t)zone->free,
		"min", (json_int_t)zone->min, "low", (json_int_t)zone->low,
		"high", (json_int_t)zone->high, "boost",
		(json_int_t)zone->boost, "highatomic",
		(json_int_t)zone->highatomic, "pcp", (json_int_t)zone->pcp,
		"free_blocks", blocks);

	if (zone->free_highatomic != LAB_NOT_COUNTED)
		json_object_set_new(json, "free_highatomic",
				    json_integer(zone->free_highatomic));
	json_object_set_new(json, "free_cma", json_integer(zone->free_cma));
	return json;
}

json_t *lab_zones_json(const struct lab_zone *zones, unsigned int n)
{
	json_t *list = json_array();

	for (; n--; zones++)
		json_array_append_new(list, zone_json(zones));
	return list;
}
