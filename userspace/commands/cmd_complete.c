// SPDX-License-Identifier: GPL-2.0-only
/*
 * commands/cmd_complete.c - "labyrinth complete": candidates for shell
 * completion.
 *
 * scripts/packaging/completion.bash calls it. All candidates come from the
 * program's own tables.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cluster_option.h"
#include "command.h"
#include "lab/lab.h"
#include "results/build.h"
#include "scenario/source.h"

static void modes(void)
{
	size_t i;

	for (i = 0; lab_mode_names[i]; i++)
		puts(lab_mode_names[i]);
}

static void clusters(void)
{
	size_t i;

	for (i = 0; lab_cluster_names[i]; i++)
		puts(lab_cluster_names[i]);
}

/* Options that take one of a few words; for others the shell offers files. */
static const struct {
	const char *option;
	void (*print)(void);
} values[] = {
	{ "mode", modes },
	{ "on", clusters },
};

void lab_complete_scenarios(void)
{
	char **paths, *name;
	size_t n, i;

	lab_scenario_names(&paths, &n);
	for (i = 0; i < n; i++) {
		name = lab_source_name(paths[i]);
		puts(name);
		free(name);
		free(paths[i]);
	}
	free(paths);
}

static void complete_commands(const struct lab_command *const *commands)
{
	for (; *commands; commands++)
		puts((*commands)->name);
	puts("--help\n--version");
}

static const struct option *option_of(const struct lab_command *command,
				      const char *word)
{
	const struct option *option = command->options;

	if (!option || strncmp(word, "--", 2))
		return NULL;
	for (; option->name; option++)
		if (!strcmp(word + 2, option->name))
			return option;
	return NULL;
}

static void complete_value(const struct option *option)
{
	size_t i;

	for (i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		if (!strcmp(option->name, values[i].option))
			values[i].print();
}

static void complete_word(const struct lab_command *command, const char *before,
			  const char *word)
{
	const struct option *option = option_of(command, before);

	if (option && option->has_arg == required_argument) {
		complete_value(option);
	} else if (*word == '-') {
		for (option = command->options; option && option->name;
		     option++)
			printf("--%s\n", option->name);
	} else if (command->words) {
		command->words();
	}
}

/* Prints all candidates; the shell filters them by what was typed. */
int lab_complete_main(const struct lab_command *const *commands, int argc,
		      char **argv)
{
	if (argc <= 2) {
		complete_commands(commands);
		return LAB_PASS;
	}
	for (; *commands; commands++)
		if (!strcmp(argv[1], (*commands)->name))
			complete_word(*commands, argv[argc - 2],
				      argv[argc - 1]);
	return LAB_PASS;
}
