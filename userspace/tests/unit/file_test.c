// SPDX-License-Identifier: GPL-2.0-only
/* file_test.c - files read and written whole, and programs that are heard. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/file.h"
#include "lib/process.h"
#include "kselftest_harness.h"

FIXTURE(files)
{
	char path[32];
};

FIXTURE_SETUP(files)
{
	strcpy(self->path, "/tmp/labyrinth-file-XXXXXX");
	close(mkstemp(self->path));
}

FIXTURE_TEARDOWN(files)
{
	unlink(self->path);
}

TEST_F(files, are_read_whole)
{
	char *text = malloc(100001), *read;
	size_t size = 0;

	memset(text, 'x', 100000);
	text[100000] = '\0';
	ASSERT_EQ(0, lab_file_create(self->path, text));
	read = lab_file_read(self->path, &size);
	EXPECT_EQ(100000, size);
	EXPECT_STREQ(text, read);
	free(read);
	ASSERT_EQ(0, lab_file_create(self->path, ""));
	read = lab_file_read(self->path, NULL);
	EXPECT_STREQ("", read);
	free(read);
	free(text);
}

TEST_F(files, that_cannot_be_read_say_why)
{
	errno = 0;
	EXPECT_EQ(NULL, lab_file_read("/nowhere/x", NULL));
	EXPECT_EQ(ENOENT, errno);
	EXPECT_EQ(NULL, lab_file_read("/tmp", NULL));
	EXPECT_EQ(EISDIR, errno);
	EXPECT_EQ(-ENOENT, lab_file_create("/nowhere/x", "y"));
	EXPECT_EQ(-ENOENT, lab_file_write("/nowhere/x", "y"));
	EXPECT_EQ(-ENOSPC, lab_file_create("/dev/full", "y"));
}

TEST_F(files, have_a_first_line)
{
	char line[8];

	lab_file_create(self->path, "one\ntwo\n");
	lab_file_line(self->path, line, sizeof(line));
	EXPECT_STREQ("one", line);
	lab_file_create(self->path, "longer than that");
	lab_file_line(self->path, line, sizeof(line));
	EXPECT_STREQ("longer ", line);
	lab_file_create(self->path, "");
	lab_file_line(self->path, line, sizeof(line));
	EXPECT_STREQ("", line);
	lab_file_line("/nowhere/x", line, sizeof(line));
	EXPECT_STREQ("", line);
}

TEST_F(files, may_hold_a_number)
{
	uint64_t number = 0;

	lab_file_create(self->path, "18446744073709551615\n");
	EXPECT_EQ(0, lab_file_number(self->path, 10, &number));
	EXPECT_EQ(UINT64_MAX, number);
	lab_file_create(self->path, "0x1af4\n");
	EXPECT_EQ(0, lab_file_number(self->path, 16, &number));
	EXPECT_EQ(0x1af4, number);
	lab_file_create(self->path, "18446744073709551616\n");
	EXPECT_EQ(-EIO, lab_file_number(self->path, 10, &number));
	lab_file_create(self->path, "max\n");
	EXPECT_EQ(-EIO, lab_file_number(self->path, 10, &number));
	lab_file_create(self->path, "");
	EXPECT_EQ(-EIO, lab_file_number(self->path, 10, &number));
	EXPECT_EQ(-ENOENT, lab_file_number("/nowhere/x", 10, &number));
}

TEST(programs_are_heard_to_their_end)
{
	char *argv[] = { "sh", "-c", "read line; echo \"[$line]\"; exit 7",
			 NULL };
	struct lab_process process;
	char *text;

	ASSERT_EQ(0, lab_process_start(&process, argv, -1, -1));
	text = lab_stream_read(process.from, NULL);
	EXPECT_STREQ("[]\n", text);
	EXPECT_EQ(7, lab_process_end(&process));
	free(text);
	argv[2] = "kill -9 $$";
	ASSERT_EQ(0, lab_process_start(&process, argv, -1, -1));
	EXPECT_EQ(128 + 9, lab_process_end(&process));
}

TEST(programs_that_are_not_there_are_none)
{
	char *argv[] = { "/nowhere/x", NULL };
	struct lab_process process;

	EXPECT_EQ(-ENOENT, lab_process_start(&process, argv, -1, -1));
}

TEST(programs_read_what_they_are_given)
{
	char *argv[] = { "cat", NULL }, *text;
	struct lab_process process;
	FILE *input = tmpfile();

	fputs("what is given", input);
	rewind(input);
	ASSERT_EQ(0, lab_process_start(&process, argv, fileno(input), -1));
	text = lab_stream_read(process.from, NULL);
	EXPECT_STREQ("what is given", text);
	EXPECT_EQ(0, lab_process_end(&process));
	free(text);
	fclose(input);
}

TEST_HARNESS_MAIN
