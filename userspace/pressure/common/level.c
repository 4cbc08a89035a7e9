// SPDX-License-Identifier: GPL-2.0-only
/* pressure/common/level.c - see pressure/common/level.h. */
#include <stdio.h>
#include <string.h>

#include "journal/journal.h"
#include "level.h"

const struct lab_zone *lab_largest_zone(const struct lab_zones *zones,
					unsigned int node)
{
	const struct lab_zone *best = NULL;
	unsigned int i;

	for (i = 0; i < zones->count; i++)
		if (zones->zone[i].node == node &&
		    (!best || zones->zone[i].managed > best->managed))
			best = &zones->zone[i];
	return best;
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
