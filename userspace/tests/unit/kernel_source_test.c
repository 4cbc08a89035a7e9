// SPDX-License-Identifier: GPL-2.0-only
/* kernel_source_test.c - what is read of the source of a kernel. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "lab/kernel_source.h"
#include "lib/file.h"
#include "lib/json.h"

static json_t *read_text(const char *text)
{
	char path[] = "/tmp/kernel_source.XXXXXX";
	const int fd = mkstemp(path);
	json_t *source;

	if (fd < 0 || lab_file_create(path, text))
		abort();
	source = lab_kernel_source_read(path);
	close(fd);
	unlink(path);
	return source;
}

TEST(facts_are_read)
{
	json_t *source = read_text("tree debian\n"
				   "commit 0123456789abcdef\n"
				   "branch topic/a b\n"
				   "uncommitted 3\n"
				   "patch aa first of two.patch\n"
				   "patch bb second.patch\n"
				   "config-sha256 cc\n"
				   "compiler gcc (Debian 12) \"12\"\n");
	const json_t *patches = json_object_get(source, "patches");

	EXPECT_STREQ("debian", lab_text(source, "tree"));
	EXPECT_STREQ("0123456789abcdef", lab_text(source, "commit"));
	EXPECT_STREQ("topic/a b", lab_text(source, "branch"));
	EXPECT_EQ(3, lab_number(source, "uncommitted"));
	ASSERT_EQ(2, json_array_size(patches));
	EXPECT_STREQ("aa", lab_text(json_array_get(patches, 0), "sha256"));
	EXPECT_STREQ("first of two.patch",
		     lab_text(json_array_get(patches, 0), "name"));
	EXPECT_STREQ("second.patch",
		     lab_text(json_array_get(patches, 1), "name"));
	EXPECT_STREQ("cc", lab_text(source, "config_sha256"));
	EXPECT_STREQ("gcc (Debian 12) \"12\"", lab_text(source, "compiler"));
	json_decref(source);
}

TEST(what_is_not_told_is_not_there)
{
	json_t *source =
		read_text("tree \nbranch \xff\xfe\nfuture 1\npatch aa\n"
			  "commit\n\nrepository https://e.org/x");

	EXPECT_EQ(1, json_object_size(source));
	EXPECT_STREQ("https://e.org/x", lab_text(source, "repository"));
	json_decref(source);
	source = lab_kernel_source_read("/nonexistent/origin");
	EXPECT_EQ(0, json_object_size(source));
	json_decref(source);
}

TEST_HARNESS_MAIN
