// SPDX-License-Identifier: GPL-2.0-only
/*
 * pressure/pinned.c - memory that cannot be reclaimed, or not even moved.
 *
 * As anon, but what was taken is then locked, which reclaim and swap pass by,
 * or registered with io_uring as buffers, which pins it: compaction cannot move it
 * either.
 */
#include <errno.h>
#include <liburing.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "sys/device.h"
#include "lib/random.h"
#include "pressure/common/level.h"
#include "pressure/common/nodes.h"
#include "pressure.h"
#include "pressure/common/fill.h"
#include "pressure/common/workers.h"

#define JITTER 64 /* pages by which a seed moves the target */
#define RINGS 128
#define LARGEST (1ul << 30) /* bytes in a buffer, io_uring's limit */
#define SMALLEST (64ul << 20)

enum { LOCKED, REGISTERED };

static const char *const hows[] = { "locked", "registered", NULL };

static const struct lab_key keys[] = {
	{ "target", LAB_KEY_PERMILLE_OF_MIN, 1050, 100000, 2000, true,
	  "free pages left of each node, in the zone that atomic requests prefer" },
	{ "how", LAB_KEY_CHOICE, 0, 0, REGISTERED, true,
	  "locked by mlock, or registered as buffers of an io_uring", hows },
	{},
};

/* Messages of a worker to its parent, by their first number. */
enum { TARGET, FREE, TAKEN, BOOST };

static struct lab_workers workers = { .pressure = "pinned", .polite = true };

#define CLOSE 20 /* a level is reached within a 20th of the target */

static bool is_close(const struct lab_fill *fill)
{
	const uint64_t off = fill->free > fill->target ?
				     fill->free - fill->target :
				     fill->target - fill->free;

	return off <= fill->target / CLOSE;
}

/* ---- registered ------------------------------------------------------------ */

/* A ring for each buffer: kernels before 5.19 take all of a ring's at once. */
static struct io_uring rings[RINGS];
static size_t nrings;

/* Registers the pages that were taken since the last time. */
static int register_rest(struct lab_fill *fill)
{
	const struct iovec iov = { fill->memory + fill->pinned * fill->page,
				   (fill->taken - fill->pinned) * fill->page };
	int err;

	if (!iov.iov_len)
		return 0;
	if (nrings == RINGS)
		return -ENOSPC;
	err = io_uring_queue_init(1, &rings[nrings], 0);
	if (err)
		return err;
	err = io_uring_register_buffers(&rings[nrings++], &iov, 1);
	if (!err)
		fill->pinned = fill->taken;
	return err;
}

static void unregister_last(void)
{
	io_uring_unregister_buffers(&rings[--nrings]);
	io_uring_queue_exit(&rings[nrings]);
}

/*
 * Unregisters explicitly: at the end of a process its ring gives the buffers
 * back some time later.
 */
static void unregister(void)
{
	while (nrings)
		unregister_last();
}

static uint64_t pages_in_buffer(const struct lab_fill *fill)
{
	uint64_t size = fill->managed * fill->page / (RINGS / 2);

	if (size < SMALLEST)
		size = SMALLEST;
	return (size > LARGEST ? LARGEST : size) / fill->page;
}

/* Takes memory down to so many pages above the target. */
static int down_to(struct lab_fill *fill, uint64_t more)
{
	int err;

	fill->jitter += more;
	err = lab_fill_down(fill);
	fill->jitter -= more;
	return err;
}

#define LAST 4096 /* pages in the last buffer, about */

/*
 * Buffer by buffer: what the kernel keeps of each is paid before the level is
 * reached. All at once, a large node had too little left to pay with, although
 * 1/8 of it was in per-CPU lists: the kernel killed who registered.
 */
