/* SPDX-License-Identifier: GPL-2.0-only */
/* scenario/write.h - a scenario as a file: one that needs no other. */
#ifndef LAB_WRITE_H
#define LAB_WRITE_H

#include "scenario.h"

struct lab_sections;

/*
 * The sections of a file that says the same: what is included, inherited or set
 * by [phase *] stands in each phase, sweeps are spread out, and lists are
 * written in full. Keys that have their default are left out, but contexts and
 * shots. A phase of a sweep, "low[probability=10]", is called
 * "low-probability-10". Free it with lab_sections_free().
 */
void lab_scenario_sections(const struct lab_scenario *scenario,
			   struct lab_sections *sections);

#endif /* LAB_WRITE_H */
