/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * run/fire.h - fires a cell: one kind of shot, from every CPU of its phase.
 */
#ifndef LAB_FIRE_H
#define LAB_FIRE_H

#include <stdint.h>

#include "labyrinth.h" /* module/uapi */
#include "sys/cpu.h"
#include "cell.h"
#include "sampler.h"

/* What became of the shots of one level of a schedule. */
struct lab_level_stats {
	unsigned int percent;
	uint64_t probability; /* ten thousandths */
	uint64_t attempts, outcome[LAB_OUTCOME_COUNT];
};

/* The sum over the CPUs of a cell. */
struct lab_outcome_of_cell {
	struct lab_stats stats;
	struct lab_level_stats level[LAB_MAX_LEVELS];
	unsigned int nlevels;
	uint64_t held; /* blocks still held after RELEASE: a leak */
	char refusal[128]; /* why nothing was fired, or "" */
};

/*
 * Fires the shots of a cell from all CPUs of the set cpus, a thread on each,
 * together or one after the other as the phase asks. Memory is allocated before
 * the first shot. When the machine lacks something or forbids it,
 * outcome->refusal says so and the result is 0. A negative errno is an error of
 * the harness, or -EINTR after lab_fire_stop().
 */
int lab_fire_cell(const struct lab_cell *cell, uint64_t cpus, uint64_t seed,
		  struct lab_watch *watch, struct lab_outcome_of_cell *outcome);

/* What lab_fire_cell() says of a cell that all of its CPUs were refused. */
void lab_fire_nothing(const struct lab_cell *cell, uint64_t cpus,
		      const char *why, struct lab_outcome_of_cell *outcome);

/* Ends lab_fire_cell() early. For signal handlers. */
void lab_fire_stop(void);

#endif /* LAB_FIRE_H */
