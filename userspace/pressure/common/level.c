// SPDX-License-Identifier: GPL-2.0-only
/* pressure/common/level.c - see pressure/common/level.h. */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "journal/journal.h"
#include "sys/zone_protection.h"
#include "level.h"

/* include/linux/gfp.h, gfp_zone(): these take __GFP_HIGHMEM, which no such request has. */
static bool is_for_users_only(const struct lab_zone *zone)
{
	static const char *const names[] = { "HighMem", "Movable", "Device" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(zone->name, names[i]))
			return true;
	return false;
}

const struct lab_zone *lab_atomic_zone(const struct lab_zones *zones,
				       unsigned int node)
{
	const struct lab_zone *best = NULL, *zone;
	unsigned int i;

	for (i = 0; i < zones->count; i++) {
		zone = &zones->zone[i];
		if (zone->node == node && zone->managed &&
		    !is_for_users_only(zone) &&
		    (!best || zone->index > best->index))
			best = zone;
	}
	return best;
}

uint64_t lab_node_pages(const struct lab_zones *zones, unsigned int node)
{
	uint64_t pages = 0;
	unsigned int i;

	for (i = 0; i < zones->count; i++)
		if (zones->zone[i].node == node)
			pages += zones->zone[i].managed;
	return pages;
}

static char unreachable[256];

int lab_level_check(const struct lab_zone *zone, uint64_t pages)
{
	const uint64_t kept = lab_zone_protection(zone->node, zone->name);
	/* At the very mark a request of a user would come a page too late. */
	const uint64_t least = zone->min + zone->min / 20 + kept;

	unreachable[0] = '\0';
	if (!kept || pages >= least)
		return 0;
	snprintf(unreachable, sizeof(unreachable),
		 "memory of users brings %s of node %u to %" PRIu64
		 " free pages at least, not %" PRIu64
		 ": lowmem_reserve keeps %" PRIu64,
		 zone->name, zone->node, least, pages, kept);
	return -ERANGE;
}

const char *lab_level_unreachable(void)
{
	return unreachable;
}

void lab_pressed_record(const struct lab_pressed *level, json_t *more, int err)
{
	json_t *record = json_pack(
		"{s:s, s:s, s:i, s:s, s:I, s:I, s:s}", "record", "pressure",
		"driver", level->driver, "node", level->node, "unit",
		level->unit, "asked", (json_int_t)level->asked, "reached",
		(json_int_t)level->reached, "error", err ? strerror(-err) : "");

	if (more) {
		json_object_update(record, more);
		json_decref(more);
	}
	lab_journal(record);
	if (err && level->node >= 0)
		fprintf(stderr, "labyrinth: %s: node %d: %s\n", level->driver,
			level->node, strerror(-err));
	else if (err)
		fprintf(stderr, "labyrinth: %s: %s\n", level->driver,
			strerror(-err));
}

void lab_pressed_note(const char *driver, int node, json_t *more)
{
	json_t *record = json_pack("{s:s, s:s, s:i}", "record", "pressure",
				   "driver", driver, "node", node);

	json_object_update(record, more);
	json_decref(more);
	lab_journal(record);
}
