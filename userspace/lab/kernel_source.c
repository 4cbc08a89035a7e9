// SPDX-License-Identifier: GPL-2.0-only
/* lab/kernel_source.c - see lab/kernel_source.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/alloc.h"
#include "kernel_source.h"

/* A value that is not UTF-8 cannot be in JSON: it is left out. */
static void take_text(json_t *source, const char *key, const char *value)
{
	json_t *text = json_string(value);

	if (text && *value)
		json_object_set_new(source, key, text);
	else
		json_decref(text);
}

static void take_number(json_t *source, const char *key, const char *value)
{
	json_object_set_new(source, key,
			    json_integer(strtoll(value, NULL, 10)));
}

/* "HASH NAME", one line for each patch. */
static void take_patch(json_t *source, const char *key, const char *value)
{
	json_t *patches = json_object_get(source, key), *patch;
	const char *space = strchr(value, ' ');

	if (!space)
		return;
	if (!patches) {
		patches = json_array();
		json_object_set_new(source, key, patches);
	}
	patch = json_pack("{s:s%}", "sha256", value, (size_t)(space - value));
	if (!patch)
		return;
	take_text(patch, "name", space + 1);
	json_array_append_new(patches, patch);
}

static const struct fact {
	const char *word; /* in the file */
	const char *key; /* in the object */
	void (*take)(json_t *source, const char *key, const char *value);
} facts[] = {
	{ "tree", "tree", take_text },
	{ "package", "package", take_text },
	{ "commit", "commit", take_text },
	{ "branch", "branch", take_text },
	{ "repository", "repository", take_text },
	{ "uncommitted", "uncommitted", take_number },
	{ "patch", "patches", take_patch },
	{ "config", "config", take_text },
	{ "config-sha256", "config_sha256", take_text },
	{ "compiler", "compiler", take_text },
};

static void take_line(json_t *source, char *line)
{
	char *value = strchr(line, ' ');
	size_t i;

	if (!value)
		return;
	*value++ = '\0';
	for (i = 0; i < sizeof(facts) / sizeof(facts[0]); i++)
		if (!strcmp(facts[i].word, line))
			facts[i].take(source, facts[i].key, value);
}

json_t *lab_kernel_source_read(const char *path)
{
	json_t *source = xcheck(json_object());
	FILE *from = fopen(path, "re");
	char *line = NULL;
	size_t size = 0;

	if (!from)
		return source;
	while (getline(&line, &size, from) > 0) {
		line[strcspn(line, "\n")] = '\0';
		take_line(source, line);
	}
	free(line);
	fclose(from);
	return source;
}
