// SPDX-License-Identifier: GPL-2.0-only
/* lab/snapshot.c - see lab/snapshot.h. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/alloc.h"
#include "lib/file.h"
#include "lib/json.h"
#include "lib/paths.h"
#include "lib/sha256.h"
#include "scenario/shape.h"
#include "lab.h"
#include "room.h"
#include "snapshot.h"

/* The first that migrates to a file by itself (migration/file.c). */
#define QEMU_MAJOR 8
#define QEMU_MINOR 2

/* Bytes of snapshots that a bundle keeps: the newest. */
#define KEPT (1ull << 30)

/* Seconds in which QEMU has written or read a guest's memory, on the slowest of disks. */
#define MOVING_MOST 120

#define CONSOLE ".console"
#define SEEN ".seen"
#define PART ".part"
#define REFUSED ".refused"

/* Set to anything: guests boot. */
#define ENV "LABYRINTH_BOOT_ALWAYS"

static char *beside(const struct lab_snapshot *snapshot, const char *suffix)
{
	return xasprintf("%s%s", snapshot->path, suffix);
}

/* Of each guest its own, also where one lab saves several that are alike. */
static char *part_of(const struct lab_guest *guest)
{
	return xasprintf("%s.%d" PART, guest->snapshot.path, guest->pid);
}

/* Whether QEMU pauses it: another who has a monitor has to let it go on then. */
static bool pauses(const struct lab_qemu *qemu,
		   const struct lab_machine *machine)
{
	return machine->mode == LAB_DETERMINISTIC && qemu->arch->saves &&
	       (!machine->devices || machine->devices_saved);
}

static bool can_be_saved(const struct lab_qemu *qemu)
{
	return (qemu->major > QEMU_MAJOR ||
		(qemu->major == QEMU_MAJOR && qemu->minor >= QEMU_MINOR)) &&
	       !getenv(ENV);
}