static int register_most(struct lab_fill *fill)
{
	const uint64_t most = pages_in_buffer(fill);
	int err = lab_fill_look(fill);

	while (!err && fill->free > fill->target + LAST) {
		const uint64_t left = fill->free - fill->target - LAST;
		const size_t before = fill->pinned;

		err = down_to(fill, LAST + (left > most ? left - most : 0));
		if (!err)
			err = register_rest(fill);
		if (!err)
			err = lab_fill_look(fill);
		if (fill->pinned == before)
			break;
	}
	return err;
}

#define ROUNDS 16

/*
 * The last of them until it fits: to pin takes some, a per-CPU list perhaps
 * hundreds, and as many are left for that the next time.
 */
static int register_to_level(struct lab_fill *fill)
{
	int err = register_most(fill), rounds = ROUNDS;
	const size_t kept = fill->pinned;
	uint64_t spare = 0, before;

	while (!err) {
		err = down_to(fill, spare);
		before = fill->free;
		if (!err)
			err = register_rest(fill);
		if (!err)
			err = lab_fill_look(fill);
		if (err || is_close(fill) || !rounds-- || fill->pinned == kept)
			break;
		unregister_last();
		fill->pinned = kept;
		spare = before > fill->free ? before - fill->free : 0;
	}
	return err;
}

/* ---- locked ---------------------------------------------------------------- */

static int lock_to_level(struct lab_fill *fill)
{
	int err, rounds = ROUNDS;

	for (;;) {
		err = lab_fill_down(fill);
		if (!err && mlock(fill->memory, fill->taken * fill->page))
			err = -errno;
		if (!err)
			err = lab_fill_look(fill);
		if (err || is_close(fill) || !rounds--)
			return err;
		munlock(fill->memory, fill->taken * fill->page);
	}
}

/* "pinned INDEX NODE PERMILLE JITTER HOW" */
static int pinned_worker(int argc, char **argv)
{
	const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
	struct lab_worker_report *report = lab_worker_report_slot(argc, argv);
	static struct lab_fill fill;
	int err;

	if (!report || argc != 6)
		return 2;
	fill.node = strtoul(argv[2], NULL, 10);
	fill.permille = strtoull(argv[3], NULL, 10);
	fill.jitter = strtoull(argv[4], NULL, 10);
	setrlimit(RLIMIT_MEMLOCK, &all);
	err = lab_fill_open(&fill);
	if (!err)
		err = strtoul(argv[5], NULL, 10) == REGISTERED ?
			      register_to_level(&fill) :
			      lock_to_level(&fill);
	lab_fill_look(&fill);
	report->value[TARGET] = fill.target;
	report->value[FREE] = fill.free;
	report->value[TAKEN] = fill.taken;
	report->value[BOOST] = fill.boost;
	lab_worker_park_until(report, err, unregister);
}

static int start_on(unsigned int node, const struct lab_setting *settings,
		    uint64_t seed)
{
	uint64_t state = seed + node;
	const uint64_t numbers[] = {
		node,
		lab_setting_get(settings, "target"),
		lab_random(&state) % JITTER,
		lab_setting_get(settings, "how"),
	};
	const struct lab_worker_report *report;
	int err = lab_workers_start_numbers(&workers, node, numbers,
					    sizeof(numbers) / sizeof(*numbers));

	report = lab_workers_report(&workers, node);
	lab_pressed_record(&(struct lab_pressed){ "pinned", node, "pages free",
						  report->value[TARGET],
						  report->value[FREE] },
			   json_pack("{s:I, s:I}", "boost",
				     (json_int_t)report->value[BOOST],
				     "taken_pages",
				     (json_int_t)report->value[TAKEN]),
			   err);
	return err;
}

static int pinned_start(const struct lab_setting *settings, uint64_t seed)
{
	return lab_start_on_nodes(start_on, settings, seed);
}

static int pinned_stop(void)
{
	return lab_workers_stop(&workers);
}

const struct lab_pressure lab_press_pinned = {
	.name = "pinned",
	.help = "memory that is locked, or pinned by io_uring",
	.keys = keys,
	.probe = lab_probe_numa,
	.start = pinned_start,
	.stop = pinned_stop,
	.worker = pinned_worker,
};
