// SPDX-License-Identifier: GPL-2.0-only
/*
 * guest/addresses.c - see guest/addresses.h.
 *
 * Only guests that are booted for it are asked: nothing of it is known to those that
 * run a scenario, and addresses do not leave them.
 */
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "addresses.h"

#define SECTIONS "/sys/module/labyrinth/sections"
#define CHUNK (1u << 20)

/* A file there has an address; that of a name that begins with a dot as well. */
static void write_section(struct lab_channel *channel, const char *name)
{
	char path[600], address[64], line[400];
	FILE *f;

	snprintf(path, sizeof(path), SECTIONS "/%s", name);
	f = fopen(path, "re");
	if (!f)
		return;
	if (fgets(address, sizeof(address), f)) {
		address[strcspn(address, "\n")] = '\0';
		snprintf(line, sizeof(line), "%.300s %s", name, address);
		lab_channel_write(channel, LAB_FRAME_SECTIONS, line,
				  strlen(line));
	}
	fclose(f);
}

static void write_sections(struct lab_channel *channel)
{
	DIR *folder = opendir(SECTIONS);
	struct dirent *entry;

	while (folder && (entry = readdir(folder)))
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			write_section(channel, entry->d_name);
	if (folder)
		closedir(folder);
}

void lab_guest_symbols(struct lab_channel *channel)
{
	FILE *f = fopen("/proc/kallsyms", "re");
	static char chunk[CHUNK];
	size_t n;

	write_sections(channel);
	while (f && (n = fread(chunk, 1, sizeof(chunk), f)))
		lab_channel_write(channel, LAB_FRAME_KALLSYMS, chunk, n);
	if (f)
		fclose(f);
}
