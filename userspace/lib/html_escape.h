/* SPDX-License-Identifier: GPL-2.0-only */
/* lib/html_escape.h - text that somebody else wrote, made harmless in HTML and XML. */
#ifndef LAB_HTML_ESCAPE_H
#define LAB_HTML_ESCAPE_H

#include <stdio.h>

void lab_text_write(FILE *to, const char *text);
/* The same of a format, whose own words are text as well. */
__attribute__((format(printf, 2, 3))) void
lab_text_printf(FILE *to, const char *format, ...);

#endif /* LAB_HTML_ESCAPE_H */
