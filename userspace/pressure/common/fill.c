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
 * And it takes twice as many each time, as long as nothing is given back in
 * between: so something is, towards the end.
 */
#define END 1024

static struct lab_zones zones;

static size_t step_of(uint64_t distance)
{
	return distance > NEAR ? (distance - NEAR / 2) / 2 : 1;
}

/* True while kswapd has a boost to take back; not for ever. */
static bool boosted(const struct lab_squeeze *squeeze, unsigned int *patience)
{
	if (!squeeze->boost || !*patience)
		return false;
	--*patience;
	usleep(BOOST_WAIT_US);
	return true;
}

int lab_squeeze_look(struct lab_squeeze *squeeze)
{
	const struct lab_zone *zone;
	int err = lab_device_zones(squeeze->device, &zones);

	if (err)
		return err;
	zone = lab_largest_zone(&zones, squeeze->node);
	if (!zone)
		return -ENODEV;
	squeeze->target =
		lab_pages_of_min(zone, squeeze->permille) + squeeze->jitter;
	squeeze->free = zone->free;
	squeeze->boost = zone->boost;
	squeeze->managed = zone->managed;
	return 0;
}

int lab_squeeze_open(struct lab_squeeze *squeeze)
{
	char why[256];
	size_t size;
	int err;

	squeeze->device = lab_device_open(why, sizeof(why));
	if (squeeze->device < 0)
		return squeeze->device;
	err = lab_squeeze_look(squeeze);
	if (!err)
		err = lab_bind_memory(squeeze->node);
	if (err)
		return err;

	/* Twice the zone: with swap there is more to take than memory. */
	squeeze->page = getpagesize();
	squeeze->pages = 2 * squeeze->managed;
	size = squeeze->pages * squeeze->page;
	squeeze->memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1,
			       0);
	if (squeeze->memory == MAP_FAILED)
		return -errno;
	/* Huge pages would overshoot. */
	madvise(squeeze->memory, size, MADV_NOHUGEPAGE);
	return 0;
}

void lab_squeeze_touch(struct lab_squeeze *squeeze, size_t page)
{
	uint64_t *word = (uint64_t *)(squeeze->memory + page * squeeze->page);
	size_t i;

	*(volatile char *)word = 1;
	for (i = 0; i < squeeze->random / sizeof(*word); i++)
		word[i] = lab_random(&squeeze->state);
}

void lab_squeeze_give(struct lab_squeeze *squeeze, uint64_t pages)
{
	if (pages > squeeze->taken - squeeze->kept)
		pages = squeeze->taken - squeeze->kept;
	squeeze->taken -= pages;
	madvise(squeeze->memory + squeeze->taken * squeeze->page,
		pages * squeeze->page, MADV_DONTNEED);
}

static void give_and_take(struct lab_squeeze *squeeze)
{
	if (squeeze->taken == squeeze->kept)
		return;
	lab_squeeze_give(squeeze, 1);
	lab_squeeze_touch(squeeze, squeeze->taken++);
}

static int press(struct lab_squeeze *squeeze)
{
	unsigned int patience = BOOST_PATIENCE;
	size_t step;
	int err;

	for (;;) {
		err = lab_squeeze_look(squeeze);
		if (err || squeeze->free <= squeeze->target)
			return err;
		if (squeeze->free <= squeeze->target + squeeze->boost) {
			if (boosted(squeeze, &patience))
				continue;
			if (squeeze->boost)
				return 0;
		}
		if (squeeze->free - squeeze->target < END)
			give_and_take(squeeze);
		for (step = step_of(squeeze->free - squeeze->target); step;
		     step--) {
			if (squeeze->taken == squeeze->pages)
				return -ENOSPC;
			lab_squeeze_touch(squeeze, squeeze->taken++);
		}
	}
}

#define SETTLES 128
#define CLOSE 20 /* the part of the target that is close enough */

/*
 * A per-CPU list that fills up takes hundreds of pages at once, past the target;
 * what is given back fills lists first, too, which of a large zone have room for
 * an eighth of it: as long as it does not show, more is.
 */
int lab_squeeze_down(struct lab_squeeze *squeeze)
{
	int err = press(squeeze), rounds = SETTLES;
	uint64_t more = 1;

	while (!err && rounds-- &&
	       squeeze->free + squeeze->target / CLOSE < squeeze->target) {
		const uint64_t before = squeeze->free;

		lab_squeeze_give(squeeze,
				 more * (squeeze->target - squeeze->free));
		err = press(squeeze);
		more = squeeze->free <= before ? 2 * more : 1;
	}
	return err;
}
