/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * results/verdict.h - judges the records of a journal by the expectations of a
 * scenario.
 */
#ifndef LAB_VERDICT_H
#define LAB_VERDICT_H

#include <jansson.h>

#include "ending.h"
#include "scenario/scenario.h"

/*
 * losses: of lab_losses_json(). An array of { kind, name, claim, verdict, found }:
 * one for the ending, one per expectation of every phase, one per oracle. verdict
 * is "pass", "fail" or "skip"; found says in words what was found.
 */
json_t *lab_verdicts(const struct lab_scenario *scenario, const json_t *records,
		     const json_t *cells, const json_t *losses,
		     enum lab_ending ending, const char *why);

/*
 * The verdict of the run: "pass", "fail", "skip", or "broken", which says
 * nothing of the kernel.
 */
const char *lab_verdicts_sum(const json_t *verdicts, enum lab_ending ending);

enum lab_holds { LAB_DOES_NOT_HOLD, LAB_HOLDS, LAB_SKIPPED };

void lab_verdict_add(json_t *verdicts, const char *kind, const char *name,
		     const char *claim, enum lab_holds holds,
		     const char *found);

/* Why a phase was skipped, or NULL. */
const char *lab_skip_reason(const json_t *records, const char *phase);

#endif /* LAB_VERDICT_H */
