/* SPDX-License-Identifier: GPL-2.0-only */
/* lib/ini_write.h - makes, changes and writes the sections of lib/ini.h. */
#ifndef LAB_INI_WRITE_H
#define LAB_INI_WRITE_H

#include <stdio.h>

#include "ini.h"

/* Adds an empty section at the end; valid until the next is added. */
struct lab_section *lab_sections_add(struct lab_sections *sections,
				     const char *name);
void lab_sections_drop(struct lab_sections *sections, size_t section);
void lab_sections_copy(const struct lab_sections *from,
		       struct lab_sections *to);

/* Adds an entry at the end, whether or not there is one with this key. */
void lab_section_add(struct lab_section *section, const char *key,
		     const char *value);
/* Replaces the value of the key, or adds it. */
void lab_section_put(struct lab_section *section, const char *key,
		     const char *value);
void lab_section_drop(struct lab_section *section, size_t entry);

/*
 * Long values go on in further lines, as lib/ini.h reads them. Those of "expect"
 * do not, because there a further line is another one.
 */
void lab_sections_write(const struct lab_sections *sections, FILE *to);
/* The same as a text: malloc()ed. */
char *lab_sections_text(const struct lab_sections *sections);

#endif /* LAB_INI_WRITE_H */
