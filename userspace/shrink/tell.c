// SPDX-License-Identifier: GPL-2.0-only
/* shrink/tell.c - the file that is written; see shrink/shrink.h. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "lib/alloc.h"
#include "lib/ini_write.h"
#include "lib/words.h"
#include "shrink.h"

#define WIDTH 78

/* A comment, wrapped: lines of a scenario have a greatest length. */
__attribute__((format(printf, 3, 4))) static void
comment(FILE *to, const char *indent, const char *format, ...)
{
	struct lab_words words;
	size_t i, column = 0;
	va_list args;
	char *text;

	va_start(args, format);
	text = xvasprintf(format, args);
	va_end(args);
	lab_words_split(text, &words);
	for (i = 0; i < words.count; i++) {
		const size_t length = strlen(words.word[i]);

		if (!i || column + 1 + length > WIDTH) {
			column = strlen(indent) + 1;
			fprintf(to, "%s#%s", i ? "\n" : "", indent);
			if (i && *indent)
				column += fprintf(to, "  ");
		}
		column += fprintf(to, " %s", words.word[i]);
	}
	fputc('\n', to);
	lab_words_free(&words);
	free(text);
}

static const struct lab_section *find_section(const struct lab_sections *in,
					      const char *name)
{
	size_t i;

	for (i = 0; i < in->count; i++)
		if (!strcmp(in->section[i].name, name))
			return &in->section[i];
	return NULL;
}

static bool has_entry(const struct lab_section *section,
		      const struct lab_entry *entry)
{
	size_t i;

	for (i = 0; i < section->nentries; i++)
		if (!strcmp(section->entries[i].key, entry->key) &&
		    !strcmp(section->entries[i].value, entry->value))
			return true;
	return false;
}

static void tell_entry(const struct lab_section *now,
		       const struct lab_entry *entry, FILE *to)
{
	const struct lab_entry *left = lab_section_find(now, entry->key);

	if (has_entry(now, entry))
		return;
	if (left && strcmp(entry->key, LAB_REPEATABLE) != 0)
		comment(to, "  ", "[%s] %s = %s; left: %s", now->name,
			entry->key, entry->value, left->value);
	else
		comment(to, "  ", "[%s] %s = %s", now->name, entry->key,
			entry->value);
}

static void tell_section(const struct lab_section *first,
			 const struct lab_section *now, FILE *to)
{
	size_t i;

	if (!now) {
		fprintf(to, "#   [%s]\n", first->name);
		return;
	}
	for (i = 0; i < first->nentries; i++)
		tell_entry(now, &first->entries[i], to);
}

static void tell_taken(const struct lab_shrink *shrink, FILE *to)
{
	size_t i;

	fputs("#\n# Taken away, or made less:\n", to);
	for (i = 0; i < shrink->first.count; i++)
		tell_section(&shrink->first.section[i],
			     find_section(&shrink->now,
					  shrink->first.section[i].name),
			     to);
	fputs("#\n", to);
	if (shrink->complete)
		comment(to, "",
			"What is left is needed: without any one phase, key or word of it, and with the least of a number or what is halfway to it, it does not fail so with this kernel and seed. Not tried: to leave out context, shots, cpu, oracles and __GFP_NOWARN, and to change numbers beside shots, hold, nodes, cpus and memory.");
	else
		comment(to, "",
			"Not all was tried: it ended after %" PRIu64
			" runs. What is left fails so, and some of it may not be needed.",
			shrink->runs);
}

void lab_shrink_write(const struct lab_shrink *shrink, FILE *to)
{
	const struct lab_shrink_target *target = &shrink->target;

	comment(to, "",
		"The least of %s that still fails so, by labyrinth shrink:",
		shrink->name);
	comment(to, "  ", "%s %s", target->kind,
		strcmp(target->kind, target->name) ? target->name :
						     target->ending);
	comment(to, "  ", "found here: %s", target->found);
	comment(to, "",
		"It was found with kernel %s, seed %" PRIu64
		", mode %s, in %" PRIu64 " runs.",
		shrink->plan.kernel, shrink->seed,
		lab_mode_names[shrink->plan.mode], shrink->runs);
	if (shrink->seeds > 1)
		comment(to, "",
			"Of seeds %" PRIu64 " to %" PRIu64 ", %" PRIu64
			" fail so.",
			shrink->plan.seed,
			shrink->plan.seed + shrink->seeds - 1, shrink->failing);
	tell_taken(shrink, to);
	fputc('\n', to);
	lab_sections_write(&shrink->now, to);
}
