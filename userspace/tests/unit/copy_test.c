// SPDX-License-Identifier: GPL-2.0-only
/* copy_test.c - files that appear whole, and bundles that are known by content. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cluster/bundle.h"
#include "lib/copy.h"
#include "lib/file.h"
#include "lib/leftover.h"
#include "kselftest_harness.h"

FIXTURE(copies)
{
	char folder[64];
	char path[128], other[128];
	struct lab_bundle bundle;
	char hex[LAB_FINGERPRINT];
};

static void put(const char *folder, const char *name, const char *text)
{
	char path[4200];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	lab_file_create(path, text);
}

FIXTURE_SETUP(copies)
{
	char image[4200];

	strcpy(self->folder, "/tmp/labyrinth-copy-XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->folder));
	snprintf(self->path, sizeof(self->path), "%s/a", self->folder);
	snprintf(self->other, sizeof(self->other), "%s/node", self->folder);
	snprintf(self->bundle.folder, sizeof(self->bundle.folder), "%s/bundle",
		 self->folder);
	mkdir(self->bundle.folder, 0755);
	put(self->folder, "image", "kernel");
	put(self->bundle.folder, "labyrinth.ko", "module");
	put(self->bundle.folder, "initramfs", "files");
	snprintf(image, sizeof(image), "%s/kernel", self->bundle.folder);
	ASSERT_EQ(0, symlink("../image", image));
	ASSERT_EQ(true, lab_bundle_fingerprint(&self->bundle, NULL, self->hex));
}

FIXTURE_TEARDOWN(copies)
{
	lab_remove_tree(self->folder);
}

static bool has(const char *path, const char *text)
{
	char *found = lab_file_read(path, NULL);
	const bool is = found && !strcmp(found, text);

	free(found);
	return is;
}

static size_t files_in(const char *folder)
{
	char *command, line[64] = "";
	FILE *from;

	if (asprintf(&command, "ls -A %s | wc -l", folder) < 0)
		abort();
	from = popen(command, "r");
	if (!fgets(line, sizeof(line), from))
		line[0] = '\0';
	pclose(from);
	free(command);
	return strtoul(line, NULL, 10);
}

TEST_F(copies, are_whole)
{
	EXPECT_EQ(0, lab_write_whole(self->path, "one"));
	EXPECT_EQ(0, lab_write_whole(self->path, "two"));
	EXPECT_EQ(true, has(self->path, "two"));
	EXPECT_EQ(-ENOENT, lab_write_whole("/nowhere/x", "y"));
	EXPECT_EQ(3, files_in(self->folder));
}

TEST_F(copies, are_of_the_first)
{
	EXPECT_EQ(0, lab_write_first(self->path, "one"));
	EXPECT_EQ(-EEXIST, lab_write_first(self->path, "two"));
	EXPECT_EQ(true, has(self->path, "one"));
	EXPECT_EQ(3, files_in(self->folder));
}

TEST_F(copies, that_cannot_be_made_say_so)
{
	EXPECT_EQ(-EISDIR,
		  lab_copy_file(self->bundle.folder, self->path, 0644));
	EXPECT_NE(0, lab_copy_folder(self->bundle.folder, "/nowhere/x"));
	EXPECT_EQ(-EEXIST, lab_copy_folder(self->bundle.folder, self->folder));
}

TEST_F(copies, of_bundles_have_their_content)
{
	char path[4200];

	ASSERT_EQ(0,
		  lab_bundle_copy(&self->bundle, NULL, self->other, self->hex));
	snprintf(path, sizeof(path), "%s/%s/kernel", self->other, self->hex);
	EXPECT_EQ(true, has(path, "kernel"));
	/* It stands by itself: what it was copied from may go. */
	lab_remove_tree(self->bundle.folder);
	EXPECT_EQ(0,
		  lab_bundle_copy(&self->bundle, NULL, self->other, self->hex));
	snprintf(self->bundle.folder, sizeof(self->bundle.folder), "%s/%s",
		 self->other, self->hex);
	EXPECT_EQ(true, lab_bundle_fingerprint(&self->bundle, NULL, path));
	EXPECT_STREQ(self->hex, path);
}

TEST_F(copies, of_bundles_that_were_changed_are_not_used)
{
	char path[4200];

	put(self->bundle.folder, "initramfs", "other files");
	EXPECT_EQ(-EBADMSG,
		  lab_bundle_copy(&self->bundle, NULL, self->other, self->hex));
	snprintf(path, sizeof(path), "%s/%s", self->other, self->hex);
	EXPECT_NE(0, access(path, F_OK));
	/* Nothing but the lock is left. */
	EXPECT_EQ(1, files_in(self->other));
}

TEST_F(copies, of_bundles_without_a_part_are_not_made)
{
	char path[4200];

	snprintf(path, sizeof(path), "%s/labyrinth.ko", self->bundle.folder);
	unlink(path);
	EXPECT_NE(0,
		  lab_bundle_copy(&self->bundle, NULL, self->other, self->hex));
	snprintf(path, sizeof(path), "%s/%s", self->other, self->hex);
	EXPECT_NE(0, access(path, F_OK));
}

TEST_F(copies, of_bundles_differ_with_the_program_of_their_guests)
{
	char hex[LAB_FINGERPRINT];

	put(self->bundle.folder, "initramfs+stress-ng", "files and program");
	ASSERT_EQ(true,
		  lab_bundle_fingerprint(&self->bundle, "stress-ng", hex));
	EXPECT_STRNE(self->hex, hex);
	EXPECT_EQ(0, lab_bundle_copy(&self->bundle, "stress-ng", self->other,
				     hex));
}

TEST_HARNESS_MAIN
