// SPDX-License-Identifier: GPL-2.0-only
/* commands/usage.c - prints the usage of a command, short or long. */
#include <stdio.h>

#include "command.h"

int lab_command_usage(const struct lab_command *command, int code)
{
	FILE *to = code ? stderr : stdout;

	fprintf(to, "usage: labyrinth %s %s\n", command->name, command->usage);
	if (code)
		fprintf(to, "labyrinth %s --help says more.\n", command->name);
	else
		fprintf(to, "%s.\n\n%s", command->help, command->details);
	return code;
}
