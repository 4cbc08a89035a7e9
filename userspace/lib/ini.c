// SPDX-License-Identifier: GPL-2.0-only
/*
 * lib/ini.c - an INI text as a list of sections with lines and keys.
 *
 * libinih parses; the lines reach it through a reader of ours, because three
 * things are needed that it does not tell:
 *
 * - The number of a line. It asks for one line, hands over what it found in
 *   it, and only then asks for the next. So the reader's count is right
 *   whenever the handler runs.
 * - That a section begins, even one without keys or named as the one before.
 *   The reader lets a made-up key follow each heading to announce it.
 * - Each line that it could not read, not just the first. The reader looks
 *   back: a line with something on it that the handler saw nothing of.
 */
#include "ini.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <ini.h>

#include "diagnostics.h"
#include "alloc.h"

#define ENTRIES_MAX 1000
#define HEADING_MAX \
	49 /* the size of the buffer of libinih; it truncates longer lines */
#define LENGTH_MAX 197 /* what its documentation promises of a line */

enum line_kind {
	LINE_NOTHING, /* blank, a comment, or complained about */
	LINE_KEY,
	LINE_CONTINUED,
	LINE_HEADING, /* the handler is not called for it */
	LINE_ANNOUNCEMENT, /* of the heading before it: no line of the file */
};

struct reader {
	const char *path;
	const char *next; /* what was not read yet */
	unsigned int line; /* of what was read last */
	enum line_kind kind;
	bool seen; /* by the handler */
	bool lost; /* in a section whose heading was complained about */
	enum {
		NO_KEY,
		JOINS,
		WRONG_KEY
	} above; /* what a continuation line would belong to */
	struct lab_complaints *complaints;
	struct lab_sections *sections;
};

static struct lab_section *last_section(struct reader *reader)
{
	struct lab_sections *sections = reader->sections;

	return sections->count ? &sections->section[sections->count - 1] : NULL;
}

static const char *skip_blanks(const char *text)
{
	return text + strspn(text, " \t\r");
}

/* A heading is one "[", a name and one "]", and nothing else. */
static const char *heading_fault(const char *line)
{
	const char *end = strchr(line, ']');
	const char *rest;

	if (*line != '[')
		return "a heading is indented; it must start its line";
	if (!end)
		return "a heading has no ']'";
	if (end - line - 1 > HEADING_MAX)
		return "a heading is too long; at most 49 characters";
	rest = skip_blanks(end + 1);
	if (*rest && !strchr(";#", *rest))
		return "something follows the ']' of a heading";
	return NULL;
}

static const char *character_fault(const char *line)
{
	for (; *line; line++)
		if (iscntrl((unsigned char)*line) && *line != '\t' &&
		    (*line != '\r' || line[1]))
			return "a control character; this is no text file";
	return NULL;
}

static const char *line_fault(const char *line, size_t size)
{
	/* libinih would parse the rest as another line. */
	if (strlen(line) > LENGTH_MAX || strlen(line) + sizeof("\n") > size)
		return "the line is too long; at most 197 characters, but values go on in lines that begin with a blank";
	if (*skip_blanks(line) == '[')
		return heading_fault(line);
	return character_fault(line);
}

static enum line_kind line_kind(const char *line)
{
	const char *start = skip_blanks(line);

	if (!*start || strchr(";#", *start))
		return LINE_NOTHING;
	if (*start == '[')
		return LINE_HEADING;
	return start > line ? LINE_CONTINUED : LINE_KEY;
}

static void look_back(struct reader *reader)
{
	if (reader->seen)
		return;
	if (reader->kind != LINE_KEY && reader->kind != LINE_CONTINUED)
		return;
	lab_complain(reader->complaints, reader->path, reader->line, NULL,
		     "neither a [section] nor KEY = VALUE nor a # comment");
	reader->above = WRONG_KEY;
}

static void take_line(struct reader *reader, char *line, size_t size)
{
	size_t length = strcspn(reader->next, "\n");
	char *copy = xcheck(strndup(reader->next, length));
	const char *fault, *start = copy;

	reader->next += length + (reader->next[length] == '\n');
	reader->line++;
	if (reader->line == 1 && !strncmp(copy, "\xef\xbb\xbf", 3))
		start += 3;
	fault = line_fault(start, size);
	reader->kind = fault ? LINE_NOTHING : line_kind(start);
	if (fault) {
		lab_complain(reader->complaints, reader->path, reader->line,
			     NULL, "%s", fault);
		reader->lost |= *skip_blanks(start) == '[';
		reader->above = WRONG_KEY;
		start = "";
	}
	snprintf(line, size, "%s\n", start);
	free(copy);
}

