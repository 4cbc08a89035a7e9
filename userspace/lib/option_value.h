/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lib/option_value.h - values of a struct lab_key: from text, to text, and what may be.
 */
#ifndef LAB_OPTION_VALUE_H
#define LAB_OPTION_VALUE_H

#include "scenario/scenario.h"

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

#endif /* LAB_OPTION_VALUE_H */
