/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * commands/until_decided.h - runs are added until a comparison is decided.
 *
 * After 3 seeds, 5, 8, 13 and so on the runs so far are compared with those of
 * another kernel. Each look has its part of alpha, so that looking often makes
 * no false claim likelier; see compare/decided.h.
 */
#ifndef LAB_UNTIL_DECIDED_H
#define LAB_UNTIL_DECIDED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "compare/decided.h"

struct lab_until {
	const char *against; /* results of the other kernel, as compare's A */
	double effect; /* percent; what is smaller need not be found */
	uint64_t most; /* seeds */
	unsigned int look; /* how many there were */
	char **path; /* the runs so far */
	size_t paths;
};

#define LAB_UNTIL_LEAST 3 /* seeds of the first look */

/* The seeds of the look that comes after one of so many; 0: of the first. */
uint64_t lab_until_next(const struct lab_until *until, uint64_t seeds);

/* Whether there is something to compare with. False after a message. */
bool lab_until_check(const struct lab_until *until);

/* Adds a run, by its folder. */
void lab_until_add(struct lab_until *until, const char *path);

/*
 * Compares what there is after so many seeds, and says on standard output what
 * came of it. *decision: LAB_UNDECIDED when more seeds are needed. Returns an
 * exit code: 0 nothing is worse, 1 something is, 2 and 3 after a message, 4 it
 * cannot be decided with so many seeds as there may be.
 */
int lab_until_look(struct lab_until *until, uint64_t seeds,
		   enum lab_decision *decision);

void lab_until_free(struct lab_until *until);

#endif /* LAB_UNTIL_DECIDED_H */
