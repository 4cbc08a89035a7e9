/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * scenario/fields.h - the keys of each section: one table to parse, preset and print.
 */
#ifndef LAB_FIELDS_H
#define LAB_FIELDS_H

#include "scenario.h"

/*
 * @values: what may be written, for the reader; numbers tell it themselves
 * @preset: what the key is set to when nobody sets it; NULL: nothing
 * @number: for keys that hold a number, which is at @offset of the target
 * @set:    for all others; 0, or -EINVAL and why
 */
struct lab_field {
	const char *name;
	const char *values;
	const char *preset;
	const char *help;
	struct lab_key number;
	size_t offset;
	int (*set)(void *target, const char *value, char *why, size_t size);
};

/* All ended by a row without a name. */
extern const struct lab_field lab_scenario_fields[];
extern const struct lab_field lab_guest_fields[];
extern const struct lab_field lab_phase_fields[];

/* 0, or -EINVAL with what was found and what is allowed in why[]. */
int lab_field_set(const struct lab_field *field, void *target,
		  const char *value, char *why, size_t size);

void lab_field_preset(const struct lab_field *field, void *target);

#endif /* LAB_FIELDS_H */
