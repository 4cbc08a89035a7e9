// SPDX-License-Identifier: GPL-2.0-only
/* lab/kdump.c - see lab/kdump.h. */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "lib/alloc.h"
#include "kdump.h"

/* Larger ones exist on no architecture that guests can have. */
#define PAGE_MOST 65536
#define NOTES_MOST (64u << 20)

/* The first block. QEMU packs the structures as they are on 64 bits. */
struct header {
	char signature[8];
	uint32_t version;
	char utsname[6][65];
	char timestamp[22];
	uint32_t status, block_size, sub_header_blocks, bitmap_blocks,
		max_mapnr, total_ram_blocks, device_blocks, written_blocks,
		current_cpu, cpus;
} __attribute__((packed));

/* The second one. */
struct sub_header {
	uint64_t phys_base;
	uint32_t dump_level, split;
	uint64_t start_pfn, end_pfn, vmcoreinfo_offset, vmcoreinfo_size,
		notes_offset, notes_size;
} __attribute__((packed));

#define COMPRESSED_BY_ZLIB 1

/* One for each page that is there, behind the bitmaps. */
struct page {
	uint64_t offset;
	uint32_t size, flags;
	uint64_t page_flags;
} __attribute__((packed));

/* What QEMU adds of an x86 CPU (target/i386/arch_dump.c, QEMUCPUState). */
struct cpu_note {
	uint32_t version, size;
	uint64_t registers[18];
	struct {
		uint32_t selector, limit, flags, pad;
		uint64_t base;
	} segments[10];
	uint64_t cr[5];
} __attribute__((packed));

static bool take(int fd, void *to, size_t size, uint64_t offset)
{
	return pread(fd, to, size, offset) == (ssize_t)size;
}

static bool read_header(int fd, struct header *header)
{
	return take(fd, header, sizeof(*header), 0) &&
	       !memcmp(header->signature, "KDUMP   ", 8) &&
	       header->block_size >= 4096 && header->block_size <= PAGE_MOST;
}

/* The second bitmap is of the pages that are there. */
static uint64_t count_pages(int fd, const struct header *header)
{
	const uint64_t half =
		(uint64_t)header->bitmap_blocks * header->block_size / 2;
	const uint64_t start =
		(1 + (uint64_t)header->sub_header_blocks) * header->block_size +
		half;
	unsigned char *block = xcheck(malloc(header->block_size));
	uint64_t at, pages = 0;
	unsigned int i;

	for (at = 0; at < half; at += header->block_size) {
		if (!take(fd, block, header->block_size, start + at))
			break;
		for (i = 0; i < header->block_size; i++)
			pages += __builtin_popcount(block[i]);
	}
	free(block);
	return pages;
}

/* A page that the kernel begins with that text, or NULL. */
static const char *vmcoreinfo_of(int fd, const struct page *page,
				 unsigned char *packed, unsigned char *plain,
				 uint32_t block_size)
{
	uLongf size = block_size;

	if (!page->size || page->size > block_size ||
	    !take(fd, packed, page->size, page->offset))
		return NULL;
	if (!(page->flags & COMPRESSED_BY_ZLIB))
		memcpy(plain, packed, page->size);
	else if (uncompress(plain, &size, packed, page->size) != Z_OK)
		return NULL;
	plain[block_size] = '\0';
	if (strncmp((char *)plain, "OSRELEASE=", 10) != 0 ||
	    !strstr((char *)plain, "\nPAGESIZE=") ||
	    !strstr((char *)plain, "\nSYMBOL(swapper_pg_dir)="))
		return NULL;
	return (char *)plain;
}

char *lab_kdump_find_vmcoreinfo(int fd)
{
	struct header header;
	struct page pages[512];
	unsigned char *packed, *plain;
	const char *text = NULL;
	uint64_t at, left;
	size_t i, n;

	if (!read_header(fd, &header))
		return NULL;
	packed = xcheck(malloc(header.block_size));
	plain = xcheck(malloc(header.block_size + 1));
	at = (1 + (uint64_t)header.sub_header_blocks + header.bitmap_blocks) *
	     header.block_size;
	for (left = count_pages(fd, &header); left && !text; left -= n) {
		n = left < 512 ? left : 512;
		if (!take(fd, pages, n * sizeof(pages[0]), at))
			break;
		at += n * sizeof(pages[0]);
		for (i = 0; i < n && !text; i++)
			text = vmcoreinfo_of(fd, &pages[i], packed, plain,
					     header.block_size);
	}
	free(packed);
	if (text)
		return (char *)plain;
	free(plain);
	return NULL;
}

