// SPDX-License-Identifier: GPL-2.0-only
/* lab/qemu_args.c - see lab/qemu_args.h. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "qemu_args.h"

void lab_qemu_add(struct lab_qemu_args *args, const char *format, ...)
{
	va_list values;
	char *text;

	va_start(values, format);
	if (vasprintf(&text, format, values) < 0)
		abort();
	va_end(values);
	if (args->count + 1 == sizeof(args->list) / sizeof(args->list[0]))
		abort();
	args->list[args->count++] = text;
}

/*
 * A comma in a path is doubled, as QEMU's option syntax wants it.
 */
void lab_qemu_add_path(struct lab_qemu_args *args, const char *before,
		       const char *path)
{
	char *text = malloc(strlen(before) + 2 * strlen(path) + 1);
	char *to;

	if (!text)
		abort();
	to = stpcpy(text, before);
	for (; *path; path++) {
		if (*path == ',')
			*to++ = ',';
		*to++ = *path;
	}
	*to = '\0';
	lab_qemu_add(args, "%s", text);
	free(text);
}

char **lab_qemu_args_take(const struct lab_qemu_args *args)
{
	char **argv = malloc(sizeof(args->list));

	if (!argv)
		abort();
	memcpy(argv, args->list, sizeof(args->list));
	return argv;
}

void lab_qemu_free(char **argv)
{
	size_t i;

	for (i = 0; argv[i]; i++)
		free(argv[i]);
	free(argv);
}
