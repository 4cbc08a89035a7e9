// SPDX-License-Identifier: GPL-2.0-only
/* scenario/write.c - see scenario/write.h. */
#include "write.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fields.h"
#include "inject/inject.h"
#include "lib/alloc.h"
#include "lib/ini_write.h"
#include "log/log.h"
#include "phase.h"
#include "pressure/pressure.h"
#include "shape.h"
#include "victim/victim.h"
#include "sys/names.h"

/* "a b" of what was there and one word more; "" is nothing. */
static void append(char **text, const char *word)
{
	char *longer = xasprintf("%s%s%s", *text, **text ? " " : "", word);

	free(*text);
	*text = longer;
}

static void append_number(char **text, uint64_t number)
{
	char word[24];

	snprintf(word, sizeof(word), "%" PRIu64, number);
	append(text, word);
}

/* "none" where that is the word for an empty set. */
static char *named_set(uint64_t set, const char *const *names)
{
	char *text = xstrdup("");
	unsigned int i;

	for (i = 0; names[i]; i++)
		if (set >> i & 1)
			append(&text, names[i]);
	if (!*text)
		append(&text, "none");
	return text;
}

static char *numbered_set(uint64_t set, const char *empty)
{
	char *text = xstrdup("");
	unsigned int i;

	for (i = 0; i < 64; i++)
		if (set >> i & 1)
			append_number(&text, i);
	if (!*text)
		append(&text, empty);
	return text;
}

static char *contexts(const struct lab_phase *phase)
{
	return named_set(phase->contexts, lab_context_names);
}

static char *apis(const struct lab_phase *phase)
{
	return named_set(phase->apis, lab_api_names);
}

static char *orders(const struct lab_phase *phase)
{
	return numbered_set(phase->orders, "");
}

static char *gfps(const struct lab_phase *phase)
{
	char *text = xstrdup("");
	size_t i;

	for (i = 0; i < phase->ngfps; i++)
		append(&text, phase->gfps[i].words);
	return text;
}

static char *nodes(const struct lab_phase *phase)
{
	char *text = xstrdup("");
	size_t i;

	for (i = 0; i < phase->nnodes; i++)
		if (phase->nodes[i] == LAB_NODE_ANY)
			append(&text, "any");
		else
			append_number(&text, phase->nodes[i]);
	return text;
}

static char *cpus(const struct lab_phase *phase)
{
	return numbered_set(phase->cpus, "all");
}

static char *pattern(const struct lab_phase *phase)
{
	return xstrdup(lab_pattern_names[phase->pattern]);
}

static char *free_first(const struct lab_phase *phase)
{
	return xstrdup(lab_victim_names[phase->free_first]);
}

static char *turns(const struct lab_phase *phase)
{
	return xstrdup(phase->in_turn ? "in-turn" : "together");
}

static char *look(const struct lab_phase *phase)
{
	return xstrdup(phase->blind ? "no" : "yes");
}

static char *bind_nodes(const struct lab_phase *phase)
{
	return numbered_set(phase->bind, "none");
}

static char *oracles(const struct lab_phase *phase)
{
	return named_set(phase->oracles, lab_oracle_names);
}

static char *log_kinds(const struct lab_phase *phase)
{
	return named_set(phase->log, lab_log_names);
}

static char *injector(const struct lab_phase *phase)
{
	return xstrdup(phase->injector->name);
}

static char *schedule(const struct lab_phase *phase)
{
	char *text = xstrdup("");
	unsigned int i;

	for (i = 0; i < phase->nschedule; i++)
		append_number(&text, phase->schedule[i]);
	return text;
}

static char *pressures(const struct lab_phase *phase)
{
	char *text = xstrdup("");
	size_t i;

	for (i = 0; i < phase->npresses; i++)
		append(&text, phase->press[i].pressure->name);
	return text;
}

static char *victim(const struct lab_phase *phase)
{
	return phase->victim.ops ? lab_victim_words(phase->victim.ops,
						    phase->victim.layers) :
				   xstrdup("none");
}

