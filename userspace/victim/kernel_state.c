// SPDX-License-Identifier: GPL-2.0-only
/*
 * victim/kernel_state.c - what the kernel holds: free pages, objects of each
 * cache.
 *
 * The allocators keep freed memory in local stores. So before counting, the
 * clean page cache is dropped, RCU callbacks get time to run, and each cache
 * has to give back its empty slabs: after that the number of objects in use is
 * exact (mm/slub.c, shrink_store() and count_partial()).
 */
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/file.h"
#include "victim.h"

#define SLAB "/sys/kernel/slab"
#define SETTLE_US 100000

static void shrink_caches(void)
{
	DIR *folder = opendir(SLAB);
	struct dirent *entry;
	char path[320];

	while (folder && (entry = readdir(folder))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), SLAB "/%s/shrink", entry->d_name);
		lab_file_write(path, "1");
	}
	if (folder)
		closedir(folder);
}

static void count_objects(struct lab_kernel_state *state)
{
	FILE *f = fopen("/proc/slabinfo", "re");
	char line[256], name[48];
	int64_t active;

	while (f && fgets(line, sizeof(line), f) &&
	       state->count < LAB_STATE_CACHES) {
		if (line[0] == '#' ||
		    sscanf(line, "%47s %" SCNd64, name, &active) != 2)
			continue;
		snprintf(state->cache[state->count].name,
			 sizeof(state->cache[0].name), "%s", name);
		state->cache[state->count++].objects = active;
	}
	if (f)
		fclose(f);
}

/*
 * From /proc/zoneinfo: "nr_free_pages N", and "count: N" of each per-CPU list.
 */
static int64_t count_free_pages(void)
{
	FILE *f = fopen("/proc/zoneinfo", "re");
	int64_t pages = 0, n;
	char line[256];

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, " nr_free_pages %" SCNd64, &n) == 1 ||
		    sscanf(line, " count: %" SCNd64, &n) == 1)
			pages += n;
	if (f)
		fclose(f);
	return pages;
}

void lab_state_read(struct lab_kernel_state *state)
{
	memset(state, 0, sizeof(*state));
	lab_file_write("/proc/sys/vm/drop_caches", "3");
	usleep(SETTLE_US);
	shrink_caches();
	lab_file_write("/proc/sys/vm/stat_refresh", "1");
	count_objects(state);
	state->free_pages = count_free_pages();
}
