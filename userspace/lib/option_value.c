// SPDX-License-Identifier: GPL-2.0-only
/*
 * lib/option_value.c - see lib/option_value.h.
 *
 * Each type has a table of units. A value is decimal digits, with decimals
 * where the unit has a scale for them, and a unit. A value that cannot be
 * represented exactly is refused and never rounded.
 */
#include "option_value.h"

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "alloc.h"
#include "words.h"

#define LAB_UNLIMITED UINT64_MAX

struct unit {
	const char *name;
	uint64_t scale;
};

/* Printing takes the last unit that divides a number. */
static const struct unit plain[] = { { "", 1 }, {} };
static const struct unit bytes[] = { { "", 1 },		  { "K", 1ull << 10 },
				     { "M", 1ull << 20 }, { "G", 1ull << 30 },
				     { "T", 1ull << 40 }, {} };
static const struct unit seconds[] = { { "", 1 },
				       { "s", 1 },
				       { "m", 60 },
				       { "h", 3600 },
				       {} };
static const struct unit nanoseconds[] = {
	{ "", 1 },	   { "ns", 1 },		{ "us", 1000 },
	{ "ms", 1000000 }, { "s", 1000000000 }, {}
};
static const struct unit of_min[] = { { "min", 1000 }, {} };
static const struct unit percent[] = { { "%", 10 }, {} };

static const struct unit *const units[] = {
	[LAB_KEY_NUMBER] = plain,
	[LAB_KEY_SIGNED] = plain,
	[LAB_KEY_BOOL] = plain,
	[LAB_KEY_BYTES] = bytes,
	[LAB_KEY_NANOSECONDS] = nanoseconds,
	[LAB_KEY_SECONDS] = seconds,
	[LAB_KEY_PERMILLE_OF_MIN] = of_min,
	[LAB_KEY_PERMILLE] = percent,
	[LAB_KEY_CHOICE] = plain,
	[LAB_KEY_STRING] = plain,
};

/*
 * Decimals are allowed only where the scale is a power of ten: 1.5K is refused.
 */
static bool has_decimals(enum lab_key_type type)
{
	return units[type] == of_min || units[type] == percent;
}

bool lab_key_is_unit(const struct lab_key *key, const char *word)
{
	return has_decimals(key->type) && !strcmp(word, units[key->type]->name);
}

static const struct unit *unit_find(enum lab_key_type type, const char *name)
{
	const struct unit *unit;

	for (unit = units[type]; unit->name; unit++)
		if (!strcmp(unit->name, name))
			return unit;
	return NULL;
}

/* Converts the decimals of "1.25" to the scale of the unit. */
static int parse_decimals(const char *digits, uint64_t scale, uint64_t *number)
{
	*number = 0;
	if (!*digits)
		return -EINVAL;
	for (; *digits; digits++) {
		if (scale % 10)
			return -EINVAL;
		scale /= 10;
		*number += scale * (*digits - '0');
	}
	return 0;
}

static int parse_scaled(const char *whole, const char *decimals, uint64_t scale,
			uint64_t *number)
{
	uint64_t part = 0;

	if (lab_digits(whole, number))
		return -EINVAL;
	if (decimals && parse_decimals(decimals, scale, &part))
		return -EINVAL;
	if (__builtin_mul_overflow(*number, scale, number) ||
	    __builtin_add_overflow(*number, part, number))
		return -EINVAL;
	return 0;
}

static int parse_number(enum lab_key_type type, const char *text,
			uint64_t *number)
{
	char copy[LAB_KEY_TEXT], *dot;
	const struct unit *unit;
	size_t length = strspn(text, "0123456789.");

	if (length >= sizeof(copy))
		return -EINVAL;
	/* "1.2 min" is allowed beside "1.2min". */
	unit = unit_find(type, text + length + strspn(text + length, " \t"));
	if (!unit)
		return -EINVAL;
	memcpy(copy, text, length);
	copy[length] = '\0';
	dot = strchr(copy, '.');
	if (dot && !has_decimals(type))
		return -EINVAL;
	if (dot)
		*dot++ = '\0';
	if (dot && strspn(dot, "0123456789") != strlen(dot))
		return -EINVAL;
	return parse_scaled(copy, dot, unit->scale, number);
}

static int parse_bool(const char *text, uint64_t *number)
{
	static const char *const words[] = { "N", "Y", "no", "yes", "0", "1" };
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (!strcasecmp(words[i], text)) {
			*number = i & 1;
			return 0;
		}
	}
	return -EINVAL;
}

