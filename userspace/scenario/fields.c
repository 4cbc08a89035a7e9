// SPDX-License-Identifier: GPL-2.0-only
/*
 * scenario/fields.c - the keys of scenario files: one table to parse, preset and print.
 *
 * What is printed comes from the rows that parse, so it is what is accepted.
 */
#include "fields.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "inject/inject.h"
#include "log/log.h"
#include "lib/option_value.h"
#include "lib/alloc.h"
#include "pressure/pressure.h"
#include "victim/victim.h"
#include "lib/words.h"
#include "sys/names.h"

int lab_field_set(const struct lab_field *field, void *target,
		  const char *value, char *why, size_t size)
{
	uint64_t *number;

	if (field->set)
		return field->set(target, value, why, size);
	number = (uint64_t *)((char *)target + field->offset);
	return lab_key_parse(&field->number, value, number, why, size);
}

void lab_field_preset(const struct lab_field *field, void *target)
{
	char why[128];

	if (field->preset &&
	    lab_field_set(field, target, field->preset, why, sizeof(why)))
		errx(LAB_HARNESS, "%s: %s", field->name, why);
}

/* A table with columns as wide as their widest cell. */
enum { COLUMNS = 4 };

struct row {
	char *cell[COLUMNS];
};

struct table {
	struct row *row;
	size_t count;
};

static void add_row(struct table *table, char *name, const char *values,
		    const char *preset, const char *help)
{
	table->row = xgrow(table->row, table->count);
	table->row[table->count++] = (struct row){ {
		name,
		xstrdup(values),
		xstrdup(preset),
		xstrdup(help),
	} };
}

static int column_width(const struct table *table, int column)
{
	size_t i, width = 0;

	for (i = 0; i < table->count; i++) {
		size_t length = strlen(table->row[i].cell[column]);

		width = length > width ? length : width;
	}
	return (int)width;
}

static void print_row(const struct row *row, const int *width)
{
	printf("  %-*s  %-*s  %-*s  %s\n", width[0], row->cell[0], width[1],
	       row->cell[1], width[2], row->cell[2], row->cell[3]);
}

static void print_table(struct table *table)
{
	int width[COLUMNS], column;
	size_t i;

	for (column = 0; column < COLUMNS; column++)
		width[column] = column_width(table, column);
	for (i = 0; i < table->count; i++) {
		print_row(&table->row[i], width);
		for (column = 0; column < COLUMNS; column++)
			free(table->row[i].cell[column]);
	}
	free(table->row);
	*table = (struct table){};
}

static void add_head(struct table *table)
{
	add_row(table, xstrdup("KEY"), "VALUES", "DEFAULT", "MEANING");
}

static void add_field(struct table *table, const struct lab_field *field)
{
	char allowed[LAB_KEY_TEXT];

	if (field->values)
		snprintf(allowed, sizeof(allowed), "%s", field->values);
	else
		lab_key_allowed(&field->number, allowed, sizeof(allowed));
	add_row(table, xstrdup(field->name), allowed,
		field->preset ? field->preset : "-", field->help);
}

static void print_fields(const char *section, const struct lab_field *fields)
{
	struct table table = {};

	printf("[%s]\n", section);
	add_head(&table);
	for (; fields->name; fields++)
		add_field(&table, fields);
	print_table(&table);
	putchar('\n');
}

static void add_key(struct table *table, const char *prefix,
		    const struct lab_key *key)
{
	char allowed[LAB_KEY_TEXT * 2], preset[LAB_KEY_TEXT];
	char *help =
		xasprintf("%s%s", key->help, key->sweeps ? " (sweeps)" : "");

	lab_key_allowed(key, allowed, sizeof(allowed));
	lab_key_value(key, key->preset, preset, sizeof(preset));
	add_row(table, xasprintf("%s.%s", prefix, key->name), allowed,
		*preset ? preset : "-", help);
	free(help);
}

static void print_owner(const char *prefix, const char *name, const char *help,
			const struct lab_key *keys)
{
	struct table table = {};

	printf("%s = %s: %s\n", prefix, name, help);
	if (keys && keys->name)
		add_head(&table);
	for (; keys && keys->name; keys++)
		add_key(&table, prefix, keys);
	print_table(&table);
	putchar('\n');
}

static void print_names(const char *what, const char *const *names)
{
	char *joined = lab_names_join(names);

	printf("%s: %s\n", what, joined);
	free(joined);
}

void lab_scenario_print_keys(void)
{
	const struct lab_pressure *const *pressure;
	const struct lab_injector *const *injector;

	print_fields("scenario", lab_scenario_fields);
	print_fields("guest", lab_guest_fields);
	print_fields("phase NAME", lab_phase_fields);
	print_names("contexts", lab_context_names);
	print_names("interfaces", lab_api_names);
	print_names("gfp, bases and modifiers", lab_gfp_names);
	print_names("findings in the log", lab_log_names);
	printf("keys that sweep take several values and make a phase of each\n\n");
	for (injector = lab_injectors; *injector; injector++)
		print_owner("inject", (*injector)->name, (*injector)->help,
			    (*injector)->keys);
	for (pressure = lab_pressures; *pressure; pressure++)
		print_owner("pressure", (*pressure)->name, (*pressure)->help,
			    (*pressure)->keys);
	print_owner("victim", "NAME[+LAYER...]",
		    "a workload; labyrinth list victims has their names",
		    lab_victim_keys);
	lab_expect_print();
}