/*
 * Keys that hold something else than a number, which lab_phase_fields tells how
 * to write. "like" is resolved and "expect" is repeated: neither is here.
 */
static const struct {
	const char *key;
	char *(*text)(const struct lab_phase *phase);
} texts[] = {
	{ "context", contexts },  { "api", apis },
	{ "order", orders },	  { "gfp", gfps },
	{ "node", nodes },	  { "cpu", cpus },
	{ "pattern", pattern },	  { "free-first", free_first },
	{ "turns", turns },	  { "look", look },
	{ "bind", bind_nodes },	  { "oracles", oracles },
	{ "log", log_kinds },	  { "inject", injector },
	{ "schedule", schedule }, { "pressure", pressures },
	{ "victim", victim },
};

static char *number_text(const struct lab_field *field, const void *target)
{
	char text[LAB_KEY_TEXT];

	lab_key_value(&field->number,
		      *(const uint64_t *)((const char *)target + field->offset),
		      text, sizeof(text));
	return xstrdup(text);
}

/* The value of a key, or NULL for one that is no value of a phase. */
static char *field_text(const struct lab_field *field,
			const struct lab_phase *phase)
{
	size_t i;

	if (!field->set)
		return number_text(field, phase);
	for (i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		if (!strcmp(texts[i].key, field->name))
			return texts[i].text(phase);
	return NULL;
}

/* What a phase reads best with even where it is the default. */
static bool always_said(const char *key)
{
	return !strcmp(key, "context") || !strcmp(key, "shots");
}

static void add_settings(struct lab_section *section, const char *owner,
			 const struct lab_setting *settings)
{
	char value[LAB_KEY_TEXT], *key;
	size_t i;

	for (i = 0; i < LAB_MAX_SETTINGS && settings[i].key; i++) {
		if (!settings[i].given)
			continue;
		lab_key_value(settings[i].key, settings[i].number, value,
			      sizeof(value));
		key = xasprintf("%s.%s", owner, settings[i].key->name);
		lab_section_add(section, key,
				settings[i].text ? settings[i].text : value);
		free(key);
	}
}

/* The settings follow what they are of. */
static void add_owned(struct lab_section *section, const char *key,
		      const struct lab_phase *phase)
{
	size_t i;

	if (!strcmp(key, "inject"))
		add_settings(section, "inject", phase->inject);
	if (!strcmp(key, "victim"))
		add_settings(section, "victim", phase->victim.settings);
	for (i = 0; !strcmp(key, "pressure") && i < phase->npresses; i++)
		add_settings(section, phase->press[i].pressure->name,
			     phase->press[i].settings);
}

static void add_fields(struct lab_section *section,
		       const struct lab_phase *phase,
		       const struct lab_phase *preset)
{
	const struct lab_field *field;
	char *text, *usual;

	for (field = lab_phase_fields; field->name; field++) {
		text = field_text(field, phase);
		if (!text)
			continue;
		usual = field_text(field, preset);
		if (*text &&
		    (always_said(field->name) || strcmp(text, usual) != 0))
			lab_section_add(section, field->name, text);
		add_owned(section, field->name, phase);
		free(usual);
		free(text);
	}
}

static struct lab_phase preset_phase(bool blind)
{
	const struct lab_field *field;
	struct lab_phase preset = {};

	for (field = lab_phase_fields; field->name; field++)
		lab_field_preset(field, &preset);
	/* As the reader has it: see make_fields() in scenario/phase.c. */
	if (blind)
		preset.oracles &= ~(uint64_t)LAB_ORACLES_OF_STATE;
	return preset;
}

static bool is_taken(const struct lab_sections *sections, const char *name)
{
	size_t i;

	for (i = 0; i < sections->count; i++)
		if (!strcmp(sections->section[i].name, name))
			return true;
	return false;
}

static char *phase_heading(const struct lab_sections *sections,
			   const struct lab_phase *phase)
{
	char *heading = xasprintf("phase %s", phase->name), *at, *first;
	unsigned int n = 2;

	for (at = heading + strlen("phase "); *at; at++)
		*at = isalnum((unsigned char)*at) ?
			      (char)tolower((unsigned char)*at) :
			      '-';
	while (at[-1] == '-')
		*--at = '\0';
	first = xstrdup(heading);
	while (is_taken(sections, heading)) {
		free(heading);
		heading = xasprintf("%s-%u", first, n++);
	}
	free(first);
	return heading;
}

static void add_phase(struct lab_sections *sections,
		      const struct lab_phase *phase)
{
	char *heading = phase_heading(sections, phase);
	struct lab_phase preset = preset_phase(phase->blind);
	struct lab_section *section = lab_sections_add(sections, heading);
	size_t i;

	add_fields(section, phase, &preset);
	for (i = 0; i < phase->nexpects; i++)
		lab_section_add(section, LAB_REPEATABLE,
				phase->expects[i].words);
	lab_phase_free(&preset);
	free(heading);
}

/* One number where it makes the same machine, else one of each node. */
static char *cpus_of(const struct lab_shape *shape)
{
	const struct lab_shape plain =
		lab_shape_plain(shape->nodes, shape->cpus, 0);
	char *text = xstrdup("");
	bool spread = true;
	unsigned int i;

	for (i = 0; i < shape->nodes; i++) {
		spread &= plain.node[i].cpus == shape->node[i].cpus;
		append_number(&text, shape->node[i].cpus);
	}
	if (spread) {
		free(text);
		text = xasprintf("%u", shape->cpus);
	}
	return text;
}

static char *memory_of(const struct lab_shape *shape)
{
	static const struct lab_key bytes = { .type = LAB_KEY_BYTES };
	char word[LAB_KEY_TEXT], *text = xstrdup("");
	bool same = true;
	unsigned int i;

	for (i = 0; i < shape->nodes; i++)
		same &= shape->node[i].memory == shape->node[0].memory;
	for (i = 0; i < (same ? 1 : shape->nodes); i++) {
		lab_key_value(&bytes, shape->node[i].memory, word,
			      sizeof(word));
		append(&text, word);
	}
	return text;
}

static char *distances_of(const struct lab_shape *shape)
{
	char *text = xstrdup("");
	unsigned int i, j;

	for (i = 0; i < shape->nodes; i++)
		for (j = 0; j < shape->nodes; j++)
			append_number(&text, shape->node[i].distance[j]);
	return text;
}

/* Takes the value over. */
static void put(struct lab_section *section, const char *key, char *value)
{
	if (*value)
		lab_section_add(section, key, value);
	free(value);
}

static void add_guest(struct lab_sections *sections,
		      const struct lab_scenario *scenario)
{
	struct lab_section *section = lab_sections_add(sections, "guest");
	const struct lab_shape *shape = &scenario->shape;

	put(section, "cpus", cpus_of(shape));
	put(section, "nodes", xasprintf("%u", shape->nodes));
	put(section, "memory", memory_of(shape));
	if (shape->distant)
		put(section, "distance", distances_of(shape));
	put(section, "deadline", xasprintf("%" PRIu64 "s", scenario->deadline));
	put(section, "append", xstrdup(scenario->boot.append));
	put(section, "cpu", xstrdup(scenario->boot.cpu));
	put(section, "machine", xstrdup(scenario->boot.machine));
}

void lab_scenario_sections(const struct lab_scenario *scenario,
			   struct lab_sections *sections)
{
	struct lab_section *heading;
	size_t i;

	*sections = (struct lab_sections){};
	heading = lab_sections_add(sections, "scenario");
	lab_section_add(heading, "claim", scenario->claim);
	add_guest(sections, scenario);
	for (i = 0; i < scenario->nphases; i++)
		add_phase(sections, &scenario->phases[i]);
}
