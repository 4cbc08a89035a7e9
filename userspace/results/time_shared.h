/* SPDX-License-Identifier: GPL-2.0-only */
/* results/time_shared.h - did the emulator time-slice the CPUs that fired? */
#ifndef LAB_TIME_SHARED_H
#define LAB_TIME_SHARED_H

#include <jansson.h>
#include <stdbool.h>

/*
 * Returns true if several CPUs fired this cell and an emulator, which runs one
 * vCPU at a time, switched between them. About one shot in a hundred is then
 * interrupted by other vCPUs' time slices, so the tail and the mean of its
 * latencies are a property of the emulator; p50 is not affected.
 *
 * machine: "machine" of the results.
 */
bool lab_time_shared(const json_t *cell, const json_t *machine);

#endif /* LAB_TIME_SHARED_H */
