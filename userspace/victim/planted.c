// SPDX-License-Identifier: GPL-2.0-only
/*
 * victim/planted.c - the driver with planted defects (module/planted.c), and
 * the same driver without them.
 *
 * For tests of explore. Only guests of a test build have the driver
 * (LABYRINTH_BUSTED=1). Each trial loads and unloads it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "victim.h"

#define MODULE "planted"
#define MODULE_FILE "/modules/planted.ko"
#define DEVICE "/dev/planted"

#define PARCEL 256
#define STATIONS 8
#define ROUNDS 20
/*
 * Pause after a refused request. If a lock is still held, the kernel reports it
 * then.
 */
#define REFUSED_US 1000

static int device = -1;

/* 0 or a negative errno. */
static int load(const char *parameters)
{
	int fd = open(MODULE_FILE, O_RDONLY | O_CLOEXEC), err = 0;

	if (fd < 0)
		return -errno;
	if (syscall(SYS_finit_module, fd, parameters, 0))
		err = -errno;
	close(fd);
	return err;
}

static int planted_open(const struct lab_victim_ops *victim, char *why,
			size_t size)
{
	const int err = load(victim->driver);

	if (err == -ENOENT)
		snprintf(
			why, size,
			"the driver with planted defects is in guests of a test build alone: LABYRINTH_BUSTED=1");
	else if (err)
		snprintf(why, size, MODULE_FILE " cannot be loaded: %s",
			 strerror(-err));
	return err ? -ENODEV : 0;
}

static int planted_start(void)
{
	device = open(DEVICE, O_RDWR | O_CLOEXEC);
	return device < 0 ? -errno : 0;
}

static void send_parcel(unsigned int station, unsigned int round,
			struct lab_work *work)
{
	unsigned char out[PARCEL], in[PARCEL] = {};
	unsigned int i;
	ssize_t n;

	out[0] = station;
	for (i = 1; i < PARCEL; i++)
		out[i] = station * 31 + round * 7 + i;
	if (write(device, out, sizeof(out)) < 0) {
		work->error = errno;
		work->errors++;
		usleep(REFUSED_US);
		return;
	}
	n = read(device, in, sizeof(in));
	if (n == PARCEL && !memcmp(in, out, PARCEL))
		work->done++;
	else if (n)
		work->wrong++;
}

static void planted_work(struct lab_work *work)
{
	unsigned int round, station;

	memset(work, 0, sizeof(*work));
	work->asked = ROUNDS * STATIONS;
	/* A refused request ends the pass: the next call might never return. */
	for (round = 0; round < ROUNDS && !work->errors; round++)
		for (station = 0; station < STATIONS && !work->errors;
		     station++)
			send_parcel(station, round, work);
	if (work->done < work->asked)
		snprintf(work->detail, sizeof(work->detail), "%llu parcels",
			 (unsigned long long)(work->asked - work->done));
}

static void planted_stop(void)
{
	if (device >= 0)
		close(device);
	device = -1;
}

static int planted_close(void)
{
	return syscall(SYS_delete_module, MODULE, O_NONBLOCK) ? -errno : 0;
}

#define PLANTED(id, called, parameters, text)           \
	const struct lab_victim_ops lab_victim_##id = { \
		.name = called,                         \
		.help = text,                           \
		.driver = parameters,                   \
		.open = planted_open,                   \
		.start = planted_start,                 \
		.work = planted_work,                   \
		.stop = planted_stop,                   \
		.close = planted_close,                 \
	}

PLANTED(planted, "planted", "broken=1",
	"a driver with a defect of each kind, of test builds (LABYRINTH_BUSTED=1)");
PLANTED(planted_right, "planted-right", "broken=0",
	"the same driver without the defects");
