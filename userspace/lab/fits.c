// SPDX-License-Identifier: GPL-2.0-only
/* lab/fits.c - see lab/fits.h. */
#include <elf.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scenario/boot_memory.h"
#include "scenario/shape.h"
#include "fits.h"
#include "lab.h"

#define MIB ((uint64_t)1 << 20)

/* Offsets in the first bytes of a bzImage, and of an Image. */
#define HDRS_MAGIC 0x202
#define HDRS_PREF_ADDRESS 0x258
#define HDRS_INIT_SIZE 0x260
#define IMAGE_SIZE 16
#define IMAGE_MAGIC 56

/* Of any of the three, with the program headers of a kernel, which are few. */
#define HEAD 4096

static uint64_t number(const unsigned char *head, size_t at, size_t size)
{
	uint64_t value = 0;

	memcpy(&value, head + at,
	       size); /* little-endian, as those who run this */
	return value;
}

static bool elf_extent(const unsigned char *head, size_t n,
		       struct lab_image_extent *extent)
{
	uint64_t first = UINT64_MAX, end = 0;
	Elf64_Ehdr elf;
	Elf64_Phdr part;
	size_t i;

	memcpy(&elf, head, sizeof(elf));
	if (elf.e_ident[EI_CLASS] != ELFCLASS64 ||
	    elf.e_phentsize != sizeof(part) || elf.e_phoff > n ||
	    elf.e_phnum > (n - elf.e_phoff) / sizeof(part))
		return false;
	for (i = 0; i < elf.e_phnum; i++) {
		memcpy(&part, head + elf.e_phoff + i * sizeof(part),
		       sizeof(part));
		if (part.p_type != PT_LOAD || !part.p_memsz)
			continue;
		if (part.p_paddr < first)
			first = part.p_paddr;
		if (part.p_paddr + part.p_memsz > end)
			end = part.p_paddr + part.p_memsz;
	}
	if (end <= first)
		return false;
	*extent = (struct lab_image_extent){ end, end - first };
	return true;
}

bool lab_image_extent(const char *path, struct lab_image_extent *extent)
{
	unsigned char head[HEAD];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	uint64_t size;
	ssize_t n;

	if (fd < 0)
		return false;
	n = read(fd, head, sizeof(head));
	close(fd);
	if (n < HDRS_INIT_SIZE + 4)
		return false;
	if (!memcmp(head, ELFMAG, SELFMAG))
		return elf_extent(head, n, extent);
	if (!memcmp(head + HDRS_MAGIC, "HdrS", 4)) {
		size = number(head, HDRS_INIT_SIZE, 4);
		*extent = (struct lab_image_extent){
			number(head, HDRS_PREF_ADDRESS, 8) + size, size
		};
		return size > 0;
	}
	if (!memcmp(head + IMAGE_MAGIC, "ARMd", 4)) {
		size = number(head, IMAGE_SIZE, 8);
		*extent = (struct lab_image_extent){ size, size };
		return size > 0;
	}
	return false;
}

/* What the kernel takes for itself of each 16 bytes: struct page, and tables. */
#define OWN 16

/*
 * The files lie in a tmpfs, of half of the memory at most (init/do_mounts.c,
 * init_rootfs(); mm/shmem.c, shmem_default_max_blocks()), while the archive,
 * which is not compressed, still has its own.
 */
static uint64_t to_unpack(const struct lab_image_extent *extent,
			  uint64_t archive)
{
	const uint64_t after = extent->size + archive + 2 * archive;

	return after + after / (OWN - 1);
}

bool lab_bundle_fits(const struct lab_bundle *bundle,
		     const struct lab_machine *machine, char *why, size_t size)
{
	const uint64_t memory = lab_shape_memory(&machine->shape);
	const uint64_t left = lab_boot_memory(&machine->boot, memory);
	struct lab_image_extent extent;
	uint64_t to_load, unpacked;
	struct stat archive;
	char path[4300];

	snprintf(path, sizeof(path), "%s/kernel", bundle->folder);
	if (!lab_image_extent(path, &extent))
		return true;
	snprintf(path, sizeof(path), "%s/initramfs%s%s", bundle->folder,
		 machine->program ? "+" : "",
		 machine->program ? machine->program : "");
	if (stat(path, &archive))
		return true;
	to_load = extent.end + archive.st_size;
	unpacked = to_unpack(&extent, archive.st_size);
	if (memory >= to_load && left >= unpacked)
		return true;
	snprintf(why, size,
		 "the guest's memory, %" PRIu64
		 " MiB%s, does not hold this kernel, which ends at %" PRIu64
		 " MiB, and its initramfs of %" PRIu64
		 " MiB, as an archive and unpacked; allowed: %" PRIu64
		 " MiB or more",
		 (memory >= to_load ? left : memory) / MIB,
		 memory >= to_load && left < memory ?
			 " after what append takes" :
			 "",
		 extent.end / MIB, archive.st_size / MIB,
		 ((to_load > unpacked ? to_load : unpacked) + MIB - 1) / MIB);
	return false;
}
