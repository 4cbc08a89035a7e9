// SPDX-License-Identifier: GPL-2.0-only
/*
 * pressure/ballast.c - kernel memory, on every node, down to any level.
 *
 * Where anon has to stop, at the watermarks that what sleeps is held to, pages
 * that the module takes go on: nothing is reclaimed for them and nobody waits.
 * So a level is reached to the page, at once, and can be swept while shots are
 * fired: down from the target to another level until half of the shots are
 * fired, then back up, in steps of a 32nd. Each step of success against free
 * pages is then met on every node.
 *
 * Room for what is held is got when the pressure is put on, so it is put on before
 * others: "pressure = ballast anon".
 *
 * Down there whoever else asks for memory and may sleep calls the OOM killer. So
 * it is there from the first shot to the last and no longer, and a worker that
 * does nothing else offers itself: with nobody to kill the kernel would panic.
 */
#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sys/device.h"
#include "sys/cpu.h"
#include "ballast.h"
#include "pressure/common/level.h"
#include "pressure/common/nodes.h"
#include "pressure.h"
#include "pressure/common/workers.h"

#define SLICES 32
#define NODES_MAX LAB_MAX_NODES

static const struct lab_key keys[] = {
	{ "target", LAB_KEY_PERMILLE_OF_MIN, 0, 100000, 1000, true,
	  "free pages left of each node, in the zone that atomic requests prefer" },
	{ "to", LAB_KEY_PERMILLE_OF_MIN, 0, 100000, 0, true,
	  "where the level sweeps to until half of the shots are fired, and back; not given: nowhere" },
	{ "node", LAB_KEY_SIGNED, 0, LAB_MAX_NODES - 1, UINT64_MAX, true,
	  "the one node that is pressed; -1: every node" },
	{},
};

/* Pages that one step of a sweep took; they are given back together. */
struct slice {
	struct lab_ballast blocks, pages;
	uint64_t depth; /* by how many pages the zone's free count fell */
};

/* What is held of one node: most of it in bulk, the rest by slices. */
struct load {
	unsigned int node;
	struct lab_ballast bulk, trim; /* pages, and blocks */
	/* What the zones below gave while it was swept; given back at the end. */
	struct lab_ballast below;
	struct slice slice[SLICES];
	/* Slices that hold pages; the last one is being filled. */
	unsigned int slices;
	uint64_t target, to; /* pages */
	uint64_t reached, free_min,
		free_max; /* free pages, while shots are fired */
	uint64_t looks, taken;
	bool pressed; /* not where the kernel refuses every shot of the cell */
	int error;
};

static struct lab_workers workers = { .pressure = "ballast" };
static struct load loads[NODES_MAX];
static size_t nloads;
static bool sweeps;
static struct lab_zones zones;
static int look = -1; /* a device, open while there is ballast */

/*
 * The module fires a run on the CPU that the run was set up for, whichever
 * thread asks it to.
 */
static unsigned int first_cpu(void)
{
	return __builtin_ctzll(lab_cpus_allowed());
}

int lab_ballast_open(struct lab_ballast *ballast, unsigned int node,
		     unsigned int order, uint64_t pages)
{
	const uint64_t room = (pages >> order) + 1;
	const struct lab_spec spec = {
		.context = LAB_CTX_TASK,
		.api = LAB_API_PAGES,
		/* GFP_ATOMIC would reserve highatomic blocks for itself. */
		.gfp_base = LAB_GFP_NOWAIT,
		.gfp_mods = LAB_GFP_MOD(NOWARN) | LAB_GFP_MOD(THISNODE) |
			    LAB_GFP_MOD(MEMALLOC),
		.order = order,
		.node = node,
		.cpu = first_cpu(),
		.hold = room < LAB_MAX_HOLD ? room : LAB_MAX_HOLD,
		.burst = 1,
	};
	char why[256];
	int err;

	*ballast = (struct lab_ballast){
		.node = node,
		.order = order,
		.cpu = spec.cpu,
		.room = spec.hold,
	};
	ballast->fd = lab_device_open(why, sizeof(why));
	if (ballast->fd < 0)
		return ballast->fd;
	err = lab_device_setup(ballast->fd, &spec, why, sizeof(why));
	if (err) {
		fprintf(stderr, "labyrinth: ballast: %s: %s\n", strerror(-err),
			why);
		lab_ballast_close(ballast);
	}
	return err;
}