/* A file is the same while its inode, size and time are. */
static void add_file(FILE *to, const char *path)
{
	struct stat st;

	if (!stat(path, &st))
		fprintf(to, "%s %ju %jd %jd.%09ld\n", path,
			(uintmax_t)st.st_ino, (intmax_t)st.st_size,
			(intmax_t)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
}

/* What QEMU boots with, where distributions have it; qemu -L help lists the folders. */
static const char *const firmware[] = {
	"/usr/share/qemu/bios-256k.bin",
	"/usr/share/seabios/bios-256k.bin",
	"/usr/share/qemu/bios-microvm.bin",
	"/usr/share/seabios/bios-microvm.bin",
	"/usr/share/qemu/linuxboot_dma.bin",
	"/usr/share/qemu/pvh.bin",
};

/* All that decides how a guest boots. */
static char *key_of(const struct lab_qemu *qemu,
		    const struct lab_machine *machine,
		    const struct lab_bundle *bundle)
{
	char **argv = lab_qemu_argv(qemu, machine, bundle, "");
	char *text, path[PATH_MAX];
	size_t size, i;
	FILE *f = xcheck(open_memstream(&text, &size));

	fprintf(f, "QEMU %s\nboot deadline %u\n", qemu->version,
		machine->boot_deadline);
	/* A distribution's update of either leaves the version as it was. */
	if (!lab_program_path(qemu->program, path, sizeof(path)))
		add_file(f, path);
	for (i = 0; i < sizeof(firmware) / sizeof(firmware[0]); i++)
		add_file(f, firmware[i]);
	for (i = 0; argv[i]; i++) {
		fprintf(f, "%s\n", argv[i]);
		/* The kernel, the initramfs. */
		if (argv[i][0] == '/')
			add_file(f, argv[i]);
	}
	fclose(f);
	lab_qemu_free(argv);
	return text;
}

static bool has_room(const struct lab_snapshot *snapshot,
		     const struct lab_machine *machine)
{
	char *folder = xstrdup(snapshot->path);
	uint64_t bytes = 0;
	int err;

	*strrchr(folder, '/') = '\0';
	err = lab_room_disk_free(folder, &bytes);
	free(folder);
	return !err && bytes > 4 * lab_shape_memory(&machine->shape);
}

/* Whether another guest like this one has booted before. Of one that has not, notes it. */
static bool was_seen(const struct lab_snapshot *snapshot)
{
	char *path = beside(snapshot, SEEN);
	const int fd =
		open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	const bool seen = fd < 0 && errno == EEXIST;

	if (fd >= 0)
		close(fd);
	free(path);
	return seen;
}

/* QEMU does not save all devices: it is not asked again, and what it says is kept. */
static void note_refusal(const struct lab_snapshot *snapshot,
			 const json_t *message)
{
	const json_t *error = json_object_get(message, "error");
	char *path = beside(snapshot, REFUSED), *text;

	if (error) {
		text = xasprintf("%s\n", lab_text(error, "desc"));
		lab_file_create(path, text);
		free(text);
	}
	free(path);
}

static bool is_refused(const struct lab_snapshot *snapshot)
{
	char *path = beside(snapshot, REFUSED);
	const bool refused = !access(path, F_OK);

	free(path);
	return refused;
}

/* Where the snapshot is or will be; "" when it can be nowhere. */
static void find_path(struct lab_snapshot *snapshot,
		      const struct lab_qemu *qemu,
		      const struct lab_machine *machine,
		      const struct lab_bundle *bundle)
{
	char key[LAB_FINGERPRINT], *text = key_of(qemu, machine, bundle);

	lab_fingerprint(text, key);
	free(text);
	snprintf(snapshot->path, sizeof(snapshot->path), "%s/snapshots",
		 bundle->folder);
	mkdir(snapshot->path, 0755);
	snprintf(snapshot->path, sizeof(snapshot->path), "%s/snapshots/%s",
		 bundle->folder, key);
	/* QEMU takes what follows a comma for an option (migration/file.c). */
	if (strchr(snapshot->path, ',') || is_refused(snapshot))
		snapshot->path[0] = '\0';
}

/* What a guest had written to its console when it was saved. 0 or a negative errno. */
static int write_console(const struct lab_guest *guest)
{
	char *path = beside(&guest->snapshot, CONSOLE);
	size_t size;
	char *text = lab_file_read(path, &size);
	int err = -ENOENT;

	if (text)
		err = pwrite(guest->console.fd, text, size, 0) ==
				      (ssize_t)size ?
			      0 :
			      -EIO;
	free(text);
	free(path);
	return err;
}

static void ask_for_events(struct lab_monitor *monitor)
{
	lab_monitor_send(monitor, "migrate-set-capabilities",
			 xcheck(json_pack("{s:[{s:s, s:b}]}", "capabilities",
					  "capability", "events", "state", 1)),
			 "capabilities");
}

/* The channel, which is memory of the guest, is loaded with the rest. */
static void keep_request(struct lab_guest *guest)
{
	struct lab_snapshot *snapshot = &guest->snapshot;

	snapshot->request_size = guest->channel.head->log;
	snapshot->request = xcheck(malloc(snapshot->request_size));
	memcpy(snapshot->request, guest->channel.head, snapshot->request_size);
}

static void put_request(struct lab_guest *guest)
{
	struct lab_snapshot *snapshot = &guest->snapshot;

	if (snapshot->request)
		memcpy(guest->channel.head, snapshot->request,
		       snapshot->request_size);
	free(snapshot->request);
	snapshot->request = NULL;
}

static int load(struct lab_guest *guest, int *other)
{
	struct lab_snapshot *snapshot = &guest->snapshot;
	const int err = lab_monitor_open_stopped(&snapshot->monitor, other);
	char *uri;

	if (err)
		return err;
	/* It is of use: others are deleted first. */
	utimensat(AT_FDCWD, snapshot->path, NULL, 0);
	keep_request(guest);
	uri = xasprintf("file:%s", snapshot->path);
	ask_for_events(&snapshot->monitor);
	/*
	 * No networks are told of this guest: the timer for that is one of real
	 * time, for which QEMU would cut the turns of the CPUs short
	 * (accel/tcg/tcg-accel-ops-icount.c, icount_get_limit()).
	 */
	lab_monitor_send(&snapshot->monitor, "migrate-set-parameters",
			 xcheck(json_pack("{s:i}", "announce-rounds", 0)),
			 "parameters");
	lab_monitor_send(&snapshot->monitor, "migrate-incoming",
			 xcheck(json_pack("{s:s}", "uri", uri)), "load");
	free(uri);
	snapshot->loaded = true;
	snapshot->since = lab_now();
	snapshot->state = LAB_SNAPSHOT_LOADING;
	return 0;
}

int lab_snapshot_open(struct lab_guest *guest, struct lab_machine *machine)
{
	struct lab_snapshot *snapshot = &guest->snapshot;

	*snapshot = (struct lab_snapshot){ .monitor.fd = -1,
					   .tried = snapshot->tried };
	if (!pauses(guest->qemu, machine))
		return 0;
	machine->pauses = true;
	if (machine->monitor || machine->gdb)
		return 0;
	if (can_be_saved(guest->qemu))
		find_path(snapshot, guest->qemu, machine, guest->bundle);
	if (snapshot->path[0] && !access(snapshot->path, R_OK) &&
	    !write_console(guest)) {
		machine->loaded = true;
		return load(guest, &machine->monitor);
	}
	snapshot->save = snapshot->path[0] && !snapshot->tried &&
			 was_seen(snapshot) && has_room(snapshot, machine);
	if (snapshot->save)
		keep_request(guest);
	snapshot->state = LAB_SNAPSHOT_WAITING;
	return lab_monitor_open(&snapshot->monitor, &machine->monitor);
}

static void delete_snapshot(const char *path)
{
	char *console = xasprintf("%s" CONSOLE, path);

	unlink(path);
	unlink(console);
	free(console);
}

/* What was half written by a lab that was killed. */
static void delete_parts(const char *folder)
{
	const time_t now = time(NULL);
	const struct dirent *entry;
	DIR *dir = opendir(folder);
	const char *suffix;
	struct stat st;

	while (dir && (entry = readdir(dir))) {
		suffix = strrchr(entry->d_name, '.');
		if (suffix && !strcmp(suffix, PART) &&
		    !fstatat(dirfd(dir), entry->d_name, &st, 0) &&
		    now - st.st_mtim.tv_sec > 2 * MOVING_MOST)
			unlinkat(dirfd(dir), entry->d_name, 0);
	}
	if (dir)
		closedir(dir);
}

/* The oldest file that is a snapshot, and the bytes of all; "" when there is none. */
static uint64_t look_at(const char *folder, char *oldest, size_t size)
{
	struct timespec least = {};
	const struct dirent *entry;
	DIR *dir = opendir(folder);
	uint64_t bytes = 0;
	struct stat st;

	oldest[0] = '\0';
	while (dir && (entry = readdir(dir))) {
		if (strchr(entry->d_name, '.') ||
		    fstatat(dirfd(dir), entry->d_name, &st, 0))
			continue;
		bytes += st.st_size;
		if (oldest[0] && (st.st_mtim.tv_sec > least.tv_sec ||
				  (st.st_mtim.tv_sec == least.tv_sec &&
				   st.st_mtim.tv_nsec >= least.tv_nsec)))
			continue;
		least = st.st_mtim;
		snprintf(oldest, size, "%s/%s", folder, entry->d_name);
	}
	if (dir)
		closedir(dir);
	return bytes;
}

/* A guest that is loading one has it open. */
static void delete_old(const struct lab_snapshot *newest)
{
	char oldest[sizeof(newest->path)];
	char *folder = xstrdup(newest->path);

	*strrchr(folder, '/') = '\0';
	delete_parts(folder);
	while (look_at(folder, oldest, sizeof(oldest)) > KEPT &&
	       strcmp(oldest, newest->path) != 0)
		delete_snapshot(oldest);
	free(folder);
}

/*
 * The console first: what has a snapshot has both. Both appear at once, as others
 * may be loading an equal one.
 */
static void keep(const struct lab_guest *guest)
{
	const struct lab_snapshot *snapshot = &guest->snapshot;
	char *console = beside(snapshot, CONSOLE);
	char *part = part_of(guest);
	char *console_part = xasprintf("%s" PART, part);
	char *text = lab_guest_console(guest);

	if (!lab_file_create(console_part, text) &&
	    !rename(console_part, console) && !rename(part, snapshot->path))
		delete_old(snapshot);
	unlink(console_part);
	free(text);
	free(console_part);
	free(part);
	free(console);
}

/* The guest goes on, and nothing more is wanted of it. */
static void let_go_on(struct lab_snapshot *snapshot)
{
	lab_monitor_go_on(&snapshot->monitor);
	snapshot->state = LAB_SNAPSHOT_OFF;
}

static void begin(struct lab_guest *guest)
{
	struct lab_snapshot *snapshot = &guest->snapshot;
	char *part = part_of(guest), *uri = xasprintf("file:%s", part);
	struct lab_monitor *monitor = &snapshot->monitor;

	ask_for_events(monitor);
	lab_monitor_send(monitor, "migrate-set-parameters",
			 xcheck(json_pack("{s:I}", "max-bandwidth",
					  (json_int_t)1 << 40)),
			 "parameters");
	lab_monitor_send(monitor, "migrate",
			 xcheck(json_pack("{s:s}", "uri", uri)), "save");
	snapshot->since = lab_now();
	snapshot->state = LAB_SNAPSHOT_WRITING;
	free(uri);
	free(part);
}

/* Whether saving or loading has come to an end, and how. */
static bool has_ended(const json_t *message, bool *completed)
{
	const json_t *data = json_object_get(message, "data");
	const bool told = lab_is(message, "event", "MIGRATION");

	*completed = told && lab_is(data, "status", "completed");
	return *completed || (told && lab_is(data, "status", "failed")) ||
	       (lab_is(message, "id", "save") &&
		json_object_get(message, "error"));
}

static void start_again(struct lab_guest *guest)
{
	guest->snapshot.state = LAB_SNAPSHOT_WRITTEN;
	kill(guest->pid, SIGKILL);
}

/* A message of QEMU's that says how far it is. */
static void proceed(struct lab_guest *guest, const json_t *message)
{
	struct lab_snapshot *snapshot = &guest->snapshot;
	bool completed;

	switch (snapshot->state) {
	case LAB_SNAPSHOT_OFF:
	case LAB_SNAPSHOT_WRITTEN:
		return;
	case LAB_SNAPSHOT_WAITING:
		if (!lab_is(message, "event", "GUEST_PANICKED"))
			return;
		/* A kernel that panics may say so in the same way. */
		if (snapshot->save &&
		    guest->channel.head->state == LAB_STATE_BOOTED)
			begin(guest);
		else
			let_go_on(snapshot);
		return;
	case LAB_SNAPSHOT_WRITING:
		if (!has_ended(message, &completed))
			return;
		if (completed)
			keep(guest);
		else
			note_refusal(snapshot, message);
		start_again(guest);
		return;
	case LAB_SNAPSHOT_LOADING:
		/* When it fails QEMU ends. */
		if (!has_ended(message, &completed) || !completed)
			return;
		put_request(guest);
		/* As it was when the guest was saved: every instruction counts. */
		lab_channel_reach(&guest->channel, LAB_STATE_BOOTED);
		let_go_on(snapshot);
		return;
	}
}

bool lab_snapshot_busy(const struct lab_snapshot *snapshot)
{
	return snapshot->state == LAB_SNAPSHOT_WRITING ||
	       snapshot->state == LAB_SNAPSHOT_WRITTEN ||
	       snapshot->state == LAB_SNAPSHOT_LOADING;
}

void lab_snapshot_poll(struct lab_guest *guest)
{
	struct lab_snapshot *snapshot = &guest->snapshot;
	json_t *message;

	while ((message = lab_monitor_next(&snapshot->monitor))) {
		proceed(guest, message);
		json_decref(message);
	}
	if (!lab_snapshot_busy(snapshot) ||
	    lab_now() - snapshot->since < MOVING_MOST)
		return;
	if (snapshot->state == LAB_SNAPSHOT_LOADING)
		kill(guest->pid, SIGKILL);
	else
		start_again(guest);
}

bool lab_snapshot_again(struct lab_guest *guest)
{
	struct lab_snapshot *snapshot = &guest->snapshot;

	if (snapshot->state == LAB_SNAPSHOT_LOADING)
		delete_snapshot(snapshot->path);
	else if (snapshot->state == LAB_SNAPSHOT_WRITTEN)
		snapshot->tried = true;
	else
		return false;
	put_request(guest);
	lab_snapshot_conclude(guest);
	return !ftruncate(guest->console.fd, 0);
}

void lab_snapshot_conclude(struct lab_guest *guest)
{
	struct lab_snapshot *snapshot = &guest->snapshot;
	char *part;

	free(snapshot->request);
	snapshot->request = NULL;
	snapshot->state = LAB_SNAPSHOT_OFF;
	if (snapshot->monitor.fd < 0)
		return;
	part = part_of(guest);
	unlink(part);
	free(part);
	lab_monitor_close(&snapshot->monitor);
}