static int parse_choice(const struct lab_key *key, const char *text,
			uint64_t *number)
{
	int found = lab_name_find(key->names, text);

	if (found < 0)
		return -EINVAL;
	*number = found;
	return 0;
}

static int parse_any(const struct lab_key *key, const char *text,
		     uint64_t *number)
{
	if (key->type == LAB_KEY_BOOL)
		return parse_bool(text, number);
	if (key->type == LAB_KEY_SIGNED && !strcmp(text, "-1")) {
		*number = LAB_UNLIMITED;
		return 0;
	}
	if (key->type == LAB_KEY_CHOICE)
		return parse_choice(key, text, number);
	if (parse_number(key->type, text, number))
		return -EINVAL;
	return *number >= key->min && *number <= key->max ? 0 : -EINVAL;
}

int lab_key_parse(const struct lab_key *key, const char *text, uint64_t *number,
		  char *why, size_t size)
{
	char allowed[LAB_KEY_TEXT];

	if (!parse_any(key, text, number))
		return 0;
	if (key->type == LAB_KEY_CHOICE)
		return lab_name_unknown(key->names, text, why, size);
	lab_key_allowed(key, allowed, sizeof(allowed));
	snprintf(why, size, "\"%s\"; allowed: %s", text, allowed);
	return -EINVAL;
}

static void decimal_value(uint64_t number, const struct unit *unit, char *text,
			  size_t size)
{
	uint64_t scale = unit->scale, part = number % scale;
	int length = snprintf(text, size, "%llu%s",
			      (unsigned long long)(number / scale),
			      part ? "." : "");

	for (; part; part %= scale) {
		scale /= 10;
		text[length++] = '0' + part / scale;
	}
	snprintf(text + length, size - length, "%s", unit->name);
}

void lab_key_value(const struct lab_key *key, uint64_t number, char *text,
		   size_t size)
{
	const struct unit *unit, *best = plain;

	if (key->type == LAB_KEY_BOOL) {
		snprintf(text, size, "%s", number ? "Y" : "N");
		return;
	}
	if (key->type == LAB_KEY_SIGNED && number == LAB_UNLIMITED) {
		snprintf(text, size, "-1");
		return;
	}
	if (key->type == LAB_KEY_CHOICE || key->type == LAB_KEY_STRING) {
		snprintf(text, size, "%s",
			 key->type == LAB_KEY_CHOICE ? key->names[number] : "");
		return;
	}
	if (has_decimals(key->type)) {
		decimal_value(number, units[key->type], text, size);
		return;
	}
	for (unit = units[key->type]; number && unit->name; unit++)
		if (number % unit->scale == 0)
			best = unit;
	snprintf(text, size, "%llu%s",
		 (unsigned long long)(number / best->scale), best->name);
}

static void choice_allowed(const struct lab_key *key, char *text, size_t size)
{
	char *joined = lab_names_join(key->names);

	snprintf(text, size, "%s", joined);
	free(joined);
}

void lab_key_allowed(const struct lab_key *key, char *text, size_t size)
{
	const char *unlimited = key->type == LAB_KEY_SIGNED ? "-1, or " : "";
	char min[LAB_KEY_TEXT / 2 - 8], max[LAB_KEY_TEXT / 2 - 8];

	if (key->type == LAB_KEY_BOOL) {
		snprintf(text, size, "Y or N");
		return;
	}
	if (key->type == LAB_KEY_CHOICE) {
		choice_allowed(key, text, size);
		return;
	}
	if (key->type == LAB_KEY_STRING) {
		snprintf(text, size, "text");
		return;
	}
	lab_key_value(key, key->min, min, sizeof(min));
	lab_key_value(key, key->max, max, sizeof(max));
	/* For SIGNED the largest number is the one that prints as -1. */
	if (key->max >= LAB_UNLIMITED - 1)
		snprintf(text, size, "%s%s or more", unlimited, min);
	else
		snprintf(text, size, "%s%s to %s", unlimited, min, max);
}

const struct lab_setting *lab_setting_find(const struct lab_setting *settings,
					   const char *name)
{
	size_t i;

	for (i = 0; i < LAB_MAX_SETTINGS && settings[i].key; i++)
		if (!strcmp(settings[i].key->name, name))
			return &settings[i];
	errx(LAB_HARNESS, "no setting \"%s\"", name);
}

uint64_t lab_setting_get(const struct lab_setting *settings, const char *name)
{
	return lab_setting_find(settings, name)->number;
}
