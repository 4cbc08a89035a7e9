/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * output.h - what a command writes: to stdout, or to a file that is whole.
 *
 * A file takes the place of an earlier one when all of it was written, and not
 * before: until then it is beside it, as ".NAME.PID".
 */
#ifndef LAB_OUTPUT_H
#define LAB_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

struct lab_output {
	FILE *to;
	const char *path; /* NULL: stdout */
	char *work;
};

/* False after a message. */
bool lab_output_begin(struct lab_output *output, const char *path);
bool lab_output_end(struct lab_output *output);

#endif /* LAB_OUTPUT_H */