int lab_ballast_take(struct lab_ballast *ballast, uint64_t pages)
{
	uint64_t blocks = pages >> ballast->order;
	cpu_set_t before, only;
	__u64 fired = 0;
	int err;

	if (blocks > ballast->room - ballast->taken)
		blocks = ballast->room - ballast->taken;
	if (!blocks)
		return 0;
	CPU_ZERO(&only);
	CPU_SET(ballast->cpu, &only);
	if (sched_getaffinity(0, sizeof(before), &before) ||
	    sched_setaffinity(0, sizeof(only), &only))
		return -errno;
	err = lab_device_fire(ballast->fd, blocks, &fired);
	sched_setaffinity(0, sizeof(before), &before);
	ballast->taken += fired;
	return err;
}

int lab_ballast_release(struct lab_ballast *ballast)
{
	ballast->taken = 0;
	return lab_device_release(ballast->fd);
}

void lab_ballast_close(struct lab_ballast *ballast)
{
	if (ballast->fd >= 0)
		close(ballast->fd);
	*ballast = (struct lab_ballast){ .fd = -1 };
}

static int ballast_probe(const char **why)
{
	*why = "";
	return 0;
}

static int free_pages(unsigned int node, uint64_t *free)
{
	int err = lab_device_zones(look, &zones);

	if (!err)
		*free = lab_zone_usable(lab_atomic_zone(&zones, node));
	return err;
}

/*
 * Pages come from a per-CPU list, and one that fills up takes as many as two
 * thousand from the zone at once (mm/page_alloc.c, nr_pcp_alloc()); what is given
 * back goes to it first. So the last of them are taken in blocks of an order that
 * no such list has: these come from the zone and go to it, at once. Where there
 * are no such blocks any more, pages it is.
 */
#define BLOCK_ORDER 4 /* PAGE_ALLOC_COSTLY_ORDER + 1, include/linux/mmzone.h */
#define MARGIN 2048 /* pages that are left to the blocks */
#define ROUNDS 64
/* A level is reached within NEAR pages, below it a 20th of the target more. */
#define NEAR (2u << BLOCK_ORDER)
#define CLOSE 20

static uint64_t way_of(const struct load *load)
{
	return load->target > load->to ? load->target - load->to :
					 load->to - load->target;
}

static int open_slice(struct load *load, struct slice *slice)
{
	/* Several steps may have passed since the last look. */
	const uint64_t room = 4 * way_of(load) / SLICES + NEAR;
	int err =
		lab_ballast_open(&slice->blocks, load->node, BLOCK_ORDER, room);

	return err ? err : lab_ballast_open(&slice->pages, load->node, 0, room);
}

/* Pages of the zones of its node that a request comes to after this one. */
static uint64_t managed_below(const struct lab_zone *zone)
{
	uint64_t pages = 0;
	size_t i;

	for (i = 0; i < zones.count; i++)
		if (zones.zone[i].node == zone->node &&
		    zones.zone[i].index < zone->index)
			pages += zones.zone[i].managed;
	return pages;
}

static int open_load(struct load *load, const struct lab_zone *zone)
{
	const uint64_t below = managed_below(zone);
	size_t i;
	int err;

	load->bulk.fd = -1;
	load->trim.fd = -1;
	load->below.fd = -1;
	for (i = 0; i < SLICES; i++) {
		load->slice[i].blocks.fd = -1;
		load->slice[i].pages.fd = -1;
	}
	err = lab_ballast_open(&load->bulk, load->node, 0, zone->managed);
	if (!err)
		err = lab_ballast_open(&load->trim, load->node, BLOCK_ORDER,
				       zone->managed);
	if (!err && sweeps && below)
		err = lab_ballast_open(&load->below, load->node, 0, below);
	for (i = 0; !err && sweeps && i < SLICES; i++)
		err = open_slice(load, &load->slice[i]);
	return err;
}

