/* SPDX-License-Identifier: GPL-2.0-only */
/* results/first_difference.h - where two runs that should be the same part. */
#ifndef LAB_FIRST_DIFFERENCE_H
#define LAB_FIRST_DIFFERENCE_H

#include <jansson.h>
#include <stddef.h>
#include <stdio.h>

/*
 * Prints a line for each thing that results depend on and that is another one:
 * "kernel build_id: 1234 in the run, 5678 here". Members that *is does not have
 * are not compared. Returns the number of lines.
 */
size_t lab_origin_differences(const json_t *was, const json_t *is, FILE *to);

/*
 * The first difference of what was found, malloc()ed, or NULL when there is
 * none: the cell, in the order in which they were fired, with the shot and its
 * clock where the scenario had events recorded, else with the member that
 * differs; or what else of the results differs.
 */
char *lab_first_difference(const json_t *was, const json_t *is);

#endif /* LAB_FIRST_DIFFERENCE_H */
