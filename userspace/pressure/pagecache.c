// SPDX-License-Identifier: GPL-2.0-only
/*
 * pressure/pagecache.c - memory full of clean or dirty page cache.
 *
 * Buffered reads and writes of a block device, through an io_uring with
 * registered buffers and a registered file. The device is a null_blk that is
 * made for it: it completes by a timer of the guest, so nothing of it is timed
 * by the host, and has no memory behind it, so the cache is all it takes. A worker
 * per node fills its node until what is free there is what was asked for, and
 * then stops, or goes on, which keeps kswapd and writeback at work.
 *
 * Unlike anon's this memory is there to be reclaimed: below the low watermark
 * kswapd makes room again, and above the high one there is peace.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <liburing.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/file.h"
#include "sys/device.h"
#include "lib/random.h"
#include "sys/restore.h"
#include "pressure/common/level.h"
#include "pressure/common/nodes.h"
#include "pressure.h"
#include "pressure/common/fill.h"
#include "pressure/common/workers.h"

#define CONFIG "/sys/kernel/config/nullb"
/* The folder's name becomes the device's, or says which index it got. */
#define FOLDER CONFIG "/nullblab"
#define DEPTH_MAX 64
#define BLOCK 4096
#define COMPLETION_NS "20000"

static const struct lab_key keys[] = {
	{ "target", LAB_KEY_PERMILLE_OF_MIN, 1100, 100000, 2000, true,
	  "free pages left of each node, in the zone that atomic requests prefer" },
	{ "dirty", LAB_KEY_PERMILLE, 0, 1000, 0, true,
	  "share of the blocks that are written, not read" },
	{ "dirty-ratio", LAB_KEY_NUMBER, 0, 100, 0, false,
	  "vm.dirty_ratio meanwhile, half of it in the background; 0: left alone" },
	{ "depth", LAB_KEY_NUMBER, 1, DEPTH_MAX, 16, true, "blocks in flight" },
	{ "busy", LAB_KEY_BOOL, 0, 1, 0, true,
	  "goes on while shots are fired" },
	{},
};

/* What a worker says. */
enum { TARGET, FREE, DONE, WRITTEN, FAILED };

struct cache {
	struct lab_fill fill; /* for its looks; takes nothing */
	struct lab_worker_report *report;
	struct io_uring ring;
	int file;
	char *buffer; /* depth blocks */
	unsigned int depth;
	uint64_t dirty, seed;
	uint64_t blocks, next; /* of this worker's part of the device */
	uint64_t first;
};

#define ROUNDS 2 /* blocks of the device for each page of a zone */

static struct lab_workers workers = { .pressure = "pagecache" };
static struct lab_zones zones;
static bool made;
static char device[64];

static int pagecache_probe(const char **why)
{
	*why = "";
	if (access(CONFIG, F_OK)) {
		*why = "no null_blk in configfs (CONFIG_BLK_DEV_NULL_BLK, and configfs at /sys/kernel/config)";
		return -ENODEV;
	}
	return lab_probe_numa(why);
}

static int open_ring(struct cache *cache, const char *path)
{
	const size_t size = (size_t)cache->depth * BLOCK;
	struct iovec iov[DEPTH_MAX];
	unsigned int i;
	int err;

	cache->file = open(path, O_RDWR | O_CLOEXEC);
	if (cache->file < 0)
		return -errno;
	/* Each block that is asked for, and no other, is read. */
	posix_fadvise(cache->file, 0, 0, POSIX_FADV_RANDOM);
	cache->buffer = mmap(NULL, size, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (cache->buffer == MAP_FAILED)
		return -errno;
	for (i = 0; i < cache->depth; i++)
		iov[i] = (struct iovec){ cache->buffer + i * BLOCK, BLOCK };
	err = io_uring_queue_init(cache->depth, &cache->ring, 0);
	if (!err)
		err = io_uring_register_buffers(&cache->ring, iov,
						cache->depth);
	if (!err)
		err = io_uring_register_files(&cache->ring, &cache->file, 1);
	return err;
}

static void ask(struct cache *cache, unsigned int slot)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(&cache->ring);
	const uint64_t block = cache->first + cache->next++ % cache->blocks;
	char *buffer = cache->buffer + (size_t)slot * BLOCK;

	if (lab_random(&cache->seed) % 1000 < cache->dirty) {
		cache->report->value[WRITTEN]++;
		io_uring_prep_write_fixed(sqe, 0, buffer, BLOCK, block * BLOCK,
					  slot);
	} else {
		io_uring_prep_read_fixed(sqe, 0, buffer, BLOCK, block * BLOCK,
					 slot);
	}
	sqe->flags |= IOSQE_FIXED_FILE;
	io_uring_sqe_set_data64(sqe, slot);
}

