// SPDX-License-Identifier: GPL-2.0-only
/* scenario/boot_memory.c - see scenario/boot_memory.h. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/words.h"
#include "boot_memory.h"

/* As little as [guest] takes (scenario/shape.c). */
#define LEAST (64ull << 20)

/* Of x86-64 and arm64 with pages of 4 KiB. */
#define HUGE_PAGE (2ull << 20)

/* The value of a parameter, or NULL for another one. */
static const char *value_of(const char *word, const char *name)
{
	const size_t length = strlen(name);

	return strncmp(word, name, length) || word[length] != '=' ?
		       NULL :
		       word + length + 1;
}

/* As the kernel reads sizes (lib/cmdline.c, memparse()): decimal, with K to T. */
static uint64_t size_of(const char *text)
{
	static const char suffixes[] = "kmgt";
	const char *suffix;
	char *end;
	uint64_t size = strtoull(text, &end, 0);

	suffix = *end ? strchr(suffixes, *end | 0x20) : NULL;
	if (suffix)
		size <<= 10 * (suffix - suffixes + 1);
	return size;
}

/* "64", or "0:32,1:32" for the nodes (mm/hugetlb.c, hugepages_setup()). */
static uint64_t pages_of(const char *text)
{
	uint64_t pages = 0;
	char *end;

	for (;;) {
		uint64_t number = strtoull(text, &end, 10);

		if (*end == ':')
			number = strtoull(end + 1, &end, 10);
		pages += number;
		if (*end != ',')
			return pages;
		text = end + 1;
	}
}

uint64_t lab_boot_memory(const struct lab_boot_options *boot, uint64_t memory)
{
	uint64_t huge_page = HUGE_PAGE, taken = 0, left = memory;
	struct lab_words words;
	const char *value;
	size_t i;

	lab_words_split(boot->append, &words);
	for (i = 0; i < words.count; i++) {
		const char *word = words.word[i];

		/* mem=nopentium is no size. */
		value = value_of(word, "mem");
		if (value && *value >= '0' && *value <= '9' &&
		    size_of(value) < left)
			left = size_of(value);
		value = value_of(word, "hugepagesz");
		if (!value)
			value = value_of(word, "default_hugepagesz");
		if (value)
			huge_page = size_of(value);
		value = value_of(word, "hugepages");
		if (value && pages_of(value) < UINT64_MAX / (huge_page ?: 1))
			taken += pages_of(value) * huge_page;
		else if (value)
			taken = memory;
		/* Ranges, "512M-2G:64M", are of machines of any size. */
		value = value_of(word, "crashkernel");
		if (value && !strpbrk(value, "-:"))
			taken += size_of(value);
	}
	lab_words_free(&words);
	return taken < left ? left - taken : 0;
}

int lab_boot_fits(const struct lab_boot_options *boot, uint64_t memory,
		  char *why, size_t size)
{
	const uint64_t left = lab_boot_memory(boot, memory);

	if (left >= LEAST || left == memory)
		return 0;
	snprintf(
		why, size,
		"leaves %" PRIu64 " of %" PRIu64
		" MiB of the guest; allowed: to leave %llu, by less in mem=, hugepages= and crashkernel=, or more memory",
		left >> 20, memory >> 20, LEAST >> 20);
	return -EINVAL;
}
