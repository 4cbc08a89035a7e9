/* SPDX-License-Identifier: GPL-2.0-only */
/* commands/command.h - the contract of subcommands; the table is in main.c. */
#ifndef LAB_COMMAND_H
#define LAB_COMMAND_H

#include <getopt.h>

/*
 * @usage:   what follows the program's name
 * @help:    one line
 * @options: what getopt_long() takes, and what a shell is offered
 * @words:   prints what may stand where no option does, a line each; NULL:
 *           nothing or files
 * @main:    as main(), argv[0] being the subcommand; an exit code of results.h
 */
struct lab_command {
	const char *name;
	const char *usage;
	const char *help;
	const char *details; /* shown by "labyrinth NAME --help" */
	const struct option *options;
	void (*words)(void);
	int (*main)(int argc, char **argv);
};

extern const struct lab_command lab_cmd_lab;
extern const struct lab_command lab_cmd_run;
extern const struct lab_command lab_cmd_recover;
extern const struct lab_command lab_cmd_compare;
extern const struct lab_command lab_cmd_history;
extern const struct lab_command lab_cmd_report;
extern const struct lab_command lab_cmd_export;
extern const struct lab_command lab_cmd_explain;
extern const struct lab_command lab_cmd_map;
extern const struct lab_command lab_cmd_list;
extern const struct lab_command lab_cmd_doctor;
extern const struct lab_command lab_cmd_explore;
extern const struct lab_command lab_cmd_reproduce;
extern const struct lab_command lab_cmd_shrink;
extern const struct lab_command lab_cmd_bisect;
extern const struct lab_command lab_cmd_why;

/* Prints how a command is used and returns the exit code for that. */
int lab_command_usage(const struct lab_command *command, int code);

/* "labyrinth complete WORD...": what may stand where the last word is. */
int lab_complete_main(const struct lab_command *const *commands, int argc,
		      char **argv);

/* Names of scenarios, a line each. */
void lab_complete_scenarios(void);

#endif /* LAB_COMMAND_H */
