// SPDX-License-Identifier: GPL-2.0-only
/*
 * pressure/memcg.c - a group that has used up the memory it may have.
 *
 * A worker in the group takes all of it but a little, and the machine has plenty:
 * what fails then fails because of the group. Who shoots can be in it as well;
 * its atomic requests are charged to the group only where they ask for it.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "pressure/common/cgroup.h"
#include "pressure/common/level.h"
#include "pressure.h"
#include "pressure/common/workers.h"

/* Charges are made for 64 pages at once, by each CPU (mm/memcontrol.c). */
#define ROOM (2u << 20)

static const struct lab_key keys[] = {
	{ "limit", LAB_KEY_BYTES, 4 << 20, 1ull << 40, 16 << 20, true,
	  "memory.max of the group" },
	{ "shooter", LAB_KEY_BOOL, 0, 1, 0, true,
	  "who shoots is in the group too" },
	{},
};

static struct lab_cgroup group = { .controller = "memory" };
static struct lab_workers workers = { .pressure = "memcg" };
static uint64_t limit;

static int memcg_probe(const char **why)
{
	return lab_cgroup_probe(group.controller, why);
}

/* "memcg INDEX FOLDER BYTES": enters by itself, before it takes anything. */
static int memcg_worker(int argc, char **argv)
{
	struct lab_worker_report *report = lab_worker_report_slot(argc, argv);
	struct lab_cgroup own = {};
	const size_t page = getpagesize();
	uint64_t at = 0, most;
	char *memory;
	int err;

	if (!report || argc != 4)
		return 2;
	snprintf(own.folder, sizeof(own.folder), "%s", argv[2]);
	most = strtoull(argv[3], NULL, 10);
	err = lab_cgroup_add(&own, getpid());
	memory = mmap(NULL, most, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (err || memory == MAP_FAILED)
		lab_worker_park(report, err ? err : -ENOMEM);
	madvise(memory, most, MADV_NOHUGEPAGE);
	while (at + page <= most &&
	       lab_cgroup_get(&own, "memory.current") + ROOM / 4 < most) {
		*(volatile char *)(memory + at) = 1;
		at += page;
	}
	lab_worker_park(report, 0);
}

static int memcg_start(const struct lab_setting *settings, uint64_t seed)
{
	char text[24], most[24], *args[] = { group.folder, most, NULL };
	int err;

	(void)seed;
	limit = lab_setting_get(settings, "limit");
	snprintf(text, sizeof(text), "%" PRIu64, limit);
	snprintf(most, sizeof(most), "%" PRIu64, limit - ROOM / 8);
	err = lab_cgroup_make(&group);
	if (!err)
		err = lab_cgroup_set(&group, "memory.max", text);
	if (!err)
		err = lab_workers_start(&workers, 0, args);
	lab_pressed_record(
		&(struct lab_pressed){
			"memcg", -1, "bytes charged", limit,
			lab_cgroup_get(&group, "memory.current") },
		NULL, err);
	if (!err && lab_setting_get(settings, "shooter"))
		err = lab_cgroup_enter(&group);
	return err;
}

static int memcg_stop(void)
{
	int err = lab_workers_stop(&workers),
	    removed = lab_cgroup_remove(&group);

	return err ? err : removed;
}

const struct lab_pressure lab_press_memcg = {
	.name = "memcg",
	.help = "a group that has used up the memory it may have, while the machine has plenty",
	.keys = keys,
	.probe = memcg_probe,
	.start = memcg_start,
	.stop = memcg_stop,
	.worker = memcg_worker,
};
