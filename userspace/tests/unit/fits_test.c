// SPDX-License-Identifier: GPL-2.0-only
/* tests/fits_test.c - whether a guest's memory holds what is booted. */
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "lab/fits.h"
#include "lab/lab.h"
#include "scenario/shape.h"

#define MIB (1ull << 20)

FIXTURE(guest)
{
	struct lab_bundle bundle;
	struct lab_machine machine;
	char why[512];
};

FIXTURE_SETUP(guest)
{
	strcpy(self->bundle.folder, "/tmp/fits-XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->bundle.folder));
	self->machine.shape = lab_shape_plain(1, 1, 64 * MIB);
	self->why[0] = '\0';
}

FIXTURE_TEARDOWN(guest)
{
	static const char *const names[] = { "kernel", "initramfs",
					     "initramfs+stress-ng" };
	char path[4300];
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", self->bundle.folder,
			 names[i]);
		unlink(path);
	}
	rmdir(self->bundle.folder);
}

/* A file that begins so, and is that long. */
static void put(const struct lab_bundle *bundle, const char *name,
		const void *head, size_t n, uint64_t size)
{
	char path[4300];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", bundle->folder, name);
	f = fopen(path, "we");
	if (!f || (n && fwrite(head, n, 1, f) != 1) || fflush(f) ||
	    ftruncate(fileno(f), size) || fclose(f))
		abort();
}

/* A kernel from 16 MiB on, in two parts. */
static void put_elf(const struct lab_bundle *bundle, uint64_t end)
{
	struct {
		Elf64_Ehdr head;
		Elf64_Phdr part[3];
	} elf = {
		.head = {
			.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3,
				     ELFCLASS64 },
			.e_phoff = sizeof(Elf64_Ehdr),
			.e_phentsize = sizeof(Elf64_Phdr),
			.e_phnum = 3,
		},
		.part = {
			{ .p_type = PT_LOAD, .p_paddr = 16 * MIB,
			  .p_memsz = MIB },
			{ .p_type = PT_LOAD, .p_paddr = end - MIB,
			  .p_memsz = MIB },
			{ .p_type = PT_NOTE, .p_paddr = 1ull << 40,
			  .p_memsz = MIB },
		},
	};

	put(bundle, "kernel", &elf, sizeof(elf), 8192);
}

static bool fits(FIXTURE_DATA(guest) * self)
{
	return lab_bundle_fits(&self->bundle, &self->machine, self->why,
			       sizeof(self->why));
}

TEST_F(guest, a_kernel_and_its_archive_lie_side_by_side)
{
	put(&self->bundle, "initramfs", NULL, 0, 4 * MIB);
	put_elf(&self->bundle, 60 * MIB);
	EXPECT_TRUE(fits(self));
	put_elf(&self->bundle, 61 * MIB);
	EXPECT_FALSE(fits(self));
	EXPECT_NE(NULL, strstr(self->why, "64 MiB"))
	{
		TH_LOG("%s", self->why);
	}
	EXPECT_NE(NULL, strstr(self->why, "allowed: 65 MiB or more"))
	{
		TH_LOG("%s", self->why);
	}
}

TEST_F(guest, an_archive_is_unpacked_into_half_of_the_memory)
{
	put_elf(&self->bundle, 32 * MIB);
	put(&self->bundle, "initramfs", NULL, 0, 14 * MIB);
	EXPECT_TRUE(fits(self))
	{
		TH_LOG("%s", self->why);
	}
	put(&self->bundle, "initramfs", NULL, 0, 16 * MIB);
	EXPECT_FALSE(fits(self));
}

TEST_F(guest, a_program_of_the_scenario_counts)
{
	self->machine.program = "stress-ng";
	put_elf(&self->bundle, 32 * MIB);
	put(&self->bundle, "initramfs", NULL, 0, 4 * MIB);
	put(&self->bundle, "initramfs+stress-ng", NULL, 0, 30 * MIB);
	EXPECT_FALSE(fits(self));
	self->machine.program = NULL;
	EXPECT_TRUE(fits(self));
}

TEST_F(guest, memory_that_append_takes_is_none)
{
	put_elf(&self->bundle, 36 * MIB);
	put(&self->bundle, "initramfs", NULL, 0, 8 * MIB);
	self->machine.shape = lab_shape_plain(1, 1, 256 * MIB);
	EXPECT_TRUE(fits(self));
	strcpy(self->machine.boot.append, "mem=40M");
	EXPECT_FALSE(fits(self));
	EXPECT_NE(NULL, strstr(self->why, "40 MiB after what append takes"))
	{
		TH_LOG("%s", self->why);
	}
}

TEST_F(guest, other_images_tell_it_too)
{
	struct lab_image_extent extent;
	unsigned char head[1024] = "MZ";
	const uint64_t at = 16 * MIB, size = 50 * MIB;
	char path[4300];

	snprintf(path, sizeof(path), "%s/kernel", self->bundle.folder);
	memcpy(head + 0x202, "HdrS", 4);
	memcpy(head + 0x258, &at, 8);
	memcpy(head + 0x260, &size, 4);
	put(&self->bundle, "kernel", head, sizeof(head), 8192);
	EXPECT_TRUE(lab_image_extent(path, &extent));
	EXPECT_EQ(at + size, extent.end);
	EXPECT_EQ(size, extent.size);

	memset(head, 0, sizeof(head));
	memcpy(head + 16, &size, 8);
	memcpy(head + 56, "ARMd", 4);
	put(&self->bundle, "kernel", head, sizeof(head), 8192);
	EXPECT_TRUE(lab_image_extent(path, &extent));
	EXPECT_EQ(size, extent.end);
}

TEST_F(guest, what_cannot_be_told_is_not_refused)
{
	Elf64_Ehdr torn = {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64 },
		.e_phoff = 4000,
		.e_phentsize = sizeof(Elf64_Phdr),
		.e_phnum = 9,
	};

	put(&self->bundle, "initramfs", NULL, 0, 64 * MIB);
	EXPECT_TRUE(fits(self)); /* no kernel */
	put(&self->bundle, "kernel", "text", 4, 8192);
	EXPECT_TRUE(fits(self));
	put(&self->bundle, "kernel", &torn, sizeof(torn), 8192);
	EXPECT_TRUE(fits(self));
}

TEST_HARNESS_MAIN
