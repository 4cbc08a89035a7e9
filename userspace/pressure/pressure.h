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

#include "../scenario/scenario.h"

/*
 * @name, @help: as scenarios and "labyrinth list pressures" show it
 * @keys:        its "pressure." keys, ended by a row without a name; or NULL
 * @probe:       0, or a negative errno and why it cannot be used here
 * @start:       called before every cell; returns when the level asked for is
 *               reached, or cannot be
 * @stop:        required; safe after a partial start; on return all memory is
 *               given back. -EOWNERDEAD when the OOM killer had come first.
 */
struct lab_pressure {
	const char *name;
	const char *help;
	const struct lab_key *keys;
	int (*probe)(const char **why);
	int (*start)(const struct lab_setting *settings, uint64_t seed);
	int (*stop)(void);
};

extern const struct lab_pressure *const lab_pressures[]; /* ended by NULL */

#endif /* LAB_PRESSURE_H */