/*
 * Too many were taken: gives the last ones back, or all of them to start again
 * with a larger margin.
 */
static int give_back(struct load *load, uint64_t *margin)
{
	if (load->trim.taken)
		return lab_ballast_release(&load->trim);
	*margin *= 2;
	return lab_ballast_release(&load->bulk);
}

static bool is_close(uint64_t free, uint64_t target)
{
	return free <= target + NEAR && free + target / CLOSE + NEAR >= target;
}

static int press_down(struct load *load, uint64_t *free)
{
	const uint64_t target = load->target;
	uint64_t margin = MARGIN, before = UINT64_MAX;
	struct lab_ballast *ballast;
	int err, rounds = ROUNDS;

	for (;;) {
		err = free_pages(load->node, free);
		if (err || is_close(*free, target) || !rounds--)
			return err;
		if (*free < target) {
			err = give_back(load, &margin);
			if (err)
				return err;
			before = UINT64_MAX;
			continue;
		}
		/*
		 * Takes blocks, unless there were none the last time: then
		 * single pages.
		 */
		ballast = *free <= target + margin && *free < before ?
				  &load->trim :
				  &load->bulk;
		err = lab_ballast_take(
			ballast,
			*free - target -
				(*free > target + margin ? margin / 2 : 0));
		if (err)
			return err;
		before = *free;
	}
}

/* What is reached is recorded later, when there is memory to do it with. */
static void press_first(struct load *load)
{
	load->pressed = true;
	load->error = press_down(load, &load->reached);
	load->free_min = load->reached;
	load->taken = load->bulk.taken +
		      ((uint64_t)load->trim.taken << load->trim.order);
}

static void record_load(const struct load *load)
{
	lab_pressed_record(
		&(struct lab_pressed){ "ballast", load->node, "pages free",
				       load->target, load->reached },
		json_pack("{s:I}", "taken_pages", (json_int_t)load->taken),
		load->error);
	if (!sweeps)
		return;
	lab_pressed_record(
		&(struct lab_pressed){
			"ballast", load->node, "pages free, swept to", load->to,
			load->to < load->target ? load->free_min :
						  load->free_max },
		json_pack("{s:I}", "looks", (json_int_t)load->looks), 0);
}

static int ballast_start(const struct lab_setting *settings, uint64_t seed)
{
	const uint64_t only = lab_setting_get(settings, "node");
	const struct lab_zone *zone;
	unsigned int node;
	char why[256];
	int err;

	(void)seed;
	err = lab_workers_start(&workers, 0, (char *const[]){ NULL });
	if (err)
		return err;
	look = lab_device_open(why, sizeof(why));
	if (look < 0)
		return look;
	err = lab_device_zones(look, &zones);
	sweeps = lab_setting_find(settings, "to")->given;
	for (node = 0; !err && node < LAB_MAX_NODES; node++) {
		zone = lab_atomic_zone(&zones, node);
		if (!zone || nloads == NODES_MAX ||
		    (only != UINT64_MAX && only != node))
			continue;
		loads[nloads] = (struct load){
			.node = node,
			.target = lab_pages_of_min(
				zone, lab_setting_get(settings, "target")),
			.to = lab_pages_of_min(zone,
					       lab_setting_get(settings, "to")),
		};
		err = open_load(&loads[nloads++], zone);
	}
	return err ? err : nloads ? 0 : -ENODEV;
}

/*
 * The level at a step of the sweep: from the target to the other level and
 * back.
 */
static uint64_t level_at(const struct load *load, uint64_t shot, uint64_t shots)
{
	const uint64_t half = shots / 2 ? shots / 2 : 1;
	const uint64_t way = shot < half ? shot : shots - shot;
	const int64_t off = (int64_t)load->to - (int64_t)load->target;

	return load->target +
	       off * (int64_t)(way < half ? way : half) / (int64_t)half;
}

