// SPDX-License-Identifier: GPL-2.0-only
/*
 * pressure/slab.c - small objects of the kernel, until slabs have grown by a
 * number of bytes.
 *
 * Reclaimable objects are dentries of names that do not exist in sysfs, which
 * caches them (negative dentries). Unreclaimable ones are pairs of sockets,
 * which a worker keeps open. The level is the growth of the counters in
 * /proc/vmstat, so the size of an object does not have to be known.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pressure/common/level.h"
#include "pressure.h"
#include "pressure/common/workers.h"

#define STEP 64 /* objects between looks */
#define FILES_MAX (1u << 20)
#define NAMES "/sys/kernel/labyrinth-"
/* Checks without growth after which it fails: some objects are not kept. */
#define PATIENCE 1000

enum { RECLAIMABLE, UNRECLAIMABLE };

static const char *const kinds[] = { "reclaimable", "unreclaimable", NULL };

static const struct lab_key keys[] = {
	{ "kind", LAB_KEY_CHOICE, 0, 0, UNRECLAIMABLE, true,
	  "dentries, which can be reclaimed; or sockets, which cannot", kinds },
	{ "size", LAB_KEY_BYTES, 1 << 20, 1ull << 40, 8 << 20, true,
	  "bytes of slabs more than before" },
	{},
};

/* What the worker says: pages of slabs more, and objects. */
enum { GROWN, OBJECTS };

static struct lab_workers workers = { .pressure = "slab" };

static int slab_probe(const char **why)
{
	*why = "";
	return 0;
}

/* "nr_slab_reclaimable 1234", pages of the machine. */
static uint64_t slab_pages(unsigned int kind)
{
	char name[64], want[64];
	uint64_t number, found = 0;
	FILE *f = fopen("/proc/vmstat", "re");

	snprintf(want, sizeof(want), "nr_slab_%s", kinds[kind]);
	while (f && !found && fscanf(f, "%63s %" SCNu64, name, &number) == 2)
		if (!strcmp(name, want))
			found = number;
	if (f)
		fclose(f);
	return found;
}

/* Writing to the file makes all CPUs fold their counters. */
static void refresh(void)
{
	FILE *f = fopen("/proc/sys/vm/stat_refresh", "we");

	if (f) {
		fputs("1", f);
		fclose(f);
	}
}

static int make_one(unsigned int kind, uint64_t number)
{
	char path[64];
	struct stat stat_of;
	int pair[2];

	if (kind == UNRECLAIMABLE)
		return socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) ? -errno : 0;
	snprintf(path, sizeof(path), NAMES "%" PRIu64, number);
	return stat(path, &stat_of) && errno != ENOENT ? -errno : 0;
}

static int grow(struct lab_worker_report *report, unsigned int kind,
		uint64_t pages)
{
	unsigned int patience = PATIENCE, i;
	uint64_t before, grown = 0;
	int err = 0;

	refresh();
	before = slab_pages(kind);
	while (!err && report->value[GROWN] < pages && patience--) {
		for (i = 0; !err && i < STEP; i++)
			err = make_one(kind, report->value[OBJECTS]++);
		refresh();
		grown = slab_pages(kind);
		grown = grown > before ? grown - before : 0;
		if (grown > report->value[GROWN])
			patience = PATIENCE;
		report->value[GROWN] = grown;
	}
	return err ? err : grown < pages ? -ENODATA : 0;
}

/* "slab INDEX KIND PAGES" */
static int slab_worker(int argc, char **argv)
{
	const struct rlimit files = { FILES_MAX, FILES_MAX };
	struct lab_worker_report *report = lab_worker_report_slot(argc, argv);

	if (!report || argc != 4)
		return 2;
	setrlimit(RLIMIT_NOFILE, &files);
	lab_worker_park(report, grow(report, strtoul(argv[2], NULL, 10),
				     strtoull(argv[3], NULL, 10)));
}

static int slab_start(const struct lab_setting *settings, uint64_t seed)
{
	const uint64_t numbers[] = {
		lab_setting_get(settings, "kind"),
		lab_setting_get(settings, "size") / getpagesize(),
	};
	const struct lab_worker_report *report;
	int err = lab_workers_start_numbers(&workers, 0, numbers, 2);

	(void)seed;
	report = lab_workers_report(&workers, 0);
	lab_pressed_record(
		&(struct lab_pressed){ "slab", -1, "pages of slabs", numbers[1],
				       report->value[GROWN] },
		json_pack("{s:s, s:I}", "kind", kinds[numbers[0]], "objects",
			  (json_int_t)report->value[OBJECTS]),
		err);
	return err;
}

/* Dentries outlive the worker: drop those that are left. */
static int slab_stop(void)
{
	const bool was = lab_workers_has(&workers, 0);
	int err = lab_workers_stop(&workers);
	FILE *f = was ? fopen("/proc/sys/vm/drop_caches", "we") : NULL;

	if (f) {
		fputs("2", f);
		fclose(f);
	}
	return err;
}

const struct lab_pressure lab_press_slab = {
	.name = "slab",
	.help = "the kernel's own objects, reclaimable or not",
	.keys = keys,
	.probe = slab_probe,
	.start = slab_start,
	.stop = slab_stop,
	.worker = slab_worker,
};
