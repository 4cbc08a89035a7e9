// SPDX-License-Identifier: GPL-2.0-only
/* sys/meminfo.c - see sys/meminfo.h. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "meminfo.h"

uint64_t lab_meminfo(const char *name)
{
	const size_t length = strlen(name);
	FILE *f = fopen("/proc/meminfo", "re");
	uint64_t kib = 0;
	char line[128];

	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, name, length) && line[length] == ':')
			kib = strtoull(line + length + 1, NULL, 10);
	if (f)
		fclose(f);
	return kib << 10;
}

uint64_t lab_own_pages(void)
{
	FILE *f = fopen("/proc/self/statm", "re");
	uint64_t resident, shared, own = 0;

	if (!f)
		return 0;
	if (fscanf(f, "%*u %" SCNu64 " %" SCNu64, &resident, &shared) == 2 &&
	    resident > shared)
		own = resident - shared;
	fclose(f);
	return own;
}
