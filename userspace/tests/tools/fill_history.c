// SPDX-License-Identifier: GPL-2.0-only
/*
 * fill_history.c - a history of runs that nobody ran.
 *
 *	fill_history DB RUNS
 *
 * Five runs a night, a kernel each night; nothing ever steps.
 */
#include <err.h>
#include <stdlib.h>

#include "history/history.h"
#include "tests/unit/synthetic.h"

#define A_NIGHT 5

int main(int argc, char **argv)
{
	struct synthetic s = SYNTHETIC;
	struct lab_history history;
	unsigned long i, runs;

	if (argc != 3)
		errx(2, "usage: fill_history DB RUNS");
	runs = strtoul(argv[2], NULL, 10);
	s.cells = 1;
	if (!lab_history_open(&history, argv[1], true))
		return 3;
	/* It is thrown away: it need not survive. */
	lab_history_do(&history, "PRAGMA synchronous = OFF");
	for (i = 0; i < runs; i++) {
		struct lab_origin origin = {};
		struct lab_run run = {};

		s.build = 1 + i / A_NIGHT;
		s.seed = 1 + i % A_NIGHT;
		run.results = synthetic_run(&s);
		snprintf(run.fingerprint, sizeof(run.fingerprint), "%lu", i);
		origin.when = s.build * 86400;
		if (lab_history_add(&history, &run, &origin) != LAB_ADDED)
			return 3;
		json_decref(run.results);
	}
	lab_history_close(&history);
	return 0;
}
