/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lib/option_value.h - keys with typed values: a table of keys serves parsing,
 * messages and lists alike.
 */
#ifndef LAB_OPTION_VALUE_H
#define LAB_OPTION_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LAB_MAX_SETTINGS 16

enum lab_key_type {
	LAB_KEY_NUMBER, /* decimal, min to max */
	LAB_KEY_SIGNED, /* -1 means unlimited; else as NUMBER */
	LAB_KEY_BOOL, /* Y or N (also yes, no, 1, 0) */
	LAB_KEY_BYTES, /* 4K, 256M, 1G */
	LAB_KEY_NANOSECONDS, /* 10us, 2ms; a bare number is nanoseconds */
	LAB_KEY_SECONDS, /* 90s, 2m; a bare number is seconds */
	LAB_KEY_PERMILLE_OF_MIN, /* "1.2 min": thousandths of the min watermark */
	LAB_KEY_PERMILLE, /* "12.5%": thousandths */
	LAB_KEY_CHOICE, /* one of names; the number is its index */
	LAB_KEY_STRING, /* the whole value, as it is; never sweeps */
};

struct lab_key {
	const char *name; /* without the "inject.", "pressure." or "anon." */
	enum lab_key_type type;
	uint64_t min, max;
	uint64_t preset; /* the default; UINT64_MAX stands for -1 of SIGNED */
	bool sweeps; /* a list of values makes a phase of each */
	const char *help; /* one line, with the unit */
	const char *const *names; /* of a choice; ended by NULL */
};

/* The value of a key. Arrays of settings follow the order of their keys. */
struct lab_setting {
	const struct lab_key *key; /* of the owner's table */
	uint64_t number; /* in the key's unit */
	bool given; /* else the default */
	char *text; /* of a string; malloc()ed, or NULL */
};

#define LAB_KEY_TEXT 64 /* holds any of the texts below */

/* 0, or -EINVAL with what was found and what is allowed in why[]. */
int lab_key_parse(const struct lab_key *key, const char *text, uint64_t *number,
		  char *why, size_t size);

/* Whether a word is the unit of the value before it: "1.2 min", "80 %". */
bool lab_key_is_unit(const struct lab_key *key, const char *word);

/* A number in the unit of its key: "256M", "1.2min", "-1". */
void lab_key_value(const struct lab_key *key, uint64_t number, char *text,
		   size_t size);

/* "64M to 64G", "1 or more", "Y or N". */
void lab_key_allowed(const struct lab_key *key, char *text, size_t size);

/*
 * The setting of the key @name, which must be in the owner's table: otherwise
 * this is a mistake in the program, which ends.
 */
const struct lab_setting *lab_setting_find(const struct lab_setting *settings,
					   const char *name);

/* Its number. */
uint64_t lab_setting_get(const struct lab_setting *settings, const char *name);

#endif /* LAB_OPTION_VALUE_H */
