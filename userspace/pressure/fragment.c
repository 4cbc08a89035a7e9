// SPDX-License-Identifier: GPL-2.0-only
/*
 * pressure/fragment.c - free memory in plenty, and no large blocks in it.
 *
 * A worker per node takes nearly all memory of its node, finds out from
 * /proc/self/pagemap which page frames it has, and gives some back: of most
 * blocks all pages but the first, which the buddy allocator then cannot make
 * whole, and of as many as the target leaves whole blocks. The target is the
 * kernel's unusable free space index, of 0 to 1000: the share of free pages
 * that are in blocks smaller than the order (mm/vmstat.c,
 * unusable_free_index()). The pages that are kept are movable, so that
 * compaction could undo all of it; or pinned by an io_uring, so that nothing can.
 *
 * Blocks that were whole before, and those that compaction makes whole out of
 * other pages' places meanwhile, the module takes; of those there are too few of,
 * more are given back.
 *
 * What remains on the per-CPU lists when pages are freed is not free yet and
 * not counted.
 */
#include <errno.h>
#include <fcntl.h>
#include <gsl/gsl_heapsort.h>
#include <inttypes.h>
#include <liburing.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sys/device.h"
#include "lib/random.h"
#include "ballast.h"
#include "pressure/common/level.h"
#include "pressure/common/nodes.h"
#include "pressure.h"
#include "pressure/common/fill.h"
#include "pressure/common/workers.h"

#define FILLED_PERMILLE \
	1500 /* thousandths of min left before pages are given back */
#define PIN_MAX 16384 /* buffers of a ring, IORING_MAX_REG_BUFFERS */
#define RINGS_MAX 64
/* What the kernel keeps of each, at most (io_uring/rsrc.c, io_mapped_ubuf). */
#define KEPT_OF_BUFFER 128

static const struct lab_key keys[] = {
	{ "order", LAB_KEY_NUMBER, 1, 10, 3, true,
	  "blocks from this order on are made rare" },
	{ "index", LAB_KEY_PERMILLE, 0, 1000, 900, true,
	  "unusable free space at that order: free pages in smaller blocks" },
	{ "free", LAB_KEY_PERMILLE, 10, 900, 250, true,
	  "share that is left free of each node's zone that atomic requests prefer" },
	{ "pinned", LAB_KEY_BOOL, 0, 1, 0, true,
	  "the pages between are pinned, so that compaction cannot move them" },
	{},
};

/* What a worker says. */
enum { INDEX, FREE, WANTED, TAKEN };

/* A page of ours: its frame, and where it is in our memory. */
struct frame {
	uint64_t pfn;
	uint64_t page;
};

struct split {
	struct lab_fill fill;
	unsigned int order;
	uint64_t index, share, pinned, seed;

	struct frame *frame; /* by frame number */
	size_t *block; /* the first frame of each block, in random order */
	size_t nblocks, given;
	struct iovec *kept; /* pages between holes */
	size_t nkept;
	uint64_t wanted, free, usable, large_pages; /* pages */
	struct lab_ballast large, small; /* whole blocks that are too many */
};

static struct lab_workers workers = { .pressure = "fragment", .polite = true };
static struct lab_zones zones;

static uint64_t usable_pages(const struct lab_zone *zone, unsigned int order)
{
	uint64_t pages = 0;

	for (; order < LAB_MAX_ORDERS; order++)
		pages += zone->free_blocks[order] << order;
	return pages;
}

static uint64_t index_of(uint64_t usable, uint64_t free)
{
	return free ? (free - usable) * 1000 / free : 0;
}

static int look(struct split *split)
{
	const struct lab_zone *zone;
	int err = lab_device_zones(split->fill.device, &zones);

	if (err)
		return err;
	zone = lab_atomic_zone(&zones, split->fill.node);
	split->free = zone->free;
	split->usable = usable_pages(zone, split->order);
	split->large_pages = usable_pages(zone, split->large.order);
	return 0;
}

/* Everything that this takes memory for is there before memory is short. */
static int get_tables(struct split *split)
{
	const size_t pages = split->fill.managed;
	const size_t blocks = (pages >> split->order) + 1;

	split->frame = calloc(pages, sizeof(*split->frame));
	split->block = calloc(blocks, sizeof(*split->block));
	split->kept = calloc(blocks, sizeof(*split->kept));
	if (!split->frame || !split->block || !split->kept)
		return -ENOMEM;
	if (mlock(split->frame, pages * sizeof(*split->frame)) ||
	    mlock(split->block, blocks * sizeof(*split->block)) ||
	    mlock(split->kept, blocks * sizeof(*split->kept)))
		return -errno;
	return 0;
}

static int by_pfn(const void *a, const void *b)
{
	const struct frame *x = a, *y = b;

	return (x->pfn > y->pfn) - (x->pfn < y->pfn);
}

