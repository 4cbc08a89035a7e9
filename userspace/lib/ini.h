/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lib/ini.h - an INI text as a list of sections with their keys and line
 * numbers.
 *
 * It knows the syntax of the file, and no names of sections or keys but
 * "expect".
 */
#ifndef LAB_INI_H
#define LAB_INI_H

#include <stdbool.h>
#include <stddef.h>

struct lab_complaints;

#define LAB_REPEATABLE "expect" /* the one key that may come again */

/*
 * A continuation line belongs to the value, parted by a blank; for "expect",
 * the one key that may come repeatedly, it is an entry of its own.
 */
struct lab_entry {
	char *key;
	char *value;
	const char *file; /* that it is in; belongs to the scenario */
	unsigned int line;
	bool faulty; /* an error was reported for it already */
};

struct lab_section {
	char *name; /* with blanks collapsed: "phase quiet" */
	unsigned int line;
	struct lab_entry *entries;
	size_t nentries;
};

/* The first entry of a key, or NULL. */
struct lab_entry *lab_section_find(const struct lab_section *section,
				   const char *key);

struct lab_sections {
	struct lab_section *section;
	size_t count;
};

void lab_sections_read(const char *path, const char *text,
		       struct lab_complaints *complaints,
		       struct lab_sections *sections);
void lab_section_free(struct lab_section *section);
void lab_sections_free(struct lab_sections *sections);

#endif /* LAB_INI_H */
