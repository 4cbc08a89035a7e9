/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lib/diagnostics.h - everything that is wrong with some files, told in one go.
 *
 * "path:LINE: KEY: what was found; what is allowed", on stderr: file by file
 * and line by line, in whatever order it was found. What goes beyond a limit
 * is only counted: by then the file is probably no scenario.
 */
#ifndef LAB_DIAGNOSTICS_H
#define LAB_DIAGNOSTICS_H

#include <stdbool.h>

#define LAB_COMPLAINTS_MAX 20

struct lab_complaint {
	const char *path; /* files are told apart by where this points */
	unsigned int line;
	unsigned int rank; /* the order in which they were found */
	char *text;
};

struct lab_complaints {
	unsigned int count; /* those that were not kept included */
	struct lab_complaint kept[LAB_COMPLAINTS_MAX];
};

/* The path must stay where it is. key NULL: none. */
__attribute__((format(printf, 5, 6))) void
lab_complain(struct lab_complaints *complaints, const char *path,
	     unsigned int line, const char *key, const char *format, ...);

/* Whether going on looking is of no use to anybody. */
bool lab_complaints_full(const struct lab_complaints *complaints);

/* Prints and frees all. Returns whether there were any. */
bool lab_complaints_end(struct lab_complaints *complaints);

#endif /* LAB_DIAGNOSTICS_H */
