// SPDX-License-Identifier: GPL-2.0-only
/*
 * pressure/anon.c - anonymous memory, on every node, down to a target.
 *
 * A worker per node takes memory of that node until what is free in the node's
 * zone that atomic requests prefer is what was asked for, in units of its min
 * watermark. Then it holds still and gives nothing back while shots are fired: what they
 * take on top is what makes memory run out. Or it holds the level: takes when
 * there is more, gives back when there is less. With swap only that is a
 * level at all, as kswapd goes on until the high watermark is free.
 *
 * Below the low watermark an allocation that may sleep has to reclaim, and
 * without swap there is nothing to reclaim: the OOM killer would come. Hence
 * the least target, and ballast.c for what is below. Workers offer themselves
 * to the OOM killer first.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "sys/device.h"
#include "lib/random.h"
#include "pressure/common/level.h"
#include "pressure/common/nodes.h"
#include "pressure.h"
#include "pressure/common/fill.h"
#include "pressure/common/workers.h"

#define JITTER 64 /* pages by which a seed moves the target */
#define HOLD_WAIT_US 1000
#define HOLD_STEP \
	32 /* pages between looks, or half of those that are too many */

enum { STILL, LEVEL };

static const char *const holds[] = { "still", "level", NULL };

static const struct lab_key keys[] = {
	{ "target", LAB_KEY_PERMILLE_OF_MIN, 1050, 100000, 1500, true,
	  "free pages left of each node, in the zone that atomic requests prefer" },
	{ "hold", LAB_KEY_CHOICE, 0, 0, STILL, true,
	  "still: gives and takes nothing while shots are fired; level: keeps to the target",
	  holds },
	{ "node", LAB_KEY_SIGNED, 0, LAB_MAX_NODES - 1, UINT64_MAX, true,
	  "the one node that is pressed; -1: every node" },
	{ "random", LAB_KEY_PERMILLE, 0, 1000, 0, true,
	  "share of each page that is random, so that swap cannot compress it" },
	{},
};

/* What a worker says. */
enum { TARGET, FREE, TAKEN, BOOST, LOOKS, FREE_MIN, FREE_MAX, AREA, TIME };

/* A worker at its work. */
struct hold {
	struct lab_fill fill;
	struct lab_worker_report *report;
	size_t next; /* page to be touched again */
	uint64_t looked; /* us; 0: not yet */
};

static struct lab_workers workers = { .pressure = "anon" };
static struct lab_zones zones;

static void say(struct hold *hold)
{
	hold->report->value[TARGET] = hold->fill.target;
	hold->report->value[FREE] = hold->fill.free;
	hold->report->value[TAKEN] = hold->fill.taken;
	hold->report->value[BOOST] = hold->fill.boost;
}

static uint64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000ull + now.tv_nsec / 1000;
}

/* The mean is one over time: looks are closest where there is most to do. */
static void count(struct hold *hold)
{
	struct lab_worker_report *report = hold->report;
	const uint64_t free = report->value[FREE], now = now_us();
	const uint64_t since = hold->looked ? now - hold->looked : 0;

	hold->looked = now;
	report->value[AREA] += free * since;
	report->value[TIME] += since;

	if (!report->value[LOOKS]++ || free < report->value[FREE_MIN])
		report->value[FREE_MIN] = free;
	if (free > report->value[FREE_MAX])
		report->value[FREE_MAX] = free;
}

/* The next one round: what was swapped out comes in again. */
static void take_more(struct hold *hold, uint64_t pages)
{
	struct lab_fill *fill = &hold->fill;

	while (pages--) {
		if (fill->taken < fill->pages) {
			lab_fill_touch(fill, fill->taken++);
			continue;
		}
		if (hold->next >= fill->taken)
			hold->next = 0;
		lab_fill_touch(fill, hold->next++);
	}
}

__attribute__((noreturn)) static void hold_level(struct hold *hold)
{
	struct lab_fill *fill = &hold->fill;
	uint64_t off;

	for (;;) {
		lab_fill_look(fill);
		say(hold);
		count(hold);
		if (fill->free > fill->target) {
			off = fill->free - fill->target;
			take_more(hold, off > 2 * HOLD_STEP ? off / 2 :
					off > HOLD_STEP	    ? HOLD_STEP :
							      off);
			continue;
		}
		lab_fill_give(fill, fill->target - fill->free);
		usleep(HOLD_WAIT_US);
	}
}