/* So many blocks, some at a time. What fails is counted and passed by. */
static int move_blocks(struct cache *cache, uint64_t count)
{
	unsigned int batch, i;
	int err;

	while (count) {
		batch = count < cache->depth ? count : cache->depth;
		for (i = 0; i < batch; i++)
			ask(cache, i);
		err = io_uring_submit_and_wait(&cache->ring, batch);
		if (err < 0 && err != -EINTR)
			return err;
		for (i = 0; i < batch; i++) {
			struct io_uring_cqe *cqe;

			err = io_uring_wait_cqe(&cache->ring, &cqe);
			if (err)
				return err;
			cache->report->value[FAILED] += cqe->res != BLOCK;
			io_uring_cqe_seen(&cache->ring, cqe);
		}
		cache->report->value[DONE] += batch;
		count -= batch;
	}
	return 0;
}

static void say(struct cache *cache)
{
	cache->report->value[TARGET] = cache->fill.target;
	cache->report->value[FREE] = cache->fill.free;
}

#define ROUNDS 2 /* the part of a zone that the device has blocks for */

/* The last ones that were moved; what was written goes to the device first. */
static void give_back(struct cache *cache, uint64_t count)
{
	uint64_t from, size;

	count = count < cache->next ? count : cache->next;
	cache->next -= count;
	from = (cache->first + cache->next) * BLOCK;
	size = count * BLOCK;
	if (cache->dirty)
		sync_file_range(cache->file, from, size,
				SYNC_FILE_RANGE_WRITE_AND_WAIT);
	posix_fadvise(cache->file, from, size, POSIX_FADV_DONTNEED);
}

#define END 1024
#define SETTLES 64
#define CLOSE 20 /* the part of the target that is close enough */

/*
 * Reclaim takes some of the cache while it grows, so that more than the zone has
 * may be moved; not for ever. A per-CPU list that fills up takes hundreds of
 * pages at once, past the target: some are given back then, to lists first, and
 * as long as it does not show, more.
 */
static int fill(struct cache *cache)
{
	struct lab_fill *fill = &cache->fill;
	unsigned int settles = SETTLES;
	uint64_t more = 1;
	int err;

	for (;;) {
		err = lab_fill_look(fill);
		say(cache);
		if (err)
			return err;
		if (fill->free > fill->target) {
			const uint64_t off = fill->free - fill->target;

			if (cache->next >= cache->blocks)
				return -ENOSPC;
			/* See pressure/common/fill.c, END. */
			if (off <= END)
				give_back(cache, 1);
			err = move_blocks(cache, off > 8192 ? off / 2 :
						 off > END  ? off / 16 :
							      2);
			if (err)
				return err;
			more = 1;
			continue;
		}
		if (fill->free + fill->target / CLOSE >= fill->target ||
		    !settles--)
			return 0;
		give_back(cache, more * (fill->target - fill->free));
		more *= 2;
	}
}

/* "pagecache INDEX NODE PERMILLE DIRTY DEPTH BUSY SEED FIRST BLOCKS FD-PATH" */
static int pagecache_worker(int argc, char **argv)
{
	static struct cache cache;
	int err;

	cache.report = lab_worker_report_slot(argc, argv);
	if (!cache.report || argc != 11)
		return 2;
	cache.fill.node = strtoul(argv[2], NULL, 10);
	cache.fill.permille = strtoull(argv[3], NULL, 10);
	cache.dirty = strtoull(argv[4], NULL, 10);
	cache.depth = strtoul(argv[5], NULL, 10);
	cache.seed = strtoull(argv[7], NULL, 10);
	cache.first = strtoull(argv[8], NULL, 10);
	cache.blocks = strtoull(argv[9], NULL, 10);
	err = lab_fill_open(&cache.fill);
	if (!err)
		err = open_ring(&cache, argv[10]);
	if (!err)
		err = fill(&cache);
	if (err || !strtoul(argv[6], NULL, 10))
		lab_worker_park(cache.report, err);
	lab_worker_notify();
	for (;;)
		if (move_blocks(&cache, cache.depth))
			lab_worker_park(cache.report, -EIO);
}

static int set(const char *name, const char *value)
{
	char path[96];

	snprintf(path, sizeof(path), FOLDER "/%s", name);
	return lab_file_write(path, value);
}

/* After its folder, or nullb and the index that it was given. */
static int find_device(void)
{
	uint64_t index;
	int err;

	snprintf(device, sizeof(device), "/dev/nullblab");
	if (!access(device, F_OK))
		return 0;
	err = lab_file_number(FOLDER "/index", 10, &index);
	if (err)
		return err;
	snprintf(device, sizeof(device), "/dev/nullb%" PRIu64, index);
	return access(device, F_OK) ? -errno : 0;
}

