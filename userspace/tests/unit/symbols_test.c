// SPDX-License-Identifier: GPL-2.0-only
/* unit/symbols_test.c - symbols that a guest told, found and written as ELF. */
#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "lab/symbols.h"
#include "lib/file.h"

char kallsyms[] = "0000000000000000 A fixed_percpu_data\n"
		  "ffffffff81000000 T _text\n"
		  "ffffffff81000040 T alloc_pages\n"
		  "ffffffff81000080 t pages\n"
		  "ffffffff82000000 B _end\n"
		  "0000000000039000 d seq\t[other]\n"
		  "ffffffffa0001000 t other_fire\t[other]\n"
		  "ffffffffa0002010 t lab_fire\t[labyrinth]\n";

static const struct lab_symbols symbols = { .kallsyms = kallsyms };

TEST(finds_whole_names_only)
{
	EXPECT_EQ(0xffffffff81000080, lab_symbols_find(&symbols, "pages"));
	EXPECT_EQ(0xffffffff81000040,
		  lab_symbols_find(&symbols, "alloc_pages"));
	EXPECT_EQ(0xffffffffa0002010, lab_symbols_find(&symbols, "lab_fire"));
	EXPECT_EQ(0, lab_symbols_find(&symbols, "lab_fir"));
	EXPECT_EQ(0, lab_symbols_find(&symbols, "labyrinth"));
	EXPECT_EQ(0, lab_symbols_find(&symbols, "fixed_percpu_data"));
}

/* The symbol of an ELF file by its name; its section is *section. */
static uint64_t symbol_of(const char *file, const char *name, int *section)
{
	const Elf64_Ehdr *head = (const void *)file;
	const Elf64_Shdr *sections = (const void *)(file + head->e_shoff);
	const Elf64_Sym *symbol;
	const char *names;
	size_t i, n;
	int s;

	for (s = 0; s < head->e_shnum; s++) {
		if (sections[s].sh_type != SHT_SYMTAB)
			continue;
		symbol = (const void *)(file + sections[s].sh_offset);
		names = file + sections[sections[s].sh_link].sh_offset;
		n = sections[s].sh_size / sizeof(*symbol);
		for (i = 0; i < n; i++)
			if (!strcmp(names + symbol[i].st_name, name)) {
				*section = symbol[i].st_shndx;
				return symbol[i].st_value;
			}
	}
	return 0;
}

TEST(writes_kernel_and_other_modules)
{
	char path[] = "/tmp/symbols-XXXXXX", *file;
	const Elf64_Shdr *sections;
	int kernel = 0, other = 0, none = 0;

	ASSERT_LE(0, mkstemp(path));
	ASSERT_EQ(0, lab_symbols_write(&symbols, path));
	file = lab_file_read(path, NULL);
	unlink(path);
	ASSERT_NE(NULL, file);
	EXPECT_EQ(0xffffffff81000080, symbol_of(file, "pages", &kernel));
	EXPECT_EQ(0xffffffffa0001000, symbol_of(file, "other_fire", &other));
	/* Of labyrinth there is labyrinth.ko; per-CPU variables are nowhere. */
	EXPECT_EQ(0, symbol_of(file, "lab_fire", &none));
	EXPECT_EQ(0, symbol_of(file, "seq", &none));
	EXPECT_EQ(0, symbol_of(file, "fixed_percpu_data", &none));
	sections = (const void *)(file + ((const Elf64_Ehdr *)file)->e_shoff);
	EXPECT_EQ(0xffffffff81000000, sections[kernel].sh_addr);
	EXPECT_EQ(0x1000000, sections[kernel].sh_size);
	EXPECT_EQ(0xffffffffa0001000, sections[other].sh_addr);
	free(file);
}

TEST(refuses_a_guest_that_told_nothing)
{
	char none[] = "";
	const struct lab_symbols silent = { .kallsyms = none };

	EXPECT_NE(0, lab_symbols_write(&silent, "/dev/null"));
}

TEST_HARNESS_MAIN
