// SPDX-License-Identifier: GPL-2.0-only
/* lab/vmcore.c - see lab/vmcore.h. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/alloc.h"
#include "lib/json.h"
#include "results/store.h"
#include "kdump.h"
#include "lab.h"
#include "lockstep.h"
#include "vmcore.h"
#include "vmcoreinfo.h"

/*
 * The first that writes the format as a file and not as a stream of pieces, which
 * makedumpfile -R would have to put in order (qapi/dump.json, kdump-raw-zlib).
 */
#define QEMU_MAJOR 8
#define QEMU_MINOR 2

/* Seconds in which QEMU has written gigabytes, to the slowest of disks. */
#define WRITING_MOST 900

#define PART ".vmcore.part"

int lab_vmcore_check(const struct lab_qemu *qemu)
{
	if (qemu->major > QEMU_MAJOR ||
	    (qemu->major == QEMU_MAJOR && qemu->minor >= QEMU_MINOR))
		return 0;
	fprintf(stderr,
		"labyrinth: --vmcore: QEMU %s writes no core that crash and drgn read: that takes %d.%d or newer\n",
		qemu->version, QEMU_MAJOR, QEMU_MINOR);
	return -ENOTSUP;
}

int lab_vmcore_open(struct lab_vmcore *core, const char *build,
		    const char *machine, int *other)
{
	const int err = lab_monitor_open(&core->monitor, other);

	if (err)
		return err;
	snprintf(core->build, sizeof(core->build), "%s", build);
	core->machine = machine;
	core->state = LAB_VMCORE_WATCHING;
	return 0;
}

void lab_vmcore_close(struct lab_vmcore *core)
{
	if (core->state == LAB_VMCORE_OFF)
		return;
	lab_monitor_close(&core->monitor);
	core->state = LAB_VMCORE_OFF;
}

bool lab_vmcore_busy(const struct lab_vmcore *core)
{
	return core->state == LAB_VMCORE_WRITING;
}

static void path_of(const struct lab_guest *guest, const char *name, char *path,
		    size_t size)
{
	snprintf(path, size, "%s/%s", guest->folder, name);
}

/* Has QEMU exit; one that is to be killed is. */
static void let_end(struct lab_guest *guest)
{
	struct lab_vmcore *core = &guest->vmcore;

	core->state = LAB_VMCORE_ENDING;
	if (core->forced ||
	    lab_monitor_send(&core->monitor, "quit", NULL, "quit"))
		kill(guest->pid, SIGKILL);
}

static void begin(struct lab_guest *guest)
{
	struct lab_vmcore *core = &guest->vmcore;
	char path[4200], *protocol;

	path_of(guest, PART, path, sizeof(path));
	protocol = xasprintf("file:%s", path);
	core->since = lab_now();
	core->state = LAB_VMCORE_WRITING;
	if (lab_monitor_send(&core->monitor, "dump-guest-memory",
			     xcheck(json_pack("{s:b, s:s, s:s}", "paging", 0,
					      "protocol", protocol, "format",
					      "kdump-raw-zlib")),
			     "core")) {
		snprintf(core->why, sizeof(core->why),
			 "QEMU's monitor does not take the order");
		let_end(guest);
	}
	free(protocol);
}

/* How the guest has ended, of which only a failure of its kernel leaves a core. */
static void guest_stopped(struct lab_guest *guest)
{
	char why[600];
	const enum lab_ending ending =
		lab_guest_ending(guest, why, sizeof(why));

	if (ending == LAB_PANICKED || ending == LAB_HUNG)
		begin(guest);
	else
		let_end(guest);
}

static int add_vmcoreinfo(const struct lab_vmcore *core, int fd)
{
	char *text = lab_kdump_find_vmcoreinfo(fd);
	uint64_t cr4;
	int err = 0;

	if (!text && lab_kdump_cr4(fd, &cr4))
		text = lab_vmcoreinfo_make(core->build, cr4);
	/* crash does without, and so does drgn when it is told to. */
	if (text)
		err = lab_kdump_add_vmcoreinfo(fd, text, core->machine);
	free(text);
	return err;
}

/* What QEMU has written becomes the core when it is whole. */
static int finish(const struct lab_guest *guest)
{
	char part[4200], path[4200];
	int fd, err;

	path_of(guest, PART, part, sizeof(part));
	path_of(guest, LAB_STORE_CORE, path, sizeof(path));
	fd = open(part, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	err = add_vmcoreinfo(&guest->vmcore, fd);
	if (close(fd) && !err)
		err = -errno;
	if (!err && rename(part, path))
		err = -errno;
	return err;
}

static void answered(struct lab_guest *guest, const json_t *answer)
{
	struct lab_vmcore *core = &guest->vmcore;
	const json_t *error = json_object_get(answer, "error");
	int err;

	if (error) {
		snprintf(core->why, sizeof(core->why), "QEMU says: %s",
			 lab_text(error, "desc"));
	} else {
		err = finish(guest);
		core->written = !err;
		if (err)
			snprintf(core->why, sizeof(core->why), "%s",
				 strerror(-err));
	}
	let_end(guest);
}

void lab_vmcore_poll(struct lab_guest *guest)
{
	struct lab_vmcore *core = &guest->vmcore;
	json_t *message;

	if (core->state == LAB_VMCORE_OFF)
		return;
	while ((message = lab_monitor_next(&core->monitor))) {
		if (core->state == LAB_VMCORE_WATCHING &&
		    lab_is(message, "event", "SHUTDOWN"))
			guest_stopped(guest);
		else if (core->state == LAB_VMCORE_WRITING &&
			 lab_is(message, "id", "core"))
			answered(guest, message);
		else if (lab_is(message, "event", "GUEST_PANICKED"))
			lab_monitor_go_on(&core->monitor);
		json_decref(message);
	}
	if (core->state == LAB_VMCORE_WRITING &&
	    lab_now() - core->since > WRITING_MOST) {
		snprintf(core->why, sizeof(core->why),
			 "QEMU had not written it after %d s", WRITING_MOST);
		core->forced = true;
		let_end(guest);
	}
}

bool lab_vmcore_force(struct lab_guest *guest)
{
	struct lab_vmcore *core = &guest->vmcore;

	if (core->state != LAB_VMCORE_WATCHING)
		return false;
	core->forced = true;
	/* Only in that mode there is who takes the signal. */
	if (guest->counted)
		kill(guest->pid, LAB_LOCKSTEP_RELEASE);
	if (lab_monitor_send(&core->monitor, "stop", NULL, "stop"))
		return false;
	begin(guest);
	return core->state == LAB_VMCORE_WRITING;
}

void lab_vmcore_conclude(struct lab_guest *guest)
{
	struct lab_vmcore *core = &guest->vmcore;
	char path[4200];

	if (core->state == LAB_VMCORE_OFF || core->written)
		return;
	path_of(guest, PART, path, sizeof(path));
	unlink(path);
	if (core->state == LAB_VMCORE_WRITING)
		snprintf(core->why, sizeof(core->why),
			 "QEMU ended while it wrote it");
}
