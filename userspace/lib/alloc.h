/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lib/alloc.h - memory allocation that ends the program when it fails.
 *
 * For what happens before a run begins or after it ended: reading scenarios,
 * judging, comparing. At that time no memory pressure is on and no injector is
 * armed, so nothing has to be restored. The program prints "out of memory" and
 * exits with lab_out_of_memory. Code that runs while shots are fired must handle a
 * failed allocation itself.
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

/*
 * What the program exits with then: LAB_HARNESS, unless nobody but the kernel
 * under test can have refused the memory.
 */
extern int lab_out_of_memory;

static inline void *xcheck(void *memory)
{
	if (!memory)
		errx(lab_out_of_memory, "out of memory");
	return memory;
}

static inline char *xstrdup(const char *text)
{
	return xcheck(strdup(text));
}

__attribute__((format(printf, 1, 0))) static inline char *
xvasprintf(const char *format, va_list args)
{
	char *text;
	const int length = vasprintf(&text, format, args);

	return xcheck(length < 0 ? NULL : text);
}

__attribute__((format(printf, 1, 2))) static inline char *
xasprintf(const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = xvasprintf(format, args);
	va_end(args);
	return text;
}

/* Makes room for one more element in an array that holds count. */
#define xgrow(array, count) \
	xcheck(reallocarray(array, (count) + 1, sizeof(*(array))))

#endif /* LAB_ALLOC_H */
