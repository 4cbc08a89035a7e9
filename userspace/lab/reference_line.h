/* SPDX-License-Identifier: GPL-2.0-only */
/* lab/reference_line.h - what is the same in every build, and whether it was. */
#ifndef LAB_REFERENCE_LINE_H
#define LAB_REFERENCE_LINE_H

#include <jansson.h>
#include <stdio.h>

#include "jobs.h"

/*
 * Prints the SHA-256 of the counts of results/fixed.h. Where the scenario has a
 * reference beside it, also that they are equal to it, or each difference. Of a
 * guest whose instructions are not counted, nothing: others' requests take part in
 * what the injector counts, and when they come is the host's.
 */
void lab_counts_print(const struct lab_job *job, const json_t *results,
		      FILE *to);

#endif /* LAB_REFERENCE_LINE_H */
