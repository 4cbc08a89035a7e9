/* SPDX-License-Identifier: GPL-2.0-only */
/* scenario/coverage.h - what the scenarios cover, and what they do not. */
#ifndef LAB_COVERAGE_H
#define LAB_COVERAGE_H

/*
 * Prints a report in Markdown, made from the scenarios that can be found by
 * name. Returns an exit code: LAB_USAGE when a scenario names a regression that
 * is not in the list beside it, or when one of the list is neither named by a
 * scenario nor excused.
 */
int lab_coverage_print(void);

#endif /* LAB_COVERAGE_H */
