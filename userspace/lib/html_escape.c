// SPDX-License-Identifier: GPL-2.0-only
/* lib/html_escape.c - see lib/html_escape.h. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "html_escape.h"
#include "alloc.h"

void lab_html_write(FILE *to, const char *text)
{
	static const struct {
		char c;
		const char *entity;
	} entities[] = {
		{ '&', "&amp;" },  { '<', "&lt;" },   { '>', "&gt;" },
		{ '"', "&quot;" }, { '\'', "&#39;" },
	};
	size_t i;

	for (; *text; text++) {
		for (i = 0; i < sizeof(entities) / sizeof(entities[0]); i++)
			if (*text == entities[i].c)
				break;
		if (i < sizeof(entities) / sizeof(entities[0]))
			fputs(entities[i].entity, to);
		else if ((unsigned char)*text >= ' ' || *text == '\n' ||
			 *text == '\t')
			fputc(*text, to);
		else
			fputc('?', to);
	}
}

void lab_html_printf(FILE *to, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = xvasprintf(format, args);
	va_end(args);
	lab_html_write(to, text);
	free(text);
}
