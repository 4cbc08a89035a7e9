// SPDX-License-Identifier: GPL-2.0-only
/* scenario/inherit.c - see scenario/inherit.h. */
#include "inherit.h"

#include <string.h>

#include "lib/alloc.h"

static const char *value_of(const struct lab_section *section, const char *key)
{
	const struct lab_entry *entry = lab_section_find(section, key);

	return entry ? entry->value : "none";
}

/*
 * Does the key belong to another injector, pressure or victim than those of the
 * section? "inject.times" set for one injector is meaningless for another.
 */
static bool owner_differs(const struct lab_section *section,
			  const struct lab_section *from, const char *key)
{
	const char *owner = "pressure";

	if (!strncmp(key, "inject.", strlen("inject.")))
		owner = "inject";
	else if (!strncmp(key, "victim.", strlen("victim.")))
		owner = "victim";
	return strchr(key, '.') && lab_section_find(section, owner) &&
	       strcmp(value_of(section, owner), value_of(from, owner)) != 0;
}

static bool takes(const struct lab_section *section,
		  const struct lab_section *from, const char *key)
{
	if (!strcmp(key, LAB_REPEATABLE))
		return true;
	return !lab_section_find(section, key) &&
	       !owner_differs(section, from, key);
}

static struct lab_entry copy_of(const struct lab_entry *entry)
{
	return (struct lab_entry){
		.key = xstrdup(entry->key),
		.value = xstrdup(entry->value),
		.file = entry->file,
		.line = entry->line,
		.faulty = entry->faulty,
	};
}

void lab_section_inherit(struct lab_section *section,
			 const struct lab_section *from)
{
	struct lab_entry *entries = NULL;
	size_t i, n = 0;

	for (i = 0; i < from->nentries; i++) {
		if (!takes(section, from, from->entries[i].key))
			continue;
		entries = xgrow(entries, n);
		entries[n++] = copy_of(&from->entries[i]);
	}
	for (i = 0; i < section->nentries; i++) {
		entries = xgrow(entries, n);
		entries[n++] = section->entries[i];
	}
	free(section->entries);
	section->entries = entries;
	section->nentries = n;
}
