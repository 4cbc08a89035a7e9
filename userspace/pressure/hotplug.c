// SPDX-License-Identifier: GPL-2.0-only
/*
 * pressure/hotplug.c - CPUs and blocks of memory that go off line and come back.
 *
 * A CPU that goes has its per-CPU lists drained under whoever allocates on the
 * others; a block of memory that goes has its pages isolated and moved. A worker
 * takes one after the other off line and puts it back, as long as shots are
 * fired. A shot that is under way on the CPU would be lost to the run, so CPUs are
 * named, and should be others than those that fire ("cpu = 0").
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/file.h"
#include "sys/cpu.h"
#include "sys/restore.h"
#include "pressure/common/level.h"
#include "pressure.h"
#include "pressure/common/workers.h"

#define CPU "/sys/devices/system/cpu/cpu%" PRIu64 "/online"
#define BLOCK "/sys/devices/system/memory/memory%" PRIu64 "/online"

static const struct lab_key keys[] = {
	{ "cpu", LAB_KEY_SIGNED, 1, LAB_MAX_CPUS - 1, UINT64_MAX, true,
	  "the CPU that goes and comes, which should not be one that fires; -1: none" },
	{ "memory", LAB_KEY_SIGNED, 0, 1 << 20, UINT64_MAX, true,
	  "the block of memory that goes and comes, by its number; -1: none" },
	{ "pause", LAB_KEY_NANOSECONDS, 0, 1000000000, 1000000, true,
	  "between one change and the next" },
	{},
};

/*
 * Messages of the worker: how often each path went off line, came back, or
 * refused.
 */
enum { WENT, CAME, REFUSED };

static struct lab_workers workers = { .pressure = "hotplug" };
static char paths[2][96]; /* of what changes; empty: nothing */

static int hotplug_probe(const char **why)
{
	*why = "";
	if (!access("/sys/devices/system/cpu/cpu1/online", F_OK) ||
	    !access("/sys/devices/system/memory/block_size_bytes", F_OK))
		return 0;
	*why = "neither CPUs nor memory can go off line (CONFIG_HOTPLUG_CPU, CONFIG_MEMORY_HOTPLUG)";
	return -EOPNOTSUPP;
}

static void change(struct lab_worker_report *report, const char *path,
		   const char *value, unsigned int word)
{
	report->value[lab_file_write(path, value) ? REFUSED : word]++;
}

/* "hotplug INDEX PAUSE-US PATH..." */
static int hotplug_worker(int argc, char **argv)
{
	struct lab_worker_report *report = lab_worker_report_slot(argc, argv);
	unsigned long pause_us;
	bool first = true;
	int i;

	if (!report || argc < 4)
		return 2;
	pause_us = strtoul(argv[2], NULL, 10);
	for (;; first = false) {
		for (i = 3; i < argc; i++) {
			change(report, argv[i], "0", WENT);
			usleep(pause_us);
			change(report, argv[i], "1", CAME);
			usleep(pause_us);
		}
		if (first)
			lab_worker_notify();
	}
}

static int hotplug_start(const struct lab_setting *settings, uint64_t seed)
{
	const uint64_t cpu = lab_setting_get(settings, "cpu");
	const uint64_t block = lab_setting_get(settings, "memory");
	char pause_us[24], *args[4] = { pause_us };
	size_t n = 1, i;
	int err = 0;

	(void)seed;
	paths[0][0] = '\0';
	paths[1][0] = '\0';
	if (cpu != UINT64_MAX)
		snprintf(paths[0], sizeof(paths[0]), CPU, cpu);
	if (block != UINT64_MAX)
		snprintf(paths[1], sizeof(paths[1]), BLOCK, block);
	snprintf(pause_us, sizeof(pause_us), "%" PRIu64,
		 lab_setting_get(settings, "pause") / 1000);
	for (i = 0; !err && i < 2; i++) {
		if (!paths[i][0])
			continue;
		args[n++] = paths[i];
		err = lab_restore_save(paths[i]);
		if (err)
			fprintf(stderr, "labyrinth: hotplug: %s: %s\n",
				paths[i], strerror(-err));
	}
	return err || n == 1 ? err : lab_workers_start(&workers, 0, args);
}

static int hotplug_stop(void)
{
	const struct lab_worker_report *report;
	int err, back = 0;
	size_t i;

	if (!lab_workers_has(&workers, 0))
		return 0;
	report = lab_workers_report(&workers, 0);
	lab_pressed_note("hotplug", -1,
			 json_pack("{s:I, s:I, s:I}", "went",
				   (json_int_t)report->value[WENT], "came",
				   (json_int_t)report->value[CAME], "refused",
				   (json_int_t)report->value[REFUSED]));
	err = lab_workers_stop(&workers);
	/* Writing "online" to what is on line already does no harm. */
	for (i = 0; i < 2; i++)
		if (paths[i][0] && !back)
			back = lab_file_write(paths[i], "1");
	return err ? err : back == -EINVAL ? 0 : back;
}

const struct lab_pressure lab_press_hotplug = {
	.name = "hotplug",
	.help = "a CPU and a block of memory that go off line and come back",
	.keys = keys,
	.probe = hotplug_probe,
	.start = hotplug_start,
	.stop = hotplug_stop,
	.worker = hotplug_worker,
};
