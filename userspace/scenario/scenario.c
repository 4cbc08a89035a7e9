// SPDX-License-Identifier: GPL-2.0-only
/*
 * scenario/scenario.c - what a scenario file says, parsed and checked.
 *
 * A scenario is a tree of files. The root says what is claimed and on which
 * guest; every file then adds its phases, those that it includes first. Each
 * file may be there once only: what a second time would add has names that
 * are taken, so that this one rule also rules out circles.
 */
#include "pressure/pressure.h"
#include "scenario.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <labyrinth.h>

#include "lib/diagnostics.h"
#include "fields.h"
#include "inherit.h"
#include "lib/alloc.h"
#include "phase.h"
#include "lib/ini.h"
#include "boot_memory.h"
#include "shape.h"
#include "source.h"
#include "lib/words.h"

#define WHY 1024
#define DEPTH_MAX 8

struct origin {
	char *identity; /* the canonical path */
	bool gave_phases; /* its phases were added, which happens once */
	bool open; /* is being read: an include that leads here is circular */
};

struct reading {
	struct lab_scenario *scenario;
	struct lab_complaints complaints;
	struct origin *origin; /* of scenario->sources */
};

static int set_text(void *target, const char *value, char *why, size_t size)
{
	char **text = target;

	if (!*value) {
		snprintf(why, size, "nothing; some text is needed");
		return -EINVAL;
	}
	free(*text);
	*text = xstrdup(value);
	return 0;
}

/* The target of the fields of [scenario]. */
struct heading {
	char *claim;
	char *include;
	char *inherit;
	char *regressions;
	uint64_t takes;
	uint64_t by_name;
};

static int set_claim(void *target, const char *value, char *why, size_t size)
{
	struct heading *heading = target;

	return set_text(&heading->claim, value, why, size);
}

static int set_include(void *target, const char *value, char *why, size_t size)
{
	struct heading *heading = target;

	return set_text(&heading->include, value, why, size);
}

static int set_inherit(void *target, const char *value, char *why, size_t size)
{
	struct heading *heading = target;

	return set_text(&heading->inherit, value, why, size);
}

static int set_regressions(void *target, const char *value, char *why,
			   size_t size)
{
	struct heading *heading = target;

	return set_text(&heading->regressions, value, why, size);
}

