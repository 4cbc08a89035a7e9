/* SPDX-License-Identifier: GPL-2.0-only */
/* run/run.h - runs a scenario on the machine that it is called on. */
#ifndef LAB_RUN_H
#define LAB_RUN_H

#include "scenario/scenario.h"

#define LAB_SHOOTER "the process that fires" /* where it is recorded lost */

/* The OOM killer is not to choose this process, nor its children. */
void lab_run_hide(void);

/*
 * Runs all phases and writes records to the journal, which must be open.
 * no_victim: why phases with a victim are skipped, or NULL. Nothing is judged here.
 * 0, or a negative errno after a message on stderr: of lab_refused_by_kernel() where
 * the kernel ended the run, else the harness broke.
 */
int lab_run(const struct lab_scenario *scenario, uint64_t seed,
	    const char *no_victim);

#endif /* LAB_RUN_H */
