/* SPDX-License-Identifier: GPL-2.0-only */
/* lib/process.h - runs another program and reads its standard output. */
#ifndef LAB_PROCESS_H
#define LAB_PROCESS_H

#include <stdio.h>
#include <sys/types.h>

struct lab_process {
	pid_t pid;
	FILE *from; /* its standard output */
};

/*
 * Starts argv[0], which is looked for in PATH unless it has a slash. Its
 * standard input is the descriptor in, or /dev/null for -1; err_fd takes its
 * standard error, or -1 leaves it ours. Returns 0, or a negative errno: then
 * there is no process.
 */
int lab_process_start(struct lab_process *process, char *const argv[], int in,
		      int err_fd);

/*
 * Closes the pipe and waits for the end of the process: its exit code, 128 + the
 * number of the signal that killed it, or a negative errno.
 */
int lab_process_end(struct lab_process *process);

#endif /* LAB_PROCESS_H */
