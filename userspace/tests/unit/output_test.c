// SPDX-License-Identifier: GPL-2.0-only
/* output_test.c - a file is there when it is whole; a pipe stays a pipe. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "lib/file.h"
#include "lib/output.h"

FIXTURE(output)
{
	char folder[32], path[64];
	struct lab_output output;
};

FIXTURE_SETUP(output)
{
	strcpy(self->folder, "/tmp/labyrinth-XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->folder));
	snprintf(self->path, sizeof(self->path), "%s/x", self->folder);
}

FIXTURE_TEARDOWN(output)
{
	unlink(self->path);
	rmdir(self->folder);
}

TEST_F(output, replaces_a_file_when_whole)
{
	char *text;

	ASSERT_EQ(0, lab_file_create(self->path, "old"));
	ASSERT_TRUE(lab_output_open(&self->output, self->path));
	fputs("new", self->output.to);
	fflush(self->output.to);
	text = lab_file_read(self->path, NULL);
	EXPECT_STREQ("old", text);
	free(text);
	EXPECT_TRUE(lab_output_close(&self->output, true));
	text = lab_file_read(self->path, NULL);
	EXPECT_STREQ("new", text);
	free(text);
}

TEST_F(output, leaves_a_file_when_not)
{
	char *text;

	ASSERT_EQ(0, lab_file_create(self->path, "old"));
	ASSERT_TRUE(lab_output_open(&self->output, self->path));
	EXPECT_TRUE(lab_output_close(&self->output, false));
	text = lab_file_read(self->path, NULL);
	EXPECT_STREQ("old", text);
	free(text);
}

/* Root's output to /dev/null must not be the end of /dev/null. */
TEST_F(output, writes_into_what_is_no_file)
{
	struct stat file;
	char got[8] = "";
	int fd;

	ASSERT_EQ(0, mkfifo(self->path, 0600));
	fd = open(self->path, O_RDONLY | O_NONBLOCK);
	ASSERT_LE(0, fd);
	ASSERT_TRUE(lab_output_open(&self->output, self->path));
	fputs("new", self->output.to);
	EXPECT_TRUE(lab_output_close(&self->output, true));
	EXPECT_EQ(3, read(fd, got, sizeof(got) - 1));
	EXPECT_STREQ("new", got);
	close(fd);
	ASSERT_EQ(0, stat(self->path, &file));
	EXPECT_TRUE(S_ISFIFO(file.st_mode));
}

TEST_HARNESS_MAIN