/* Documentation/admin-guide/mm/pagemap.rst: bits 0 to 54 are the frame. */
#define PFN_MASK ((1ull << 55) - 1)
#define CHUNK 512

static int find_frames(struct split *split)
{
	const struct lab_fill *fill = &split->fill;
	const off_t from = (uintptr_t)fill->memory / fill->page;
	uint64_t entries[CHUNK];
	size_t i, n, at;
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	for (at = 0; at < fill->taken; at += n) {
		n = fill->taken - at < CHUNK ? fill->taken - at : CHUNK;
		if (pread(fd, entries, n * 8, (from + at) * 8) !=
		    (ssize_t)n * 8)
			break;
		for (i = 0; i < n; i++)
			split->frame[at + i] =
				(struct frame){ entries[i] & PFN_MASK, at + i };
	}
	close(fd);
	if (at < fill->taken || !split->frame[0].pfn)
		return -EPERM;
	/* qsort() would take a copy's memory, of which there is none left. */
	gsl_heapsort(split->frame, fill->taken, sizeof(*split->frame), by_pfn);
	return 0;
}

/* Those of which all pages are ours, shuffled. */
static void find_blocks(struct split *split)
{
	const size_t size = 1ul << split->order;
	const struct frame *frame = split->frame;
	size_t i, j, swap;

	for (i = 0; i + size <= split->fill.taken; i++) {
		if (frame[i].pfn % size ||
		    frame[i + size - 1].pfn != frame[i].pfn + size - 1)
			continue;
		split->block[split->nblocks++] = i;
	}
	for (i = split->nblocks; i > 1; i--) {
		j = lab_random(&split->seed) % i;
		swap = split->block[j];
		split->block[j] = split->block[i - 1];
		split->block[i - 1] = swap;
	}
}

static char *at(const struct split *split, size_t frame)
{
	return split->fill.memory + split->frame[frame].page * split->fill.page;
}

/* Which blocks go, and which of them but for their first page. */
static void choose(struct split *split)
{
	const size_t size = 1ul << split->order;
	bool whole;

	while (split->given < split->nblocks && split->free < split->wanted) {
		const size_t block = split->block[split->given++];

		whole = index_of(split->usable, split->free) > split->index;
		if (!whole)
			split->kept[split->nkept++] =
				(struct iovec){ at(split, block),
						split->fill.page };
		split->free += size - !whole;
		split->usable += whole ? size : 0;
	}
}

static void give_back(const struct split *split)
{
	const size_t size = 1ul << split->order;
	const size_t page = split->fill.page;
	size_t i, j, kept = 0;
	bool whole;

	for (i = 0; i < split->given; i++) {
		whole = kept == split->nkept ||
			at(split, split->block[i]) !=
				split->kept[kept].iov_base;
		kept += !whole;
		for (j = !whole; j < size; j++)
			madvise(at(split, split->block[i] + j), page,
				MADV_DONTNEED);
	}
}

static struct io_uring rings[RINGS_MAX];
static size_t nrings;

static int pin(const struct split *split)
{
	size_t from, n;
	int err = 0;

	for (from = 0; !err && from < split->nkept; from += n) {
		n = split->nkept - from < PIN_MAX ? split->nkept - from :
						    PIN_MAX;
		if (nrings == RINGS_MAX)
			return -ENOSPC;
		err = io_uring_queue_init(1, &rings[nrings], 0);
		if (!err)
			err = io_uring_register_buffers(&rings[nrings++],
							split->kept + from, n);
	}
	return err;
}

/* When the ring goes with its process it lets go of them later than that. */
static void unpin(void)
{
	while (nrings)
		io_uring_unregister_buffers(&rings[--nrings]);
}

/*
 * Pages that pinning takes, of all blocks that may be broken: from what is left
 * free until then, which of a large node was too little.
 */
static uint64_t to_pin_with(const struct split *split)
{
	const uint64_t broken = split->wanted / ((1ul << split->order) - 1);

	return split->pinned ? broken * KEPT_OF_BUFFER / split->fill.page : 0;
}

/*
 * Those first that no per-CPU list has, because they come from the zone at once
 * (include/linux/mmzone.h, PAGE_ALLOC_COSTLY_ORDER).
 */
#define LARGE 4

