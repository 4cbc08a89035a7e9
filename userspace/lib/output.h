/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lib/output.h - an output file that appears when it is complete.
 *
 * It is written to a temporary file beside it and renamed at the end: a failure
 * leaves the earlier file as it was.
 *
 *	if (!lab_output_open(&output, path))
 *		return LAB_USAGE;
 *	fprintf(output.to, ...);
 *	return lab_output_close(&output, good);
 */
#ifndef LAB_OUTPUT_H
#define LAB_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

struct lab_output {
	const char *path; /* NULL: standard output */
	char part[4200];
	FILE *to;
};

/*
 * path may be NULL, or "-": standard output. A device or a pipe is written to as
 * it is, and stays one. False after a message.
 */
bool lab_output_open(struct lab_output *output, const char *path);
/*
 * Gives the file its name when keep is true and all could be written, removes
 * it otherwise. False after a message when it could not.
 */
bool lab_output_close(struct lab_output *output, bool keep);

#endif /* LAB_OUTPUT_H */
