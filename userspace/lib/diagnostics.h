/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lib/diagnostics.h - collects errors in input files, and prints all of them at
 * once.
 *
 * Each is printed on stderr as "path:LINE: KEY: what was found; what is
 * allowed", sorted by file and line. Beyond LAB_COMPLAINTS_MAX they are only
 * counted: by then the file is probably not a scenario.
 */
#ifndef LAB_DIAGNOSTICS_H
#define LAB_DIAGNOSTICS_H

#include <stdbool.h>

#define LAB_COMPLAINTS_MAX 20

struct lab_complaint {
	const char *path; /* compared by pointer, not by content */
	unsigned int line;
	unsigned int rank; /* the order in which they were found */
	char *text;
};

struct lab_complaints {
	unsigned int count; /* including those beyond the limit */
	bool quiet; /* nothing is printed */
	struct lab_complaint kept[LAB_COMPLAINTS_MAX];
};

/*
 * Adds one. path must stay valid until lab_complaints_end(); key may be NULL.
 */
__attribute__((format(printf, 5, 6))) void
lab_complain(struct lab_complaints *complaints, const char *path,
	     unsigned int line, const char *key, const char *format, ...);

/* True when so many were found that further checking is pointless. */
bool lab_complaints_full(const struct lab_complaints *complaints);

/* Prints and frees all. Returns whether there were any. */
bool lab_complaints_end(struct lab_complaints *complaints);

#endif /* LAB_DIAGNOSTICS_H */
