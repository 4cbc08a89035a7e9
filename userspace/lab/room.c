// SPDX-License-Identifier: GPL-2.0-only
/* lab/room.c - see lab/room.h. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

#include "console.h"
#include "journal/channel.h"
#include "lib/file.h"
#include "lab.h"
#include "room.h"
#include "scenario/shape.h"
#include "sys/meminfo.h"

/* The request, what the emulator says, and the folder itself. */
#define OTHER_FILES (4u << 20)

/*
 * Measured by VmHWM of /proc/PID/status: the default scenario's emulator had 250
 * MiB beside the guest's memory, most of it translated code.
 */
#define EMULATOR (384u << 20)

uint64_t lab_room_disk(void)
{
	return (uint64_t)LAB_CHANNEL_SIZE + LAB_CONSOLE_ROOM + OTHER_FILES;
}

int lab_room_disk_free(const char *folder, uint64_t *bytes)
{
	struct statvfs fs;

	if (statvfs(folder, &fs))
		return -errno;
	*bytes = (uint64_t)fs.f_bavail * fs.f_frsize;
	return 0;
}

uint64_t lab_room_memory(const struct lab_machine *machine)
{
	uint64_t bytes = (uint64_t)EMULATOR + LAB_CHANNEL_SIZE;
	unsigned int node;

	for (node = 0; node < machine->shape.nodes; node++)
		bytes += machine->shape.node[node].memory;
	return bytes;
}

/* A file of one number, "max" being none. */
static bool read_number(const char *folder, const char *name, uint64_t *number)
{
	char path[4400];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return !lab_file_number(path, 10, number);
}

/* Page cache that was not used lately counts as taken, and is given back. */
static uint64_t inactive_cache(const char *folder)
{
	uint64_t bytes = 0, value;
	char path[4400], name[64];
	FILE *f;

	snprintf(path, sizeof(path), "%s/memory.stat", folder);
	f = fopen(path, "re");
	while (f && fscanf(f, "%63s %" SCNu64, name, &value) == 2)
		if (!strcmp(name, "inactive_file"))
			bytes = value;
	if (f)
		fclose(f);
	return bytes;
}

static uint64_t left_in(const char *folder)
{
	uint64_t max, current, cache;

	if (!read_number(folder, "memory.max", &max) ||
	    !read_number(folder, "memory.current", &current))
		return UINT64_MAX;
	cache = inactive_cache(folder);
	current -= cache < current ? cache : current;
	return max > current ? max - current : 0;
}

/* The folder of this process's cgroup: "0::/a/b" of version 2. */
static bool own_cgroup(char *folder, size_t size)
{
	static const char root[] = "/sys/fs/cgroup";
	char line[4200];
	bool found = false;
	FILE *f = fopen("/proc/self/cgroup", "re");

	while (f && !found && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		found = !strncmp(line, "0::/", 4);
		if (found)
			snprintf(folder, size, "%s%s", root, line + 3);
	}
	if (f)
		fclose(f);
	return found;
}

uint64_t lab_room_memory_free(void)
{
	uint64_t least = lab_meminfo("MemAvailable"), left;
	char folder[4300], *slash;

	if (!own_cgroup(folder, sizeof(folder)))
		return least;
	/* Each that it is in has a limit of its own. */
	while (strlen(folder) >= strlen("/sys/fs/cgroup")) {
		left = left_in(folder);
		if (left < least)
			least = left;
		slash = strrchr(folder, '/');
		*slash = '\0';
	}
	return least;
}

bool lab_room_fits(uint64_t taken, uint64_t more, uint64_t free)
{
	return !taken || (more <= free && taken <= free - more);
}
