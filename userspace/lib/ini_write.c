// SPDX-License-Identifier: GPL-2.0-only
/* lib/ini_write.c - see lib/ini_write.h. */
#include "ini_write.h"

#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "words.h"

#define WIDTH 78

struct lab_section *lab_sections_add(struct lab_sections *sections,
				     const char *name)
{
	struct lab_section *section;

	sections->section = xgrow(sections->section, sections->count);
	section = &sections->section[sections->count++];
	*section = (struct lab_section){ .name = xstrdup(name) };
	return section;
}

void lab_sections_drop(struct lab_sections *sections, size_t section)
{
	lab_section_free(&sections->section[section]);
	sections->count--;
	memmove(&sections->section[section], &sections->section[section + 1],
		(sections->count - section) * sizeof(*sections->section));
}

void lab_sections_copy(const struct lab_sections *from, struct lab_sections *to)
{
	size_t i, j;

	*to = (struct lab_sections){};
	for (i = 0; i < from->count; i++) {
		const struct lab_section *section = &from->section[i];
		struct lab_section *copy = lab_sections_add(to, section->name);

		for (j = 0; j < section->nentries; j++)
			lab_section_add(copy, section->entries[j].key,
					section->entries[j].value);
	}
}

void lab_section_add(struct lab_section *section, const char *key,
		     const char *value)
{
	section->entries = xgrow(section->entries, section->nentries);
	section->entries[section->nentries++] = (struct lab_entry){
		.key = xstrdup(key),
		.value = xstrdup(value),
	};
}

void lab_section_put(struct lab_section *section, const char *key,
		     const char *value)
{
	struct lab_entry *entry = lab_section_find(section, key);

	if (!entry) {
		lab_section_add(section, key, value);
		return;
	}
	free(entry->value);
	entry->value = xstrdup(value);
}

void lab_section_drop(struct lab_section *section, size_t entry)
{
	free(section->entries[entry].key);
	free(section->entries[entry].value);
	section->nentries--;
	memmove(&section->entries[entry], &section->entries[entry + 1],
		(section->nentries - entry) * sizeof(*section->entries));
}

static void write_wrapped(const struct lab_entry *entry, FILE *to)
{
	size_t column = strlen(entry->key) + 2, i;
	struct lab_words words;

	fprintf(to, "%s =", entry->key);
	lab_words_split(entry->value, &words);
	for (i = 0; i < words.count; i++) {
		const size_t length = strlen(words.word[i]);

		if (i && column + 1 + length > WIDTH) {
			fputs("\n ", to);
			column = 1;
		}
		fprintf(to, " %s", words.word[i]);
		column += 1 + length;
	}
	fputc('\n', to);
	lab_words_free(&words);
}

static void write_section(const struct lab_section *section, FILE *to)
{
	size_t i;

	fprintf(to, "[%s]\n", section->name);
	for (i = 0; i < section->nentries; i++)
		if (strcmp(section->entries[i].key, LAB_REPEATABLE) != 0)
			write_wrapped(&section->entries[i], to);
		else
			fprintf(to, "%s = %s\n", section->entries[i].key,
				section->entries[i].value);
}

void lab_sections_write(const struct lab_sections *sections, FILE *to)
{
	size_t i;

	for (i = 0; i < sections->count; i++) {
		if (i)
			fputc('\n', to);
		write_section(&sections->section[i], to);
	}
}

char *lab_sections_text(const struct lab_sections *sections)
{
	char *text = NULL;
	size_t size;
	FILE *to = xcheck(open_memstream(&text, &size));

	lab_sections_write(sections, to);
	fclose(to);
	return xcheck(text);
}
