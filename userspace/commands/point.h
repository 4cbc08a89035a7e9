/* SPDX-License-Identifier: GPL-2.0-only */
/* commands/point.h - the point of a run that a debugger is to stand at. */
#ifndef LAB_POINT_H
#define LAB_POINT_H

#include <stdbool.h>

#include "lab/stand.h"
#include "results/load.h"

/* Of the command line, as it is; NULL: not given. */
struct lab_point_asked {
	const char *cell, *cpu, *part, *shot, *at, *finding, *back;
};

bool lab_point_is_asked(const struct lab_point_asked *asked);

/*
 * The shot that is asked for, of a run and the scenario that it was of. False after a
 * message that says what there is to ask for.
 */
bool lab_point_choose(struct lab_point *point, const struct lab_run *run,
		      const struct lab_scenario *scenario,
		      const struct lab_point_asked *asked);

#endif /* LAB_POINT_H */