static int make_device(uint64_t bytes)
{
	static const char *const settings[][2] = {
		{ "blocksize", "4096" },
		{ "irqmode", "2" },
		{ "completion_nsec", COMPLETION_NS },
		{ "memory_backed", "0" },
	};
	char size[24];
	size_t i;
	int err = lab_restore_note(LAB_RESTORE_FOLDER, FOLDER);

	if (!err && mkdir(FOLDER, 0755))
		err = -errno;
	if (err)
		return err;
	made = true;
	snprintf(size, sizeof(size), "%" PRIu64, bytes >> 20);
	err = set("size", size);
	for (i = 0; !err && i < sizeof(settings) / sizeof(settings[0]); i++)
		err = set(settings[i][0], settings[i][1]);
	if (!err)
		err = set("power", "1");
	return err ? err : find_device();
}

static int set_dirty_ratio(uint64_t ratio)
{
	char half[24], all[24];
	int err;

	if (!ratio)
		return 0;
	snprintf(all, sizeof(all), "%" PRIu64, ratio);
	snprintf(half, sizeof(half), "%" PRIu64, ratio > 1 ? ratio / 2 : 1);
	err = lab_restore_write("/proc/sys/vm/dirty_background_ratio", half);
	return err ? err : lab_restore_write("/proc/sys/vm/dirty_ratio", all);
}

static int start_on(unsigned int node, const struct lab_setting *settings,
		    uint64_t seed, uint64_t first, uint64_t blocks)
{
	const uint64_t numbers[] = {
		node,
		lab_setting_get(settings, "target"),
		lab_setting_get(settings, "dirty"),
		lab_setting_get(settings, "depth"),
		lab_setting_get(settings, "busy"),
		seed + node,
		first,
		blocks,
	};
	const size_t count = sizeof(numbers) / sizeof(*numbers);
	const struct lab_worker_report *report;
	char text[8][24], *args[10] = {};
	size_t i;
	int err;

	for (i = 0; i < count; i++) {
		snprintf(text[i], sizeof(text[i]), "%" PRIu64, numbers[i]);
		args[i] = text[i];
	}
	args[count] = device;
	err = lab_workers_start(&workers, node, args);
	report = lab_workers_report(&workers, node);
	lab_pressed_record(&(struct lab_pressed){ "pagecache", node,
						  "pages free",
						  report->value[TARGET],
						  report->value[FREE] },
			   json_pack("{s:I, s:I}", "blocks",
				     (json_int_t)report->value[DONE], "written",
				     (json_int_t)report->value[WRITTEN]),
			   err);
	return err;
}

static int pagecache_start(const struct lab_setting *settings, uint64_t seed)
{
	uint64_t first = 0, managed = 0, pages;
	unsigned int node, i;
	int err = lab_look_at_zones(&zones);

	for (i = 0; !err && i < zones.count; i++)
		managed += zones.zone[i].managed;
	if (!err)
		err = make_device(ROUNDS * managed * BLOCK);
	if (!err)
		err = set_dirty_ratio(lab_setting_get(settings, "dirty-ratio"));
	for (node = 0; !err && node < LAB_MAX_NODES; node++) {
		if (!lab_atomic_zone(&zones, node))
			continue;
		pages = lab_node_pages(&zones, node);
		err = start_on(node, settings, seed, first, ROUNDS * pages);
		first += ROUNDS * pages;
	}
	return err;
}

/* What those did who went on. */
static void record_work(unsigned int node)
{
	const struct lab_worker_report *report =
		lab_workers_report(&workers, node);

	lab_pressed_note("pagecache", node,
			 json_pack("{s:I, s:I, s:I}", "blocks",
				   (json_int_t)report->value[DONE], "written",
				   (json_int_t)report->value[WRITTEN], "failed",
				   (json_int_t)report->value[FAILED]));
}

/* The last one who closes the device drops its cache. */
static int pagecache_stop(void)
{
	unsigned int node;
	int err, removed;

	for (node = 0; node < LAB_MAX_NODES; node++)
		if (lab_workers_has(&workers, node))
			record_work(node);
	err = lab_workers_stop(&workers);
	if (!made)
		return err;
	made = false;
	removed = set("power", "0");
	if (rmdir(FOLDER) && !removed)
		removed = -errno;
	return err ? err : removed;
}

const struct lab_pressure lab_press_pagecache = {
	.name = "pagecache",
	.help = "clean or dirty page cache of a null_blk, by io_uring",
	.keys = keys,
	.probe = pagecache_probe,
	.start = pagecache_start,
	.stop = pagecache_stop,
	.worker = pagecache_worker,
};
