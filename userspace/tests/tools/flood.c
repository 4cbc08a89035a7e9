// SPDX-License-Identifier: GPL-2.0-only
/*
 * tests/flood.c - writes to the console of a guest, far more than anybody reads.
 *
 * usage: flood MIB
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE 128

int main(int argc, char **argv)
{
	const long lines = argc == 2 ? (atol(argv[1]) << 20) / LINE : 0;
	int fd = open("/dev/ttyS0", O_WRONLY | O_NOCTTY);
	char line[LINE + 1];
	long i;

	for (i = 0; fd >= 0 && i < lines; i++) {
		memset(line, 'x', LINE);
		line[snprintf(line, sizeof(line), "flood %ld", i)] = ' ';
		line[LINE - 1] = '\n';
		if (write(fd, line, LINE) != LINE)
			break;
	}
	printf("flood: %ld of %ld lines\n", i, lines);
	return !lines || i < lines;
}
