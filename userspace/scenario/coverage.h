/* SPDX-License-Identifier: GPL-2.0-only */
/* scenario/coverage.h - what the scenarios cover, and what they do not. */
#ifndef LAB_COVERAGE_H
#define LAB_COVERAGE_H

/*
 * Prints it as Markdown, from the scenarios themselves. An exit code: 2 when a
 * scenario claims a regression that the list beside it lacks, or when one in
 * the list is neither claimed nor excused.
 */
int lab_coverage_print(void);

#endif /* LAB_COVERAGE_H */
