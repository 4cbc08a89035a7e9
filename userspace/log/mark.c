// SPDX-License-Identifier: GPL-2.0-only
/*
 * log/mark.c - lines between the kernel's that say where a run is.
 *
 *	labyrinth: cell 12: scarce: task order 0
 *	labyrinth: end of cells
 *
 * The console shows what is as grave as a notice. A file that was opened for
 * one line only does not run into the limit that each has.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "log.h"

#define CELL "labyrinth: cell "
#define END "labyrinth: end of cells"
#define CUT "labyrinth: bytes of the console that were cut out here: "

/* Failing to write a mark is harmless: findings are then of no cell. */
__attribute__((format(printf, 1, 2))) static void say(const char *format, ...)
{
	char line[512];
	va_list args;
	int fd, n;

	va_start(args, format);
	n = vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	if (n >= (int)sizeof(line))
		n = sizeof(line) - 1;
	fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	if (write(fd, line, n) < 0)
		perror("labyrinth: /dev/kmsg");
	close(fd);
}

void lab_log_mark_cell(uint64_t cell, const char *where)
{
	say("<5>" CELL "%" PRIu64 ": %s", cell, where);
}

void lab_log_mark_end(void)
{
	say("<5>" END);
}

static bool starts(const struct lab_log_line *line, const char *with)
{
	const size_t length = strlen(with);

	return line->length >= length && !memcmp(line->text, with, length);
}

bool lab_log_mark_parse(const struct lab_log_line *line,
			struct lab_log_mark *mark)
{
	const char *at = line->text + strlen(CELL), *end;
	uint64_t cell = 0;

	*mark = (struct lab_log_mark){ .where = "" };
	if (starts(line, END))
		return true;
	if (!starts(line, CELL))
		return false;
	end = line->text + line->length;
	for (; at < end && *at >= '0' && *at <= '9'; at++)
		cell = cell * 10 + (*at - '0');
	if (end - at < 2 || memcmp(at, ": ", 2) != 0)
		return false;
	mark->cell = cell;
	mark->where = at + 2;
	mark->length = end - at - 2;
	return true;
}

int lab_log_cut_line(char *line, size_t size, uint64_t bytes)
{
	return snprintf(line, size, CUT "%" PRIu64 "\n", bytes);
}

uint64_t lab_log_cut_parse(const struct lab_log_line *line)
{
	return starts(line, CUT) ?
		       strtoull(line->text + strlen(CUT), NULL, 10) :
		       0;
}