#define HEADING_NUMBER(key, field, kind, low, high)                     \
	.number = { key, LAB_KEY_##kind, .min = (low), .max = (high) }, \
	.offset = offsetof(struct heading, field)

const struct lab_field lab_scenario_fields[] = {
	{ "claim", "text", NULL, "required: what must hold, in a sentence",
	  .set = set_claim },
	{ "include", "names or paths", NULL,
	  "scenarios whose phases come before those of this one",
	  .set = set_include },
	{ "inherit", "a name or path", NULL,
	  "the file whose [guest] and [phase *] those of this one go on from",
	  .set = set_inherit },
	{ "regressions", "commits", NULL,
	  "rows of scenarios/regressions.list that this scenario would show if they came back",
	  .set = set_regressions },
	{ "takes", NULL, NULL, "wall time on two idle cores, for planning",
	  HEADING_NUMBER("takes", takes, SECONDS, 1, 86400) },
	{ "by-name", NULL, "N", "not a part of \"all\": runs when it is named",
	  HEADING_NUMBER("by-name", by_name, BOOL, 0, 1) },
	{},
};

static const char *const section_names[] = { "scenario", "guest", "phase NAME",
					     "phase *", NULL };

static const struct lab_field *find_field(const struct lab_field *fields,
					  const char *name)
{
	for (; fields->name; fields++)
		if (!strcmp(fields->name, name))
			return fields;
	return NULL;
}

static void unknown_field(const struct lab_field *fields, const char *key,
			  char *why, size_t size)
{
	const char *names[16] = {};
	char allowed[WHY];
	size_t n = 0;

	for (; fields->name && n < 15; fields++)
		names[n++] = fields->name;
	lab_name_unknown(names, key, allowed, sizeof(allowed));
	snprintf(why, size, "unknown key %s", allowed);
}

/* Sections whose keys are set once and inherit nothing. */
static void read_fields(struct reading *reading, struct lab_section *section,
			const struct lab_field *fields, void *target)
{
	char why[WHY + 16];
	size_t i;

	for (i = 0; i < section->nentries; i++) {
		struct lab_entry *entry = &section->entries[i];
		const struct lab_field *field = find_field(fields, entry->key);

		if (!field)
			unknown_field(fields, entry->key, why, sizeof(why));
		else if (!lab_field_set(field, target, entry->value, why,
					sizeof(why)))
			continue;
		lab_complain(&reading->complaints, entry->file, entry->line,
			     entry->key, "%s", why);
	}
}

static void preset_fields(const struct lab_field *fields, void *target)
{
	for (; fields->name; fields++)
		lab_field_preset(fields, target);
}

/* The one section of that name, or NULL; more than one is complained about. */
static struct lab_section *only_section(struct reading *reading,
					const char *file,
					const struct lab_sections *sections,
					const char *name)
{
	struct lab_section *only = NULL, *section;
	size_t i;

	for (i = 0; i < sections->count; i++) {
		section = &sections->section[i];
		if (strcmp(section->name, name) != 0)
			continue;
		if (only)
			lab_complain(&reading->complaints, file, section->line,
				     NULL, "[%s]: is there already, in line %u",
				     name, only->line);
		else
			only = section;
	}
	return only;
}

static void complain_guest(struct reading *reading, const char *file,
			   const struct lab_section *section, const char *key,
			   const char *why)
{
	const struct lab_entry *entry = lab_section_find(section, key);

	if (entry)
		lab_complain(&reading->complaints, entry->file, entry->line,
			     key, "%s", why);
	else
		lab_complain(&reading->complaints, file,
			     section->line ? section->line : 1, key, "%s", why);
}

/* What a file inherits. */
struct base {
	struct lab_section guest;
	struct lab_section defaults; /* [phase *] */
};

static void base_free(struct base *base)
{
	lab_section_free(&base->guest);
	lab_section_free(&base->defaults);
}

/* Distances have no default, because none fits all numbers of nodes. */
static void read_guest(struct reading *reading, const char *file,
		       const struct lab_sections *sections, struct base *base,
		       bool root)
{
	struct lab_section *section =
		only_section(reading, file, sections, "guest");
	struct lab_scenario *scenario = reading->scenario;
	unsigned int before = reading->complaints.count;
	struct lab_guest_fields fields = {};
	const char *key;
	char why[WHY];

	preset_fields(lab_guest_fields, &fields);
	if (section)
		lab_section_inherit(section, &base->guest);
	else
		section = &base->guest;
	read_fields(reading, section, lab_guest_fields, &fields);
	if (!root)
		return;
	scenario->deadline = fields.deadline;
	scenario->boot = fields.boot;
	/*
	 * After an error in [guest], use the defaults, so that phases are not
	 * reported as wrong too.
	 */
	if (before != reading->complaints.count) {
		scenario->shape = (struct lab_shape){ 64, 64 };
	} else if (lab_shape_make(&fields, &scenario->shape, &key, why,
				  sizeof(why))) {
		complain_guest(reading, file, section, key, why);
		scenario->shape = (struct lab_shape){ 64, 64 };
	} else if (lab_boot_fits(&scenario->boot,
				 lab_shape_memory(&scenario->shape), why,
				 sizeof(why))) {
		complain_guest(reading, file, section, "append", why);
		scenario->shape = (struct lab_shape){ 64, 64 };
	}
}

static void check_section_name(struct reading *reading, const char *file,
			       const struct lab_section *section)
{
	char why[WHY];

	if (!strcmp(section->name, "scenario") ||
	    !strcmp(section->name, "guest") ||
	    !strncmp(section->name, "phase ", strlen("phase ")))
		return;
	if (!strcmp(section->name, "phase")) {
		lab_complain(
			&reading->complaints, file, section->line, NULL,
			"[phase]: has no name; allowed: [phase NAME], or [phase *] for defaults");
		return;
	}
	lab_name_unknown(section_names, section->name, why, sizeof(why));
	lab_complain(&reading->complaints, file, section->line, NULL,
		     "[%s]: unknown section %s", section->name, why);
}

/* The section of a phase above the i-th, or NULL. */
static struct lab_section *phase_above(const struct lab_sections *sections,
				       size_t i, const char *name)
{
	while (i--) {
		struct lab_section *section = &sections->section[i];

		if (!strncmp(section->name, "phase ", strlen("phase ")) &&
		    !strcmp(section->name + strlen("phase "), name))
			return section;
	}
	return NULL;
}

static void follow_like(struct reading *reading,
			const struct lab_sections *sections, size_t i)
{
	struct lab_section *section = &sections->section[i];
	const struct lab_entry *like = lab_section_find(section, "like");
	const struct lab_section *above;

	if (!like)
		return;
	above = strcmp(like->value, "*") ?
			phase_above(sections, i, like->value) :
			NULL;
	if (above && strcmp(section->name, "phase *") != 0)
		lab_section_inherit(section, above);
	else
		lab_complain(
			&reading->complaints, like->file, like->line, "like",
			"\"%s\"; allowed: in a [phase NAME], the name of one above it in the same file",
			like->value);
}

static void read_phases(struct reading *reading, const char *file,
			const struct lab_sections *sections, struct base *base)
{
	struct lab_phase_reader reader = {
		.scenario = reading->scenario,
		.file = file,
		.complaints = &reading->complaints,
	};
	size_t i;

	lab_phase_defaults(&reader, &base->defaults);
	for (i = 0; i < sections->count; i++) {
		struct lab_section *section = &sections->section[i];
		const char *name = section->name + strlen("phase ");

		if (lab_complaints_full(&reading->complaints))
			return;
		check_section_name(reading, file, section);
		if (strncmp(section->name, "phase ", strlen("phase ")) != 0)
			continue;
		follow_like(reading, sections, i);
		if (!strcmp(name, "*"))
			lab_section_inherit(section, &base->defaults);
		if (!strcmp(name, "*"))
			lab_phase_defaults(&reader, section);
		else
			lab_phase_read(&reader, section, name);
	}
}

static void read_file(struct reading *reading, size_t number,
		      unsigned int depth);

static char *path_identity(const char *path)
{
	char *real = realpath(path, NULL);

	return real ? real : xstrdup(path);
}

/* Takes path and text over. Returns its number. */
static size_t add_source(struct reading *reading, const char *name, char *path,
			 char *text)
{
	struct lab_scenario *scenario = reading->scenario;
	size_t n = scenario->nsources;

	reading->origin = xgrow(reading->origin, n);
	reading->origin[n] = (struct origin){ .identity = path_identity(path) };
	scenario->sources = xgrow(scenario->sources, n);
	scenario->sources[n] = (struct lab_source){
		.path = path,
		.name = xstrdup(name),
		.text = text,
	};
	scenario->nsources++;
	return n;
}

/*
 * The number of the source, or that of the next one when it is not there yet.
 */
static size_t find_source(const struct reading *reading, const char *path)
{
	char *identity = path_identity(path);
	size_t i;

	for (i = 0; i < reading->scenario->nsources; i++)
		if (!strcmp(identity, reading->origin[i].identity))
			break;
	free(identity);
	return i;
}

/*
 * Includes are relative to the including file, so that a folder of scenarios
 * can be moved. A plain name is looked for there first and then in all folders.
 */
static char *include_path(const char *file, const char *name)
{
	const char *slash = strrchr(file, '/');
	int folder = slash ? (int)(slash - file) + 1 : 0;
	char *path, *found;

	if (*name == '/')
		return xstrdup(name);
	if (lab_source_is_path(name))
		return xasprintf("%.*s%s", folder, file, name);
	path = xasprintf("%.*s%s.ini", folder, file, name);
	if (!access(path, F_OK))
		return path;
	found = lab_source_find(name);
	if (!found)
		return path;
	free(path);
	return found;
}

static bool take_source(struct reading *reading, const struct lab_entry *entry,
			const char *name, size_t *number)
{
	char *path = include_path(entry->file, name), *text;
	char why[WHY];

	*number = find_source(reading, path);
	if (*number < reading->scenario->nsources) {
		free(path);
		return true;
	}
	if (lab_source_read(path, &text, why, sizeof(why))) {
		lab_complain(&reading->complaints, entry->file, entry->line,
			     entry->key, "\"%s\": %s %s", name, path, why);
		free(path);
		return false;
	}
	*number = add_source(reading, name, path, text);
	return true;
}

/*
 * Opens a file that another one names: returns its number among the sources, or
 * reports an error.
 */
static bool open_other(struct reading *reading, const struct lab_entry *entry,
		       const char *name, unsigned int depth, size_t *number)
{
	struct lab_complaints *complaints = &reading->complaints;
	const struct origin *origin;
	char *path;

	if (depth > DEPTH_MAX) {
		lab_complain(complaints, entry->file, entry->line, entry->key,
			     "\"%s\" is too deep; at most %d files deep", name,
			     DEPTH_MAX);
		return false;
	}
	if (!take_source(reading, entry, name, number))
		return false;
	origin = &reading->origin[*number];
	if (!origin->open &&
	    !(origin->gave_phases && !strcmp(entry->key, "include")))
		return true;
	path = include_path(entry->file, name);
	lab_complain(
		complaints, entry->file, entry->line, entry->key,
		"\"%s\" (%s) is part of the scenario already; once is enough, and never in a circle",
		name, path);
	free(path);
	return false;
}

static void include(struct reading *reading, const struct lab_entry *entry,
		    const char *name, unsigned int depth)
{
	size_t number;

	if (open_other(reading, entry, name, ++depth, &number))
		read_file(reading, number, depth);
}

static void include_all(struct reading *reading,
			const struct lab_section *section, unsigned int depth)
{
	const struct lab_entry *entry = lab_section_find(section, "include");
	struct lab_words words;
	size_t i;

	lab_words_split(entry->value, &words);
	for (i = 0; i < words.count; i++)
		if (!lab_complaints_full(&reading->complaints))
			include(reading, entry, words.word[i], depth);
	lab_words_free(&words);
}

static struct lab_section take_section(struct reading *reading,
				       const char *file,
				       const struct lab_sections *sections,
				       const char *name,
				       const struct lab_section *from)
{
	struct lab_section taken = { .name = xstrdup(name), .line = 1 };
	struct lab_section *section =
		only_section(reading, file, sections, name);

	lab_section_inherit(&taken, from);
	if (!section)
		return taken;
	lab_section_inherit(section, &taken);
	lab_section_free(&taken);
	taken = (struct lab_section){
		.name = xstrdup(name),
		.line = section->line,
		.entries = section->entries,
		.nentries = section->nentries,
	};
	section->entries = NULL;
	section->nentries = 0;
	return taken;
}

/* The [scenario] of a base needs nothing but what it inherits itself. */
static void read_base(struct reading *reading, const struct lab_entry *entry,
		      unsigned int depth, struct base *base)
{
	const struct lab_entry *inherit = NULL;
	struct lab_sections sections;
	struct lab_section *heading;
	const struct lab_source *source;
	struct base above = {};
	const char *path;
	size_t number;

	if (!open_other(reading, entry, entry->value, ++depth, &number))
		return;
	reading->origin[number].open = true;
	source = &reading->scenario->sources[number];
	path = source->path;
	lab_sections_read(path, source->text, &reading->complaints, &sections);
	heading = only_section(reading, path, &sections, "scenario");
	if (heading)
		inherit = lab_section_find(heading, "inherit");
	if (inherit)
		read_base(reading, inherit, depth, &above);
	base->guest =
		take_section(reading, path, &sections, "guest", &above.guest);
	base->defaults = take_section(reading, path, &sections, "phase *",
				      &above.defaults);
	base_free(&above);
	lab_sections_free(&sections);
	reading->origin[number].open = false;
}

static struct lab_section *read_heading(struct reading *reading,
					const char *file,
					const struct lab_sections *sections,
					struct heading *heading)
{
	struct lab_section *section =
		only_section(reading, file, sections, "scenario");

	*heading = (struct heading){};
	preset_fields(lab_scenario_fields, heading);
	if (!section)
		lab_complain(
			&reading->complaints, file, 1, NULL,
			"[scenario]: is missing; it has to say claim = ...");
	else
		read_fields(reading, section, lab_scenario_fields, heading);
	if (section && !heading->claim)
		lab_complain(
			&reading->complaints, file, section->line, NULL,
			"[scenario]: has no claim; say in a sentence what must hold");
	return section;
}

static void keep_heading(struct lab_scenario *scenario, struct heading *heading)
{
	scenario->claim = heading->claim;
	scenario->regressions = heading->regressions;
	scenario->takes = heading->takes;
	scenario->by_name = heading->by_name;
	heading->claim = NULL;
	heading->regressions = NULL;
}

static void read_sections(struct reading *reading, const char *file,
			  const struct lab_sections *sections,
			  unsigned int depth)
{
	struct lab_complaints *complaints = &reading->complaints;
	size_t before = reading->scenario->nphases;
	struct lab_section *section;
	struct heading heading;
	struct base base = {};

	section = read_heading(reading, file, sections, &heading);
	if (heading.inherit)
		read_base(reading, lab_section_find(section, "inherit"), depth,
			  &base);
	read_guest(reading, file, sections, &base, !depth);
	if (heading.include)
		include_all(reading, section, depth);
	read_phases(reading, file, sections, &base);
	base_free(&base);
	if (before == reading->scenario->nphases && !complaints->count)
		lab_complain(
			complaints, file, 1, NULL,
			"[phase]: there is none; at least one is needed, here or in an include");
	if (!depth)
		keep_heading(reading->scenario, &heading);
	free(heading.claim);
	free(heading.regressions);
	free(heading.include);
	free(heading.inherit);
}

static void read_file(struct reading *reading, size_t number,
		      unsigned int depth)
{
	/* A copy, because reading adds sources and moves the list. */
	const struct lab_source source = reading->scenario->sources[number];
	struct lab_sections sections;

	reading->origin[number].open = true;
	reading->origin[number].gave_phases = true;
	lab_sections_read(source.path, source.text, &reading->complaints,
			  &sections);
	read_sections(reading, source.path, &sections, depth);
	lab_sections_free(&sections);
	reading->origin[number].open = false;
}

static struct lab_scenario *parse(const char *name, const char *path,
				  const char *text, bool quiet)
{
	struct lab_scenario *scenario = xcheck(calloc(1, sizeof(*scenario)));
	struct reading reading = {
		.scenario = scenario,
		.complaints = { .quiet = quiet },
	};
	bool faulty;
	size_t i;

	scenario->name = xstrdup(name);
	add_source(&reading, name, xstrdup(path), xstrdup(text));
	read_file(&reading, 0, 0);
	faulty = lab_complaints_end(&reading.complaints);

	for (i = 0; i < scenario->nsources; i++)
		free(reading.origin[i].identity);
	free(reading.origin);
	if (!faulty)
		return scenario;
	lab_scenario_free(scenario);
	return NULL;
}

struct lab_scenario *lab_scenario_parse(const char *name, const char *path,
					const char *text)
{
	return parse(name, path, text, false);
}

struct lab_scenario *lab_scenario_try(const char *name, const char *path,
				      const char *text)
{
	return parse(name, path, text, true);
}

static void complain_not_found(const char *name)
{
	char *folders = lab_source_folders(), **paths;
	const char **names;
	const char *suggestion;
	size_t count, i;

	lab_scenario_names(&paths, &count);
	names = xcheck(calloc(count + 1, sizeof(*names)));
	for (i = 0; i < count; i++)
		names[i] = lab_source_name(paths[i]);
	suggestion = lab_name_suggest(names, name);
	if (suggestion)
		fprintf(stderr,
			"%s: no such scenario, did you mean \"%s\"?; looked in %s\n",
			name, suggestion, folders);
	else
		fprintf(stderr,
			"%s: no such scenario; looked in %s; a path has a '/' or ends in .ini\n",
			name, folders);
	for (i = 0; i < count; i++) {
		free((char *)names[i]);
		free(paths[i]);
	}
	free(names);
	free(paths);
	free(folders);
}

struct lab_scenario *lab_scenario_load(const char *name)
{
	struct lab_scenario *scenario = NULL;
	char *path, *text, *short_name;
	char why[WHY];

	path = lab_source_is_path(name) ? xstrdup(name) : lab_source_find(name);
	if (!path) {
		complain_not_found(name);
		return NULL;
	}
	short_name = lab_source_name(path);
	if (lab_source_read(path, &text, why, sizeof(why))) {
		fprintf(stderr, "%s: %s\n", path, why);
	} else {
		scenario = lab_scenario_parse(short_name, path, text);
		free(text);
	}
	free(short_name);
	free(path);
	return scenario;
}

void lab_scenario_free(struct lab_scenario *scenario)
{
	size_t i;

	if (!scenario)
		return;
	for (i = 0; i < scenario->nphases; i++)
		lab_phase_free(&scenario->phases[i]);
	for (i = 0; i < scenario->nsources; i++) {
		free(scenario->sources[i].path);
		free(scenario->sources[i].name);
		free(scenario->sources[i].text);
	}
	free(scenario->phases);
	free(scenario->sources);
	free(scenario->claim);
	free(scenario->regressions);
	free(scenario->name);
	free(scenario);
}

bool lab_phase_is_pressed(const struct lab_phase *phase)
{
	return phase->npresses && phase->press[0].pressure->keys;
}

const struct lab_victim_ops *
lab_scenario_victim(const struct lab_scenario *scenario)
{
	size_t i;

	for (i = 0; i < scenario->nphases; i++)
		if (scenario->phases[i].victim.ops)
			return scenario->phases[i].victim.ops;
	return NULL;
}

bool lab_phase_presses(const struct lab_phase *phase,
		       const struct lab_pressure *pressure)
{
	size_t i;

	for (i = 0; i < phase->npresses; i++)
		if (phase->press[i].pressure == pressure)
			return true;
	return false;
}
