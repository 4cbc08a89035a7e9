/* SPDX-License-Identifier: GPL-2.0-only */
/* lib/json.h - reads members of JSON objects that may be missing. */
#ifndef LAB_JSON_H
#define LAB_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* The string object[key]; "" when it is missing or not a string. */
static inline const char *lab_text(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

/* The integer object[key]; 0 when it is missing or not an integer. */
static inline uint64_t lab_number(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

static inline bool lab_is(const json_t *object, const char *key,
			  const char *text)
{
	return !strcmp(lab_text(object, key), text);
}

/* The last object of a list whose member key is the string text; or NULL. */
static inline json_t *lab_find(const json_t *list, const char *key,
			       const char *text)
{
	size_t i = json_array_size(list);

	while (i--)
		if (lab_is(json_array_get(list, i), key, text))
			return json_array_get(list, i);
	return NULL;
}

/* The number of objects of a list whose member key is the string text. */
static inline size_t lab_count(const json_t *list, const char *key,
			       const char *text)
{
	json_t *one;
	size_t i, n = 0;

	json_array_foreach(list, i, one)
		n += lab_is(one, key, text);
	return n;
}

/* The sum of one column of a list of rows. */
static inline uint64_t lab_column_sum(const json_t *rows, size_t column)
{
	uint64_t sum = 0;
	json_t *row;
	size_t i;

	json_array_foreach(rows, i, row)
		sum += json_integer_value(json_array_get(row, column));
	return sum;
}

#endif /* LAB_JSON_H */
