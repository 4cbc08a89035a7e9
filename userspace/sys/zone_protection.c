// SPDX-License-Identifier: GPL-2.0-only
/*
 * sys/zone_protection.c - see sys/zone_protection.h.
 *
 * Lines of /proc/zoneinfo (mm/vmstat.c, zoneinfo_show_print()):
 *
 *	Node 0, zone    DMA32
 *	        protection: (0, 0, 0, 111, 111)
 *
 * A number for each zone that a request may begin at. They do not fall, and the
 * last is that of ZONE_MOVABLE, where memory of users begins, or of ZONE_DEVICE.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "zone_protection.h"

static uint64_t last_number(const char *line)
{
	const char *at = strrchr(line, ' ');

	at = strpbrk(at ? at : line, "0123456789");
	return at ? strtoull(at, NULL, 10) : 0;
}

uint64_t lab_zone_protection(unsigned int node, const char *zone)
{
	FILE *f = fopen("/proc/zoneinfo", "re");
	char line[512], name[32];
	uint64_t pages = 0;
	bool here = false;
	unsigned int of;

	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "Node %u, zone %31s", &of, name) == 2)
			here = of == node && !strcmp(name, zone);
		else if (here && strstr(line, "protection: ("))
			pages = last_number(line);
	}
	if (f)
		fclose(f);
	return pages;
}
