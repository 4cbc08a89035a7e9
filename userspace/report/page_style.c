// SPDX-License-Identifier: GPL-2.0-only
/* report/page_style.c - see report/page_style.h. */
#include "page_style.h"

void lab_html_text(const char *text, FILE *to)
{
	for (; *text; text++) {
		if (*text == '&')
			fputs("&amp;", to);
		else if (*text == '<')
			fputs("&lt;", to);
		else if (*text == '>')
			fputs("&gt;", to);
		else if (*text == '"')
			fputs("&quot;", to);
		else
			fputc(*text, to);
	}
}
