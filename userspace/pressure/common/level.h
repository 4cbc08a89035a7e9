/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pressure/common/level.h - how far a node is pressed, and saying so.
 *
 * Levels are measured, never taken from what was asked for: of a node, by the
 * free pages of the zone that an atomic request prefers there, without those of
 * CMA, which none gets.
 */
#ifndef LAB_LEVEL_H
#define LAB_LEVEL_H

#include <jansson.h>
#include <stdint.h>

#include "sys/device.h"

/*
 * The highest zone of the node that is not for pages of users only: the
 * allocator begins there (mm/page_alloc.c, build_zonerefs_node()), whether it is
 * the largest or not. NULL where the node has none.
 */
const struct lab_zone *lab_atomic_zone(const struct lab_zones *zones,
				       unsigned int node);

/* Pages of all its zones. */
uint64_t lab_node_pages(const struct lab_zones *zones, unsigned int node);

/* What atomic requests may get of a zone's free pages. */
static inline uint64_t lab_zone_usable(const struct lab_zone *zone)
{
	return zone->free > zone->free_cma ? zone->free - zone->free_cma : 0;
}

/* "1.2 min" of a zone, in pages. */
static inline uint64_t lab_pages_of_min(const struct lab_zone *zone,
					uint64_t permille)
{
	return zone->min * permille / 1000;
}

/*
 * Whether memory of users can press the zone down to so many free pages: what
 * the zone keeps from it stays free, and the OOM killer would come for it.
 * Otherwise -ERANGE, and lab_level_unreachable() says why until the next check.
 */
int lab_level_check(const struct lab_zone *zone, uint64_t pages);
const char *lab_level_unreachable(void);

/*
 * A record of what was asked for and what was reached, in a unit that it
 * names; node -1 is the whole machine. What more there is to say goes along,
 * and its reference is taken. err is what kept the pressure from its level.
 */
struct lab_pressed {
	const char *driver;
	int node;
	const char *unit;
	uint64_t asked, reached;
};

void lab_pressed_record(const struct lab_pressed *level, json_t *more, int err);

/* A record of what was done, without a level. */
void lab_pressed_note(const char *driver, int node, json_t *more);

#endif /* LAB_LEVEL_H */
