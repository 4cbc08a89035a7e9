// SPDX-License-Identifier: GPL-2.0-only
/* lib/progress.c - see lib/progress.h. */
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "progress.h"

/* To the line's beginning, and clear it (ECMA-48, EL). */
#define CLEAR "\r\033[K"

void lab_progress(const char *format, ...)
{
	va_list args;

	if (!isatty(STDERR_FILENO))
		return;
	fputs(CLEAR, stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
}

void lab_progress_clear(void)
{
	if (isatty(STDERR_FILENO))
		fputs(CLEAR, stderr);
}
