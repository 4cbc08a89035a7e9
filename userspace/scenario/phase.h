/* SPDX-License-Identifier: GPL-2.0-only */
/* scenario/phase.h - a [phase] section, its defaults and its sweeps, as phases. */
#ifndef LAB_PHASE_H
#define LAB_PHASE_H

#include "scenario.h"

struct lab_complaints;
struct lab_section;

#define LAB_MAX_PHASES 1000 /* of a scenario, after sweeps were expanded */
#define LAB_MAX_EXPECTS 64 /* of a phase, those of [phase *] included */

/* State while the sections of a file are read. */
struct lab_phase_reader {
	struct lab_scenario *scenario;
	const char *file;
	struct lab_section *defaults; /* of [phase *], or NULL */
	struct lab_complaints *complaints;
};

/* Checks a [phase *] section by itself and makes it the defaults. */
void lab_phase_defaults(struct lab_phase_reader *reader,
			struct lab_section *section);

/* Adds the phases of a section to the scenario, or complains. */
void lab_phase_read(struct lab_phase_reader *reader,
		    struct lab_section *section, const char *name);

void lab_phase_free(struct lab_phase *phase);

#endif /* LAB_PHASE_H */
