// SPDX-License-Identifier: GPL-2.0-only
/* results/first_difference.c - see results/first_difference.h. */
#include "first_difference.h"

#include <stdlib.h>
#include <string.h>

#include "cell_name.h"
#include "lib/alloc.h"
#include "lib/json.h"

#define WIDTH 60

/* Columns of an event: results/README.md. */
enum { CPU, PART, SHOT, OUTCOME, CLOCK };

/* What results depend on. */
static const char *const origins[] = { "kernel",  "module",   "program",
				       "machine", "scenario", "seed" };

/* A value in at most WIDTH characters, malloc()ed. */
static char *words(const json_t *value)
{
	char *text = value ? json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY) :
			     xstrdup("nothing");
	char *shorter;

	xcheck(text);
	if (strlen(text) <= WIDTH)
		return text;
	shorter = xasprintf("%.*s...", WIDTH, text);
	free(text);
	return shorter;
}

static void tell(const char *what, const char *key, const json_t *was,
		 const json_t *is, FILE *to)
{
	char *before = words(was), *now = words(is);

	fprintf(to, "%s%s%s: %s in the run, %s here\n", what, *key ? " " : "",
		key, before, now);
	free(before);
	free(now);
}

static size_t origin_differences(const char *what, const json_t *was,
				 const json_t *is, FILE *to)
{
	const char *key;
	json_t *value;
	size_t n = 0;

	if (!json_is_object(is)) {
		if (json_equal(was, is))
			return 0;
		tell(what, "", was, is, to);
		return 1;
	}
	json_object_foreach((json_t *)is, key, value) {
		if (json_equal(json_object_get(was, key), value))
			continue;
		tell(what, key, json_object_get(was, key), value, to);
		n++;
	}
	return n;
}

size_t lab_origin_differences(const json_t *was, const json_t *is, FILE *to)
{
	size_t i, n = 0;

	for (i = 0; i < sizeof(origins) / sizeof(*origins); i++) {
		const json_t *here = json_object_get(is, origins[i]);

		if (here)
			n += origin_differences(
				origins[i], json_object_get(was, origins[i]),
				here, to);
	}
	return n;
}

/* The first member that differs, by the order of was and then what is new. */
static const char *first_key(const json_t *was, const json_t *is)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)was, key, value)
		if (!json_equal(value, json_object_get(is, key)))
			return key;
	json_object_foreach((json_t *)is, key, value)
		if (!json_object_get(was, key))
			return key;
	return NULL;
}

static json_int_t column(const json_t *event, size_t i)
{
	return json_integer_value(json_array_get(event, i));
}

/* NULL when no events were recorded, or all are the same. */
static char *event_difference(const json_t *was, const json_t *is)
{
	const json_t *before = json_object_get(was, "events");
	const json_t *now = json_object_get(is, "events");
	const json_t *a, *b;
	size_t i;

	for (i = 0; i < json_array_size(before); i++) {
		a = json_array_get(before, i);
		b = json_array_get(now, i);
		if (json_equal(a, b))
			continue;
		if (!b)
			return xasprintf("shot %lld of CPU %lld is missing",
					 (long long)column(a, SHOT),
					 (long long)column(a, CPU));
		return xasprintf(
			"shot %lld of CPU %lld, clock %lld in the run, %lld here",
			(long long)column(a, SHOT), (long long)column(a, CPU),
			(long long)column(a, CLOCK),
			(long long)column(b, CLOCK));
	}
	return NULL;
}

static char *member_difference(const json_t *was, const json_t *is)
{
	const char *key = first_key(was, is);
	char *before, *now, *text;

	if (!key)
		return NULL;
	before = words(json_object_get(was, key));
	now = words(json_object_get(is, key));
	text = xasprintf("%s was %s, is %s", key, before, now);
	free(before);
	free(now);
	return text;
}

static char *cell_difference(const json_t *was, const json_t *is)
{
	char *name = lab_cell_words(was, true), *what, *text;

	if (!is) {
		text = xasprintf("%s: was not fired", name);
		free(name);
		return text;
	}
	what = event_difference(was, is);
	if (!what)
		what = member_difference(was, is);
	text = xasprintf("%s: %s", name, what);
	free(name);
	free(what);
	return text;
}

char *lab_first_difference(const json_t *was, const json_t *is)
{
	const json_t *before = json_object_get(was, "cells");
	const json_t *now = json_object_get(is, "cells");
	json_t *a = json_object(), *b = json_object();
	char *text;
	size_t i;

	for (i = 0; i < json_array_size(before); i++)
		if (!json_equal(json_array_get(before, i),
				json_array_get(now, i))) {
			json_decref(a);
			json_decref(b);
			return cell_difference(json_array_get(before, i),
					       json_array_get(now, i));
		}
	json_object_update(a, (json_t *)was);
	json_object_update(b, (json_t *)is);
	for (i = 0; i < sizeof(origins) / sizeof(*origins); i++) {
		json_object_del(a, origins[i]);
		json_object_del(b, origins[i]);
	}
	text = member_difference(a, b);
	json_decref(a);
	json_decref(b);
	return text;
}