/*
 * From its low watermark on, a zone gives nothing while one below it, as ZONE_DMA is,
 * has pages above its own (mm/page_alloc.c, get_page_from_freelist(), the fast pass).
 * Those are taken until the zone gives again, few at a time: what is too many comes
 * from the zone.
 */
static void empty_below(struct load *load, uint64_t free, uint64_t *now)
{
	uint32_t before;

	while (load->below.fd >= 0 && *now >= free) {
		before = load->below.taken;
		if (lab_ballast_take(&load->below, 1u << BLOCK_ORDER) ||
		    load->below.taken == before || free_pages(load->node, now))
			return;
	}
}

static void lower(struct load *load, uint64_t free, uint64_t pages)
{
	struct slice *slice = &load->slice[load->slices];
	uint64_t now = free;

	if (load->slices == SLICES || lab_ballast_take(&slice->blocks, pages) ||
	    free_pages(load->node, &now))
		return;
	if (now >= free && pages >= 1u << BLOCK_ORDER &&
	    (lab_ballast_take(&slice->pages, pages) ||
	     free_pages(load->node, &now)))
		return;
	empty_below(load, free, &now);
	if (now < free)
		slice->depth += free - now;
	if (slice->depth >= way_of(load) / SLICES)
		load->slices++;
}

static void lift(struct load *load, uint64_t pages)
{
	struct slice *slice;

	for (;;) {
		if (load->slices == SLICES)
			load->slices--;
		slice = &load->slice[load->slices];
		if (slice->depth > pages)
			return;
		pages -= slice->depth;
		slice->depth = 0;
		if (slice->blocks.taken)
			lab_ballast_release(&slice->blocks);
		if (slice->pages.taken)
			lab_ballast_release(&slice->pages);
		if (!load->slices)
			return;
		load->slices--;
	}
}

static void unload(struct load *load)
{
	size_t i;

	for (i = 0; i < SLICES; i++) {
		lab_ballast_close(&load->slice[i].blocks);
		lab_ballast_close(&load->slice[i].pages);
	}
	lab_ballast_close(&load->below);
	lab_ballast_close(&load->trim);
	lab_ballast_close(&load->bulk);
}

static void move_load(struct load *load, uint64_t shot, uint64_t shots)
{
	uint64_t free, level;

	if (free_pages(load->node, &free))
		return;
	load->looks++;
	if (free < load->free_min)
		load->free_min = free;
	if (free > load->free_max)
		load->free_max = free;
	if (!sweeps)
		return;
	level = level_at(load, shot, shots);
	if (free > level)
		lower(load, free, free - level);
	else
		lift(load, level - free);
}

static void ballast_move(uint64_t shot, uint64_t shots)
{
	size_t i;

	for (i = 0; i < nloads; i++) {
		if (!shot)
			press_first(&loads[i]);
		else if (shot < shots)
			move_load(&loads[i], shot, shots);
		else
			unload(&loads[i]);
	}
}

/* "ballast INDEX": a process that the OOM killer finds first. */
static int ballast_worker(int argc, char **argv)
{
	struct lab_worker_report *report = lab_worker_report_slot(argc, argv);

	if (!report)
		return 2;
	lab_worker_park(report, 0);
}

static int ballast_stop(void)
{
	while (nloads) {
		unload(&loads[--nloads]);
		if (loads[nloads].pressed)
			record_load(&loads[nloads]);
	}
	if (look >= 0)
		close(look);
	look = -1;
	return lab_workers_stop(&workers);
}

const struct lab_pressure lab_press_ballast = {
	.name = "ballast",
	.help = "pages that the module holds, down to any level, and sweeping through it",
	.keys = keys,
	.probe = ballast_probe,
	.start = ballast_start,
	.move = ballast_move,
	.stop = ballast_stop,
	.worker = ballast_worker,
};
