/* SPDX-License-Identifier: GPL-2.0-only */
/* results/time_shared.h - whose a long latency is: the kernel's or the emulator's. */
#ifndef LAB_TIME_SHARED_H
#define LAB_TIME_SHARED_H

#include <jansson.h>
#include <stdbool.h>

/*
 * Whether several CPUs fired a cell and an emulator, which runs one of them at a
 * time, made them take turns. Of the shots one in some hundred then waited for
 * its own in the middle; the median is that of one that did not.
 *
 * machine: of the results.
 */
bool lab_time_shared(const json_t *cell, const json_t *machine);

#endif /* LAB_TIME_SHARED_H */
