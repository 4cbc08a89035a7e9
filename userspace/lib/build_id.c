// SPDX-License-Identifier: GPL-2.0-only
/* lib/build_id.c - see lib/build_id.h. */
#include <elf.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>

#include "build_id.h"

static void find_build_id(const char *notes, size_t n, char hex[LAB_BUILD_ID])
{
	size_t at = 0, i;

	hex[0] = '\0';
	while (at + sizeof(Elf64_Nhdr) <= n) {
		const Elf64_Nhdr *note = (const void *)(notes + at);
		const size_t name = at + sizeof(*note);
		const size_t desc = name + ((note->n_namesz + 3) & ~3u);

		at = desc + ((note->n_descsz + 3) & ~3u);
		if (at > n || note->n_type != NT_GNU_BUILD_ID ||
		    note->n_namesz != 4 || memcmp(notes + name, "GNU", 4))
			continue;
		for (i = 0; i < note->n_descsz && 2 * i + 2 < LAB_BUILD_ID; i++)
			sprintf(hex + 2 * i, "%02x",
				(unsigned char)notes[desc + i]);
		return;
	}
}

void lab_build_id_read(const char *path, char hex[LAB_BUILD_ID])
{
	_Alignas(Elf64_Nhdr) char notes[4096];
	size_t n;
	FILE *f;

	hex[0] = '\0';
	f = fopen(path, "re");
	if (!f)
		return;
	n = fread(notes, 1, sizeof(notes), f);
	fclose(f);
	find_build_id(notes, n, hex);
}

void lab_build_id_own(char hex[LAB_BUILD_ID])
{
	const uintptr_t at = getauxval(AT_PHDR);
	const Elf64_Phdr *headers = (const void *)at;
	const size_t n = getauxval(AT_PHNUM);
	uintptr_t moved =
		0; /* load address minus link address; 0 in a static program */
	size_t i;

	hex[0] = '\0';
	for (i = 0; i < n && !hex[0]; i++) {
		if (headers[i].p_type == PT_PHDR)
			moved = at - headers[i].p_vaddr;
		if (headers[i].p_type == PT_NOTE)
			find_build_id(
				(const char *)(moved + headers[i].p_vaddr),
				headers[i].p_memsz, hex);
	}
}
