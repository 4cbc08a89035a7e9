// SPDX-License-Identifier: GPL-2.0-only
/*
 * scenario/sweep.c - the settings of an injector or a pressure, and their sweeps.
 *
 * A combination of values is a number whose digits, one for each key that has
 * more than one value, say which of its values it takes.
 */
#include "sweep.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/option_value.h"
#include "lib/alloc.h"
#include "lib/words.h"

#define ALLOWED 1024

void lab_sweep_init(struct lab_sweep *sweep, const char *name,
		    const struct lab_key *keys)
{
	sweep->name = name;
	sweep->keys = keys;
	while (keys && sweep->nkeys < LAB_MAX_SETTINGS &&
	       keys[sweep->nkeys].name)
		sweep->nkeys++;
}

static void values_free(struct lab_values *values)
{
	size_t i;

	for (i = 0; i < values->count; i++)
		free(values->text[i]);
	free(values->text);
	free(values->number);
	*values = (struct lab_values){};
}

void lab_sweep_free(struct lab_sweep *sweep)
{
	size_t i;

	for (i = 0; i < sweep->nkeys; i++)
		values_free(&sweep->values[i]);
}

static int no_such_key(const struct lab_sweep *sweep, const char *key,
		       char *why, size_t size)
{
	const char *names[LAB_MAX_SETTINGS + 1] = {};
	char allowed[ALLOWED];
	size_t i;

	if (!sweep->nkeys) {
		snprintf(why, size, "\"%s\" has no keys", sweep->name);
		return -EINVAL;
	}
	for (i = 0; i < sweep->nkeys; i++)
		names[i] = sweep->keys[i].name;
	lab_name_unknown(names, key, allowed, sizeof(allowed));
	snprintf(why, size, "\"%s\" has no key %s", sweep->name, allowed);
	return -EINVAL;
}

static void append_text(struct lab_values *values, const char *word, bool unit)
{
	char *joined;

	if (!unit || !values->count) {
		values->text = xgrow(values->text, values->count);
		values->text[values->count++] = xstrdup(word);
		return;
	}
	joined = xasprintf("%s%s", values->text[values->count - 1], word);
	free(values->text[values->count - 1]);
	values->text[values->count - 1] = joined;
}

/* Splits at blanks, but "1.2 min" is one value, and so is a string. */
static void split_values(const struct lab_key *key, const char *value,
			 struct lab_values *values)
{
	struct lab_words words;
	size_t i;

	if (key->type == LAB_KEY_STRING) {
		append_text(values, value, false);
		return;
	}
	lab_words_split(value, &words);
	for (i = 0; i < words.count; i++)
		append_text(values, words.word[i],
			    lab_key_is_unit(key, words.word[i]));
	lab_words_free(&words);
}

static bool is_repeated(const struct lab_values *values, size_t last)
{
	size_t i;

	for (i = 0; i < last; i++)
		if (values->number[i] == values->number[last])
			return true;
	return false;
}

static int parse_values(const struct lab_key *key, struct lab_values *values,
			char *why, size_t size)
{
	size_t i;

	values->number = xcheck(calloc(values->count, sizeof(uint64_t)));
	if (key->type == LAB_KEY_STRING)
		return 0;
	for (i = 0; i < values->count; i++) {
		if (lab_key_parse(key, values->text[i], &values->number[i], why,
				  size))
			return -EINVAL;
		if (is_repeated(values, i))
			return lab_named_twice(values->text[i], why, size);
	}
	return 0;
}

static size_t find_key(const struct lab_sweep *sweep, const char *key)
{
	size_t i;

	for (i = 0; i < sweep->nkeys; i++)
		if (!strcmp(sweep->keys[i].name, key))
			break;
	return i;
}

bool lab_sweep_has(const struct lab_sweep *sweep, const char *key)
{
	return find_key(sweep, key) < sweep->nkeys;
}

int lab_sweep_set(struct lab_sweep *sweep, const char *key, const char *value,
		  char *why, size_t size)
{
	const size_t i = find_key(sweep, key);
	struct lab_values *values;

	if (i == sweep->nkeys)
		return no_such_key(sweep, key, why, size);
	values = &sweep->values[i];
	values_free(values);
	split_values(&sweep->keys[i], value, values);
	if (!values->count)
		return lab_empty_list(why, size);
	if (values->count == 1 || sweep->keys[i].sweeps)
		return parse_values(&sweep->keys[i], values, why, size);
	snprintf(why, size,
		 "\"%s\"; allowed: one value, as this key does not sweep",
		 value);
	return -EINVAL;
}

size_t lab_sweep_size(const struct lab_sweep *sweep, size_t limit)
{
	size_t i, size = 1;

	for (i = 0; i < sweep->nkeys; i++) {
		size_t count = sweep->values[i].count;

		if (count < 2)
			continue;
		/* Cannot overflow: a file limits the length of lists. */
		size *= count;
		if (size > limit)
			return limit + 1;
	}
	return size;
}

static size_t take_digit(size_t *index, const struct lab_values *values)
{
	size_t digit;

	if (values->count < 2)
		return 0;
	digit = *index % values->count;
	*index /= values->count;
	return digit;
}

static void put_before(char **label, const char *prefix, const char *key,
		       const char *value)
{
	char *longer = xasprintf("%s%s=%s%s%s", prefix, key, value,
				 **label ? "," : "", *label);

	free(*label);
	*label = longer;
}

void lab_sweep_fill(const struct lab_sweep *sweep, const char *prefix,
		    size_t *index, struct lab_setting *settings, char **label)
{
	size_t i;

	for (i = sweep->nkeys; i-- > 0;) {
		const struct lab_values *values = &sweep->values[i];
		const struct lab_key *key = &sweep->keys[i];
		size_t digit = take_digit(index, values);

		settings[i] = (struct lab_setting){
			.key = key,
			.number = values->count ? values->number[digit] :
						  key->preset,
			.given = values->count,
		};
		if (key->type == LAB_KEY_STRING && values->count)
			settings[i].text = xstrdup(values->text[0]);
		if (values->count > 1)
			put_before(label, prefix, key->name,
				   values->text[digit]);
	}
}