static bool read_sub_header(int fd, struct header *header,
			    struct sub_header *sub)
{
	return read_header(fd, header) &&
	       take(fd, sub, sizeof(*sub), header->block_size);
}

bool lab_kdump_cr4(int fd, uint64_t *cr4)
{
	struct header header;
	struct sub_header sub;
	struct cpu_note note = {};
	char *notes, *name = NULL;
	bool found;

	if (!read_sub_header(fd, &header, &sub) || sub.notes_size > NOTES_MOST)
		return false;
	notes = xcheck(calloc(1, sub.notes_size + sizeof(note) + 8));
	found = take(fd, notes, sub.notes_size, sub.notes_offset);
	if (found)
		name = memmem(notes, sub.notes_size, "QEMU\0\0\0", 8);
	if (name) {
		memcpy(&note, name + 8, sizeof(note));
		*cr4 = note.cr[4];
	}
	free(notes);
	return name && note.version == 1 && note.size >= sizeof(note);
}

/* As in an ELF core: the name, and what follows it, are padded to four bytes. */
struct note_head {
	uint32_t name_size, size, type;
	char name[12];
};

#define PADDED(size) (((size) + 3) & ~(size_t)3)

/*
 * The notes that are there, and one more: malloc()ed. size is that of all of them;
 * NULL when they cannot be read.
 */
static char *longer_notes(int fd, const struct sub_header *sub,
			  const char *text, size_t *size)
{
	const struct note_head head = { .name_size = sizeof("VMCOREINFO"),
					.size = strlen(text),
					.name = "VMCOREINFO" };
	const size_t old = PADDED(sub->notes_size);
	char *notes;

	if (sub->notes_size > NOTES_MOST)
		return NULL;
	*size = old + sizeof(head) + PADDED(head.size);
	notes = xcheck(calloc(1, *size));
	if (!take(fd, notes, sub->notes_size, sub->notes_offset)) {
		free(notes);
		return NULL;
	}
	memcpy(notes + old, &head, sizeof(head));
	memcpy(notes + old + sizeof(head), text, head.size);
	return notes;
}

/*
 * QEMU names none of it, and libkdumpfile, and so drgn, knows the architecture by
 * the machine, which it takes only with all the other names.
 */
static void name_kernel(struct header *header, const char *vmcoreinfo,
			const char *machine)
{
	const char *release = vmcoreinfo + strlen("OSRELEASE=");
	char release_only[65];
	const char *const names[] = { "Linux",	   "(none)", release_only,
				      "(unknown)", machine,  "(none)" };
	size_t i;

	snprintf(release_only, sizeof(release_only), "%.*s",
		 (int)strcspn(release, "\n"), release);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		snprintf(header->utsname[i], sizeof(header->utsname[i]), "%s",
			 names[i]);
}

/*
 * crash reads it where the sub-header says, libkdumpfile, and so drgn, among the
 * notes: from version 4 of the header on.
 */
int lab_kdump_add_vmcoreinfo(int fd, const char *text, const char *machine)
{
	struct header header;
	struct sub_header sub;
	const off_t end = lseek(fd, 0, SEEK_END);
	size_t size = 0;
	char *notes;
	bool written;

	if (end < 0 || !read_sub_header(fd, &header, &sub))
		return -EIO;
	if (sub.vmcoreinfo_size)
		return 0;
	notes = longer_notes(fd, &sub, text, &size);
	if (!notes)
		return -EIO;
	errno = EIO;
	written = pwrite(fd, notes, size, end) == (ssize_t)size;
	free(notes);
	if (!written)
		return -errno;
	name_kernel(&header, text, machine);
	sub.vmcoreinfo_size = strlen(text);
	sub.vmcoreinfo_offset = end + size - PADDED(sub.vmcoreinfo_size);
	sub.notes_offset = end;
	sub.notes_size = size;
	if (pwrite(fd, &sub, sizeof(sub), header.block_size) !=
		    (ssize_t)sizeof(sub) ||
	    pwrite(fd, &header, sizeof(header), 0) != (ssize_t)sizeof(header))
		return -errno;
	return 0;
}
