// SPDX-License-Identifier: GPL-2.0-only
/* lab/console.c - see lab/console.h. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "console.h"
#include "lib/alloc.h"
#include "lib/reserve.h"
#include "log/log.h"

/*
 * The file up to here always has its blocks: what is kept is put together in
 * them, which takes no room then that somebody else may have taken meanwhile.
 */
#define WHOLE (2ull * LAB_CONSOLE_PART + (64u << 10))
#define HOLE_ALIGN 4096ull

static uint64_t size_of(const struct lab_console *console)
{
	struct stat st;

	return fstat(console->fd, &st) ? 0 : st.st_size;
}

int lab_console_open(struct lab_console *console, const char *path)
{
	int err;

	*console = (struct lab_console){};
	console->fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (console->fd < 0)
		return -errno;
	/* Blocks for what the guest writes next. */
	err = lab_reserve(console->fd, 0, LAB_CONSOLE_ROOM);
	if (err) {
		close(console->fd);
		console->fd = -1;
	}
	return err;
}

static bool cut(struct lab_console *console, uint64_t until)
{
	if (fallocate(console->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
		      WHOLE + console->cut, until - WHOLE - console->cut)) {
		console->cannot_cut = true;
		return false;
	}
	console->cut = until - WHOLE;
	return true;
}

bool lab_console_look(struct lab_console *console)
{
	const uint64_t size = console->fd < 0 ? 0 : size_of(console);
	uint64_t until;

	if (size < WHOLE + console->cut + 2 * LAB_CONSOLE_PART)
		return true;
	if (console->cannot_cut)
		return size < LAB_CONSOLE_MAX;
	until = (size - LAB_CONSOLE_PART) / HOLE_ALIGN * HOLE_ALIGN;
	if (!cut(console, until))
		return true;
	/* Without the reservation a full disk may cut the console: go on. */
	lab_reserve(console->fd, size, 2 * LAB_CONSOLE_PART);
	return true;
}

/* Up to the end of the last line in the first part. */
static uint64_t end_of_head(int fd, char *buffer)
{
	const ssize_t n = pread(fd, buffer, LAB_CONSOLE_PART, 0);
	const char *last = n > 0 ? memrchr(buffer, '\n', n) : NULL;

	return last ? (uint64_t)(last - buffer) + 1 : n > 0 ? (uint64_t)n : 0;
}

/* What can be read of the last part, from a line's start on. */
static size_t read_tail(int fd, uint64_t size, char *buffer, size_t *skipped)
{
	const ssize_t n =
		pread(fd, buffer, LAB_CONSOLE_PART, size - LAB_CONSOLE_PART);
	const char *first = n > 0 ? memchr(buffer, '\n', n) : NULL;

	*skipped = first ? (size_t)(first - buffer) + 1 : 0;
	return n > 0 ? n - *skipped : 0;
}

static bool write_at(int fd, const char *text, size_t size, uint64_t at)
{
	ssize_t n;

	for (; size; text += n, at += n, size -= n) {
		n = pwrite(fd, text, size, at);
		if (n <= 0)
			return false;
	}
	return true;
}

/* The tail moves up to the head, with a line between them. */
static void join(int fd, uint64_t size)
{
	char *buffer = xcheck(malloc(LAB_CONSOLE_PART)), line[128];
	const uint64_t head = end_of_head(fd, buffer);
	size_t skipped, tail, n;

	tail = read_tail(fd, size, buffer, &skipped);
	n = lab_log_cut_line(line, sizeof(line), size - head - tail);
	if (write_at(fd, line, n, head) &&
	    write_at(fd, buffer + skipped, tail, head + n) &&
	    ftruncate(fd, head + n + tail))
		perror("labyrinth: console.log");
	free(buffer);
}

void lab_console_close(struct lab_console *console)
{
	uint64_t size;

	if (console->fd < 0)
		return;
	size = size_of(console);
	if (size > 2 * LAB_CONSOLE_PART) {
		join(console->fd, size);
	} else if (ftruncate(console->fd, size + 1) ||
		   ftruncate(console->fd, size)) {
		/* What was reserved stays so, and harms nobody. */
		perror("labyrinth: console.log");
	}
	close(console->fd);
	console->fd = -1;
}
