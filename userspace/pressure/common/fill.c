// SPDX-License-Identifier: GPL-2.0-only
/*
 * pressure/common/fill.c - see pressure/common/fill.h.
 *
 * A zone whose watermark is boosted is left alone until kswapd has taken the
 * boost back: what may sleep is held to the boosted mark, atomic requests of
 * order 0 are not (mm/page_alloc.c, zone_watermark_fast()).
 */
#include <errno.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sys/device.h"
#include "lib/random.h"
#include "level.h"
#include "nodes.h"
#include "fill.h"

#define BOOST_WAIT_US 5000
#define BOOST_PATIENCE 200

/*
 * Taking a page may take a thousand from the zone, to a per-CPU list: near the
 * target it is looked at after every page (mm/page_alloc.c, nr_pcp_alloc()).
 */
#define NEAR 8192

/*
 * A per-CPU list takes twice as many pages from the zone each time, as long as
 * no page is given back in between. So some are given back, towards the end.
 */
#define END 1024

static struct lab_zones zones;

static size_t step_of(uint64_t distance)
{
	return distance > NEAR ? (distance - NEAR / 2) / 2 : 1;
}

/* True while kswapd has not taken the boost back, for a limited time. */
static bool boosted(const struct lab_fill *fill, unsigned int *patience)
{
	if (!fill->boost || !*patience)
		return false;
	--*patience;
	usleep(BOOST_WAIT_US);
	return true;
}

int lab_fill_look(struct lab_fill *fill)
{
	const struct lab_zone *zone;
	int err = lab_device_zones(fill->device, &zones);

	if (err)
		return err;
	zone = lab_atomic_zone(&zones, fill->node);
	if (!zone)
		return -ENODEV;
	fill->target = lab_pages_of_min(zone, fill->permille) + fill->jitter;
	fill->free = lab_zone_usable(zone);
	fill->boost = zone->boost;
	fill->managed = zone->managed;
	return 0;
}

int lab_fill_open(struct lab_fill *fill)
{
	char why[256];
	size_t size;
	int err;

	fill->device = lab_device_open(why, sizeof(why));
	if (fill->device < 0)
		return fill->device;
	err = lab_fill_look(fill);
	if (!err)
		err = lab_bind_memory(fill->node);
	if (err)
		return err;

	/*
	 * Twice the node: with swap there is more to take than memory. Pages of
	 * users come from ZONE_MOVABLE as long as that has any.
	 */
	fill->page = getpagesize();
	fill->pages = 2 * lab_node_pages(&zones, fill->node);
	size = fill->pages * fill->page;
	fill->memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (fill->memory == MAP_FAILED)
		return -errno;
	/* Huge pages would overshoot. */
	madvise(fill->memory, size, MADV_NOHUGEPAGE);
	return 0;
}

void lab_fill_touch(struct lab_fill *fill, size_t page)
{
	uint64_t *word = (uint64_t *)(fill->memory + page * fill->page);
	size_t i;

	*(volatile char *)word = 1;
	for (i = 0; i < fill->random / sizeof(*word); i++)
		word[i] = lab_random(&fill->state);
}

void lab_fill_give(struct lab_fill *fill, uint64_t pages)
{
	if (pages > fill->taken - fill->pinned)
		pages = fill->taken - fill->pinned;
	fill->taken -= pages;
	madvise(fill->memory + fill->taken * fill->page, pages * fill->page,
		MADV_DONTNEED);
}

static void give_and_take(struct lab_fill *fill)
{
	if (fill->taken == fill->pinned)
		return;
	lab_fill_give(fill, 1);
	lab_fill_touch(fill, fill->taken++);
}

static int press(struct lab_fill *fill)
{
	unsigned int patience = BOOST_PATIENCE;
	size_t step;
	int err;

	for (;;) {
		err = lab_fill_look(fill);
		if (err || fill->free <= fill->target)
			return err;
		if (fill->free <= fill->target + fill->boost) {
			if (boosted(fill, &patience))
				continue;
			if (fill->boost)
				return 0;
		}
		if (fill->free - fill->target < END)
			give_and_take(fill);
		for (step = step_of(fill->free - fill->target); step; step--) {
			if (fill->taken == fill->pages)
				return -ENOSPC;
			lab_fill_touch(fill, fill->taken++);
		}
	}
}

#define SETTLES 128
#define CLOSE 20 /* a level is reached within a 20th of the target */

/*
 * A per-CPU list that fills up takes hundreds of pages at once, past the target;
 * what is given back fills lists first, too, which of a large zone have room for
 * an eighth of it: as long as it does not show, more is.
 */
int lab_fill_down(struct lab_fill *fill)
{
	int err = press(fill), rounds = SETTLES;
	uint64_t more = 1;

	while (!err && rounds-- &&
	       fill->free + fill->target / CLOSE < fill->target) {
		const uint64_t before = fill->free;

		lab_fill_give(fill, more * (fill->target - fill->free));
		err = press(fill);
		more = fill->free <= before ? 2 * more : 1;
	}
	return err;
}
