// SPDX-License-Identifier: GPL-2.0-only
/* commands/known_option.c - see commands/known_option.h. */
#include "known_option.h"

#include "lib/alloc.h"

void lab_known_option_add(struct lab_known_option *option, char *file)
{
	option->file = xgrow(option->file, option->count);
	option->file[option->count++] = file;
}

bool lab_known_option_load(struct lab_known_option *option)
{
	return lab_known_load(&option->known, option->file, option->count);
}

void lab_known_option_free(struct lab_known_option *option)
{
	lab_known_free(&option->known);
	free(option->file);
	*option = (struct lab_known_option){};
}

void lab_known_option_mark(const struct lab_known_option *option,
			   json_t **results)
{
	char today[11];
	json_t *marked;

	lab_known_today(today);
	marked = lab_known_mark(*results, &option->known, today);
	json_decref(*results);
	*results = marked;
}
