// SPDX-License-Identifier: GPL-2.0-only
/* tests/kdump_test.c - a core is searched, added to, and not believed when cut. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include "kselftest_harness.h"
#include "lab/kdump.h"

#define BLOCK 4096
#define PAGES 600 /* more than are read at a time */
#define DESCRIPTORS (4 * BLOCK) /* header, sub-header, two bitmaps */
#define DATA (DESCRIPTORS + 4 * BLOCK)
#define NOTES (DATA + 2 * BLOCK)
#define NOTES_SIZE 700

static const char text[] =
	"OSRELEASE=6.1.0-test\nPAGESIZE=4096\nSYMBOL(swapper_pg_dir)=ffffffff81000000\n";

static void put(int fd, uint64_t value, size_t size, off_t at)
{
	if (pwrite(fd, &value, size, at) != (ssize_t)size)
		abort();
}

static void put_page(int fd, unsigned int page, uint64_t offset, size_t size)
{
	const off_t at = DESCRIPTORS + 24 * page;

	put(fd, offset, 8, at);
	put(fd, size, 4, at + 8);
	put(fd, 1, 4, at + 12);
}

static off_t pack(int fd, const char *words, off_t at)
{
	unsigned char plain[BLOCK] = "", packed[2 * BLOCK];
	uLongf size = sizeof(packed);

	strcpy((char *)plain, words);
	compress(packed, &size, plain, sizeof(plain));
	return pwrite(fd, packed, size, at);
}

/* As QEMU writes it, with the text in the last page, or in none. */
static int make_core(const char *last)
{
	const int fd = memfd_create("core", MFD_CLOEXEC);
	unsigned int page;
	off_t size;

	pwrite(fd, "KDUMP   \6\0\0", 12, 0);
	pwrite(fd, "Unknown", 7, 12 + 4 * 65);
	put(fd, BLOCK, 4, 428);
	put(fd, 1, 4, 432);
	put(fd, 2, 4, 436);
	put(fd, NOTES, 8, BLOCK + 48);
	put(fd, NOTES_SIZE, 8, BLOCK + 56);
	for (page = 0; page < PAGES / 8; page++)
		put(fd, 0xff, 1, 3 * BLOCK + page);
	size = pack(fd, "", DATA);
	for (page = 0; page < PAGES; page++)
		put_page(fd, page, DATA, size);
	put_page(fd, PAGES - 1, DATA + size, pack(fd, last, DATA + size));
	pwrite(fd, "QEMU\0\0\0", 8, NOTES + 12);
	put(fd, 1, 4, NOTES + 20);
	put(fd, 440, 4, NOTES + 24);
	put(fd, 0x1234, 8, NOTES + 20 + 8 + 18 * 8 + 10 * 24 + 4 * 8);
	put(fd, 0, 1, NOTES + NOTES_SIZE - 1);
	return fd;
}

TEST(the_kernels_own_text_is_found)
{
	const int fd = make_core(text);
	char *found = lab_kdump_find_vmcoreinfo(fd);

	ASSERT_NE(NULL, found);
	EXPECT_STREQ(text, found);
	free(found);
	close(fd);
}

TEST(another_text_is_none)
{
	const int fd = make_core("OSRELEASE=6.1.0-test\n");

	EXPECT_EQ(NULL, lab_kdump_find_vmcoreinfo(fd));
	close(fd);
}

TEST(cr4_is_that_of_the_first_cpu)
{
	const int fd = make_core("");
	uint64_t cr4 = 0;

	EXPECT_TRUE(lab_kdump_cr4(fd, &cr4));
	EXPECT_EQ(0x1234, cr4);
	close(fd);
}

TEST(text_and_names_are_added)
{
	const int fd = make_core("");
	char notes[NOTES_SIZE + 200] = "", name[65];
	uint64_t where[4];

	ASSERT_EQ(0, lab_kdump_add_vmcoreinfo(fd, text, "x86_64"));
	ASSERT_EQ(32, pread(fd, where, 32, BLOCK + 32));
	EXPECT_EQ(strlen(text), where[1]);
	ASSERT_EQ(strlen(text), pread(fd, notes, where[1], where[0]));
	EXPECT_STREQ(text, notes);
	/* Those that were there, then the new one, padded to four bytes. */
	EXPECT_EQ(NOTES_SIZE + 24 + ((strlen(text) + 3) & ~3), where[3]);
	ASSERT_LT(0, pread(fd, notes, where[3], where[2]));
	EXPECT_EQ(0, memcmp(notes + 12, "QEMU", 5));
	EXPECT_EQ(0, memcmp(notes + NOTES_SIZE + 12, "VMCOREINFO", 11));
	pread(fd, name, 65, 12 + 2 * 65);
	EXPECT_STREQ("6.1.0-test", name);
	pread(fd, name, 65, 12 + 4 * 65);
	EXPECT_STREQ("x86_64", name);
	close(fd);
}

TEST(a_core_that_is_cut_is_no_core)
{
	static const off_t cuts[] = { 0,	   7,
				      430,	   BLOCK,
				      BLOCK + 20,  2 * BLOCK,
				      DESCRIPTORS, DESCRIPTORS + 50,
				      DATA };
	uint64_t cr4;
	size_t i;

	for (i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
		const int fd = make_core(text);

		ASSERT_EQ(0, ftruncate(fd, cuts[i]));
		EXPECT_EQ(NULL, lab_kdump_find_vmcoreinfo(fd));
		EXPECT_FALSE(lab_kdump_cr4(fd, &cr4));
		EXPECT_GT(0, lab_kdump_add_vmcoreinfo(fd, text, "x86_64"));
		close(fd);
	}
}

TEST_HARNESS_MAIN
