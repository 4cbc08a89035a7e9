/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pressure/pressure.h - the contract of pressures: what makes memory short.
 *
 * Adding one is a file in this folder and a row in table.c. none.c is the one
 * to read first.
 */
#ifndef LAB_PRESSURE_H
#define LAB_PRESSURE_H

#include <stdint.h>
#include <sys/types.h>

#include "lib/option_value.h"

#define LAB_MOVES 128

/*
 * @name, @help: as scenarios and "labyrinth list pressures" show it
 * @keys:        its "pressure." keys, ended by a row without a name; or NULL
 * @probe:       0, or a negative errno and why it cannot be used here
 * @start:       called before every cell; returns when the level asked for is
 *               reached, or cannot be
 * @move:        called by the first shooter, some LAB_MOVES times in a cell, with
 *               how many of its shots it has fired: from 0, when all shooters
 *               are ready, to all, when all have fired; or NULL
 * @stop:        required; safe after a partial start; on return all memory is
 *               given back. -EOWNERDEAD when the OOM killer had come first.
 * @worker:      main() of the processes that the pressure starts with
 *               lab_worker_spawn(), or NULL. They are executed and not forked:
 *               a fork would leave every page of this process to be copied
 *               while memory is short.
 * @program:     somebody else's that it runs, found in PATH, or NULL; a guest is
 *               given it, with its libraries, where a scenario presses so
 */
struct lab_pressure {
	const char *name;
	const char *help;
	const struct lab_key *keys;
	int (*probe)(const char **why);
	int (*start)(const struct lab_setting *settings, uint64_t seed);
	void (*move)(uint64_t shot, uint64_t shots);
	int (*stop)(void);
	int (*worker)(int argc, char **argv);
	const char *program;
};

extern const struct lab_pressure *const lab_pressures[]; /* ended by NULL */

/*
 * A worker of a pressure: "labyrinth worker NAME ARGS...". The descriptors
 * become its 3, 4 and so on, ended by -1. Its pid, or a negative errno.
 */
#define LAB_WORKER_FD 3
pid_t lab_worker_spawn(const char *name, char *const args[], const int fds[]);
int lab_worker_main(int argc, char **argv);

#endif /* LAB_PRESSURE_H */
