// SPDX-License-Identifier: GPL-2.0-only
/*
 * lab/symbols_elf.c - writes an ELF file of symbols; see lab/symbols.h.
 *
 * gdb looks up an address among the symbols of the section that it is in: there is a
 * section of the kernel and one of modules, both without content. Symbols below these,
 * such as those of per-CPU variables, are left out.
 */
#include <elf.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/alloc.h"
#include "symbols.h"

#define SECTION_NAMES "\0.kernel\0.modules\0.symtab\0.strtab\0.shstrtab"
enum { NONE, KERNEL, MODULES, SYMTAB, STRTAB, SHSTRTAB, SECTIONS };

struct image {
	Elf64_Sym *symbol;
	size_t count;
	char *names; /* with the empty one in front */
	size_t size;
	FILE *to_names;
	uint64_t begin[SYMTAB], end[SYMTAB]; /* of KERNEL and MODULES */
};

static void add(struct image *image, int section, uint64_t address, char type,
		const char *name, size_t length)
{
	const bool function = strchr("tTwW", type);

	image->symbol = xgrow(image->symbol, image->count);
	image->symbol[image->count++] = (Elf64_Sym){
		.st_name = ftell(image->to_names),
		.st_info = ELF64_ST_INFO(STB_GLOBAL,
					 function ? STT_FUNC : STT_OBJECT),
		.st_shndx = section,
		.st_value = address,
	};
	fprintf(image->to_names, "%.*s%c", (int)length, name, '\0');
	if (section == KERNEL)
		return;
	if (!image->begin[section] || address < image->begin[section])
		image->begin[section] = address;
	if (address >= image->end[section])
		image->end[section] = address + 1;
}

static void add_line(struct image *image, const char *line)
{
	char *type;
	const uint64_t address = strtoull(line, &type, 16);
	const char *name = type + 3;
	const size_t length = strcspn(name, "\t\n");
	int section = KERNEL;

	/* What is below the kernel is per CPU, of modules too. */
	if (type[0] != ' ' || type[2] != ' ' || address < image->begin[KERNEL])
		return;
	if (name[length] == '\t') {
		if (!strncmp(name + length, "\t[labyrinth]", 12))
			return;
		section = MODULES;
	} else if (address > image->end[KERNEL]) {
		return;
	}
	add(image, section, address, type[1], name, length);
}

static void add_all(struct image *image, const char *kallsyms)
{
	const char *line = kallsyms, *end;

	add(image, NONE, 0, 0, "", 0);
	image->symbol[0] = (Elf64_Sym){};
	for (; (end = strchr(line, '\n')); line = end + 1)
		add_line(image, line);
}

static int write_file(const struct image *image, const char *path)
{
	static const char names[] = SECTION_NAMES;
	const uint64_t symbols = image->count * sizeof(*image->symbol);
	const Elf64_Ehdr head = {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64,
			     ELFDATA2LSB, EV_CURRENT },
		.e_type = ET_EXEC,
		.e_machine = EM_X86_64,
		.e_version = EV_CURRENT,
		.e_shoff = sizeof(head),
		.e_ehsize = sizeof(head),
		.e_shentsize = sizeof(Elf64_Shdr),
		.e_shnum = SECTIONS,
		.e_shstrndx = SHSTRTAB,
	};
	Elf64_Shdr section[SECTIONS] = {
		[KERNEL] = { .sh_name = 1, .sh_type = SHT_NOBITS },
		[MODULES] = { .sh_name = 9, .sh_type = SHT_NOBITS },
		[SYMTAB] = { .sh_name = 18,
			     .sh_type = SHT_SYMTAB,
			     .sh_size = symbols,
			     .sh_link = STRTAB,
			     .sh_info = 1,
			     .sh_entsize = sizeof(Elf64_Sym) },
		[STRTAB] = { .sh_name = 26,
			     .sh_type = SHT_STRTAB,
			     .sh_size = image->size },
		[SHSTRTAB] = { .sh_name = 34,
			       .sh_type = SHT_STRTAB,
			       .sh_size = sizeof(names) },
	};
	FILE *to = fopen(path, "we");
	int i, err;

	if (!to)
		return -errno;
	for (i = KERNEL; i <= MODULES; i++) {
		section[i].sh_flags = SHF_ALLOC | SHF_EXECINSTR;
		section[i].sh_addr = image->begin[i];
		section[i].sh_size = image->end[i] - image->begin[i];
	}
	section[SYMTAB].sh_offset = sizeof(head) + sizeof(section);
	section[STRTAB].sh_offset = section[SYMTAB].sh_offset + symbols;
	section[SHSTRTAB].sh_offset = section[STRTAB].sh_offset + image->size;
	fwrite(&head, sizeof(head), 1, to);
	fwrite(section, sizeof(section), 1, to);
	fwrite(image->symbol, symbols, 1, to);
	fwrite(image->names, image->size, 1, to);
	fwrite(names, sizeof(names), 1, to);
	err = ferror(to) ? -EIO : 0;
	return fclose(to) && !err ? -errno : err;
}

int lab_symbols_write(const struct lab_symbols *symbols, const char *path)
{
	struct image image = {};
	int err;

	image.begin[KERNEL] = lab_symbols_find(symbols, "_text");
	image.end[KERNEL] = lab_symbols_find(symbols, "_end");
	if (!image.begin[KERNEL] || image.end[KERNEL] <= image.begin[KERNEL])
		return -ENOENT;
	image.to_names = xcheck(open_memstream(&image.names, &image.size));
	add_all(&image, symbols->kallsyms);
	fclose(image.to_names);
	err = write_file(&image, path);
	free(image.names);
	free(image.symbol);
	return err;
}
