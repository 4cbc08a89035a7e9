/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * log/unwrap.h - lines without their prefixes, and wrapped ones rejoined.
 *
 * A line goes on in the next when that has no stamp of its own and does not
 * begin as lines of a report do (lab_line_starts). Where lines are cut at a
 * width, as a terminal does, the parts are joined without a blank.
 */
#ifndef LAB_UNWRAP_H
#define LAB_UNWRAP_H

#include "plain_text.h"
#include "prefix.h"

struct lab_kernel_line {
	uint64_t number; /* of the file: where it begins */
	char *text; /* without prefix */
	char stamp[48];
	char caller[24];
	bool cut; /* its end is not there: what is last in it is not whole */
};

struct lab_kernel_text {
	struct lab_kernel_line *line;
	size_t lines;
};

struct lab_kernel_text lab_unwrap(const struct lab_plain_text *plain);
void lab_kernel_text_free(struct lab_kernel_text *text);

#endif /* LAB_UNWRAP_H */
