/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lib/alloc.h - memory that is needed before anything has begun.
 *
 * A scenario is read while nothing is pressed on and nothing is armed, so a
 * program that cannot even get that far has nothing to undo: it says so and
 * leaves with the exit code of a broken harness.
 */
#ifndef LAB_ALLOC_H
#define LAB_ALLOC_H

#include <err.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exit.h"

static inline void *xcheck(void *memory)
{
	if (!memory)
		errx(LAB_HARNESS, "out of memory");
	return memory;
}

static inline char *xstrdup(const char *text)
{
	return xcheck(strdup(text));
}

__attribute__((format(printf, 1, 2))) static inline char *
xasprintf(const char *format, ...)
{
	va_list args;
	char *text;
	int length;

	va_start(args, format);
	length = vasprintf(&text, format, args);
	va_end(args);
	return xcheck(length < 0 ? NULL : text);
}

/* Room for one more element behind the count that an array has. */
#define xgrow(array, count) \
	xcheck(reallocarray(array, (count) + 1, sizeof(*(array))))

#endif /* LAB_ALLOC_H */
