/* SPDX-License-Identifier: GPL-2.0-only */
/* commands.h - the contract of subcommands; the table is in labyrinth.c. */
#ifndef LAB_COMMANDS_H
#define LAB_COMMANDS_H

/*
 * @usage: what follows the program's name
 * @help:  one line
 * @main:  as main(), argv[0] being the subcommand; an exit code of results.h
 */
struct lab_command {
	const char *name;
	const char *usage;
	const char *help;
	const char *details; /* shown by "labyrinth NAME --help" */
	int (*main)(int argc, char **argv);
};

extern const struct lab_command lab_cmd_lab;
extern const struct lab_command lab_cmd_run;
extern const struct lab_command lab_cmd_list;
extern const struct lab_command lab_cmd_doctor;

/* Prints how a command is used and returns the exit code for that. */
int lab_command_usage(const struct lab_command *command, int code);

#endif /* LAB_COMMANDS_H */
