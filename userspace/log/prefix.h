/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * log/prefix.h - what others put before a line of the kernel.
 *
 * One row a format in log/prefix.c. They come in any mixture: a mail quotes a
 * journal that has the kernel's own stamps. Each is taken off in turn.
 */
#ifndef LAB_PREFIX_H
#define LAB_PREFIX_H

#include <stdbool.h>
#include <stddef.h>

enum lab_prefix_class {
	LAB_PREFIX_QUOTE = 1 << 0, /* on continued lines as well */
	LAB_PREFIX_TIME = 1 << 1,
	LAB_PREFIX_PRIORITY = 1 << 2,
	LAB_PREFIX_HOST = 1 << 3,
	LAB_PREFIX_CALLER = 1 << 4,
};

/* Of these a line of the kernel has its own. */
#define LAB_PREFIX_STAMPED                                         \
	(LAB_PREFIX_TIME | LAB_PREFIX_PRIORITY | LAB_PREFIX_HOST | \
	 LAB_PREFIX_CALLER)

struct lab_prefix {
	unsigned int classes; /* set of enum lab_prefix_class */
	size_t length; /* blanks behind it included */
	char stamp[48]; /* the time as printed, the last one; "" */
	char caller[24]; /* "T123", "C0"; "" */
};

struct lab_prefix lab_prefix_of(const char *text);

#endif /* LAB_PREFIX_H */
