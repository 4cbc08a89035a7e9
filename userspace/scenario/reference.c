// SPDX-License-Identifier: GPL-2.0-only
/* scenario/reference.c - see scenario/reference.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "inject/inject.h"
#include "lib/option_value.h"
#include "pressure/pressure.h"
#include "victim/victim.h"
#include "fields.h"
#include "metrics.h"
#include "reference.h"

/* A bar would end the cell: escape it. */
static void print_text(const char *text)
{
	for (; *text; text++)
		printf(*text == '|' ? "\\%c" : "%c", *text);
}

static void print_cell(const char *text)
{
	printf(" ");
	print_text(text);
	printf(" |");
}

static void print_name(const char *prefix, const char *name)
{
	printf("| `%s%s` |", prefix, name);
}

static void print_field(const struct lab_field *field)
{
	char allowed[LAB_KEY_TEXT];

	print_name("", field->name);
	if (!field->values)
		lab_key_allowed(&field->number, allowed, sizeof(allowed));
	print_cell(field->values ? field->values : allowed);
	print_cell(field->preset ? field->preset : "-");
	print_cell(field->help);
	printf("\n");
}

static void print_fields(const struct lab_field *fields)
{
	printf("| Key | Values | Default | Meaning |\n|---|---|---|---|\n");
	for (; fields->name; fields++)
		print_field(fields);
}

static void print_key(const char *prefix, const struct lab_key *key)
{
	char allowed[LAB_KEY_TEXT * 2], preset[LAB_KEY_TEXT];

	lab_key_allowed(key, allowed, sizeof(allowed));
	lab_key_value(key, key->preset, preset, sizeof(preset));
	print_name(prefix, key->name);
	print_cell(allowed);
	print_cell(*preset ? preset : "-");
	print_cell(key->sweeps ? "yes" : "no");
	print_cell(key->help);
	printf("\n");
}

static bool print_keys(const char *prefix, const struct lab_key *keys)
{
	if (!keys || !keys->name)
		return false;
	printf("| Key | Values | Default | Sweeps | Meaning |\n|---|---|---|---|---|\n");
	for (; keys->name; keys++)
		print_key(prefix, keys);
	return true;
}

static void print_scenario(void)
{
	print_fields(lab_scenario_fields);
}

static void print_guest(void)
{
	print_fields(lab_guest_fields);
}

static void print_phase(void)
{
	print_fields(lab_phase_fields);
}

static void print_metrics(void)
{
	static const char *const kinds[] = {
		[LAB_UNIT_SHOTS] = "count",
		[LAB_UNIT_NUMBER] = "count",
		[LAB_UNIT_RATE] = "rate",
		[LAB_UNIT_STEP] = "step",
	};
	const struct lab_metric *metric;

	printf("| Metric | Kind | Meaning |\n|---|---|---|\n");
	for (metric = lab_metrics; metric->name; metric++) {
		print_name("", metric->name);
		print_cell(kinds[metric->unit]);
		print_cell(metric->help);
		printf("\n");
	}
}

static void print_pressures(void)
{
	size_t i;

	printf("| Pressure | What it does |\n|---|---|\n");
	for (i = 0; lab_pressures[i]; i++) {
		print_name("", lab_pressures[i]->name);
		print_cell(lab_pressures[i]->help);
		printf("\n");
	}
}

static const struct {
	const char *name;
	void (*print)(void);
} sections[] = {
	{ "scenario", print_scenario },	  { "guest", print_guest },
	{ "phase", print_phase },	  { "metrics", print_metrics },
	{ "pressures", print_pressures },
};

static bool is_owner(const char *section, const char *prefix, const char *name)
{
	const size_t length = strlen(prefix);

	return !strncmp(section, prefix, length) &&
	       !strcmp(section + length, name);
}

bool lab_reference_print(const char *section)
{
	size_t i;

	for (i = 0; i < sizeof(sections) / sizeof(sections[0]); i++) {
		if (strcmp(section, sections[i].name))
			continue;
		sections[i].print();
		return true;
	}
	for (i = 0; lab_injectors[i]; i++)
		if (is_owner(section, "inject.", lab_injectors[i]->name))
			return print_keys("inject.", lab_injectors[i]->keys);
	for (i = 0; lab_pressures[i]; i++)
		if (is_owner(section, "pressure.", lab_pressures[i]->name))
			return print_keys("pressure.", lab_pressures[i]->keys);
	if (!strcmp(section, "victim"))
		return print_keys("victim.", lab_victim_keys);
	return false;
}

void lab_reference_print_sections(void)
{
	size_t i;

	for (i = 0; i < sizeof(sections) / sizeof(sections[0]); i++)
		printf("%s\n", sections[i].name);
	for (i = 0; lab_injectors[i]; i++)
		if (lab_injectors[i]->keys && lab_injectors[i]->keys->name)
			printf("inject.%s\n", lab_injectors[i]->name);
	for (i = 0; lab_pressures[i]; i++)
		if (lab_pressures[i]->keys && lab_pressures[i]->keys->name)
			printf("pressure.%s\n", lab_pressures[i]->name);
	printf("victim\n");
}
