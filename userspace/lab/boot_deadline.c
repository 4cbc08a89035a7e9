// SPDX-License-Identifier: GPL-2.0-only
/* lab/boot_deadline.c - see lab/boot_deadline.h. */
#include <dirent.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "boot_deadline.h"

/* ns that a thread was runnable and did not run: see lab_undelayed(). */
static bool delay_of(pid_t pid, const char *thread, uint64_t *ns)
{
	char path[300];
	bool told;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/task/%s/schedstat", (int)pid,
		 thread);
	f = fopen(path, "re");
	told = f && fscanf(f, "%*u %" SCNu64, ns) == 1;
	if (f)
		fclose(f);
	return told;
}

double lab_undelayed(pid_t pid, double seconds)
{
	uint64_t delay = 0, one;
	struct dirent *entry;
	size_t threads = 0;
	char path[64];
	DIR *tasks;

	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	tasks = opendir(path);
	while (tasks && (entry = readdir(tasks))) {
		if (entry->d_name[0] == '.' ||
		    !delay_of(pid, entry->d_name, &one))
			continue;
		delay += one;
		threads++;
	}
	if (tasks)
		closedir(tasks);
	return threads && seconds > delay / 1e9 ? seconds - delay / 1e9 : 0;
}
