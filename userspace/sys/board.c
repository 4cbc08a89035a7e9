// SPDX-License-Identifier: GPL-2.0-only
/* sys/board.c - see sys/board.h. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "lib/alloc.h"
#include "lib/file.h"
#include "board.h"

#define NAME 128

/* Names come from firmware: anything but printable ASCII is left out. */
static void clean(char *name)
{
	char *to = name, *from;

	for (from = name; *from; from++)
		if (*from >= ' ' && *from <= '~')
			*to++ = *from;
	*to = '\0';
	while (to > name && to[-1] == ' ')
		*--to = '\0';
}

static void product(char name[NAME])
{
	static const char *const paths[] = {
		"/proc/device-tree/model", /* ends in a NUL */
		"/sys/class/dmi/id/product_name",
	};
	size_t i;

	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		lab_file_line(paths[i], name, NAME);
		clean(name);
		if (*name)
			return;
	}
}

/* arch/x86/kernel/cpu/proc.c; most others have no line of that name. */
static void processor(char name[NAME])
{
	FILE *f = fopen("/proc/cpuinfo", "re");
	char line[400];

	name[0] = '\0';
	while (f && !*name && fgets(line, sizeof(line), f))
		if (sscanf(line, "model name : %127[^\n]", name) == 1)
			clean(name);
	if (f)
		fclose(f);
}

char *lab_board_name(void)
{
	char board[NAME], cpu[NAME];

	product(board);
	processor(cpu);
	return xasprintf("%s%s%s", board, *board && *cpu ? ", " : "", cpu);
}

static double seconds_of(int who)
{
	struct rusage usage;

	if (getrusage(who, &usage))
		return 0;
	return usage.ru_utime.tv_sec + usage.ru_utime.tv_usec / 1e6 +
	       usage.ru_stime.tv_sec + usage.ru_stime.tv_usec / 1e6;
}

double lab_others_seconds(void)
{
	/* fs/proc/stat.c, show_stat() */
	enum { USER, NICE, SYSTEM, IDLE, IOWAIT, IRQ, SOFTIRQ, STEAL, TIMES };
	unsigned long long t[TIMES] = {};
	FILE *f = fopen("/proc/stat", "re");
	int n;

	if (!f)
		return -1;
	n = fscanf(f, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &t[USER],
		   &t[NICE], &t[SYSTEM], &t[IDLE], &t[IOWAIT], &t[IRQ],
		   &t[SOFTIRQ], &t[STEAL]);
	fclose(f);
	if (n <= SYSTEM)
		return -1;
	return (double)(t[USER] + t[NICE] + t[SYSTEM] + t[IRQ] + t[SOFTIRQ] +
			t[STEAL]) /
		       sysconf(_SC_CLK_TCK) -
	       seconds_of(RUSAGE_SELF) - seconds_of(RUSAGE_CHILDREN);
}
