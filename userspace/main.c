// SPDX-License-Identifier: GPL-2.0-only
/* main.c - the program: a table of subcommands. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "commands/command.h"
#include "guest/guest.h"
#include "journal/channel.h"
#include "pressure/pressure.h"
#include "results/build.h"
#include "victim/victim.h"

static const struct lab_command *const commands[] = {
	&lab_cmd_lab,
	&lab_cmd_run,
	&lab_cmd_recover,
	&lab_cmd_compare,
	&lab_cmd_bisect,
	&lab_cmd_report,
	&lab_cmd_explain,
	&lab_cmd_explore,
	&lab_cmd_reproduce,
	&lab_cmd_shrink,
	&lab_cmd_why,
	&lab_cmd_export,
	&lab_cmd_history,
	&lab_cmd_map,
	&lab_cmd_list,
	&lab_cmd_doctor,
	NULL,
};

static void print_help(FILE *to)
{
	size_t i;

	fprintf(to,
		"labyrinth tests atomic page allocation in the Linux kernel.\n\n");
	for (i = 0; commands[i]; i++)
		fprintf(to, "  labyrinth %s %s\n      %s\n", commands[i]->name,
			commands[i]->usage, commands[i]->help);
	fprintf(to,
		"\nlabyrinth COMMAND --help says more of each.\n"
		"Exit codes: 0 pass, 1 fail, 2 usage or bad input, 3 the harness broke, 4 skipped.\n");
}

static int usage_error(const char *found)
{
	size_t i;

	fprintf(stderr, "labyrinth: no command '%s'; there are", found);
	for (i = 0; commands[i]; i++)
		fprintf(stderr, "%s %s", i ? "," : "", commands[i]->name);
	fprintf(stderr, "\n");
	return LAB_USAGE;
}

/*
 * jansson's seed would come from getrandom(), which in a guest waits until the
 * kernel has gathered entropy (drivers/char/random.c,
 * try_to_generate_entropy()): a tenth of what a short run takes.
 */
static void settle_hashes(void)
{
	if (getpid() == 1 || getenv(LAB_CHANNEL_ENV))
		json_object_seed(1);
}

int main(int argc, char **argv)
{
	size_t i;

	settle_hashes();
	if (getpid() == 1)
		return lab_guest_init();
	if (argc < 2) {
		print_help(stderr);
		return LAB_USAGE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "help")) {
		print_help(stdout);
		return 0;
	}
	if (!strcmp(argv[1], "--version")) {
		puts("labyrinth " LAB_VERSION);
		return 0;
	}
	if (!strcmp(argv[1], "worker"))
		return lab_worker_main(argc - 1, argv + 1);
	if (!strcmp(argv[1], "victim"))
		return lab_victim_main(argc - 1, argv + 1);
	if (!strcmp(argv[1], "complete"))
		return lab_complete_main(commands, argc - 1, argv + 1);
	for (i = 0; commands[i]; i++)
		if (!strcmp(argv[1], commands[i]->name))
			return commands[i]->main(argc - 1, argv + 1);
	return usage_error(argv[1]);
}
