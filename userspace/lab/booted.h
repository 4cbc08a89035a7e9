/* SPDX-License-Identifier: GPL-2.0-only */
/* lab/booted.h - whether a guest came as far as its scenario. */
#ifndef LAB_BOOTED_H
#define LAB_BOOTED_H

#include <stdbool.h>

#include "results/load.h"

/*
 * False when the guest of a stored run ended before its scenario began: its
 * kernel did not boot, and nothing is known of the scenario's verdicts. True for
 * runs without a host.json, of which it is not known.
 */
bool lab_run_booted(const struct lab_run *run);

#endif /* LAB_BOOTED_H */
