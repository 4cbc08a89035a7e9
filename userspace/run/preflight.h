/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * run/preflight.h - what a scenario does to the machine that it is fired on, in words,
 * and whether it may.
 */
#ifndef LAB_PREFLIGHT_H
#define LAB_PREFLIGHT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "scenario/scenario.h"

/*
 * What the caller consents to. Pressure takes all memory but some watermarks
 * of it: below the floors a machine is so short already that what it is for
 * would die first, and without swap the OOM killer is all that is left to it.
 */
struct lab_consent {
	bool system_wide; /* requests of others may be made to fail */
	uint64_t memory_floor; /* bytes, available */
	uint64_t swap_floor; /* bytes, free; asked for where there is pressure */
};

#define LAB_MEMORY_FLOOR (512ull << 20)
#define LAB_SWAP_FLOOR (256ull << 20)

/* Says what is going to be done. */
void lab_preflight_state(const struct lab_scenario *scenario, FILE *to);

/* False after a message that says why not, and what to do. */
bool lab_preflight_allowed(const struct lab_scenario *scenario,
			   const struct lab_consent *consent);

#endif /* LAB_PREFLIGHT_H */
