// SPDX-License-Identifier: GPL-2.0-only
/* victim/chosen.c - a victim and its layers from a word: "veth+vlan". */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/alloc.h"
#include "victim.h"

const struct lab_key lab_victim_keys[] = {
	{ "passes", LAB_KEY_NUMBER, 1, 100, 1, true,
	  "passes of its work in each cell while requests fail and memory is short; a pass takes up to some seconds" },
	{},
};

__attribute__((format(printf, 3, 4))) static int refuse(char *why, size_t size,
							const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(why, size, format, args);
	va_end(args);
	return -EINVAL;
}

static int no_victim(const char *name, char *why, size_t size)
{
	size_t i, n;

	n = snprintf(why, size, "no victim '%s'; there are", name);
	for (i = 0; lab_victims[i] && n < size; i++)
		n += snprintf(why + n, size - n, "%s %s", i ? "," : "",
			      lab_victims[i]->name);
	return -EINVAL;
}

int lab_victim_of_word(const char *word, const struct lab_victim_ops **ops,
		       char *why, size_t size)
{
	char first[64];

	snprintf(first, sizeof(first), "%.*s", (int)strcspn(word, ":+"), word);
	*ops = lab_victim_find(first);
	return *ops ? 0 : no_victim(first, why, size);
}

static int no_layer(const char *name, enum lab_medium medium, char *why,
		    size_t size)
{
	const char *before = " ";
	unsigned int i;
	size_t n;

	n = snprintf(why, size, "no layer '%s'; there are", name);
	for (i = 0; lab_layers[i] && n < size; i++) {
		if (lab_layers[i]->medium != medium)
			continue;
		n += snprintf(why + n, size - n, "%s%s", before,
			      lab_layers[i]->name);
		before = ", ";
	}
	return -EINVAL;
}

static int suits(const char *word, const struct lab_victim_ops *ops,
		 uint32_t layers, const struct lab_layer *layer, char *why,
		 size_t size)
{
	unsigned int i;

	if (layer->medium != ops->medium)
		return refuse(why, size,
			      "'%s': %s is a layer of a %s, which %s is not",
			      word, layer->name,
			      layer->medium == LAB_WIRE ? "wire" : "disk",
			      ops->name);
	for (i = 0; lab_layers[i]; i++)
		if (layers & 1u << i && layer->make && lab_layers[i]->make &&
		    lab_layers[i] != layer)
			return refuse(
				why, size,
				"'%s': a disk has one file system, not %s and %s",
				word, lab_layers[i]->name, layer->name);
	return 0;
}

/* "+LAYER..." of a word. */
static int choose_layers(const char *word, const char *text,
			 const struct lab_victim_ops *ops, uint32_t *layers,
			 char *why, size_t size)
{
	char name[64];
	int place, err;

	while (*text == '+') {
		snprintf(name, sizeof(name), "%.*s",
			 (int)strcspn(text + 1, "+"), text + 1);
		place = lab_layer_find(name);
		if (place < 0)
			return no_layer(name, ops->medium, why, size);
		err = suits(word, ops, *layers, lab_layers[place], why, size);
		if (err)
			return err;
		*layers |= 1u << place;
		text += 1 + strcspn(text + 1, "+");
	}
	return 0;
}

int lab_victim_choose(const char *word, const struct lab_victim_ops **ops,
		      uint32_t *layers, char *why, size_t size)
{
	const char *rest;
	int err = lab_victim_of_word(word, ops, why, size);

	*layers = 0;
	if (err)
		return err;
	rest = word + strlen((*ops)->name);
	if (*rest == '+' && !(*ops)->medium)
		return refuse(
			why, size,
			"'%s': %s has no wire and no disk, and so no layers",
			word, (*ops)->name);
	if (*rest && *rest != '+')
		return refuse(why, size, "'%s': %s takes nothing", word,
			      (*ops)->name);
	return choose_layers(word, rest, *ops, layers, why, size);
}

char *lab_victim_words(const struct lab_victim_ops *ops, uint32_t layers)
{
	char *name = xstrdup(ops->name), *before;
	unsigned int i;

	for (i = 0; lab_layers[i]; i++) {
		if (!(layers & 1u << i))
			continue;
		before = name;
		name = xasprintf("%s+%s", before, lab_layers[i]->name);
		free(before);
	}
	return name;
}