static char *read_line(char *line, int size, void *stream)
{
	struct reader *reader = stream;

	look_back(reader);
	reader->seen = false;
	if (reader->kind == LINE_HEADING) {
		reader->kind = LINE_ANNOUNCEMENT;
		snprintf(line, size, "announce=\n");
		return line;
	}
	if (!*reader->next || lab_complaints_full(reader->complaints))
		return NULL;
	take_line(reader, line, size);
	return line;
}

static char *collapse_blanks(const char *text)
{
	char *name = xstrdup(text), *to = name;

	for (; *text; text++)
		if (!isspace((unsigned char)*text))
			*to++ = *text;
		else if (to > name && to[-1] != ' ')
			*to++ = ' ';
	if (to > name && to[-1] == ' ')
		to--;
	*to = '\0';
	return name;
}

static void open_section(struct reader *reader, const char *name)
{
	struct lab_sections *sections = reader->sections;

	sections->section = xgrow(sections->section, sections->count);
	sections->section[sections->count++] = (struct lab_section){
		.name = collapse_blanks(name),
		.line = reader->line,
	};
	reader->above = NO_KEY;
	reader->lost = false;
}

struct lab_entry *lab_section_find(const struct lab_section *section,
				   const char *key)
{
	size_t i;

	for (i = 0; i < section->nentries; i++)
		if (!strcmp(section->entries[i].key, key))
			return &section->entries[i];
	return NULL;
}

static void add_entry(struct reader *reader, const char *key, const char *value)
{
	struct lab_section *section = last_section(reader);

	section->entries = xgrow(section->entries, section->nentries);
	section->entries[section->nentries++] = (struct lab_entry){
		.key = xstrdup(key),
		.value = xstrdup(value),
		.file = reader->path,
		.line = reader->line,
	};
}

static const char *key_fault(struct reader *reader, const char *key)
{
	const struct lab_section *section = last_section(reader);

	if (!section)
		return "belongs to no section; a heading in brackets comes first";
	if (!*key)
		return "a value without a key; KEY = VALUE";
	if (section->nentries == ENTRIES_MAX)
		return "too many keys in one section";
	return NULL;
}

static void take_key(struct reader *reader, const char *key, const char *value)
{
	const char *fault = key_fault(reader, key);
	const struct lab_entry *first = NULL;

	if (!fault && strcmp(key, LAB_REPEATABLE) != 0)
		first = lab_section_find(last_section(reader), key);
	if (fault)
		lab_complain(reader->complaints, reader->path, reader->line,
			     *key ? key : NULL, "%s", fault);
	if (first)
		lab_complain(reader->complaints, reader->path, reader->line,
			     key, "is set already, in line %u", first->line);
	reader->above = fault || first ? WRONG_KEY : JOINS;
	if (!fault && !first)
		add_entry(reader, key, value);
}

static void take_continuation(struct reader *reader, const char *key,
			      const char *value)
{
	struct lab_section *section = last_section(reader);
	struct lab_entry *entry;
	char *longer;

	if (!strcmp(key, LAB_REPEATABLE)) {
		take_key(reader, key, value);
		return;
	}
	entry = &section->entries[section->nentries - 1];
	longer = xasprintf("%s%s%s", entry->value, *entry->value ? " " : "",
			   value);
	free(entry->value);
	entry->value = longer;
}

/*
 * A continuation of a wrong key was reported with the key. This reports one
 * that follows no key at all.
 */
static void complain_orphan(struct reader *reader)
{
	if (reader->above == NO_KEY)
		lab_complain(
			reader->complaints, reader->path, reader->line, NULL,
			"the line is indented, but there is no key above that it could go on with");
}

static int handle(void *user, const char *heading, const char *key,
		  const char *value)
{
	struct reader *reader = user;

	reader->seen = true;
	if (reader->kind == LINE_ANNOUNCEMENT)
		open_section(reader, heading);
	else if (reader->lost)
		return 1;
	else if (reader->kind == LINE_KEY)
		take_key(reader, key, value);
	else if (reader->above == JOINS)
		take_continuation(reader, key, value);
	else
		complain_orphan(reader);
	return 1;
}

void lab_sections_read(const char *path, const char *text,
		       struct lab_complaints *complaints,
		       struct lab_sections *sections)
{
	struct reader reader = {
		.path = path,
		.next = text,
		.complaints = complaints,
		.sections = sections,
	};

	*sections = (struct lab_sections){};
	/*
	 * Parse errors were reported by the reader, so the result is not
	 * needed.
	 */
	ini_parse_stream(read_line, &reader, handle, &reader);
}

void lab_section_free(struct lab_section *section)
{
	size_t i;

	for (i = 0; i < section->nentries; i++) {
		free(section->entries[i].key);
		free(section->entries[i].value);
	}
	free(section->entries);
	free(section->name);
	*section = (struct lab_section){};
}

void lab_sections_free(struct lab_sections *sections)
{
	size_t i;

	for (i = 0; i < sections->count; i++)
		lab_section_free(&sections->section[i]);
	free(sections->section);
	*sections = (struct lab_sections){};
}