static int open_ballast(struct split *split)
{
	const unsigned int node = split->fill.node;
	const unsigned int large = split->order > LARGE ? split->order : LARGE;
	int err = lab_ballast_open(&split->large, node, large,
				   split->fill.managed);

	return err ? err :
		     lab_ballast_open(&split->small, node, split->order,
				      split->fill.managed);
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/*
 * Only those that are there: a block that is tried for in vain has kswapd wake
 * kcompactd, which makes some (mm/vmscan.c, wakeup_kswapd()).
 */
static int take_whole(struct split *split, uint64_t pages)
{
	const uint64_t large = least(split->large_pages, pages);
	int err = lab_ballast_take(&split->large, large);

	if (err)
		return err;
	return lab_ballast_take(&split->small, pages - large);
}

static void give_whole(struct split *split, uint64_t pages)
{
	const size_t size = 1ul << split->order;
	size_t block, j;

	for (; pages >= size && split->given < split->nblocks; pages -= size) {
		block = split->block[split->given++];
		for (j = 0; j < size; j++)
			madvise(at(split, block + j), split->fill.page,
				MADV_DONTNEED);
	}
}

#define ROUNDS 16
#define CLOSE 20 /* thousandths off the index that are close enough */

/*
 * Compaction may go on making whole blocks of what is free: then all of that
 * would be taken, and the kernel kill for the last of it. Half is left.
 *
 * Taking x whole pages makes (usable - x) / (free - x) of usable / free.
 */
static int correct(struct split *split)
{
	const int64_t whole = 1000 - split->index;
	unsigned int rounds = ROUNDS;
	int64_t excess;
	int err;

	for (;;) {
		err = look(split);
		excess = (int64_t)split->usable * 1000 -
			 (int64_t)split->free * whole;
		if (err || !rounds-- ||
		    llabs(excess) <= (int64_t)split->free * CLOSE ||
		    split->free <= split->wanted / 2)
			return err;
		if (excess < 0)
			give_whole(split, -excess / (1000 - whole + 1));
		else
			err = take_whole(
				split, least(excess / (1000 - whole),
					     split->free - split->wanted / 2));
		if (err)
			return err;
	}
}

static int fragment(struct split *split)
{
	int err = lab_fill_open(&split->fill);

	if (err)
		return err;
	split->wanted = split->fill.managed * split->share / 1000;
	split->fill.jitter = to_pin_with(split);
	err = get_tables(split);
	if (!err)
		err = open_ballast(split);
	if (!err)
		err = lab_fill_down(&split->fill);
	if (!err)
		err = find_frames(split);
	if (!err)
		err = look(split);
	if (err)
		return err;
	find_blocks(split);
	choose(split);
	/* Before there is anywhere that compaction could move them to. */
	if (split->pinned)
		err = pin(split);
	if (err)
		return err;
	give_back(split);
	return correct(split);
}

/* "fragment INDEX NODE ORDER INDEX FREE PINNED SEED" */
static int fragment_worker(int argc, char **argv)
{
	struct lab_worker_report *report = lab_worker_report_slot(argc, argv);
	static struct split split;
	int err;

	if (!report || argc != 8)
		return 2;
	split.fill.node = strtoul(argv[2], NULL, 10);
	split.fill.permille = FILLED_PERMILLE;
	split.order = strtoul(argv[3], NULL, 10);
	split.index = strtoull(argv[4], NULL, 10);
	split.share = strtoull(argv[5], NULL, 10);
	split.pinned = strtoull(argv[6], NULL, 10);
	split.seed = strtoull(argv[7], NULL, 10);
	err = fragment(&split);
	report->value[INDEX] = index_of(split.usable, split.free);
	report->value[FREE] = split.free;
	report->value[WANTED] = split.wanted;
	report->value[TAKEN] = split.fill.taken;
	lab_worker_park_until(report, err, unpin);
}

static int start_on(unsigned int node, const struct lab_setting *settings,
		    uint64_t seed)
{
	const uint64_t numbers[] = {
		node,
		lab_setting_get(settings, "order"),
		lab_setting_get(settings, "index"),
		lab_setting_get(settings, "free"),
		lab_setting_get(settings, "pinned"),
		seed + node,
	};
	const struct lab_worker_report *report;
	int err = lab_workers_start_numbers(&workers, node, numbers,
					    sizeof(numbers) / sizeof(*numbers));

	report = lab_workers_report(&workers, node);
	lab_pressed_record(
		&(struct lab_pressed){ "fragment", node, "of 1000 unusable",
				       numbers[2], report->value[INDEX] },
		json_pack("{s:I, s:I, s:I}", "taken_pages",
			  (json_int_t)report->value[TAKEN], "wanted_pages",
			  (json_int_t)report->value[WANTED], "free_pages",
			  (json_int_t)report->value[FREE]),
		err);
	return err;
}

static int fragment_start(const struct lab_setting *settings, uint64_t seed)
{
	return lab_start_on_nodes(start_on, settings, seed);
}

static int fragment_stop(void)
{
	return lab_workers_stop(&workers);
}

const struct lab_pressure lab_press_fragment = {
	.name = "fragment",
	.help = "free memory in plenty, and no large blocks in it",
	.keys = keys,
	.probe = lab_probe_numa,
	.start = fragment_start,
	.stop = fragment_stop,
	.worker = fragment_worker,
};
