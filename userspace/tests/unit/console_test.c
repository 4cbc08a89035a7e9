// SPDX-License-Identifier: GPL-2.0-only
/* tests/console_test.c - what is kept of a console, and what room that takes. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "lab/console.h"
#include "lib/leftover.h"
#include "log/log.h"

#define LINE 100
#define BLOCK 512

FIXTURE(console)
{
	char folder[64], path[128];
	struct lab_console console;
	int writer;
};

FIXTURE_SETUP(console)
{
	strcpy(self->folder, "/tmp/console-XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->folder));
	snprintf(self->path, sizeof(self->path), "%s/console.log",
		 self->folder);
	ASSERT_EQ(0, lab_console_open(&self->console, self->path));
	/* As QEMU opens it. */
	self->writer = open(self->path, O_WRONLY | O_APPEND);
	ASSERT_LE(0, self->writer);
}

FIXTURE_TEARDOWN(console)
{
	close(self->writer);
	lab_remove_tree(self->folder);
}

static size_t make_line(char *line, size_t i)
{
	memset(line, '.', LINE);
	line[snprintf(line, LINE, "%zu", i)] = ' ';
	line[LINE - 1] = '\n';
	return LINE;
}

/* Lines, looked after every so many; the most blocks that the file had. */
static uint64_t flood(int writer, struct lab_console *console, size_t lines,
		      size_t every)
{
	char line[LINE + 1];
	uint64_t most = 0;
	struct stat st;
	size_t i;

	for (i = 0; i < lines; i++) {
		if (write(writer, line, make_line(line, i)) != LINE)
			return UINT64_MAX;
		if (i % every)
			continue;
		if (!lab_console_look(console))
			return UINT64_MAX;
		fstat(writer, &st);
		if ((uint64_t)st.st_blocks * BLOCK > most)
			most = (uint64_t)st.st_blocks * BLOCK;
	}
	return most;
}

static char *read_text(const char *path, size_t *size)
{
	FILE *f = fopen(path, "r");
	char *text = malloc(LAB_CONSOLE_MAX);

	*size = f && text ? fread(text, 1, LAB_CONSOLE_MAX - 1, f) : 0;
	if (text)
		text[*size] = '\0';
	if (f)
		fclose(f);
	return text;
}

TEST_F(console, is_whole_when_it_is_short)
{
	size_t size, i;
	char line[LINE + 1], *text;

	flood(self->writer, &self->console, 1000, 10);
	lab_console_close(&self->console);
	text = read_text(self->path, &size);
	ASSERT_EQ(1000 * LINE, size);
	for (i = 0; i < 1000; i++) {
		make_line(line, i);
		ASSERT_EQ(0, memcmp(text + i * LINE, line, LINE));
	}
	free(text);
}

TEST_F(console, gives_back_what_was_reserved)
{
	struct stat st;

	flood(self->writer, &self->console, 10, 1);
	fstat(self->writer, &st);
	/* Not every file system can reserve; one that does gives it back. */
	EXPECT_GE(LAB_CONSOLE_ROOM + (64 << 10), st.st_blocks * BLOCK);
	lab_console_close(&self->console);
	fstat(self->writer, &st);
	EXPECT_EQ(10 * LINE, st.st_size);
	EXPECT_GE(64 << 10, st.st_blocks * BLOCK);
}

TEST_F(console, keeps_both_ends_of_a_flood)
{
	const size_t lines = 16 * LAB_CONSOLE_PART / LINE;
	char line[LINE + 1], *text, *at;
	struct lab_log *log;
	uint64_t most;
	size_t size;

	most = flood(self->writer, &self->console, lines, 64);
	EXPECT_GE((uint64_t)LAB_CONSOLE_ROOM + 2 * LAB_CONSOLE_PART, most);
	lab_console_close(&self->console);

	text = read_text(self->path, &size);
	EXPECT_GE(2 * LAB_CONSOLE_PART + 2 * LINE, size);
	EXPECT_LE(2 * LAB_CONSOLE_PART - 2 * LINE, size);
	make_line(line, 0);
	EXPECT_EQ(0, memcmp(text, line, LINE));
	make_line(line, lines - 1);
	EXPECT_EQ(0, memcmp(text + size - LINE, line, LINE));
	EXPECT_EQ(size, strlen(text));

	/* What is missing is told, to the byte. */
	log = lab_log_read(text);
	at = strstr(text, "labyrinth: bytes of the console");
	ASSERT_NE(NULL, at);
	EXPECT_EQ(lines * LINE - log->cut, size - strcspn(at, "\n") - 1);
	lab_log_free(log);
	free(text);
}

/* When it is looked at depends on the host, and what is kept does not. */
TEST_F(console, is_the_same_however_often_it_is_looked_at)
{
	const size_t lines = 9 * LAB_CONSOLE_PART / LINE + 7;
	char other_path[160], *text, *other_text;
	struct lab_console other;
	size_t size, other_size;
	int writer;

	snprintf(other_path, sizeof(other_path), "%s/other", self->folder);
	ASSERT_EQ(0, lab_console_open(&other, other_path));
	writer = open(other_path, O_WRONLY | O_APPEND);
	ASSERT_LE(0, writer);
	flood(self->writer, &self->console, lines, 17);
	flood(writer, &other, lines, 40000);
	close(writer);
	lab_console_close(&self->console);
	lab_console_close(&other);
	text = read_text(self->path, &size);
	other_text = read_text(other_path, &other_size);
	ASSERT_EQ(size, other_size);
	EXPECT_EQ(0, memcmp(text, other_text, size));
	free(text);
	free(other_text);
}

/* On a file system that cannot, the guest is ended before the disk is full. */
TEST_F(console, is_refused_where_nothing_can_be_cut)
{
	self->console.cannot_cut = true;
	EXPECT_EQ(UINT64_MAX, flood(self->writer, &self->console,
				    LAB_CONSOLE_MAX / LINE + 1000, 100));
}

TEST_HARNESS_MAIN
