/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * run/preflight.h - what a scenario would do to this machine, and whether that
 * is allowed.
 */
#ifndef LAB_PREFLIGHT_H
#define LAB_PREFLIGHT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "scenario/scenario.h"

/*
 * What the user has allowed. Pressure takes all memory but a few watermarks of
 * it. Below the floors a machine has so little that processes it needs would be
 * killed first, and without swap nothing but the OOM killer is left to the
 * kernel.
 */
struct lab_consent {
	bool system_wide; /* requests of other processes may be made to fail */
	uint64_t memory_floor; /* bytes of MemAvailable */
	uint64_t swap_floor; /* bytes of SwapFree; required only with pressure */
};

#define LAB_MEMORY_FLOOR (512ull << 20)
#define LAB_SWAP_FLOOR (256ull << 20)

/* Prints what the scenario would do. */
void lab_preflight_state(const struct lab_scenario *scenario, FILE *to);

/*
 * May the scenario run? False after a message with the reason and the remedy.
 */
bool lab_preflight_allowed(const struct lab_scenario *scenario,
			   const struct lab_consent *consent);

#endif /* LAB_PREFLIGHT_H */