/* "anon INDEX NODE PERMILLE JITTER HOLD RANDOM SEED" */
static int anon_worker(int argc, char **argv)
{
	struct hold hold = { .report = lab_worker_report_slot(argc, argv) };
	struct lab_fill *fill = &hold.fill;
	int err;

	if (!hold.report || argc != 8)
		return 2;
	fill->node = strtoul(argv[2], NULL, 10);
	fill->permille = strtoull(argv[3], NULL, 10);
	fill->jitter = strtoull(argv[4], NULL, 10);
	fill->random = strtoull(argv[6], NULL, 10) * getpagesize() / 1000;
	fill->state = strtoull(argv[7], NULL, 10);
	err = lab_fill_open(fill);
	if (!err)
		err = lab_fill_down(fill);
	say(&hold);
	if (err || strtoul(argv[5], NULL, 10) == STILL)
		lab_worker_park(hold.report, err);
	lab_worker_notify();
	hold_level(&hold);
}

static int start_on(unsigned int node, const struct lab_setting *settings,
		    uint64_t seed)
{
	const struct lab_worker_report *report;
	uint64_t state = seed + node;
	const uint64_t numbers[] = {
		node,
		lab_setting_get(settings, "target"),
		lab_random(&state) % JITTER,
		lab_setting_get(settings, "hold"),
		lab_setting_get(settings, "random"),
		lab_random(&state),
	};
	int err = lab_workers_start_numbers(&workers, node, numbers,
					    sizeof(numbers) / sizeof(*numbers));

	report = lab_workers_report(&workers, node);
	lab_pressed_record(
		&(struct lab_pressed){ "anon", node, "pages free",
				       report->value[TARGET],
				       report->value[FREE] },
		json_pack("{s:I, s:I, s:I, s:I}", "boost",
			  (json_int_t)report->value[BOOST], "target_pages",
			  (json_int_t)report->value[TARGET], "free_pages",
			  (json_int_t)report->value[FREE], "taken_pages",
			  (json_int_t)report->value[TAKEN]),
		err);
	return err;
}

static int anon_start(const struct lab_setting *settings, uint64_t seed)
{
	const uint64_t only = lab_setting_get(settings, "node");
	unsigned int node;
	int err = lab_look_at_zones(&zones);

	if (!err && only != UINT64_MAX && !lab_atomic_zone(&zones, only))
		err = -ENODEV;
	/* One after the other: what one node lacks another would lend. */
	for (node = 0; !err && node < LAB_MAX_NODES; node++) {
		const struct lab_zone *zone = lab_atomic_zone(&zones, node);

		if (!zone || (only != UINT64_MAX && only != node))
			continue;
		err = lab_level_check(
			zone,
			lab_pages_of_min(zone,
					 lab_setting_get(settings, "target")));
		if (!err)
			err = start_on(node, settings, seed);
	}
	return err;
}

/* How well the level was held, of those that held it. */
static void record_held(unsigned int node)
{
	const struct lab_worker_report *report =
		lab_workers_report(&workers, node);
	const uint64_t looks = report->value[LOOKS];

	if (looks < 2)
		return;
	lab_pressed_record(
		&(struct lab_pressed){
			"anon", node, "pages free, held", report->value[TARGET],
			report->value[AREA] / report->value[TIME] },
		json_pack("{s:I, s:I, s:I}", "looks", (json_int_t)looks,
			  "free_min", (json_int_t)report->value[FREE_MIN],
			  "free_max", (json_int_t)report->value[FREE_MAX]),
		0);
}

static int anon_stop(void)
{
	unsigned int node;

	for (node = 0; node < LAB_MAX_NODES; node++)
		if (lab_workers_has(&workers, node))
			record_held(node);
	return lab_workers_stop(&workers);
}

const struct lab_pressure lab_press_anon = {
	.name = "anon",
	.help = "anonymous memory on every node, held at a level of free pages",
	.keys = keys,
	.probe = lab_probe_numa,
	.start = anon_start,
	.stop = anon_stop,
	.worker = anon_worker,
};
