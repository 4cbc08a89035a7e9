// SPDX-License-Identifier: GPL-2.0-only
/* lab/carried.c - see lab/carried.h. */
#include "carried.h"

#include "lib/alloc.h"

static char *add_word(char *text, const char *kind, const char *mark,
		      const char *word)
{
	char *longer = xasprintf("%s%s%s%s", text ?: kind, text ? "," : "",
				 mark, word);

	free(text);
	return longer;
}

char *lab_carried_modules(char *text, const char *kind,
			  const char *const *module)
{
	for (; module && *module; module++)
		text = add_word(text, kind, "", *module);
	return text;
}

char *lab_carried_program(char *text, const char *kind, const char *program)
{
	return add_word(text, kind, "@", program);
}

char *lab_carried_layers(char *text, const char *kind, uint32_t layers)
{
	unsigned int i;

	for (i = 0; lab_layers[i]; i++) {
		if (!(layers & 1u << i))
			continue;
		text = lab_carried_modules(text, kind, lab_layers[i]->modules);
		if (lab_layers[i]->make)
			text = lab_carried_program(text, kind,
						   lab_layers[i]->make[0]);
	}
	return text;
}
