/* SPDX-License-Identifier: GPL-2.0-only */
/* commands/known_option.h - the option --known of several commands. */
#ifndef LAB_KNOWN_OPTION_H
#define LAB_KNOWN_OPTION_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "results/known.h"

struct lab_known_option {
	char **file; /* of the command line, not copied */
	size_t count;
	struct lab_known known; /* after lab_known_option_load() */
};

void lab_known_option_add(struct lab_known_option *option, char *file);
/* Reads the project's list and those named. False after messages. */
bool lab_known_option_load(struct lab_known_option *option);
void lab_known_option_free(struct lab_known_option *option);

/* Replaces results by what lab_known_mark() makes of them today. */
void lab_known_option_mark(const struct lab_known_option *option,
			   json_t **results);

#endif /* LAB_KNOWN_OPTION_H */
